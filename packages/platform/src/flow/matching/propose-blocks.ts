import type { BlockReport } from './blocks.ts'
import type { ColumnKind } from './column-kinds.ts'
import type { BlockRule, Portion } from './definition.ts'
import type { ColumnProfile } from './profile.ts'

/** Above that many pairs for each record, a block rule is too wide; and so many may all of them make. */
const pairsPerRecord = { rule: 10, all: 25 } as const

/** Block rules that were chosen, with what was counted of them, the narrowest first. */
export interface ProposedBlocks {
  readonly rules: readonly BlockRule[]
  readonly reports: readonly BlockReport[]
}

/** Chooses block rules whose pairs can be paid for; none where no columns divide the records well enough. */
export async function proposeBlocks(
  usable: readonly ColumnProfile[],
  records: number,
  count: (rules: readonly BlockRule[]) => Promise<readonly BlockReport[]>,
): Promise<ProposedBlocks> {
  const counted = async (rules: readonly BlockRule[]): Promise<readonly Counted[]> => {
    const reports = rules.length === 0 ? [] : await count(rules)
    return rules.flatMap((rule) => {
      const report = reports.find((of) => of.rule === rule.key)
      return report ? [{ rule, report }] : []
    })
  }
  const usual = await counted(blocksFor(usable, records))
  const spares = sparesFor(usable, records, affordable(usual, records))
  const tried = await counted(distinct(spares.flatMap(({ least, more }) => [least, ...more])))
  const found = (rule: BlockRule) => tried.find((of) => of.rule.key === rule.key)
  const chosen = spares.flatMap(({ least, more: [more] }) => {
    const narrow = found(least)
    const isEnough = narrow && isNarrow(narrow, records) && narrow.report.left_out.blocks === 0
    const taken = isEnough || !more ? narrow : found(more)
    return taken ? [taken] : []
  })
  const all = [...new Map([...usual, ...chosen].map((of) => [of.rule.key, of])).values()]
  const kept = new Set(affordable(all, records))
  return {
    rules: all.filter((of) => kept.has(of)).map(({ rule }) => rule),
    reports: [...kept].map(({ report }) => report),
  }
}

interface Counted {
  readonly rule: BlockRule
  readonly report: BlockReport
}

type KeyPart = readonly [kind: ColumnKind, portion?: Portion]

/** Block rules worth trying; the wide ones at the end can be paid for where there are few records. */
const usualBlocks: readonly (readonly KeyPart[])[] = [
  [['email', { before: '@' }]],
  [['first_name'], ['last_name']],
  [['last_name', { sound: true }], ['postal_code']],
  [['last_name'], ['date', { first: 4 }]],
  [['first_name'], ['date', { first: 7 }]],
  [['first_name'], ['postal_code']],
  [['street'], ['postal_code', { first: 2 }]],
  [['last_name', { first: 3 }], ['place']],
  [['name', { first: 6 }], ['postal_code']],
  [['name', { sound: true }], ['place']],
  [['last_name']],
  [['first_name']],
  [['date', { first: 7 }]],
  [['postal_code']],
]

const alone: readonly ColumnKind[] = ['email', 'phone', 'code', 'date', 'street', 'name']

function blocksFor(usable: readonly ColumnProfile[], records: number): readonly BlockRule[] {
  // A column that names about half of the bits of a record's number divides the records well enough to be tried.
  const single = usable
    .filter(({ kind, bits }) => bits >= Math.log2(records) * (alone.includes(kind) ? 0.5 : 0.9))
    .map(({ column }) => ruleOf([{ column }]))
  const usual = usualBlocks.flatMap((parts) => {
    const all = parts.flatMap(([kind, portion]) => {
      const found = usable.find((of) => of.kind === kind)
      return found ? [{ column: found.column, ...(portion ? { portion } : {}) }] : []
    })
    return all.length < parts.length ? [] : [ruleOf(all)]
  })
  return distinct([...single, ...usual])
}

const longestKey = 60

function ruleOf(all: BlockRule['all']): BlockRule {
  const key = all.map(keyPart).join('_and_')
  return { key: key.length <= longestKey ? key : `${key.slice(0, 50)}_${checksum(key)}`, all }
}

// What is too long for a key is told apart by a number of its own.
const checksum = (text: string): string =>
  Array.from(text)
    .reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 2 ** 32, 7)
    .toString(36)

function keyPart({ column, portion }: BlockRule['all'][number]): string {
  if (!portion) return column
  if ('first' in portion) return `${column}_${portion.first}`
  return `${column}_${'before' in portion ? 'start' : 'sound'}`
}

const distinct = (rules: readonly BlockRule[]): readonly BlockRule[] => [
  ...new Map(rules.map((rule) => [rule.key, rule])).values(),
]

/** The fewest columns that should divide the records well, and one more of them, should they not. */
interface Spare {
  readonly least: BlockRule
  readonly more: readonly BlockRule[]
}

/** Rules for pairs with errors in two columns at once, where each of the rules so far asks for one of these. */
function sparesFor(
  usable: readonly ColumnProfile[],
  records: number,
  chosen: readonly Counted[],
): readonly Spare[] {
  const columns = usable
    .filter(({ is_list }) => !is_list)
    .toSorted((a, b) => b.bits * b.filled - a.bits * a.filled)
  const filled = new Map(usable.map((of) => [of.column, of.filled]))
  const isSpared = (a: ColumnProfile, b: ColumnProfile) =>
    chosen.some(({ rule }) =>
      rule.all.every(
        ({ column }) =>
          column !== a.column && column !== b.column && (filled.get(column) ?? 0) >= mostlyFilled,
      ),
    )
  return columns.flatMap((a, i) =>
    columns.slice(i + 1).flatMap((b) => {
      if (isSpared(a, b)) return []
      const others = columns.filter((of) => of !== a && of !== b)
      const least = fewestOf(others, Math.log2(records) - spareBits)
      if (least === 0) return []
      const rule = (count: number) =>
        ruleOf(others.slice(0, count).map(({ column }) => ({ column })))
      return [{ least: rule(least), more: least < others.length ? [rule(least + 1)] : [] }]
    }),
  )
}

/** A rule on a column that fewer records have is no way for the others. */
const mostlyFilled = 0.5

/** Values that tell so many bits less than it takes to number the records leave few of them in a block. */
const spareBits = 2

/** How many columns it takes, from the first on, to tell so many bits; none where all do not. */
function fewestOf(columns: readonly ColumnProfile[], enough: number): number {
  let bits = 0
  const last = columns.findIndex((of) => {
    bits += of.bits
    return bits >= enough
  })
  return last + 1
}

const isNarrow = ({ report }: Counted, records: number) =>
  report.pairs > 0 && report.pairs <= pairsPerRecord.rule * records

/** The narrowest rules, as long as the pairs of all of them can be paid for. */
function affordable(counted: readonly Counted[], records: number): readonly Counted[] {
  let spent = 0
  return counted
    .filter((of) => isNarrow(of, records))
    .toSorted((a, b) => a.report.pairs - b.report.pairs)
    .filter(({ report }) => {
      spent += report.pairs
      return spent <= pairsPerRecord.all * records
    })
}
