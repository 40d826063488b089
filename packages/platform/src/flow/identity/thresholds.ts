import { setImmediate } from 'node:timers/promises'
import {
  cast,
  column,
  type Engine,
  join,
  type Made,
  made,
  type Part,
  placed,
  type Row,
  sql,
  type TableName,
  value,
  type Workbench,
} from '#engine'
import { currentTable } from '#lake'
import {
  bCubed,
  type Matching,
  type Measured,
  probabilityOf,
  type Records,
  type Threshold,
  weightOf,
  withModel,
} from '#matching'
import type { Comparison } from '#matching/definition'
import { type Model, modelTable } from '#model'
import type { Store } from '#store'
import type { Truth } from './api.ts'
import { cleanSources } from './clean.ts'
import { leastProbability, type Ruleset } from './definition.ts'
import { identityFaults } from './faults.ts'
import { judgedRecords } from './judged.ts'
import { refuseBadTruth } from './measure.ts'
import { withRecords } from './model-bench.ts'
import { leastLookedAt, modelGroups } from './model-clusters.ts'
import type { TrainedModel } from './model-definition.ts'
import { judgedPairsOf } from './model-labels.ts'
import { trainedModelOf } from './model-links.ts'
import { bitsOf, priorBits } from './model-words.ts'
import type { Thresholds, ThresholdsBody } from './thresholds-api.ts'

/** What measuring a model needs. */
export interface ThresholdTools {
  readonly bench: Workbench
  readonly store: Store
  readonly model: Model
  readonly ruleset: Ruleset
}

/** What the model of a ruleset would find at each threshold, and which records it could never link. */
export async function thresholdsOf(
  tools: ThresholdTools,
  { truth, labels, step = 0.5 }: ThresholdsBody,
): Promise<Thresholds> {
  const { bench, model, ruleset } = tools
  const { on, key, limits } = ruleset
  const trained = trainedModelOf(ruleset)
  if (!trained) throw identityFaults.no_model({ ruleset: key })
  if (truth && labels)
    throw identityFaults.bad_truth(
      { why: 'answers are a stream or labels, and not both at once' },
      { at: 'labels' },
    )
  if (truth) await refuseBadTruth(bench.engine, truth)
  const least = leastProbability(ruleset)
  return withRecords({ bench, on, model, limits }, async ({ records }, where) => {
    const filled = await filledPatterns(bench, records, trained)
    const weighing = { settings: trained.trained.settings, learned: trained.learned }
    return withModel(bench, records, weighing, async (matching) => {
      const rating = { ...tools, trained, matching, where, step }
      const pairs = truth ? await ratedByTruth(rating, truth) : await ratedByLabels(rating, labels)
      return {
        model: trained.key,
        at_least: least,
        weight_at_least: weightOf(least),
        records: matching.records,
        candidates: matching.candidates,
        ...(pairs ? { pairs } : {}),
        unlinkable: unlinkable(filled, trained, weightOf(least)),
      }
    })
  })
}

interface Rating extends ThresholdTools {
  readonly trained: TrainedModel
  readonly matching: Matching
  readonly where: Made
  readonly step: number
}

type Rated = NonNullable<Thresholds['pairs']>

async function ratedByLabels(
  { bench, store, ruleset: { on }, ...of }: Rating,
  isAsked = false,
): Promise<Rated | undefined> {
  if (!isAsked) return undefined
  const { trained, matching, where, step } = of
  const [left, right] = [column('left'), column('right')]
  const judged = sql`select a.n as ${left}, b.n as ${right}, is_match
    from (${judgedRecords(await judgedPairsOf(store, on), on)}) j
    join ${made('record')} a on a.record = j.${left} join ${made('record')} b on b.record = j.${right}`
  return bench.engine.staged(
    placed(judged, where),
    async (table) => {
      const measured = await matching.measureJudged(trained.learned, table, step)
      const [row] = await bench.engine.rows(sql`select count(*) as judged from ${table}`, bench.ask)
      return { ...pairsOf(measured), judged: Number(row?.['judged'] ?? 0) }
    },
    bench.ask,
  )
}

/** Pairs by themselves, and the groups that they would make. */
const ratedByTruth = (of: Rating, truth: Truth): Promise<Rated> => {
  const { bench, ruleset, trained, matching, where, step } = of
  return bench.engine.staged(
    placed(answers(truth, ruleset.on), where),
    async (table) => {
      const measured = await matching.measure(trained.learned, table, step)
      return pairsOf(measured, await groupQuality(of, table, measured))
    },
    bench.ask,
  )
}

/** B-cubed of the groups at each threshold that a ruleset may have, by its weight. */
async function groupQuality(
  { bench: { engine, ask }, ruleset, trained, matching, where }: Rating,
  truth: TableName,
  { thresholds }: Measured,
): Promise<ReadonlyMap<number, BCubed>> {
  const numbered = sql`select n, dense_rank() over (order by entity) - 1 from ${truth}`
  const [labelled = none, entities = none] = await engine.integers(numbered, ask)
  const count = matching.records
  const cleanSource = await cleanSources(engine, ruleset, { count, found: where })
  const among = { count, ...(cleanSource ? { cleanSource } : {}) }
  const pairs = await matching.scored(trained.learned, leastLookedAt(ruleset), async (scored) => {
    const [left = none, right = none, millibits = none] = await engine.integers(
      sql`select ${column('left')}, ${column('right')}, round(weight * 1000) from ${scored}`,
      ask,
    )
    return { left, right, weight: Float64Array.from(millibits, (of) => of / 1000) }
  })
  const found = new Map<number, BCubed>()
  for (const { weight: threshold } of thresholds.filter(({ weight }) => weight >= leastThreshold)) {
    ask.signal?.throwIfAborted()
    const groups = modelGroups(ruleset, pairs, { threshold, ...among })
    found.set(threshold, {
      ...bCubed(
        labelled.map((n) => groups[n] ?? n),
        entities,
      ),
    })
    await setImmediate()
  }
  return found
}

