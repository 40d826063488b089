import type { Workbench } from '#engine'
import type { BlockReport } from './blocks.ts'
import { type ColumnKind, comparisonFor } from './column-kinds.ts'
import type { BlockRule, MatchingSettings, Portion } from './definition.ts'
import { matchingFaults } from './faults.ts'
import { countBlocks } from './matching.ts'
import { type ColumnProfile, profileRecords, type RecordsProfile } from './profile.ts'
import type { Records } from './records.ts'

/** Settings that nobody had to write, with what they were made from. */
export interface Proposal {
  readonly settings: MatchingSettings
  readonly profile: RecordsProfile
  readonly blocks: readonly BlockReport[]
  /** Columns that are not compared, and why. */
  readonly left_out: readonly { readonly column: string; readonly why: string }[]
}

const leastRecords = 100
const leastFilled = 0.05
const leastBits = 0.5

/** Above that many pairs for each record, a block rule is too wide; and so many may all of them make. */
const pairsPerRecord = { rule: 10, all: 25 } as const

/** Looks at the records and decides how to compare them, or refuses with what is missing. */
export async function proposeSettings(bench: Workbench, records: Records): Promise<Proposal> {
  const profile = await profileRecords(bench, records)
  if (profile.records < leastRecords)
    throw matchingFaults.too_few_records({ records: profile.records, least: leastRecords })
  const judged = profile.columns.map((of) => ({ of, why: whyNot(of) }))
  const usable = judged.flatMap(({ of, why }) => (why === undefined ? [of] : []))
  refuseThin(profile, usable)
  const comparisons = usable.map((of) =>
    comparisonFor(of, usable.find(({ kind, is_list }) => kind === 'last_name' && !is_list)?.column),
  )
  const tried = { comparisons, blocks: [...blocksFor(usable, profile.records)] }
  if (tried.blocks.length === 0) throw matchingFaults.no_block({})
  const counted = await countBlocks(bench, records, tried)
  const blocks = affordable(counted, profile.records)
  if (blocks.length === 0) throw matchingFaults.no_block({})
  const chosen = tried.blocks.filter(({ key }) => blocks.some(({ rule }) => rule === key))
  return {
    settings: { comparisons, blocks: chosen },
    profile,
    blocks,
    left_out: judged.flatMap(({ of, why }) => (why ? [{ column: of.column, why }] : [])),
  }
}

function whyNot({ filled, distinct, bits }: ColumnProfile): string | undefined {
  if (filled < leastFilled) return `only ${Math.round(filled * 100)} % of the records have a value`
  if (distinct < 2) return 'all its values are the same'
  if (bits < leastBits) return 'nearly all its values are the same'
  return undefined
}

/** Records cannot be told apart by less than it takes to number them. */
function refuseThin({ records, columns }: RecordsProfile, usable: readonly ColumnProfile[]): void {
  if (usable.length === 0)
    throw matchingFaults.nothing_filled({ columns: columns.map((of) => of.column).join(', ') })
  const bits = usable.reduce((sum, of) => sum + of.bits * of.filled, 0)
  const needed = Math.log2(records)
  if (bits < needed)
    throw matchingFaults.nothing_identifying({ bits: tenth(bits), needed: tenth(needed) })
}

const tenth = (of: number) => Math.round(of * 10) / 10

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
    .map(({ column }) => ({ key: column, all: [{ column }] }))
  const usual = usualBlocks.flatMap((parts) => {
    const all = parts.flatMap(([kind, portion]) => {
      const found = usable.find((of) => of.kind === kind)
      return found ? [{ column: found.column, ...(portion ? { portion } : {}) }] : []
    })
    if (all.length < parts.length) return []
    return [{ key: all.map(keyPart).join('_and_'), all }]
  })
  return [...new Map([...single, ...usual].map((rule) => [rule.key, rule])).values()]
}

function keyPart({ column, portion }: BlockRule['all'][number]): string {
  if (!portion) return column
  if ('first' in portion) return `${column}_${portion.first}`
  return `${column}_${'before' in portion ? 'start' : 'sound'}`
}

/** The narrowest rules, as long as the pairs of all of them can be paid for. */
function affordable(counted: readonly BlockReport[], records: number): readonly BlockReport[] {
  let spent = 0
  return counted
    .filter(({ pairs }) => pairs > 0 && pairs <= pairsPerRecord.rule * records)
    .toSorted((a, b) => a.pairs - b.pairs)
    .filter(({ pairs }) => {
      spent += pairs
      return spent <= pairsPerRecord.all * records
    })
}
