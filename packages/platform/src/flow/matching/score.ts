import {
  as,
  call,
  cast,
  column,
  every,
  join,
  made,
  type Part,
  type Row,
  type Step,
  some,
  sql,
  value,
} from '#engine'
import { unknownAgreement } from './agreement.ts'
import type {
  Comparison,
  Frequencies,
  Learned,
  LevelShares,
  MatchingSettings,
} from './definition.ts'
import { levelWeight, priorWeight } from './learn.ts'
import { same } from './levels.ts'
import { digitIn, isNear, patternName, radixes, type Sieve } from './patterns.ts'
import { isList, type Records } from './records.ts'
import { listName, recordName } from './rows.ts'

/** A model, and the records that it weighs. */
export interface Weighing {
  readonly settings: MatchingSettings
  readonly records: Records
  readonly learned: Learned
}

/** Where the values of a column are, one a row. */
const heldIn = (records: Records, name: string): string =>
  isList(records, name) ? listName(name) : recordName

const frequencyName = ({ column }: Comparison): string => `frequency_${column}`

const exactDigit = ({ levels }: Comparison): number =>
  levels.findIndex(({ is }) => is === 'exact') + 1

/** A comparison whose frequencies count, by its place. */
interface Minded {
  readonly of: Comparison
  readonly i: number
  readonly bits: Frequencies
}

const mindedIn = ({
  settings: { comparisons },
  learned,
}: Pick<Weighing, 'settings' | 'learned'>): readonly Minded[] =>
  comparisons.flatMap((of, i) => {
    const bits = learned.frequencies[of.column]
    return bits && minds(of) ? [{ of, i, bits }] : []
  })

const minds = (of: Comparison): boolean => of.frequencies === true && exactDigit(of) > 0

/** The values of the records at hand whose frequency a model knows: `value`, `bits`. */
export const frequencySteps = (weighing: Weighing): readonly Step[] =>
  mindedIn(weighing).map(({ of, bits }) => {
    const lines = Object.entries(bits.known).map(([hash, known]) => `${hash} ${known}`)
    const half = (n: number) => call('split_part', sql`line`, value(' '), value(n))
    return {
      name: frequencyName(of),
      says: `what agreeing on a frequent ${of.column} is worth`,
      query: sql`select d.value, k.bits from (
          select value, ${hashOf(sql`value`)} as hash from (select distinct ${as(column(of.column), column('value'))} from ${made(heldIn(weighing.records, of.column))}) v
          where value is not null) d
        join (select ${as(half(1), column('hash'))}, ${as(cast(half(2), 'number'), column('bits'))} from (
          select ${call('unnest', call('split', value(lines.join('\n')), value('\n')))} as line) l) k on k.hash = d.hash`,
    }
  })

const hashOf = (of: Part): Part => cast(call('key64', of), 'text')

// More would only make the model larger: the next value is rarer than one record in a thousand.
const knownValues = 2000

/** What agreeing on each value is worth, by the records at hand. */
export async function frequenciesOf(
  ask: (query: Part) => Promise<readonly Row[]>,
  { settings: { comparisons }, records }: Pick<Weighing, 'settings' | 'records'>,
): Promise<Learned['frequencies']> {
  const found = comparisons.filter(minds).map(async ({ column: name }) => {
    const [tail = {}, ...known] = await ask(counted(name, heldIn(records, name)))
    const usual = Number(tail['usual'])
    const bits = (size: unknown) => Math.log2(usual / Number(size))
    const entries = known.map((row) => [String(row['hash']), bits(row['size'])] as const)
    return [name, { known: Object.fromEntries(entries), rare: bits(tail['size']) }] as const
  })
  const all = await Promise.all(found)
  return Object.fromEntries(all.filter(([, { rare }]) => Number.isFinite(rare)))
}

// The first row tells the size of all others: as those have it who meet there, or the least when there are no others.
function counted(name: string, held: string): Part {
  const of = column(name)
  return sql`with counted as (select value, size, row_number() over (order by size desc, value) as place from (
      select ${as(of, column('value'))}, ${cast(sql`count(*)`, 'number')} as size from ${made(held)}
      where ${of} is not null group by ${of}) c)
    select 0 as place, null as hash, (select sum(size * size) / sum(size) from counted) as usual,
      coalesce((select sum(size * size) / sum(size) from counted where place > ${value(knownValues)}),
        (select min(size) from counted)) as size
    union all select place, ${hashOf(sql`value`)} as hash, null as usual, size from counted where place <= ${value(knownValues)}
    order by place`
}