const none = new Int32Array()

// Even odds: a ruleset may not link what is less likely than not.
const leastThreshold = 0

type BCubed = NonNullable<Rated['thresholds'][number]['b_cubed']>

function pairsOf(
  { true_pairs, thresholds, best }: Measured,
  groups?: ReadonlyMap<number, BCubed>,
): Rated {
  const told = (of: Threshold) => {
    const b_cubed = groups?.get(of.weight)
    return { ...of, ...(b_cubed ? { b_cubed } : {}) }
  }
  return {
    true: true_pairs,
    thresholds: thresholds.map(told),
    ...(best ? { best: told(best) } : {}),
  }
}

const text = (name: string): Part => cast(column(name), 'text')

/** Who records really are, by their numbers: `n`, `entity`. */
const answers = ({ stream, source, record, entity }: Truth, on: Ruleset['on']): Part =>
  sql`select k.n, min(t.entity) as entity from (select distinct ${text(source)} as stream, ${text(record)} as id,
      ${text(entity)} as entity from ${currentTable(stream)}) t
    join ${modelTable(on)} r on r._stream = t.stream and r.id = t.id
    join ${made('record')} k on k.record = r._key where t.entity is not null group by k.n`

/** Which columns are filled, and in how many records. */
interface Filled {
  readonly columns: readonly boolean[]
  readonly records: number
}

async function filledPatterns(
  { engine, ask }: Workbench,
  { table, lists = {} }: Records,
  { trained }: TrainedModel,
): Promise<readonly Filled[]> {
  const { comparisons } = trained.settings
  const cells = comparisons.map(({ column: name }, i) => {
    const list = lists[name]
    const isThere = list
      ? sql`n in (select n from ${list})`
      : sql`coalesce(${text(name)}, '') <> ''`
    return sql`case when ${isThere} then 1 else 0 end as ${column(`f${i}`)}`
  })
  const names = join(comparisons.map((_, i) => column(`f${i}`)))
  const rows = await engine.rows(
    sql`select ${names}, count(*) as records from (select ${join(cells)} from ${table}) filled group by ${names}`,
    ask,
  )
  return rows.map((row: Row) => ({
    columns: comparisons.map((_, i) => Number(row[`f${i}`]) === 1),
    records: Number(row['records']),
  }))
}

/** What records weigh with themselves, by what is filled in; whatever the values are, so frequencies do not count. */
function unlinkable(
  filled: readonly Filled[],
  { learned, trained: { settings } }: TrainedModel,
  least: number,
): Thresholds['unlinkable'] {
  const best = settings.comparisons.map((of, i) => {
    const level = levelWithItself(of)
    const shares = learned.comparisons[i]
    return bitsOf(shares?.m[level] ?? 1, shares?.u[level] ?? 1)
  })
  const prior = priorBits(learned)
  const all = filled.reduce((sum, { records }) => sum + records, 0)
  const weighed = filled.map(({ columns, records }) => ({
    records,
    weight: columns.reduce((sum, isThere, i) => sum + (isThere ? (best[i] ?? 0) : 0), prior),
  }))
  const below = (weight: number) => {
    const records = weighed.reduce((sum, of) => sum + (of.weight < weight ? of.records : 0), 0)
    return { records, share: all === 0 ? 0 : records / all }
  }
  const highest = Math.ceil(Math.max(0, ...weighed.map(({ weight }) => weight)))
  const weights = Array.from({ length: highest + 1 }, (_, i) => i)
  return {
    ...below(least),
    by_weight: weights.map((weight) => ({
      weight,
      probability: probabilityOf(weight),
      unlinkable: below(weight),
    })),
  }
}

// The best level that equal values meet: a value is no nickname of itself, and not itself turned round.
function levelWithItself({ levels }: Comparison): number {
  const found = levels.findIndex(
    ({ is }) => is !== 'nickname' && is !== 'swapped' && is !== 'day_and_month_swapped',
  )
  return found < 0 ? levels.length : found
}

/** A profile is an outlier from that many standard deviations above the mean on, and never with fewer records than this. */
const outlying = { deviations: 3, records: 4 } as const
const mostOutliers = 50

/** How large the published profiles are, and which are much larger than the others. */
export async function sizesOf(engine: Engine, links: TableName) {
  const sizes = await engine.rows(sql`select size, count(*) as profiles from (
    select profile, count(*) as size from ${links} group by profile) s group by size order by size`)
  const rows =
    await engine.rows(sql`with size as (select profile, ${cast(sql`count(*)`, 'number')} as size from ${links} group by profile),
      usual as (select avg(size) as mean, stddev_pop(size) as deviation from size)
    select profile, size, (size - mean) / deviation as deviations from size, usual
    where deviation > 0 and size >= ${value(outlying.records)} and size > mean + ${value(outlying.deviations)} * deviation
    order by size desc, profile limit ${value(mostOutliers)}`)
  const counted = sizes.map((row) => ({
    records: Number(row['size']),
    profiles: Number(row['profiles']),
  }))
  return {
    profiles: counted.reduce((sum, { profiles }) => sum + profiles, 0),
    records: counted.reduce((sum, { records, profiles }) => sum + records * profiles, 0),
    sizes: counted,
    outliers: rows.map((row) => ({
      profile: String(row['profile']),
      records: Number(row['size']),
      deviations: Number(row['deviations']),
    })),
  }
}
