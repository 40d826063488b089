import type { Clock } from '#kernel/clock.ts'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { Job, Progress } from './api.ts'
import type { Leases } from './leases.ts'
import { type Outcome, outcomeOf, type StopReason } from './outcome.ts'

/** What a handler gets besides its payload. */
export interface JobTools {
  /** Aborted when the job is cancelled, the process stops, or another process has taken the job. */
  readonly signal: AbortSignal
  /** Tells how far the work got; cheap, so it may be called often. */
  readonly progress: (progress: Progress) => void
  /** 1 at the first attempt. */
  readonly attempt: number
}

/** Does one job. It may be begun again after a crash, so doing it twice must do no harm. */
export type JobHandler = (payload: unknown, tools: JobTools) => Promise<unknown>

/** What attempts need. */
export interface AttemptTools {
  readonly leases: Leases
  readonly clock: Clock
  readonly log: Log
  readonly random: () => number
  /** Names this process in leases. */
  readonly owner: string
  readonly leaseMs: number
  /** Told after each attempt, whatever came of it. */
  readonly hasEnded: (id: string) => void
}

/** The attempts that run in this process. */
export type Attempts = ReturnType<typeof makeAttempts>

interface Attempt {
  readonly job: Job
  readonly abort: AbortController
  progress: Progress | undefined
  ended: Promise<void>
}

/** Runs claimed jobs, keeps their leases alive and writes down what came of them. */
export function makeAttempts(tools: AttemptTools) {
  const { leases, clock, owner } = tools
  const running = new Map<string, Attempt>()
  const lease = () => ({
    owner,
    until: new Date(clock.now().getTime() + tools.leaseMs).toISOString(),
  })

  return {
    lease,
    ids: (): readonly string[] => [...running.keys()],
    countOf: (kind: string): number =>
      [...running.values()].filter(({ job }) => job.kind === kind).length,
    progressOf: (id: string): Progress | undefined => running.get(id)?.progress,

    /** Begins an attempt; its end is waited for by `stopAll` only. */
    begin: (job: Job, handler: JobHandler): void => {
      const abort = new AbortController()
      const one: Attempt = { job, abort, progress: undefined, ended: Promise.resolve() }
      running.set(job.id, one)
      one.ended = run(one, handler, tools).finally(() => {
        running.delete(job.id)
        tools.hasEnded(job.id)
      })
    },

    /** Gives back a job that was claimed but will not be begun. */
    putBack: async ({ id, attempt }: Job): Promise<void> => {
      const of = { outcome: { state: 'put back' }, progress: undefined, now: clock.now() } as const
      await leases.finish({ id, attempt, owner }, of)
    },

    /** Lengthens all leases, and stops what was cancelled elsewhere or taken by another process. */
    beat: async (): Promise<void> => {
      for (const { job, abort, progress } of running.values()) {
        const { until } = lease()
        const answer = await leases.beat({ ...job, owner }, until, progress)
        if (answer !== 'go on') abort.abort(answer satisfies StopReason)
      }
    },

    /** Tells the handler of a job to stop. */
    cancel: (id: string): void => running.get(id)?.abort.abort('cancelled' satisfies StopReason),

    /** Tells all handlers to stop and waits for them, but not for ever. */
    stopAll: async (graceMs: number): Promise<void> => {
      const all = [...running.values()]
      for (const { abort } of all) abort.abort('stopped' satisfies StopReason)
      const { promise, resolve } = Promise.withResolvers<void>()
      const timer = setTimeout(resolve, graceMs)
      await Promise.race([Promise.all(all.map(({ ended }) => ended)), promise])
      clearTimeout(timer)
    },
  }
}

async function run(one: Attempt, handler: JobHandler, tools: AttemptTools): Promise<void> {
  const { id, kind, attempt } = one.job
  const { leases, clock, log, owner } = tools
  const facts = { job: id, kind, attempt }
  try {
    const outcome = await outcomeFrom(one, handler, tools)
    const of = { outcome, progress: one.progress, now: clock.now() }
    const counts = await leases.finish({ id, attempt, owner }, of)
    if (counts) log.debug('job attempt ended', { ...facts, state: outcome.state })
    else log.warn('job attempt had lost its lease, so it does not count', facts)
  } catch (thrown) {
    // The store is in trouble: the lease will run out, and the job is taken again.
    log.error('job outcome not kept', { ...facts, why: sentenceOf(thrown) })
  }
}

async function outcomeFrom(
  one: Attempt,
  handler: JobHandler,
  { log, random }: AttemptTools,
): Promise<Outcome> {
  const { job, abort } = one
  const { signal } = abort
  const progress = (now: Progress) => {
    one.progress = now
  }
  try {
    const result = await handler(job.payload, { signal, progress, attempt: job.attempt })
    return { state: 'done', resultJson: JSON.stringify(result ?? null) }
  } catch (thrown) {
    // Only this file aborts, always with a reason.
    const stopped = signal.aborted ? (signal.reason as StopReason) : undefined
    if (stopped === undefined && !(thrown instanceof Fault)) logBug(log, job, thrown)
    return outcomeOf(thrown, { ...job, stopped, random })
  }
}

function logBug(log: Log, { id, kind }: Job, thrown: unknown): void {
  const stack = thrown instanceof Error ? thrown.stack : undefined
  log.error('a job met a bug', { job: id, kind, why: sentenceOf(thrown), stack })
}
