import type { Graph, StepResult } from '#graph'
import type { Jobs, JobTools } from '#jobs'
import { list, object, optional, read, text } from '#kernel/read.ts'
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

/** The flow, refreshed in order. */
export interface Runs {
  /** Queues a run: of everything stale, or of these nodes with what is stale above them. Its job. */
  readonly start: (nodes?: readonly string[]) => Promise<string>
}

/** The kind of job that refreshes the flow. */
const runKind = 'run'

/** How long a run waits for deliveries; a destination that is down does not hold it up any longer. */
const deliveriesMs = 10_000

const payloadShape = object({ nodes: optional(list(text())) })

/** Runs of the flow as durable jobs, one at a time. */
export function makeRuns(tools: RunTools): Runs {
  tools.jobs.handle(runKind, (payload, job) => run(tools, read(payloadShape, payload ?? {}), job))
  return {
    start: async (nodes) => {
      const { id } = await tools.jobs.enqueue({
        kind: runKind,
        payload: nodes === undefined ? {} : { nodes: [...nodes] },
        // Whoever asks for the same while it runs waits for the same run.
        key: nodes === undefined ? 'everything' : [...nodes].sort().join(' '),
        // A failed node is a result of the run, not a failure of it.
        maxAttempts: 2,
      })
      return id
    },
  }
}

async function run(
  { graph, sources, prepare, deliver }: RunTools,
  { nodes }: { nodes?: readonly string[] },
  { signal, progress }: JobTools,
): Promise<RunResult> {
  await prepare()
  const options = { signal, progress }
  const steps: StepResult[] = []
  if (nodes === undefined) {
    const looked = await graph.refresh({ ...options, want: await sources() })
    const rest = await graph.refresh({ ...options, want: 'stale' })
    steps.push(...looked.steps, ...rest.steps)
  } else {
    steps.push(...(await graph.refresh({ ...options, want: nodes })).steps)
  }
  signal.throwIfAborted()
  const waiting = await deliver(AbortSignal.any([signal, AbortSignal.timeout(deliveriesMs)]))
  const described = merged(steps).map(describe)
  return {
    steps: described,
    failed: described.filter(({ state }) => state === 'failed').length,
    waiting,
  }
}

// A source that failed stands in both lists; what became of it at last counts.
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
    ...(fault === undefined ? {} : { fault: fault.say }),
  }
}
