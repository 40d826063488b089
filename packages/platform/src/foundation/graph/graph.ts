import type { Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { didYouMean } from '#kernel/near.ts'
import type { Store } from '#store'
import { type GraphNode, isMade, type Look } from './definition.ts'
import { graphFaults } from './faults.ts'
import { type Changed, type Records, recordsIn } from './records.ts'
import {
  attempt,
  blockersOf,
  inputPositions,
  isAskedFor,
  isNeeded,
  type Notebook,
  type Progress,
  type Refresher,
  type StepResult,
} from './refresh.ts'
import { nextMoment } from './times.ts'
import { type NodeView, viewOf } from './view.ts'
import { type Step, type Want, workList } from './work-list.ts'

/** Everything derived, as one graph: what is stale and why, and how it is brought up to date. */
export interface Graph {
  readonly look: () => Promise<Look>
  /** Every node with its state, and why it should be refreshed if it should. */
  readonly view: () => Promise<readonly NodeView[]>
  readonly get: (key: string) => Promise<NodeView>
  /** What a refresh would do, and why. Everything stale unless told otherwise. */
  readonly workList: (want?: Want) => Promise<readonly Step[]>
  /** Does the work list, inputs first. A node that fails keeps its last good result and stops only what depends on it. */
  readonly refresh: (options?: RefreshOptions) => Promise<RefreshReport>
  /**
   * Makes one node now, whatever it waits for and is made from, as somebody asked its room to do; written down as in a refresh.
   * A failure is thrown.
   */
  readonly make: (key: string, by: Refresher, signal?: AbortSignal) => Promise<void>
  /** When time alone next asks for a refresh; it has passed where something is due already. */
  readonly nextMoment: () => Promise<Date | undefined>
  /** Says that keys of a node changed; gives the position of its output. Without a position, the next one is taken. */
  readonly mark: (
    node: string,
    changed: readonly string[] | 'all',
    position?: number,
  ) => Promise<number>
  /** The keys of a node that changed after a position; `all` when that cannot be told any more. */
  readonly changedSince: (node: string, position: number) => Promise<readonly string[] | 'all'>
  /** Forgets results, so that these nodes are made anew. */
  readonly forget: (keys: readonly string[] | 'all') => Promise<void>
}

export interface RefreshOptions {
  readonly want?: Want
  readonly signal?: AbortSignal
  readonly progress?: (progress: Progress) => void
  /** Nodes that have just failed: they are not tried again, and what is made from them is left out. */
  readonly failed?: readonly string[]
}

/** What became of each step of a refresh. */
export interface RefreshReport {
  readonly steps: readonly StepResult[]
  readonly stopped: boolean
}

export interface GraphTools {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** The nodes as all rooms describe them at this moment. */
  readonly nodes: () => Promise<readonly GraphNode[]>
  /** Who refreshes which kind of node. */
  readonly refreshers: Readonly<Record<string, Refresher>>
  /** From how many keys at once on everything counts as changed; 50,000 unless set. */
  readonly mostKeys?: number
}

/** The graph of one installation. */
export function makeGraph(tools: GraphTools): Graph {
  const { store, clock, mostKeys = 50_000 } = tools
  const records = recordsIn(store, tools.ids.next())
  const look = async (): Promise<Look> => ({
    nodes: await tools.nodes(),
    states: await records.states(),
    now: clock.now(),
  })
  const mark = (node: string, changed: Changed, position?: number) =>
    store.transaction(() => {
      const isMuch = Array.isArray(changed) && changed.length > mostKeys
      return records.mark(node, isMuch ? 'all' : changed, position)
    })
  const notes: Notebook = {
    start: records.start,
    fail: records.fail,
    keep: ({ node, look: before }, { changed, position, counts = {}, note }, tried) =>
      store.transaction(async () => {
        const now = clock.now()
        await mark(node.key, changed, position)
        const built = {
          definition: node.definition,
          worked: inputPositions(node, before),
          counts,
          ...(note === undefined ? {} : { note }),
          refreshedAt: now.toISOString(),
          durationMs: now.getTime() - Date.parse(tried.startedAt),
        }
        await records.keep(node.key, { built, tried })
      }),
  }
  const { runStep, make } = stepRunner({ tools, look, notes })

  return {
    look,
    make,
    nextMoment: async () => nextMoment(await look()),
    mark,
    changedSince: records.changedSince,
    forget: records.forget,
    view: async () => viewOf(await look()),
    get: async (key) => {
      const views = viewOf(await look())
      const found = views.find((view) => view.key === key)
      const hint = didYouMean(
        key,
        views.map((view) => view.key),
      )
      if (found === undefined) throw graphFaults.unknown_node({ key, hint })
      return found
    },
    workList: async (want) => workList(await look(), want),
    refresh: async (options = {}) => {
      const { want, signal = new AbortController().signal, progress } = options
      const first = await look()
      await dropOthers(first, records)
      const failed = new Set(options.failed)
      const list = workList(first, want).filter(({ node }) => !failed.has(node.key))
      const steps: StepResult[] = []
      for (const [done, step] of list.entries()) {
        const note = (text: string) => progress?.({ done, total: list.length, note: text })
        note(step.node.label)
        const ahead = list.slice(done + 1).map(({ node }) => node.key)
        const result = await runStep(step, { failed, signal, note, ahead })
        if (result.result === 'failed' || result.result === 'blocked') failed.add(result.node)
        steps.push({ ...result, why: step.why })
      }
      if (steps.some(({ result }) => result === 'refreshed')) {
        const { nodes, states } = await look()
        await store.transaction(() => prune({ nodes, states }, records))
      }
      progress?.({ done: list.length, total: list.length })
      return { steps, stopped: steps.some(({ result }) => result === 'stopped') }
    },
  }
}

interface StepTools {
  readonly failed: ReadonlySet<string>
  readonly signal: AbortSignal
  readonly note: (note: string) => void
  readonly ahead: readonly string[]
}

/** Runs single steps; two refreshes at once never work on the same node. */
function stepRunner(of: { tools: GraphTools; look: () => Promise<Look>; notes: Notebook }) {
  const { tools, notes } = of
  const underWay = new Map<string, Promise<unknown>>()

  const run = async (step: Step, { failed, signal, note, ahead }: StepTools) => {
    const look = await of.look()
    // Its definition may have changed, or gone, since the list was made.
    const node = look.nodes.find(({ key }) => key === step.node.key)
    if (node === undefined || !isNeeded({ ...step, node }, look))
      return { node: step.node.key, result: 'up to date' } as const
    const blockers = blockersOf(node, look, failed)
    if (blockers.length > 0) return { node: node.key, result: 'blocked' } as const
    const refresher = tools.refreshers[node.kind] ?? nobody
    const isAsked = isAskedFor(step.reasons)
    return attempt({ node, look, signal, note, ahead, isAsked }, { ...tools, refresher, notes })
  }

  const alone = async <T>(
    key: string,
    { signal, work }: { readonly signal: AbortSignal; readonly work: () => Promise<T> },
  ): Promise<T | 'stopped'> => {
    while (underWay.has(key)) await underWay.get(key)
    if (signal.aborted) return 'stopped'
    const running = work()
    underWay.set(
      key,
      running.catch(() => {}),
    )
    return running.finally(() => underWay.delete(key))
  }

  return {
    runStep: async (step: Step, stepTools: StepTools): Promise<Omit<StepResult, 'why'>> => {
      const { key } = step.node
      const { signal } = stepTools
      const done = await alone(key, { signal, work: () => run(step, stepTools) })
      return done === 'stopped' ? { node: key, result: 'stopped' } : done
    },

    make: async (key: string, by: Refresher, signal = new AbortController().signal) => {
      let failure: { readonly thrown: unknown } | undefined
      const refresher: Refresher = async (node, its) => {
        try {
          return await by(node, its)
        } catch (thrown) {
          failure = { thrown }
          throw thrown
        }
      }
      const work = async () => {
        const look = await of.look()
        const node = look.nodes.find((one) => one.key === key)
        if (node === undefined) throw graphFaults.unknown_node({ key, hint: '' })
        await attempt(
          { node, look, signal, note: () => {}, ahead: [], isAsked: true },
          { ...tools, refresher, notes },
        )
      }
      await alone(key, { signal, work })
      if (failure) throw failure.thrown
      signal.throwIfAborted()
    },
  }
}

const nobody: Refresher = async ({ kind }) => {
  throw new Error(`nobody refreshes nodes of kind "${kind}"`)
}

// A node that went and comes back is made anew.
async function dropOthers({ nodes, states }: Look, records: Records): Promise<void> {
  const known = new Set(nodes.map(({ key }) => key))
  if ([...states.keys()].some((key) => !known.has(key))) await records.dropOthers([...known])
}

// Forgets changes that everything made from a node has worked up already.
async function prune({ nodes, states }: Omit<Look, 'now'>, records: Records): Promise<void> {
  for (const { key } of nodes) {
    const readers = nodes.filter((node) => isMade(node) && node.inputs.includes(key))
    // What was never built starts from the whole and needs no changes.
    const worked = readers.flatMap((reader) => states.get(reader.key)?.built?.worked[key] ?? [])
    const output = states.get(key)?.output ?? 0
    await records.prune(key, Math.min(output, ...worked))
  }
}
