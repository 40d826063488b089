import { join } from 'node:path'
import { openDuckdb, sql, type TableName, type Workbench } from '#engine'
import {
  clusterPairs,
  type Learned,
  type Matching,
  type Records,
  usualClustering,
  withMatching,
  withModel,
} from '#matching'
import { peopleSettings, personColumns } from './matching-people.ts'

/** One way from records to clusters. */
export interface Way {
  readonly ms: number
  /** The time of all processors together, which others on the machine disturb less. */
  readonly cpuMs: number
  readonly parts: Readonly<Record<string, number>>
}

/** What the runs over one file of people tell; printed as one line. */
export interface Told {
  readonly learning: Way
  readonly trained: readonly Way[]
  readonly candidates: number
  readonly scored: number
  readonly clusters: number
  /** Pairs within clusters: all, those that are right, and those that should be there. */
  readonly found: number
  readonly right: number
  readonly truePairs: number
  readonly peakBytes: number
}

/** The part of the work that a step belongs to, by how its name begins. */
const parts: readonly (readonly [string, string])[] = [
  ['block_', 'blocks'],
  ['comparable_block', 'pairs'],
  ['pair', 'pairs'],
  ['compared_random', 'learning'],
  ['compared_', 'comparing'],
  ['pattern_random', 'learning'],
  ['pattern_', 'comparing'],
  ['shuffled', 'learning'],
  ['random', 'learning'],
  ['frequency_', 'scoring'],
]

const none = new Int32Array()
/** What pairs have in common that are counted. */
const keys = { cluster: sql`c.cluster`, entity: sql`p.entity`, both: sql`c.cluster, p.entity` }

// Runs in a process of its own, so that the peak of the memory is its own too.
const [folder = '', passes = '1'] = process.argv.slice(2)
// Two threads, and a limit of memory that leaves room for what the engine does not count.
const engine = await openDuckdb({ folder, threads: 2, memoryBytes: 0.9e9 })
const file = {
  path: join(folder, 'people.tsv'),
  columns: [
    { name: 'n', type: 'integer' as const },
    ...['space', 'entity', ...personColumns].map((name) => ({ name, type: 'text' as const })),
  ],
}
const told = await engine.stagedLines(file, toldOf)
await engine.close()
process.stdout.write(`${JSON.stringify(told)}\n`)

async function toldOf(table: TableName): Promise<Told> {
  const records: Records = { table, columns: personColumns }
  const [counted = {}] = await engine.rows(sql`select count(*) as n from ${table}`)
  const count = Number(counted['n'])
  let kept: Learned | undefined
  const learning = await way((bench) =>
    withMatching(bench, records, peopleSettings, async (matching) => {
      const learned = await noted(bench, 'learning', () => matching.learn())
      kept = learned
      return outcome(bench, matching, learned, count)
    }),
  )
  const learned = kept
  if (learned === undefined) throw new Error('nothing was learned')
  const trained: Awaited<ReturnType<typeof way>>[] = []
  for (let n = 0; n < Number(passes); n++)
    trained.push(
      await way((bench) =>
        withModel(bench, records, { settings: peopleSettings, learned }, (matching) =>
          outcome(bench, matching, learned, count),
        ),
      ),
    )
  const { clusters, ...rest } = learning.result
  return {
    learning: learning.way,
    trained: trained.map((of) => of.way),
    ...rest,
    ...(await rightnessOf(table, clusters)),
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }
}

async function outcome(bench: Workbench, matching: Matching, learned: Learned, count: number) {
  // Pairs that weigh less count as if they had not been scored, so they need not be taken along.
  const least = 1 / (1 + 2 ** 5)
  return noted(bench, 'scoring', () =>
    matching.scored(learned, least, async (pairs) => {
      // Weights in thousandths of a bit, because only whole numbers come as typed arrays.
      const columns = await engine.integers(
        sql`select "left", "right", cast(round(weight * 1000) as integer) as weight from ${pairs}`,
        bench.ask,
      )
      const [left = none, right = none, thousandths = none] = columns
      const links = { left, right, weight: Float64Array.from(thousandths, (of) => of / 1000) }
      const clusters = await noted(bench, 'clusters', async () =>
        clusterPairs(count, links, usualClustering),
      )
      return { clusters, candidates: matching.candidates, scored: left.length }
    }),
  )
}

async function noted<T>({ timings }: Workbench, step: string, work: () => Promise<T>): Promise<T> {
  const [start, before] = [performance.now(), timings.length]
  const result = await work()
  const inside = timings.slice(before).reduce((sum, { ms }) => sum + ms, 0)
  timings.push({ step, ms: performance.now() - start - inside })
  return result
}

async function way<T>(work: (bench: Workbench) => Promise<T>): Promise<{ way: Way; result: T }> {
  const bench: Workbench = { engine, ask: { lane: 'heavy' }, now: () => new Date(), timings: [] }
  const [start, cpu] = [performance.now(), process.cpuUsage()]
  const result = await work(bench)
  const ms = performance.now() - start
  const { user, system } = process.cpuUsage(cpu)
  const sums: Record<string, number> = {}
  for (const { step, ms: took } of bench.timings) {
    const part = partOf(step)
    sums[part] = (sums[part] ?? 0) + took
  }
  return { way: { ms, cpuMs: (user + system) / 1000, parts: sums }, result }
}

function partOf(step: string): string {
  if (['learning', 'scoring', 'clusters'].includes(step)) return step
  return parts.find(([start]) => step.startsWith(start))?.[1] ?? 'records'
}

function rightnessOf(table: TableName, clusters: Int32Array) {
  const columns = { n: Int32Array.from(clusters.keys()), cluster: clusters }
  return engine.stagedIntegers(columns, async (found) => {
    const of = async (by: typeof keys.both) => {
      const [row = {}] = await engine.rows(
        sql`select cast(coalesce(sum(size * (size - 1) / 2), 0) as double) as pairs from (
          select count(*) as size from ${table} p join ${found} c on c.n = p.n group by ${by}) s`,
      )
      return Number(row['pairs'])
    }
    return {
      clusters: new Set(clusters).size,
      found: await of(keys.cluster),
      right: await of(keys.both),
      truePairs: await of(keys.entity),
    }
  })
}