/** The pairs of a step with their weights, the prior included: `left`, `right`, `rule`, `weight`, `pattern`. */
export function scoredPairs(
  weighing: Weighing,
  { pairs, least }: { readonly pairs: string; readonly least: number },
): Part {
  const minded = mindedIn(weighing)
  const weight = join([sql`w.weight`, ...minded.map(bitsOf)], sql` + `)
  return sql`select ${column('left')}, ${column('right')}, rule, weight, pattern from (
    select p.${column('left')}, p.${column('right')}, p.rule, ${weight} as weight, p.pattern
    from ${made(patternName(pairs))} p join (${weighed({ ...weighing, open: [], least }, made(patternName(pairs)))}) w on w.pattern = p.pattern
    ${joinsOf(weighing, pairs)}) scored where weight >= ${value(least, 'number')}`
}

/** What the frequencies of the values add for one pair of a step: a column `bits_` and the place of each comparison. */
export function pairFrequencies(weighing: Weighing, pairs: string): Part {
  const minded = mindedIn(weighing)
  const exact = minded.map(({ of, i }) => as(isExact(weighing.settings, of, i), exactColumn(i)))
  const bits = minded.map((one) => as(bitsOf(one), column(`bits_${one.i}`)))
  return sql`select ${join([sql`p.pattern`, ...bits])} from ${made(patternName(pairs))} p
    join (select ${join([sql`pattern`, ...exact])} from ${made(patternName(pairs))}) w on w.pattern = p.pattern ${joinsOf(weighing, pairs)}`
}

interface Reaching extends Pick<Weighing, 'settings' | 'learned'> {
  /** The places of comparisons that were not asked for nearness yet. */
  readonly open: readonly number[]
  readonly least: number
}

// Weights are worked out once for every way of agreeing, and only those that can come out at the end go on.
function weighed(of: Reaching, pairs: Part): Part {
  const { settings, learned, least } = of
  const minded = mindedIn(of)
  const weights = settings.comparisons.map((_, i) => weightCase(of, i))
  const sum = join([value(priorWeight(learned), 'number'), ...weights], sql` + `)
  const exact = minded.map(({ of, i }) => as(isExact(settings, of, i), exactColumn(i)))
  const most = minded.map(
    ({ bits, i }) =>
      sql`case when ${exactColumn(i)} then ${value(Math.max(bits.rare, ...Object.values(bits.known)), 'number')} else 0 end`,
  )
  return sql`select * from (select ${join([sql`pattern`, as(sum, column('weight')), ...exact])}
      from (select distinct pattern from ${pairs}) d) each_once
    where ${join([sql`weight`, ...most], sql` + `)} >= ${value(least, 'number')}`
}

/** The step that holds what the values of each record add at most where they are exactly those of another: `n`, a `bits_` for each. */
const bitsName = 'frequency_bits'

/** What the sieve looks at. */
export function bitsStep(weighing: Weighing): Step {
  const minded = mindedIn(weighing)
  const bits = minded.map((one) => as(bitsOrRare(one), column(`bits_${one.i}`)))
  const joins = minded.map((one) => {
    const { of, i } = one
    if (!isList(weighing.records, of.column))
      return sql`left join ${made(frequencyName(of))} ${column(`f${i}`)}
      on ${column('value', `f${i}`)} = ${column(of.column, 'a')}`
    const most = sql`select l.n, max(${bitsOrRare(one)}) as bits from ${made(listName(of.column))} l
        left join ${made(frequencyName(of))} ${column(`f${i}`)} on ${column('value', `f${i}`)} = ${column(of.column, 'l')} group by l.n`
    return sql`left join (${most}) ${column(`f${i}`)} on ${column('n', `f${i}`)} = a.n`
  })
  return {
    name: bitsName,
    says: 'what agreeing exactly on the values of each record is worth at most',
    query: sql`select ${join([sql`a.n`, ...bits])} from ${made(recordName)} a ${join(joins, sql` `)}`,
  }
}

// Sums of the same weights in another order differ in the last digits.
const slack = 1e-6

/** Lets those pairs through that may weigh enough in the end. */
export const sieveOf =
  (weighing: Weighing, least: number): Sieve =>
  (pairs, open) => {
    const bits = mindedIn(weighing).map(
      ({ i }) => sql`case when w.${exactColumn(i)} then ${column(`bits_${i}`, 'f')} else 0 end`,
    )
    const enough = least - slack
    const reach = weighed({ ...weighing, open, least: enough }, pairs)
    return sql`(select p.* from ${pairs} p join (${reach}) w on w.pattern = p.pattern
      join ${made(bitsName)} f on f.n = p.${column('left')}
      where ${join([sql`w.weight`, ...bits], sql` + `)} >= ${value(enough, 'number')})`
  }

const exactColumn = (i: number) => column(`exact${i}`)

const isExact = ({ comparisons }: MatchingSettings, of: Comparison, i: number): Part =>
  sql`${digitIn(of, radixes(comparisons)[i] ?? 1)} = ${value(exactDigit(of))}`

