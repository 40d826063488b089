import {
  as,
  call,
  column,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Row,
  type Step,
  sql,
  value,
  type Workbench,
} from '#engine'
import { maskedValue } from '#kernel/mask.ts'
import { agreementName, agreementOf } from './agreement.ts'
import { type Comparison, type Learned, levelName, type MatchingSettings } from './definition.ts'
import { matchingFaults } from './faults.ts'
import { levelWeight, priorWeight, probabilityOf, sharesIn } from './learn.ts'
import { digitsOfPattern, patternSteps } from './patterns.ts'
import { isList, type Records } from './records.ts'
import { listName, recordName } from './rows.ts'
import { frequencySteps, pairFrequencies } from './score.ts'

/** What one comparison says about a pair. */
export interface Fall {
  readonly column: string
  /** The level that holds; `differs`, or `missing` when there is nothing to compare. */
  readonly level: string
  /** The values, masked. */
  readonly left: readonly string[]
  readonly right: readonly string[]
  readonly weight: number
  /** What it depends on, where that agrees: then it tells less. */
  readonly given?: string
  /** What the frequency of the value adds to that, or takes from it. */
  readonly frequency: number
}

/** Why a pair weighs what it weighs: from the prior, comparison by comparison. */
export interface Waterfall {
  readonly prior: number
  readonly falls: readonly Fall[]
  readonly weight: number
  readonly probability: number
}

/** What explaining a pair needs. */
export interface WaterfallOf {
  readonly bench: Workbench
  readonly where: Made
  readonly settings: MatchingSettings
  readonly records: Records
  readonly learned: Learned
}

/** Explains one pair, whether a block made it or not. */
export function waterfall(of: WaterfallOf, left: number, right: number): Promise<Waterfall> {
  const { bench, settings, records, where } = of
  const steps = [
    chosen(left, right),
    ...patternSteps(settings, records, 'chosen'),
    ...frequencySteps(of),
  ]
  return makeAll(bench, steps, where, async (all) => {
    const [row] = await bench.engine.rows(placed(explained(of), all), bench.ask)
    if (!row) throw matchingFaults.unknown_pair({ left, right })
    return told(of, row)
  })
}

const chosen = (left: number, right: number): Step => ({
  name: 'chosen',
  says: 'the pair that is explained',
  query: sql`select a.n as ${column('left')}, b.n as ${column('right')}, -1 as rule from ${made(recordName)} a
    join ${made(recordName)} b on a.n <> b.n where a.n = ${value(left)} and b.n = ${value(right)}`,
})

function explained(weighing: WaterfallOf): Part {
  const { settings, records } = weighing
  const columns = settings.comparisons.flatMap((of, i) => [
    as(valuesOf(of, records, 'left'), column(`left_${i}`)),
    as(valuesOf(of, records, 'right'), column(`right_${i}`)),
  ])
  return sql`select ${join([sql`f.*`, ...columns])} from ${made('chosen')} p
    cross join (${pairFrequencies(weighing, 'chosen')}) f`
}

function valuesOf(of: Comparison, records: Records, side: 'left' | 'right'): Part {
  const name = column(of.column, 'c')
  return sql`(select ${call('list_of', name, name)} from ${made(
    isList(records, of.column) ? listName(of.column) : recordName,
  )} c where c.n = p.${column(side)} and ${name} is not null)`
}

function told({ settings, learned }: WaterfallOf, row: Row): Waterfall {
  const digits = digitsOfPattern(settings, Number(row['pattern']))
  const falls = settings.comparisons.map((of, i): Fall => {
    const found = digits[i] ?? 0
    return {
      column: of.column,
      level: nameOf(of, found),
      left: masked(row[`left_${i}`]),
      right: masked(row[`right_${i}`]),
      weight: levelWeight(sharesIn(learned, i, digits), found),
      ...givenOf({ settings, learned }, i, digits),
      frequency: Number(row[`bits_${i}`] ?? 0),
    }
  })
  const prior = priorWeight(learned)
  const weight = falls.reduce((sum, fall) => sum + fall.weight + fall.frequency, prior)
  return { prior, falls, weight, probability: probabilityOf(weight) }
}

function givenOf(
  { settings, learned }: Pick<WaterfallOf, 'settings' | 'learned'>,
  i: number,
  digits: readonly number[],
): Pick<Fall, 'given'> {
  const given = learned.comparisons[i]?.given
  if (!given || digits[i] === 0) return {}
  const levels = learned.comparisons.map(({ m }) => m.length)
  const columns = given.of.map((place) => settings.comparisons[place]?.column ?? '')
  const name = agreementName(agreementOf(given.of, digits, levels), columns)
  return name === undefined ? {} : { given: name }
}

function nameOf({ levels }: Comparison, found: number): string {
  if (found === 0) return 'missing'
  const level = levels[found - 1]
  return level ? levelName(level) : 'differs'
}

const masked = (cell: Row[string] | undefined): readonly string[] =>
  Array.isArray(cell) ? cell.map((one) => maskedValue(String(one))) : []
