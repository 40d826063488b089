import {
  call,
  cast,
  column,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Step,
  sql,
  type TableName,
  value,
  type Workbench,
} from '#engine'
import {
  type BlockReport,
  digitsOfPattern,
  type Held,
  hold,
  matchingSteps,
  type Records,
  withModel,
} from '#matching'
import type { Model } from '#model'
import { cleanSources } from './clean.ts'
import type { Ruleset } from './definition.ts'
import type { Extent } from './extent.ts'
import { identityFaults } from './faults.ts'
import {
  leastLookedAt,
  modelRefusals,
  type Sorted,
  sortPairs,
  type WeighedPairs,
} from './model-clusters.ts'
import { isTrained, type TrainedModel } from './model-definition.ts'
import { blockDifference, recordsBeside, unforeseenBlocks } from './model-keys.ts'
import { recordsIn, recordsSteps, withWeighed } from './model-records.ts'
import { wordsOf } from './model-words.ts'

/** What a model looked at in a run. */
export interface Scoring {
  readonly candidates: number
  readonly blocks: readonly BlockReport[]
  /** Whether records came or went while it was worked out what a change can reach. */
  readonly isOvertaken: boolean
}

/** The relation of a model's links: `first`, `n`, `matched`, `millibits`. */
export const modelLinks: TableName = made('model_link')

/** The relation of pairs that weigh enough and link nobody: `first`, `n`, `matched`, `reason`. */
export const modelRefused: TableName = made('model_refused')

/** The model of a ruleset; nothing where it uses none. Refused when it has not learned. */
export function trainedModelOf({ key, model, matcher }: Ruleset): TrainedModel | undefined {
  if (!model) return undefined
  if (matcher && isTrained(matcher)) return matcher
  throw identityFaults.untrained_model({ model: model.use, ruleset: key })
}

/** What linking by a model needs. */
export interface ModelLinking {
  readonly ruleset: Ruleset
  readonly model: Model
  readonly found: Made
  /** How much is looked at; what differs in the blocks that are kept is not asked unless it is told. */
  readonly extent?: Extent
}

/**
 * Weighs the candidates of a ruleset's model and gives the links among them beside `found`, with what differs in the blocks
 * that are kept. Its other tables are gone by then: links travel as integers, and a weight as thousandths of a bit. Without a
 * model nothing is done.
 */
export async function withModelLinks<T>(
  bench: Workbench,
  of: ModelLinking,
  use: (found: Made, scoring?: Scoring) => Promise<T>,
): Promise<T> {
  const trained = trainedModelOf(of.ruleset)
  if (!trained) return use(of.found)
  bench.progress?.('model')
  const kept = new Map<string, Held>()
  try {
    const weighed = await scored(bench, of, { trained, kept })
    const found = new Map([
      ...of.found,
      ...[...kept].map(([name, { table }]) => [name, table] as const),
    ])
    return await withLinks(bench, { ...of, ...weighed, trained, found }, (all) =>
      use(all, weighed.scoring),
    )
  } finally {
    for (const { letGo } of kept.values()) await letGo()
  }
}

interface Linking extends ModelLinking, Scored {
  readonly trained: TrainedModel
}

async function withLinks<T>(
  { engine, ...bench }: Workbench,
  { ruleset, found, trained, patterns, pairs }: Linking,
  use: (found: Made) => Promise<T>,
): Promise<T> {
  const [row] = await engine.rows(
    placed(sql`select count(*) as records from ${made('record')}`, found),
  )
  const count = Number(row?.['records'] ?? 0)
  const cleanSource = await cleanSources(engine, ruleset, { count, found })
  const sorted = sortPairs(ruleset, pairs, { count, ...(cleanSource ? { cleanSource } : {}) })
  return engine.stagedIntegers(columnsOf(pairs, sorted), (taken) => {
    const where = new Map([...found, ['model_pair', taken]])
    return makeAll({ engine, ...bench }, linkSteps(trained, patterns), where, use)
  })
}

/** The pairs that weigh enough; `refused` is 0 for those that link. */
function columnsOf(pairs: Scored['pairs'], { links, refused, reason }: Sorted) {
  const both = Int32Array.from([...links, ...refused])
  const take = (of: Int32Array) => both.map((place) => of[place] ?? 0)
  return {
    first: take(pairs.first),
    n: take(pairs.n),
    millibits: take(pairs.millibits),
    pattern: take(pairs.pattern),
    refused: both.map((_, i) => (i < links.length ? 0 : (reason[i - links.length] ?? 0) + 1)),
  }
}

interface Scored {
  readonly scoring: Scoring
  /** The ways of agreeing that pairs have, by their place. */
  readonly patterns: readonly number[]
  readonly pairs: WeighedPairs & { readonly pattern: Int32Array }
}

interface Keeping {
  readonly trained: TrainedModel
  /** What differs in the blocks that are kept is added to these, which whoever asks lets go. */
  readonly kept: Map<string, Held>
}