/** What a comparison weighs, or may weigh at most where something is open. */
function weightCase({ settings, learned, open }: Reaching, i: number): Part {
  const { levels, digit } = digitAt(settings, i)
  const shares = learned.comparisons[i] ?? { m: [], u: [] }
  const { given } = shares
  const better = open.includes(i)
    ? levels.flatMap((level, j) => (isNear(level) ? [j + 1] : []))
    : []
  const bits = (one: Bits, digit: number) =>
    Math.max(...[digit, ...better.filter((near) => near < digit)].map((at) => levelWeight(one, at)))
  const most = (all: readonly Bits[]) =>
    levelsCase(
      shares.m.map((_, level) => Math.max(...all.map((one) => bits(one, level + 1)))),
      digit,
    )
  if (!given) return most([shares])
  const { unknown = shares } = given
  if (given.of.some((place) => open.includes(place)))
    return most([shares, ...given.shares, unknown])
  const cases = [...given.shares, unknown].map(
    (one, j) => sql`when ${value(j + 1)} then ${most([one])}`,
  )
  return sql`case ${agreementIn(settings, given.of)} ${join(cases, sql` `)} else ${most([shares])} end`
}

function digitAt({ comparisons }: MatchingSettings, i: number) {
  const of = comparisons[i] ?? { column: '', levels: [] }
  return { levels: of.levels, digit: digitIn(of, radixes(comparisons)[i] ?? 1) }
}

type Bits = Pick<LevelShares, 'm' | 'u'>

function levelsCase(bits: readonly number[], digit: Part): Part {
  const cases = bits.map((of, level) => sql`when ${value(level + 1)} then ${value(of, 'number')}`)
  return sql`case ${digit} ${join(cases, sql` `)} else ${value(0, 'number')} end`
}

/** How the comparisons at these places agree: as `agreementOf` tells it. */
function agreementIn({ comparisons }: MatchingSettings, places: readonly number[]): Part {
  const radix = radixes(comparisons)
  const found = places.flatMap((place) => {
    const of = comparisons[place]
    return of ? [{ of, digit: digitIn(of, radix[place] ?? 1) }] : []
  })
  const alike = found.map(
    ({ of, digit }) =>
      sql`case when ${digit} between 1 and ${value(of.levels.length)} then 1 else 0 end`,
  )
  const best = every(found.map(({ digit }) => sql`${digit} = 1`))
  const missing = some(found.map(({ digit }) => sql`${digit} = 0`))
  const count = sql`(${join(alike, sql` + `)})`
  return sql`case when ${best} then ${value(places.length + 1)}
    when ${count} = 0 and ${missing} then ${value(unknownAgreement(places.length))} else ${count} end`
}

const bitsOf = (one: Minded): Part =>
  sql`case when w.${exactColumn(one.i)} then ${bitsOrRare(one)} else 0 end`

const bitsOrRare = ({ i, bits }: Minded): Part =>
  sql`coalesce(${column('bits', `f${i}`)}, ${value(bits.rare, 'number')})`

/** What is known of the values that two records share. */
function joinsOf(weighing: Weighing, pairs: string): Part {
  const minded = mindedIn(weighing)
  const [lists, single] = [true, false].map((is) =>
    minded.filter(({ of }) => isList(weighing.records, of.column) === is),
  )
  const ofLists = (lists ?? []).map(
    (one) => sql`left join (${sharedBits(weighing.settings, one, pairs)}) ${column(`f${one.i}`)}
      on ${column('left', `f${one.i}`)} = p.${column('left')} and ${column('right', `f${one.i}`)} = p.${column('right')}`,
  )
  const ofSingle = (single ?? []).map(
    ({ of, i }) => sql`left join ${made(frequencyName(of))} ${column(`f${i}`)}
      on ${column('value', `f${i}`)} = case when w.${exactColumn(i)} then ${column(of.column, 'a')} end`,
  )
  const records = sql`join ${made(recordName)} a on a.n = p.${column('left')}`
  return join([...(ofSingle.length > 0 ? [records] : []), ...ofSingle, ...ofLists], sql` `)
}

/** Of several values that two records share, the rarest tells the most: what that adds. */
function sharedBits(settings: MatchingSettings, one: Minded, pairs: string): Part {
  const { of, i } = one
  const [left, right] = [column('left'), column('right')]
  const list = made(listName(of.column))
  const shared = sql`case when ${same(of.column)} then ${bitsOrRare(one)} end`
  return sql`select ${left}, ${right}, max(bits) as bits from (
      select p.${left}, p.${right}, ${as(shared, column('bits'))}
      from (select ${left}, ${right} from ${made(patternName(pairs))} where ${isExact(settings, of, i)}) p
      join ${list} a on a.n = p.${left} join ${list} b on b.n = p.${right}
      left join ${made(frequencyName(of))} ${column(`f${i}`)} on ${column('value', `f${i}`)} = ${column(of.column, 'a')}) shared
    group by ${left}, ${right}`
}
