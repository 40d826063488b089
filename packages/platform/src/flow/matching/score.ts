import {
  as,
  call,
  cast,
  column,
  every,
  join,
  made,
  nothing,
  type Part,
  type Row,
  type Step,
  sql,
  value,
} from '#engine'
import type {
  Comparison,
  Frequencies,
  Learned,
  LevelShares,
  MatchingSettings,
} from './definition.ts'
import { levelWeight, priorWeight } from './learn.ts'
import { digitIn, isNear, patternName, radixes, type Sieve } from './patterns.ts'
import { recordName } from './rows.ts'

const frequencyName = ({ column }: Comparison): string => `frequency_${column}`

const exactDigit = ({ levels }: Comparison): number =>
  levels.findIndex(({ is }) => is === 'exact') + 1

/** A comparison whose frequencies count, by its place. */
interface Minded {
  readonly of: Comparison
  readonly i: number
  readonly bits: Frequencies
}

const mindedIn = ({ comparisons }: MatchingSettings, learned: Learned): readonly Minded[] =>
  comparisons.flatMap((of, i) => {
    const bits = learned.frequencies[of.column]
    return bits && minds(of) ? [{ of, i, bits }] : []
  })

const minds = (of: Comparison): boolean => of.frequencies === true && exactDigit(of) > 0

