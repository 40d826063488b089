import type { StepResult } from '#graph'
import type { Jobs, JobTools } from '#jobs'
import type { AskedRunBody, Run } from './api.ts'
import { identityFaults } from './faults.ts'
import type { Identity } from './identity.ts'
import { identityNode } from './nodes.ts'

/** How somebody asked for a run: of all records, and whether much may change. */
export interface Asked {
  readonly full: boolean
  readonly confirmed: boolean
}

/** Runs that somebody asked for. */
export interface AskedRuns {
  /** Begins one, of all records if that is wanted, and however much changes if that is confirmed; the job to follow, whose result is the run. */
  readonly start: (ruleset: string, body: AskedRunBody) => Promise<{ job: string }>
  /** What somebody asked for of a ruleset that is being refreshed, if anybody did. */
  readonly asked: (ruleset: string) => Asked | undefined
}

/** What asked runs need from the house. */
export interface AskedRunTools {
  readonly jobs: Jobs
  readonly identity: Pick<Identity, 'run' | 'runs' | 'status'>
  /** Refreshes a node with what is stale above it, in turn with all other refreshes. */
  readonly refresh: (
    node: string,
    tools: Pick<JobTools, 'signal' | 'progress'>,
  ) => Promise<readonly StepResult[]>
  /** Whatever is made from profiles is to be refreshed. */
  readonly onDone: () => Promise<unknown>
}

const jobKind = 'identity.run'

interface Payload extends Partial<Asked> {
  readonly ruleset: string
  readonly full: boolean
}

/** Runs that somebody asked for, as jobs: they go through the graph as all others do. Make it before the jobs start. */
export function makeAskedRuns({ jobs, identity, refresh, onDone }: AskedRunTools): AskedRuns {
  const wanted = new Map<string, Asked>()
  // Payloads are those that are queued below.
  jobs.handle(jobKind, async (payload, { signal, progress }): Promise<Run> => {
    const { ruleset, full, confirmed = false } = payload as Payload
    const { on } = await identity.status(ruleset)
    const node = identityNode(on)
    wanted.set(ruleset, { full, confirmed })
    const steps = await refresh(node, { signal, progress }).finally(() => wanted.delete(ruleset))
    const own = steps.find((step) => step.node === node)
    signal.throwIfAborted()
    const [last] = await identity.runs(ruleset, 1)
    if (own?.result !== 'refreshed' || !last)
      throw identityFaults.not_run({ ruleset, why: own?.fault?.say ?? `it is ${own?.result}` })
    await onDone()
    return last
  })
  return {
    start: async (ruleset, { full = false, confirm: confirmed = false }) => {
      await identity.status(ruleset)
      const payload: Payload = { ruleset, full, confirmed }
      const key = `${ruleset} ${full} ${confirmed}`
      return { job: (await jobs.enqueue({ kind: jobKind, key, payload, maxAttempts: 2 })).id }
    },
    asked: (ruleset) => wanted.get(ruleset),
  }
}
