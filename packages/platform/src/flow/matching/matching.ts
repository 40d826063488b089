import {
  cast,
  column,
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
import { type BlockReport, blockSteps, pairStep, reportBlocks } from './blocks.ts'
import { digitsOf, refuseMisfits } from './check.ts'
import { codingSteps } from './coding.ts'
import type { MatchingSettings } from './definition.ts'
import { matchingFaults } from './faults.ts'
import {
  type Evidence,
  type Learned,
  learn,
  learnFromLabels,
  type PatternCount,
  weightOf,
} from './learn.ts'
import { nicknameStep } from './levels.ts'
import { type Measured, measureScores } from './measure.ts'
import { digit, patternCounts, patternSteps } from './patterns.ts'
import { isList, type Records } from './records.ts'
import { type Sampling, sampleSteps } from './sample.ts'
import { scoredPairs } from './score.ts'
import { type Waterfall, waterfall } from './waterfall.ts'

/** Candidates that were compared; gone when the work on them is over. */
export interface Matching {
  readonly records: number
  readonly candidates: number
  readonly blocks: readonly BlockReport[]
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
}

/** The whole plan up to the patterns of the candidates, as data. */
export const matchingSteps = (settings: MatchingSettings, records: Records): readonly Step[] => [
  ...codesAndBlocks(settings, records),
  ...candidateSteps(settings, records),
]

const codesAndBlocks = (settings: MatchingSettings, records: Records): readonly Step[] => [
  ...codingSteps(settings, records),
  ...(settings.comparisons.some(({ levels }) => levels.some(({ is }) => is === 'nickname'))
    ? [nicknameStep(records.tidyName ?? ((of) => of))]
    : []),
  ...blockSteps(settings, records),
]

const candidateSteps = (settings: MatchingSettings, records: Records): readonly Step[] => [
  pairStep(settings, records),
  ...patternSteps(settings, records, 'pair'),
]

/** Counts what blocks would make, without making a pair. */
export async function countBlocks(
  bench: Workbench,
  records: Records,
  settings: MatchingSettings,
): Promise<readonly BlockReport[]> {
  refuseMisfits(settings, records)
  return makeAll(bench, codesAndBlocks(settings, records), new Map(), (where) =>
    reportBlocks(asking(bench, where), settings),
  )
}

/** Makes the candidates and compares them; their tables are gone after `use`. */
export async function withMatching<T>(
  bench: Workbench,
  records: Records,
  settings: MatchingSettings,
  use: (matching: Matching) => Promise<T>,
): Promise<T> {
  refuseMisfits(settings, records)
  return makeAll(bench, codesAndBlocks(settings, records), new Map(), async (coded) => {
    const blocks = await reportBlocks(asking(bench, coded), settings)
    return makeAll(bench, candidateSteps(settings, records), coded, async (where) =>
      use(await matchingOver({ bench, records, settings, where, blocks })),
    )
  })
}

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

async function matchingOver(prepared: Prepared): Promise<Matching> {
  const { bench, settings, where, blocks } = prepared
  const ask = asking(bench, where)
  const candidates = await countsOf(ask, settings, 'pair')
  const sizes = await sizesOf(ask)
  const scored = <T>(learned: Learned, least: number, use: (pairs: TableName) => Promise<T>) =>
    bench.engine.staged(
      placed(scoredPairs(settings, learned, { pairs: 'pair', least }), where),
      use,
      bench.ask,
    )
  const evidence = (sampling: Partial<Sampling> = {}) =>
    evidenceOf(prepared, candidates, sizes, sampling)
  return {
    records: sizes.records,
    candidates: candidates.reduce((sum, { pairs }) => sum + pairs, 0),
    blocks,
    learn: async (sampling) => {
      if (candidates.length === 0) throw matchingFaults.no_candidates({})
      return learn(await evidence(sampling))
    },
    learnFrom: async (labels, sampling) =>
      learnFromLabels(await evidence(sampling), await labelled(prepared, labels)),
    scored: (learned, least, use) => scored(learned, least <= 0 ? lightest : weightOf(least), use),
    explain: (learned, left, right) => waterfall({ ...prepared, learned }, left, right),
    measure: (learned, truth, step = 0.5) =>
      scored(learned, lightest, (pairs) => measureScores(ask, pairs, truth, step)),
  }
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
      from (select count(*) as size from ${made('coded')} group by space) s`,
  )
  return { records: Number(row['records']), allPairs: Number(row['pairs']) }
}

async function evidenceOf(
  { bench, records, settings, where }: Prepared,
  candidates: readonly PatternCount[],
  sizes: Sizes,
  sampling: Partial<Sampling>,
): Promise<Evidence> {
  const single = [...new Set(settings.comparisons.map((of) => of.column))].filter(
    (name) => !isList(records, name),
  )
  const steps = [
    ...sampleSteps(sizes.records, single, { ...usualSample, ...sampling }),
    ...patternSteps(settings, records, 'random'),
  ]
  const random = await makeAll(bench, steps, where, (all) =>
    countsOf(asking(bench, all), settings, 'random'),
  )
  const levels = settings.comparisons.map((of) => digitsOf(of) - 1)
  return { candidates, random, ...sizes, levels }
}

async function countsOf(
  ask: (query: Part) => Promise<readonly Row[]>,
  settings: MatchingSettings,
  pairs: string,
): Promise<readonly PatternCount[]> {
  const rows = await ask(patternCounts(settings, pairs))
  return rows.map((row) => ({
    digits: settings.comparisons.map((_, i) => Number(row[digit(i).name])),
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
