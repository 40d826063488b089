import {
  as,
  cast,
  column,
  every,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Row,
  type Step,
  sql,
  type TableName,
  type Workbench,
} from '#engine'
import {
  type BlockReport,
  blockKeys,
  blockSteps,
  type LeftOut,
  leftOutOf,
  membershipName,
  pairSteps,
  reportBlocks,
} from './blocks.ts'
import { digitsOf, refuseMisfits } from './check.ts'
import type { Learned, MatchingSettings } from './definition.ts'
import { findDependences, holdingAll, lookedAtStep, withinSteps } from './dependence.ts'
import { matchingFaults } from './faults.ts'
import {
  type Evidence,
  learn,
  learnFromLabels,
  type PatternCount,
  type Weights,
  weightOf,
} from './learn.ts'
import { nicknameStep } from './levels.ts'
import { type Measured, measureJudged, measureScores } from './measure.ts'
import { makePassing, withLater } from './passing.ts'
import { digitsOfPattern, isPass, patternCounts, patternSteps, siftedSteps } from './patterns.ts'
import { isList, type Records } from './records.ts'
import { listName, recordName, rowSteps } from './rows.ts'
import { type Sampling, sampleSteps } from './sample.ts'
import { bitsStep, frequenciesOf, frequencySteps, scoredPairs, sieveOf } from './score.ts'
import { type Waterfall, waterfall } from './waterfall.ts'

/** Candidates that were compared; gone when the work on them is over. */
export interface Matching {
  readonly records: number
  readonly candidates: number
  readonly blocks: readonly BlockReport[]
  /** Every block that a record is in, alone or not, as a table: `n`, `rule` (its place), `key`. */
  readonly keys: <T>(use: (keys: TableName) => Promise<T>) => Promise<T>
  /** Learns from the records alone. */
  readonly learn: (sampling?: Partial<Sampling>) => Promise<Learned>
  /** Learns from pairs that were judged: a table of `left`, `right`, `is_match`. */
  readonly learnFrom: (labels: TableName, sampling?: Partial<Sampling>) => Promise<Learned>
  /** The candidates that are at least that probable, as a table: `left`, `right`, `rule`, `weight`, `pattern`. */
  readonly scored: <T>(
    learned: Learned,
    leastProbability: number,
    use: (pairs: TableName) => Promise<T>,
  ) => Promise<T>
  /** Why two records weigh what they weigh together. */
  readonly explain: (learned: Learned, left: number, right: number) => Promise<Waterfall>
  /** Precision and recall by weight, against a table of answers: `n`, `entity`. */
  readonly measure: (learned: Learned, truth: TableName, step?: number) => Promise<Measured>
  /** The same against pairs that were judged, each once: a table of `left`, `right`, `is_match`. */
  readonly measureJudged: (learned: Learned, judged: TableName, step?: number) => Promise<Measured>
}

/** What people decided and what was learned from it, kept together: scoring with it does not depend on the records at hand. */
export interface Model {
  readonly settings: MatchingSettings
  readonly learned: Learned
}

/** The whole plan up to the patterns of the candidates, as data. */
export const matchingSteps = (settings: MatchingSettings, records: Records): readonly Step[] => [
  ...rowsAndBlocks({ settings, leftOut: {} }, records),
  ...candidateSteps(settings, records),
]

interface Plan {
  readonly settings: MatchingSettings
  /** Blocks that are left out whatever their size. */
  readonly leftOut: LeftOut
}

const rowsAndBlocks = (plan: Plan, records: Records): readonly Step[] => [
  ...rowSteps(plan.settings, records),
  ...(plan.settings.comparisons.some(({ levels }) => levels.some(({ is }) => is === 'nickname'))
    ? [nicknameStep(records.tidyName ?? ((of) => of))]
    : []),
  ...blockSteps(plan, records),
]

const candidateSteps = (settings: MatchingSettings, records: Records): readonly Step[] => [
  ...pairSteps(settings, records),
  ...patternSteps(settings, records, 'pair'),
]

