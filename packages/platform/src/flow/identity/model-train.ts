import {
  cast,
  column,
  type Engine,
  type Made,
  made,
  type Part,
  placed,
  sql,
  type TableName,
  type Workbench,
} from '#engine'
import { didYouMean } from '#kernel/near.ts'
import { currentTable, fieldsOf } from '#lake'
import {
  type Learned,
  type Matching,
  type Proposal,
  proposeSettings,
  type Sampling,
  withMatching,
} from '#matching'
import { type Model, modelTable } from '#model'
import type { Subject } from './definition.ts'
import { identityFaults } from './faults.ts'
import { judgedRecords } from './judged.ts'
import type { Labels } from './model-api.ts'
import { withRecords } from './model-bench.ts'
import { type MatchModel, type Training, withoutValues } from './model-definition.ts'
import type { JudgedPair } from './model-labels.ts'

/** What training needs. */
export interface TrainTools {
  readonly bench: Workbench
  readonly model: Model
}

/** How a model is trained. */
export interface TrainOptions {
  /** Another seed draws other random pairs. */
  readonly seed?: string | undefined
  /** Pairs that people judged, or the stream where they stand; without, the model learns from the records alone. */
  readonly labels?: Labels | readonly JudgedPair[] | undefined
}

/** What training gives: what was learned, and how. */
export interface Trained {
  readonly learned: Learned
  readonly trained: Training
}

const usualSeed = 'tessera'

/** Learns what levels weigh, under the settings of a model or, where it has none, under those that the records propose. */
export async function trainModel(
  { bench, model }: TrainTools,
  { on, settings: given }: MatchModel,
  { seed = usualSeed, labels }: TrainOptions,
): Promise<Trained> {
  if (labels && 'stream' in labels) await refuseBadLabels(bench.engine, labels)
  return withRecords({ bench, on, model }, async ({ listed, records }, where) => {
    const settings = given ?? (await proposeSettings(bench, listed)).settings
    return withMatching(bench, records, settings, async (matching) => {
      bench.progress?.('learn')
      const learned = labels
        ? await learnFrom(bench, { labels, on, where, matching, seed })
        : await matching.learn({ seed })
      return {
        learned,
        trained: {
          at: bench.now().toISOString(),
          records: matching.records,
          candidates: matching.candidates,
          seed,
          from: labels ? 'labels' : 'records',
          settings,
          blocks: matching.blocks.map(withoutValues),
        },
      }
    })
  })
}

/** The settings that the records of a subject propose, with what they were made from. */
export const proposeModel = ({ bench, model }: TrainTools, on: Subject): Promise<Proposal> =>
  withRecords({ bench, on, model }, ({ listed }) => proposeSettings(bench, listed))

interface Judged {
  readonly labels: Labels | readonly JudgedPair[]
  readonly on: Subject
  readonly where: Made
  readonly matching: Matching
  readonly seed: Sampling['seed']
}

const learnFrom = (
  { engine, ask }: Workbench,
  { labels, on, where, matching, seed }: Judged,
): Promise<Learned> =>
  engine.staged(
    placed('stream' in labels ? pairsIn(labels, on) : pairsOf(labels, on), where),
    (pairs: TableName) => matching.learnFrom(pairs, { seed }),
    ask,
  )

const text = (name: string, of: string): Part => cast(column(name, of), 'text')

/** Pairs that people judged, by the numbers of their records: `left`, `right`, `is_match`. */
const pairsOf = (pairs: readonly JudgedPair[], on: Subject): Part =>
  sql`select a.n as ${column('left')}, b.n as ${column('right')}, j.is_match from (${judgedRecords(pairs, on)}) j
    join ${made('record')} a on a.record = j.${column('left')} join ${made('record')} b on b.record = j.${column('right')}`

/** The same out of a stream. */
function pairsIn({ stream, left, right, is_match }: Labels, on: Subject): Part {
  const names = sql`(select k.n, r._stream || ':' || r.id as name from ${modelTable(on)} r join ${made('record')} k on k.record = r._key
    union select k.n, r._source || ':' || r.id from ${modelTable(on)} r join ${made('record')} k on k.record = r._key
    union select n, ${cast(column('record'), 'text')} from ${made('record')})`
  const isMatch = sql`lower(trim(${text(is_match, 't')})) in ('true', 't', 'yes', 'y', '1')`
  return sql`select a.n as ${column('left')}, b.n as ${column('right')}, ${isMatch} as is_match
    from ${currentTable(stream)} t join ${names} a on a.name = ${text(left, 't')} join ${names} b on b.name = ${text(right, 't')}
    where a.n <> b.n`
}

async function refuseBadLabels(engine: Engine, labels: Labels): Promise<void> {
  const { stream } = labels
  const names = (await fieldsOf(engine, stream)).map(({ name }) => name)
  if (names.length === 0) {
    const why = `there is no stream "${stream}", or nothing has come from it yet`
    throw identityFaults.bad_labels({ why }, { at: 'labels.stream' })
  }
  for (const at of ['left', 'right', 'is_match'] as const) {
    if (names.includes(labels[at])) continue
    const why = `the stream ${stream} has no column "${labels[at]}"${didYouMean(labels[at], names)}`
    throw identityFaults.bad_labels({ why }, { at: `labels.${at}` })
  }
}