/** The values of the records at hand whose frequency a model knows: `value`, `bits`. */
export const frequencySteps = (settings: MatchingSettings, learned: Learned): readonly Step[] =>
  mindedIn(settings, learned).map(({ of, bits }) => {
    const lines = Object.entries(bits.known).map(([hash, known]) => `${hash} ${known}`)
    const half = (n: number) => call('split_part', sql`line`, value(' '), value(n))
    return {
      name: frequencyName(of),
      says: `what agreeing on a frequent ${of.column} is worth`,
      query: sql`select d.value, k.bits from (
          select value, ${hashOf(sql`value`)} as hash from (select distinct ${as(column(of.column), column('value'))} from ${made(recordName)}) v
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
  { comparisons }: MatchingSettings,
): Promise<Learned['frequencies']> {
  const found = comparisons.filter(minds).map(async ({ column: name }) => {
    const [tail = {}, ...known] = await ask(counted(name))
    const usual = Number(tail['usual'])
    const bits = (size: unknown) => Math.log2(usual / Number(size))
    const entries = known.map((row) => [String(row['hash']), bits(row['size'])] as const)
    return [name, { known: Object.fromEntries(entries), rare: bits(tail['size']) }] as const
  })
  const all = await Promise.all(found)
  return Object.fromEntries(all.filter(([, { rare }]) => Number.isFinite(rare)))
}

// The first row tells the size of all others: as those have it who meet there, or the least when there are no others.
function counted(name: string): Part {
  const of = column(name)
  return sql`with counted as (select value, size, row_number() over (order by size desc, value) as place from (
      select ${as(of, column('value'))}, ${cast(sql`count(*)`, 'number')} as size from ${made(recordName)}
      where ${of} is not null group by ${of}) c)
    select 0 as place, null as hash, (select sum(size * size) / sum(size) from counted) as usual,
      coalesce((select sum(size * size) / sum(size) from counted where place > ${value(knownValues)}),
        (select min(size) from counted)) as size
    union all select place, ${hashOf(sql`value`)} as hash, null as usual, size from counted where place <= ${value(knownValues)}
    order by place`
}

/** The pairs of a step with their weights, the prior included: `left`, `right`, `rule`, `weight`, `pattern`. */
export function scoredPairs(
  settings: MatchingSettings,
  learned: Learned,
  { pairs, least }: { readonly pairs: string; readonly least: number },
): Part {
  const minded = mindedIn(settings, learned)
  const weight = join([sql`w.weight`, ...minded.map(bitsOf)], sql` + `)
  return sql`select ${column('left')}, ${column('right')}, rule, weight, pattern from (
    select p.${column('left')}, p.${column('right')}, p.rule, ${weight} as weight, p.pattern
    from ${made(patternName(pairs))} p join (${weighed({ settings, learned, open: [], least }, made(patternName(pairs)))}) w on w.pattern = p.pattern
    ${joinsOf(minded)}) scored where weight >= ${value(least, 'number')}`
}

/** What the frequencies of the values add for one pair of a step: a column `bits_` and the place of each comparison. */
export function pairFrequencies(settings: MatchingSettings, learned: Learned, pairs: string): Part {
  const minded = mindedIn(settings, learned)
  const exact = minded.map(({ of, i }) => as(isExact(settings, of, i), exactColumn(i)))
  const bits = minded.map((one) => as(bitsOf(one), column(`bits_${one.i}`)))
  return sql`select ${join([sql`p.pattern`, ...bits])} from ${made(patternName(pairs))} p
    join (select ${join([sql`pattern`, ...exact])} from ${made(patternName(pairs))}) w on w.pattern = p.pattern ${joinsOf(minded)}`
}

interface Weighing {
  readonly settings: MatchingSettings
  readonly learned: Learned
  /** The places of comparisons that were not asked for nearness yet. */
  readonly open: readonly number[]
  readonly least: number
}

// Weights are worked out once for every way of agreeing, and only those that can come out at the end go on.
function weighed(of: Weighing, pairs: Part): Part {
  const { settings, learned, least } = of
  const minded = mindedIn(settings, learned)
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

/** The step that holds what the values of each record add where they are exactly those of another: `n`, a `bits_` for each. */
const bitsName = 'frequency_bits'

/** What the sieve looks at. */
export function bitsStep(settings: MatchingSettings, learned: Learned): Step {
  const minded = mindedIn(settings, learned)
  const bits = minded.map(({ bits, i }) =>
    as(
      sql`coalesce(${column('bits', `f${i}`)}, ${value(bits.rare, 'number')})`,
      column(`bits_${i}`),
    ),
  )
  const joins = minded.map(
    ({ of, i }) => sql`left join ${made(frequencyName(of))} ${column(`f${i}`)}
      on ${column('value', `f${i}`)} = ${column(of.column, 'a')}`,
  )
  return {
    name: bitsName,
    says: 'what agreeing exactly on the values of each record is worth',
    query: sql`select ${join([sql`a.n`, ...bits])} from ${made(recordName)} a ${join(joins, sql` `)}`,
  }
}

// Sums of the same weights in another order differ in the last digits.
const slack = 1e-6

/** Lets those pairs through that may weigh enough in the end. */
export const sieveOf =
  (settings: MatchingSettings, learned: Learned, least: number): Sieve =>
  (pairs, open) => {
    const minded = mindedIn(settings, learned)
    const bits = minded.map(
      ({ i }) => sql`case when w.${exactColumn(i)} then ${column(`bits_${i}`, 'f')} else 0 end`,
    )
    const enough = least - slack
    const reach = weighed({ settings, learned, open, least: enough }, pairs)
    return sql`(select p.* from ${pairs} p join (${reach}) w on w.pattern = p.pattern
      join ${made(bitsName)} f on f.n = p.${column('left')}
      where ${join([sql`w.weight`, ...bits], sql` + `)} >= ${value(enough, 'number')})`
  }

const exactColumn = (i: number) => column(`exact${i}`)

const isExact = ({ comparisons }: MatchingSettings, of: Comparison, i: number): Part =>
  sql`${digitIn(of, radixes(comparisons)[i] ?? 1)} = ${value(exactDigit(of))}`

/** What a comparison weighs, or may weigh at most where something is open. */
function weightCase({ settings, learned, open }: Weighing, i: number): Part {
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
  if (given.of.some((place) => open.includes(place))) return most([shares, ...given.shares])
  const cases = given.shares.map((one, j) => sql`when ${value(j + 1)} then ${most([one])}`)
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
  return sql`(${join(alike, sql` + `)} + case when ${best} then 1 else 0 end)`
}

const bitsOf = ({ i, bits }: Minded): Part =>
  sql`case when w.${exactColumn(i)} then coalesce(${column('bits', `f${i}`)}, ${value(bits.rare, 'number')}) else 0 end`

const joinsOf = (minded: readonly Minded[]): Part =>
  minded.length === 0
    ? nothing
    : sql`join ${made(recordName)} a on a.n = p.${column('left')} ${join(
        minded.map(
          ({ of, i }) => sql`left join ${made(frequencyName(of))} ${column(`f${i}`)}
            on ${column('value', `f${i}`)} = case when w.${exactColumn(i)} then ${column(of.column, 'a')} end`,
        ),
        sql` `,
      )}`
