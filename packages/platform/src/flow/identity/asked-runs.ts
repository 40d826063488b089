import type { StepResult } from '#graph'
import type { Jobs, JobTools } from '#jobs'
import type { AskedRunBody, RulesetStatus, Run } from './api.ts'
import { identityFaults } from './faults.ts'
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
  /** What somebody asked for of a ruleset that is being refreshed and nobody has done yet; all of them together. */
  readonly asked: (ruleset: string) => Taken | undefined
}

/** What was asked for, by a run that begins. */
export interface Taken extends Asked {
  /** Answers whoever asked with what came of it: another run may follow before they look. */
  readonly done: (run: Run) => void
}

/** What asked runs need from the house. */
export interface AskedRunTools {
  readonly jobs: Jobs
  readonly identity: { readonly status: (ruleset: string) => Promise<Pick<RulesetStatus, 'on'>> }
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

interface Wish extends Asked {
  readonly ruleset: string
  /** What came of it. */
  run?: Run
}

/** Runs that somebody asked for, as jobs: they go through the graph as all others do. Make it before the jobs start. */
export function makeAskedRuns({ jobs, identity, refresh, onDone }: AskedRunTools): AskedRuns {
  const wishes = new Set<Wish>()
  // Payloads are those that are queued below.
  jobs.handle(jobKind, async (payload, { signal, progress }): Promise<Run> => {
    const { ruleset, full, confirmed = false } = payload as Payload
    const { on } = await identity.status(ruleset)
    const node = identityNode(on)
    const wish: Wish = { ruleset, full, confirmed }
    wishes.add(wish)
    const steps = await refresh(node, { signal, progress }).finally(() => wishes.delete(wish))
    const own = steps.find((step) => step.node === node)
    signal.throwIfAborted()
    if (own?.result !== 'refreshed' || !wish.run)
      throw identityFaults.not_run({ ruleset, why: own?.fault?.say ?? `it is ${own?.result}` })
    await onDone()
    return wish.run
  })
  return {
    start: async (ruleset, { full = false, confirm: confirmed = false }) => {
      await identity.status(ruleset)
      const payload: Payload = { ruleset, full, confirmed }
      const key = `${ruleset} ${full} ${confirmed}`
      return { job: (await jobs.enqueue({ kind: jobKind, key, payload, maxAttempts: 2 })).id }
    },
    asked: (ruleset) => {
      const open = [...wishes].filter((wish) => wish.ruleset === ruleset && !wish.run)
      if (open.length === 0) return undefined
      return {
        full: open.some(({ full }) => full),
        confirmed: open.some(({ confirmed }) => confirmed),
        done: (run) => {
          for (const wish of open) wish.run = run
        },
      }
    },
  }
}