const scored = (
  bench: Workbench,
  of: ModelLinking,
  { trained: { learned, trained }, kept }: Keeping,
): Promise<Scored> =>
  withWeighed(bench, of, ({ records }) =>
    withBeside(bench, of, records, (all) =>
      withModel(bench, all, { settings: trained.settings, learned }, async (matching) => {
        const { candidates, blocks } = matching
        const isOvertaken = await matching.keys((keys) => keepBlocks(bench, of, { keys, kept }))
        return matching.scored(learned, leastLookedAt(of.ruleset), async (pairs) => ({
          scoring: { candidates, blocks, isOvertaken },
          ...(await taken(bench, pairs)),
        }))
      }),
    ),
  )

/** The records with how many others there are in their blocks, where only some are looked at. */
function withBeside<T>(
  { engine, ask }: Workbench,
  { ruleset, found, extent }: ModelLinking,
  records: Records,
  use: (records: Records) => Promise<T>,
): Promise<T> {
  if (extent !== 'what changed') return use(records)
  return engine.staged(
    placed(recordsBeside(ruleset), found),
    (others) => use({ ...records, beside: { others } }),
    ask,
  )
}

/** Holds what differs in the blocks; whether they are others than was foreseen. */
async function keepBlocks(
  { engine, ask }: Workbench,
  { ruleset, found, extent }: ModelLinking,
  { keys, kept }: Pick<Keeping, 'kept'> & { readonly keys: TableName },
): Promise<boolean> {
  if (!extent) return false
  for (const [name, query] of Object.entries(blockDifference(ruleset, extent, keys)))
    kept.set(name, await hold(engine, placed(query, found), ask))
  if (extent === 'everything') return false
  const unforeseen = sql`select exists (select 1 from (${unforeseenBlocks(ruleset, keys)}) u) as found`
  const [row] = await engine.rows(placed(unforeseen, found), ask)
  return row?.['found'] === true
}

async function taken({ engine, ask }: Workbench, pairs: TableName) {
  const rows = await engine.rows(sql`select distinct pattern from ${pairs} order by pattern`, ask)
  const none = new Int32Array()
  const [first = none, n = none, millibits = none, pattern = none] = await engine.integers(
    sql`select ${column('left')}, ${column('right')}, round(weight * 1000), dense_rank() over (order by pattern) - 1 from ${pairs}`,
    ask,
  )
  const patterns = rows.map((row) => Number(row['pattern']))
  return { patterns, pairs: { first, n, millibits, pattern } }
}

const linkSteps = (trained: TrainedModel, patterns: readonly number[]): readonly Step[] => [
  {
    name: 'model_words',
    says: 'how pairs agree, in words',
    query: wordsQuery(trained, patterns),
  },
  {
    name: 'model_link',
    says: `pairs that "${trained.label ?? trained.key}" takes for one, with what they weigh`,
    query: sql`select p.first, p.n, p.millibits, ${words} as matched from ${told(sql`refused = 0`)}`,
  },
  {
    name: 'model_refused',
    says: 'pairs that weigh enough and do not link: their groups were taken apart between them',
    query: sql`select p.first, p.n, ${words} as matched, case p.refused ${join(
      modelRefusals.map((reason, i) => sql`when ${value(i + 1)} then ${value(reason)}`),
      sql` `,
    )} end as reason from ${told(sql`refused > 0`)}`,
  },
]

const told = (condition: Part): Part =>
  sql`(select *, ${cast(tenths, 'text')} as tenths from ${made('model_pair')} where ${condition}) p
    join ${made('model_words')} w on w.pattern = p.pattern`

// Tenths are enough to read, and spare evidence from being written anew whenever a name has become a little more common.
const tenths = sql`cast(round(millibits / 100.0) as integer)`
const bits = sql`case when length(p.tenths) = 1 then '0.' || p.tenths
  else substr(p.tenths, 1, length(p.tenths) - 1) || '.' || substr(p.tenths, length(p.tenths)) end`

const words = sql`${bits} || ' bits: ' || w.words`

function wordsQuery({ trained: { settings } }: TrainedModel, patterns: readonly number[]): Part {
  const lines = patterns.map(
    (pattern, i) => `${i}\t${wordsOf(settings, digitsOfPattern(settings, pattern))}`,
  )
  const part = (n: number) => call('split_part', sql`line`, value('\t'), value(n))
  return sql`select ${cast(part(1), 'integer')} as pattern, ${part(2)} as words
    from (select ${call('unnest', call('split', value(lines.join('\n')), value('\n')))} as line) l where line <> ''`
}

/** What a model does in a run, for people who read the plan; an untrained one does nothing yet. */
export function modelPlan(ruleset: Ruleset, model: Model): readonly Step[] {
  const { matcher } = ruleset
  if (!matcher || !isTrained(matcher)) return []
  return [
    ...recordsSteps(ruleset, model),
    ...matchingSteps(matcher.trained.settings, recordsIn(ruleset.on, model, made)),
    ...linkSteps(matcher, []),
  ]
}
