import type { Graph, NodeView, StepResult, Want } from '#graph'
import type { Jobs, JobTools } from '#jobs'
import { exactly, list, object, optional, type Read, read, text } from '#kernel/read.ts'
import type { RunResult, RunStep } from './api.ts'

/** What a run needs. */
export interface RunTools {
  readonly graph: Graph
  readonly jobs: Jobs
  /** The nodes that look at the world outside: they are looked at in every run, as nothing tells when it has changed. */
  readonly sources: () => Promise<readonly string[]>
  /** Brings the tables that everything reads up to date with what is defined. */
  readonly prepare: () => Promise<void>
  /** Lets deliveries leave until nothing waits or the signal says stop; how many members are still on their way. */
  readonly deliver: (signal: AbortSignal) => Promise<number>
}

/** A source that is looked at by itself, as a cron expression says. */
export interface SourceSchedule {
  readonly node: string
  readonly cron: string
}

/** The flow, refreshed in order. */
export interface Runs {
  /**
   * Queues a run that somebody asks for: of what is stale and does not wait for a schedule or to be asked, of everything stale,
   * or of these nodes with what is stale above them; a node that is not there is refused. Its job.
   */
  readonly start: (of?: readonly string[] | 'all') => Promise<string>
  /** Queues a refresh of what is due, without looking at any source. Its job. */
  readonly refreshDue: () => Promise<string>
  /** Waits until no run waits or is under way. */
  readonly settled: (signal: AbortSignal) => Promise<void>
  /** Makes the schedules of sources be these. */
  readonly schedule: (sources: readonly SourceSchedule[]) => Promise<void>
}

/** The kind of job that refreshes the flow. */
const runKind = 'run'

/** How long a run waits for deliveries; a destination that is down does not hold it up any longer. */
const deliveriesMs = 10_000

const payloadShape = object({
  /** Only these nodes, with what is stale above them. */
  nodes: optional(list(text())),
  /** Also what waits for its schedule, or to be asked. */
  all: optional(exactly(true)),
  /** Of a run that comes by itself: the sources to look at first. All of them unless given. */
  sources: optional(list(text())),
})
type Payload = Read<typeof payloadShape>

/** Runs of the flow as durable jobs, one at a time. */
export function makeRuns(tools: RunTools): Runs {
  tools.jobs.handle(runKind, (payload, job) => run(tools, read(payloadShape, payload ?? {}), job))
  return {
    start: async (of) => {
      const named = typeof of === 'object' ? { nodes: [...of] } : {}
      // Asked for its work, the graph refuses what it does not know, before anything is queued.
      if (named.nodes) await tools.graph.workList(named.nodes)
      const payload: Payload = of === 'all' ? { all: true } : named
      // Without a key: a run that is under way may have passed what has just been defined.
      const { id } = await tools.jobs.enqueue({ kind: runKind, payload, maxAttempts: 2 })
      return id
    },
    refreshDue: async () => {
      const payload: Payload = { sources: [] }
      return (await tools.jobs.enqueue({ kind: runKind, payload, maxAttempts: 1 })).id
    },
    settled: async (signal) => {
      // First what waits, so that what begins in between is among what runs.
      const waiting = await tools.jobs.list({ kind: runKind, state: 'waiting' })
      const running = await tools.jobs.list({ kind: runKind, state: 'running' })
      for (const { id } of [...running, ...waiting]) await tools.jobs.waitFor(id, signal)
    },
    schedule: (sources) => setSchedules(tools.jobs, sources),
  }
}

async function setSchedules(jobs: Jobs, sources: readonly SourceSchedule[]): Promise<void> {
  const present = (await jobs.schedules()).filter(({ kind }) => kind === runKind)
  for (const { key } of present) {
    if (!sources.some(({ node }) => node === key)) await jobs.unschedule(key)
  }
  for (const { node, cron } of sources) {
    const isSet = present.some((one) => one.key === node && one.cron === cron)
    if (!isSet)
      await jobs.schedule({ key: node, kind: runKind, payload: { sources: [node] }, cron })
  }
}