/** Counts what blocks would make, without making a pair. */
export async function countBlocks(
  bench: Workbench,
  records: Records,
  settings: MatchingSettings,
): Promise<readonly BlockReport[]> {
  refuseMisfits(settings, records)
  return makeAll(bench, rowsAndBlocks({ settings, leftOut: {} }, records), new Map(), (where) =>
    reportBlocks(asking(bench, where), settings),
  )
}

/** Every block that a record is in, without making a pair: a table of `n`, `rule` (its place), `key`. */
export const withBlockKeys = <T>(
  bench: Workbench,
  records: Records,
  settings: MatchingSettings,
  use: (keys: TableName) => Promise<T>,
): Promise<T> => {
  refuseMisfits(settings, records)
  return makeAll(bench, rowSteps(settings, records), new Map(), (where) =>
    bench.engine.staged(placed(blockKeys(settings, records), where), use, bench.ask),
  )
}

/** Makes the candidates and compares them; their tables are gone after `use`. */
export const withMatching = <T>(
  bench: Workbench,
  records: Records,
  settings: MatchingSettings,
  use: (matching: Matching) => Promise<T>,
): Promise<T> => compared(bench, records, { settings, leftOut: {} }, use)

/**
 * The same with a model that was learned before: blocks that were too large then make no candidates now, nor do those that
 * became too large since. So records that have not changed weigh what they weighed.
 */
export const withModel = <T>(
  bench: Workbench,
  records: Records,
  { settings, learned }: Model,
  use: (matching: Matching) => Promise<T>,
): Promise<T> => compared(bench, records, { settings, leftOut: learned.left_out }, use)

async function compared<T>(
  bench: Workbench,
  records: Records,
  plan: Plan,
  use: (matching: Matching) => Promise<T>,
): Promise<T> {
  const { settings } = plan
  refuseMisfits(settings, records)
  return makeAll(bench, rowsAndBlocks(plan, records), new Map(), async (where) => {
    const blocks = await reportBlocks(asking(bench, where), settings)
    const steps = pairSteps(settings, records)
    const isMember = (name: string) => name === membershipName
    return makePassing(bench, { steps, isPassing: isMember }, where, (all) => {
      const prepared = { bench, records, settings, where: all, blocks }
      return withLater(
        (use: (where: Made) => Promise<void>) => withPatterns(prepared, use),
        async (patterns) => use(await matchingOver(prepared, patterns)),
      )
    })
  })
}

/** How all candidates agree. */
const withPatterns = <T>(
  { bench, settings, records, where }: Prepared,
  use: (where: Made) => Promise<T>,
): Promise<T> =>
  makePassing(
    bench,
    { steps: patternSteps(settings, records, 'pair'), isPassing: isPass },
    where,
    use,
  )

interface Prepared {
  readonly bench: Workbench
  readonly records: Records
  readonly settings: MatchingSettings
  readonly where: Made
  readonly blocks: readonly BlockReport[]
}

const asking =
  ({ engine, ask }: Workbench, where: Made) =>
  (query: Part): Promise<readonly Row[]> =>
    engine.rows(placed(query, where), ask)

