import type { Graph, StepResult } from '#graph'
import type { Jobs, JobTools } from '#jobs'
import { list, object, optional, type Read, read, text } from '#kernel/read.ts'
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
  /** Queues a run: of everything stale, or of these nodes with what is stale above them. Its job. */
  readonly start: (nodes?: readonly string[]) => Promise<string>
  /** Queues a refresh of what is stale, without looking at any source. Its job. */
  readonly refreshStale: () => Promise<string>
  /** Makes the schedules be these, and one that refreshes what has grown too old by itself. */
  readonly schedule: (sources: readonly SourceSchedule[]) => Promise<void>
}

/** The kind of job that refreshes the flow. */
const runKind = 'run'

/** How long a run waits for deliveries; a destination that is down does not hold it up any longer. */
const deliveriesMs = 10_000

const payloadShape = object({
  /** Only these nodes, with what is stale above them. */
  nodes: optional(list(text())),
  /** The sources to look at, before everything stale is refreshed; all of them unless given. */
  sources: optional(list(text())),
})
type Payload = Read<typeof payloadShape>

/** How often is looked for what has grown too old by itself, such as conditions on time. */
const tooOldCron = '*/5 * * * *'

/** Runs of the flow as durable jobs, one at a time. */
export function makeRuns(tools: RunTools): Runs {
  tools.jobs.handle(runKind, (payload, job) => run(tools, read(payloadShape, payload ?? {}), job))
  return {
    start: async (nodes) => {
      const payload = nodes === undefined ? {} : { nodes: [...nodes] }
      // Without a key: a run that is under way may have passed what has just been defined.
      const { id } = await tools.jobs.enqueue({ kind: runKind, payload, maxAttempts: 2 })
      return id
    },
    refreshStale: async () => {
      const payload = { sources: [] }
      return (await tools.jobs.enqueue({ kind: runKind, payload, maxAttempts: 1 })).id
    },
    schedule: (sources) => setSchedules(tools.jobs, sources),
  }
}

async function setSchedules(jobs: Jobs, sources: readonly SourceSchedule[]): Promise<void> {
  const wanted = [
    { key: 'too old', kind: runKind, payload: { sources: [] }, cron: tooOldCron },
    ...sources.map(({ node, cron }) => ({
      key: node,
      kind: runKind,
      payload: { sources: [node] },
      cron,
    })),
  ]
  const present = (await jobs.schedules()).filter(({ kind }) => kind === runKind)
  for (const { key } of present) {
    if (!wanted.some((one) => one.key === key)) await jobs.unschedule(key)
  }
  for (const one of wanted) {
    const isSet = present.some(({ key, cron }) => key === one.key && cron === one.cron)
    if (!isSet) await jobs.schedule(one)
  }
}

async function run(
  { graph, sources, prepare, deliver }: RunTools,
  { nodes, sources: chosen }: Payload,
  { signal, progress }: JobTools,
): Promise<RunResult> {
  await prepare()
  const steps: StepResult[] = []
  if (nodes === undefined) {
    const looks = chosen ?? (await sources())
    const all = (await graph.look()).nodes.length
    const looked = await graph.refresh({
      signal,
      want: looks,
      progress: (of) => progress({ ...of, total: all }),
    })
    const rest = await graph.refresh({
      signal,
      want: 'stale',
      failed: looked.steps.filter(({ result }) => result === 'failed').map(({ node }) => node),
      progress: ({ done, total = 0, ...of }) =>
        progress({ ...of, done: looks.length + done, total: looks.length + total }),
    })
    steps.push(...looked.steps, ...rest.steps)
  } else {
    steps.push(...(await graph.refresh({ signal, progress, want: nodes })).steps)
  }
  signal.throwIfAborted()
  // Nobody waits for a run that came by itself: the next one does.
  const patience = AbortSignal.timeout(chosen === undefined ? deliveriesMs : 0)
  const waiting = await deliver(AbortSignal.any([signal, patience]))
  signal.throwIfAborted()
  const described = merged(steps).map(describe)
  return {
    steps: described,
    failed: described.filter(({ state }) => state === 'failed').length,
    waiting,
  }
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