async function run(tools: RunTools, payload: Payload, job: JobTools): Promise<RunResult> {
  const { graph, prepare, deliver } = tools
  const { signal } = job
  await prepare()
  const steps = merged(
    payload.nodes === undefined
      ? await runAll(tools, payload, job)
      : (await graph.refresh({ ...job, want: payload.nodes })).steps,
  ).map(describe)
  signal.throwIfAborted()
  // Nobody waits for a run that came by itself: the next one does.
  const patience = AbortSignal.timeout(payload.sources === undefined ? deliveriesMs : 0)
  const waiting = await deliver(AbortSignal.any([signal, patience]))
  signal.throwIfAborted()
  // Nobody reads it of runs that come by themselves, and they come every few seconds.
  const left = payload.sources === undefined ? await leftBy(graph, payload, steps) : []
  return {
    steps: [...steps, ...left],
    failed: steps.filter(({ state }) => state === 'failed').length,
    waiting,
  }
}

async function runAll(
  { graph, sources }: RunTools,
  payload: Payload,
  { signal, progress }: JobTools,
): Promise<readonly StepResult[]> {
  const looks = payload.sources ?? (await sources())
  const size = (await graph.look()).nodes.length
  const looked = await graph.refresh({
    signal,
    want: looks,
    progress: (of) => progress({ ...of, total: size }),
  })
  const rest = await graph.refresh({
    signal,
    want: wantOf(payload),
    failed: looked.steps.filter(({ result }) => result === 'failed').map(({ node }) => node),
    progress: ({ done, total = 0, ...of }) =>
      progress({ ...of, done: looks.length + done, total: looks.length + total }),
  })
  return [...looked.steps, ...rest.steps]
}

// Somebody who asks may have put right what failed; nobody has when a run comes by itself.
function wantOf({ sources, all }: Payload): Want {
  if (all) return 'stale'
  return sources === undefined ? 'due or failed' : 'due'
}

/** What a run leaves of what it was to make. */
async function leftBy(
  graph: Graph,
  { nodes }: Payload,
  steps: readonly RunStep[],
): Promise<readonly RunStep[]> {
  const done = new Set(steps.map(({ node }) => node))
  const left = (await graph.view()).filter(
    ({ key }) => !done.has(key) && (nodes?.includes(key) ?? true),
  )
  return left.flatMap(leftOut)
}

/** What a run leaves, as it waits for something. */
function leftOut({ key, why, waits }: NodeView): readonly RunStep[] {
  if (waits === undefined) return []
  const note = why.at(-1) ?? ''
  const until = waits.until === undefined ? {} : { until: waits.until }
  return [
    { node: key, why: why.join('; '), state: 'left out', changed: false, ms: 0, note, ...until },
  ]
}

// What stands in both lists counts as it ended.
const merged = (steps: readonly StepResult[]): readonly StepResult[] => [
  ...new Map(steps.map((step) => [step.node, step])).values(),
]

const states = {
  refreshed: 'done',
  'up to date': 'done',
  failed: 'failed',
  blocked: 'left out',
  stopped: 'left out',
} as const

function describe(step: StepResult): RunStep {
  const { node, why, result, changed = false, counts = {}, durationMs = 0, fault } = step
  const { rows, ...others } = counts
  const note = [
    ...Object.entries(others)
      .filter(([, count]) => count > 0)
      .map(([name, count]) => `${count.toLocaleString('en-US')} ${name.replaceAll('_', ' ')}`),
    ...(step.note === undefined ? [] : [step.note]),
  ].join(', ')
  return {
    node,
    why,
    state: states[result],
    changed,
    ms: durationMs,
    ...(rows === undefined ? {} : { rows }),
    ...(note === '' ? {} : { note }),
    ...(fault === undefined ? {} : { fault: fault.say, code: fault.code }),
  }
}