/** `patterns` makes what holds for all candidates, which is seldom needed: only learning and measuring look at all of them. */
async function matchingOver(prepared: Prepared, patterns: () => Promise<Made>): Promise<Matching> {
  const { bench, records, settings, where, blocks } = prepared
  const ask = asking(bench, where)
  const sizes = await sizesOf(ask)
  const [counted = {}] = await ask(sql`select count(*) as pairs from ${made('pair')}`)
  const candidates = Number(counted['pairs'])
  let isWhole = false
  const all = () => {
    isWhole = true
    return patterns()
  }
  const scored = async <T>(
    learned: Learned,
    least: number,
    use: (pairs: TableName) => Promise<T>,
  ) => {
    const scoring = { prepared, learned, least }
    return least === lightest || isWhole
      ? scoredOf({ ...scoring, prepared: { ...prepared, where: await all() } }, 'pair', use)
      : sifted(scoring, use)
  }
  const whole = async (weights: Weights): Promise<Learned> => ({
    ...weights,
    frequencies: await frequenciesOf(ask, { settings, records }),
    left_out: await leftOutOf(ask, settings),
  })
  const evidence = async (sampling: Partial<Sampling> = {}) => {
    const counts = await countsOf(asking(bench, await all()), settings, 'pair')
    return evidenceOf(prepared, counts, sizes, sampling)
  }
  return {
    records: sizes.records,
    candidates,
    blocks,
    keys: (use) => bench.engine.staged(placed(blockKeys(settings, records), where), use, bench.ask),
    learn: async (sampling) => {
      if (candidates === 0) throw matchingFaults.no_candidates({})
      return whole(learn(await evidence(sampling)))
    },
    learnFrom: async (labels, sampling) =>
      whole(learnFromLabels(await evidence(sampling), await labelled(prepared, labels))),
    scored: (learned, least, use) => scored(learned, least <= 0 ? lightest : weightOf(least), use),
    explain: (learned, left, right) => waterfall({ ...prepared, learned }, left, right),
    measure: (learned, truth, step = 0.5) =>
      scored(learned, lightest, (pairs) => measureScores(ask, pairs, truth, step)),
    measureJudged: (learned, judged, step = 0.5) =>
      scored(learned, lightest, (pairs) => measureJudged(ask, pairs, judged, step)),
  }
}

interface Scoring {
  readonly prepared: Prepared
  readonly learned: Learned
  readonly least: number
}

/** The pairs of a step that weigh enough. */
const scoredOf = <T>(
  { prepared: { bench, settings, records, where }, learned, least }: Scoring,
  pairs: string,
  use: (pairs: TableName) => Promise<T>,
): Promise<T> => {
  const weighing = { settings, records, learned }
  return makeAll(bench, frequencySteps(weighing), where, (all) =>
    bench.engine.staged(placed(scoredPairs(weighing, { pairs, least }), all), use, bench.ask),
  )
}

/** The same, with the dear comparisons left out where they cannot make a pair weigh enough. */
function sifted<T>(scoring: Scoring, use: (pairs: TableName) => Promise<T>): Promise<T> {
  const { prepared, learned, least } = scoring
  const { bench, settings, records } = prepared
  const weighing = { settings, records, learned }
  const first = [...frequencySteps(weighing), bitsStep(weighing)]
  const sieve = sieveOf(weighing, least)
  const steps = siftedSteps({ settings, records, from: 'pair', pairs: 'likely', sieve })
  return makeAll(bench, first, prepared.where, (known) =>
    makePassing(bench, { steps, isPassing: isPass }, known, (where) =>
      bench.engine.staged(
        placed(scoredPairs(weighing, { pairs: 'likely', least }), where),
        use,
        bench.ask,
      ),
    ),
  )
}

// No pair weighs less.
const lightest = -1e6

const usualSample: Sampling = { seed: 'tessera', pairs: 200_000 }

interface Sizes {
  readonly records: number
  readonly allPairs: number
}

async function sizesOf(ask: (query: Part) => Promise<readonly Row[]>): Promise<Sizes> {
  const [row = {}] = await ask(
    sql`select coalesce(sum(size), 0) as records, ${cast(sql`coalesce(sum(size * (size - 1) / 2), 0)`, 'number')} as pairs
      from (select count(*) as size from ${made(recordName)} group by space) s`,
  )
  return { records: Number(row['records']), allPairs: Number(row['pairs']) }
}

async function evidenceOf(
  prepared: Prepared,
  candidates: readonly PatternCount[],
  sizes: Sizes,
  sampling: Partial<Sampling>,
): Promise<Evidence> {
  const { bench, records, settings, where } = prepared
  const single = [...new Set(settings.comparisons.map((of) => of.column))].filter(
    (name) => !isList(records, name),
  )
  const drawing = { ...usualSample, ...sampling }
  const steps = [
    ...sampleSteps(sizes.records, single, drawing),
    ...patternSteps(settings, records, 'random'),
    lookedAtStep(settings, records),
  ]
  const levels = settings.comparisons.map((of) => digitsOf(of) - 1)
  const agreeing = await agreeingPairs(asking(bench, where), settings, records)
  return makeAll(bench, steps, where, async (all) => {
    const ask = asking(bench, all)
    const random = await countsOf(ask, settings, 'random')
    const { allPairs } = sizes
    const looked = { settings, records, agreeing, count: sizes.records, allPairs, candidates }
    const { found: dependences, own } = await findDependences(ask, looked)
    const evidence = { candidates, random, ...sizes, levels, agreeing }
    if (dependences.size === 0) return evidence
    const drawn = [
      ...withinSteps(settings, dependences, {
        records,
        count: sizes.records,
        pairs: drawing.pairs,
      }),
      ...patternSteps(settings, records, 'within'),
    ]
    const within = await makeAll(bench, drawn, all, (more) =>
      countsOf(asking(bench, more), settings, 'within'),
    )
    const alone = await aloneIn(ask, prepared, { agreeing, dependences })
    return { ...evidence, agreeing: alone, dependences, within, own }
  })
}

/** How many of all pairs have the same value, for each comparison that asks for that first. */
const agreeingPairs = (
  ask: (query: Part) => Promise<readonly Row[]>,
  { comparisons }: MatchingSettings,
  records: Records,
): Promise<readonly (number | undefined)[]> =>
  Promise.all(
    comparisons.map(async (of) =>
      of.levels[0]?.is !== 'exact' || isList(records, of.column)
        ? undefined
        : pairsAgreeing(ask, [of.column], records),
    ),
  )

/** The same without those that agree on everything that a comparison depends on. */
const aloneIn = (
  ask: (query: Part) => Promise<readonly Row[]>,
  { settings: { comparisons }, records }: Prepared,
  { agreeing, dependences }: Required<Pick<Evidence, 'agreeing' | 'dependences'>>,
): Promise<readonly (number | undefined)[]> =>
  Promise.all(
    agreeing.map(async (equal, i) => {
      const given = dependences.get(i)
      if (equal === undefined || !given) return equal
      const names = [i, ...given.of].map((place) => comparisons[place]?.column ?? '')
      return equal - (await pairsAgreeing(ask, names, records))
    }),
  )

async function pairsAgreeing(
  ask: (query: Part) => Promise<readonly Row[]>,
  names: readonly string[],
  records: Records,
): Promise<number> {
  // One value of each list, so that no pair counts twice.
  const oneOf = (name: string) =>
    sql`(select n, ${as(sql`min(${column(name)})`, column(name))} from ${made(listName(name))} group by n)`
  const { joins, keys } = holdingAll(names, records, oneOf)
  const [row] =
    await ask(sql`select ${cast(sql`coalesce(sum(size * (size - 1) / 2), 0)`, 'number')} as pairs
      from (select count(*) as size from ${made(recordName)} r ${joins} where ${every(keys.map((key) => sql`${key} is not null`))}
        group by ${join([sql`r.space`, ...keys])}) s`)
  return Number(row?.['pairs'])
}

async function countsOf(
  ask: (query: Part) => Promise<readonly Row[]>,
  settings: MatchingSettings,
  pairs: string,
): Promise<readonly PatternCount[]> {
  const rows = await ask(patternCounts(pairs))
  return rows.map((row) => ({
    digits: digitsOfPattern(settings, Number(row['pattern'])),
    pairs: Number(row['pairs']),
  }))
}

/** How the pairs that were judged to be matches agree. */
async function labelled(
  { bench, records, settings, where }: Prepared,
  labels: TableName,
): Promise<readonly PatternCount[]> {
  const [left, right] = [column('left'), column('right')]
  const judged: Step = {
    name: 'judged',
    says: 'pairs that were judged to be matches',
    query: sql`select distinct least(${left}, ${right}) as ${left}, greatest(${left}, ${right}) as ${right}, -1 as rule
      from ${labels} where is_match and ${left} <> ${right}`,
  }
  const steps = [judged, ...patternSteps(settings, records, 'judged')]
  const found = await makeAll(bench, steps, where, (all) =>
    countsOf(asking(bench, all), settings, 'judged'),
  )
  if (found.length === 0) throw matchingFaults.no_labels({})
  return found
}
