import { setTimeout as sleep } from 'node:timers/promises'
import type { Clock } from '#kernel/clock.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import type { Store } from '#store'
import type { Job, JobQuery, Schedule } from './api.ts'
import { type JobHandler, makeAttempts } from './attempts.ts'
import { jobLeases } from './leases.ts'
import { jobRecords } from './records.ts'
import { makeSchedules, type NewSchedule } from './schedules.ts'
import { makeWork } from './work.ts'

/** A piece of work to be done, at least once, whatever happens to this process. */
export interface NewJob {
  readonly kind: string
  readonly payload?: unknown
  /** While a job of this kind and key waits or runs, no second one is made. */
  readonly key?: string
  readonly delayMs?: number
  /** 5 unless given. */
  readonly maxAttempts?: number
}

/** Durable work: queued in the store, run here, taken up again by the next process when this one dies. */
export interface Jobs {
  /** Says who does jobs of a kind, and how many of them at once (1 unless given). */
  readonly handle: (kind: string, handler: JobHandler, of?: { readonly atOnce?: number }) => void
  /** Queues a job, or gives the one that waits or runs under its key; inside a transaction, with it. */
  readonly enqueue: (job: NewJob) => Promise<Job>
  readonly get: (id: string) => Promise<Job>
  readonly list: (query: JobQuery) => Promise<readonly Job[]>
  /** Ends a waiting job at once; tells a running one to stop, which it does in its own time. */
  readonly cancel: (id: string) => Promise<Job>
  /** Tries a failed or cancelled job again. */
  readonly retry: (id: string) => Promise<Job>
  /** Waits until a job is done, failed or cancelled. */
  readonly waitFor: (id: string, signal?: AbortSignal) => Promise<Job>
  readonly schedule: (of: NewSchedule) => Promise<void>
  readonly unschedule: (key: string) => Promise<void>
  readonly schedules: () => Promise<readonly Schedule[]>
  /**
   * Begins to take jobs; `reclaim: 'all'` when no other process can be running any, `schedules: 'leave'` for a process that
   * is only here for a moment.
   */
  readonly start: (of?: {
    readonly reclaim?: 'all' | 'expired'
    readonly schedules?: 'fire' | 'leave'
  }) => Promise<void>
  /** Tells running jobs to stop and puts them back; they are begun again at the next start. */
  readonly stop: (of?: { readonly graceMs?: number }) => Promise<void>
}

const usualAttempts = 5
const keptMs = 30 * 24 * 60 * 60_000

/** The jobs of a store. */
export function makeJobs(tools: {
  readonly store: Store
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  readonly random?: () => number
  /** How long a silent process keeps its jobs. */
  readonly leaseMs?: number
  readonly pollMs?: number
}): Jobs {
  const { store, clock, ids, log, random = Math.random } = tools
  const { leaseMs = 60_000, pollMs = 500 } = tools
  const records = jobRecords(store)
  const leases = jobLeases(store)
  const endings = makeEndings()
  const now = () => clock.now().toISOString()

  const enqueue = async ({ kind, payload, key, delayMs = 0, maxAttempts }: NewJob) => {
    const job = await records.add({
      id: ids.next(),
      kind,
      payload,
      ...(key === undefined ? {} : { key }),
      maxAttempts: maxAttempts ?? usualAttempts,
      runAt: new Date(clock.now().getTime() + delayMs).toISOString(),
      createdAt: now(),
    })
    store.afterCommit(work.wake)
    return job
  }
  let fires = true
  const schedules = makeSchedules({ store, clock, enqueue })
  const attempts = makeAttempts({
    leases,
    clock,
    log,
    random,
    leaseMs,
    owner: ids.next(),
    hasEnded: (id) => {
      endings.tell(id)
      work.wake()
    },
  })
  const work = makeWork({
    leases,
    attempts,
    clock,
    log,
    leaseMs,
    pollMs,
    fireDue: async () => {
      if (fires) await schedules.fireDue()
    },
    tidy: () => records.forget(new Date(clock.now().getTime() - keptMs).toISOString()),
  })
  const withProgress = (job: Job): Job => {
    const progress = attempts.progressOf(job.id)
    return progress === undefined ? job : { ...job, progress }
  }
  const get = async (id: string) => withProgress(await records.get(id))

  return {
    handle: (kind, handler, { atOnce = 1 } = {}) => work.handle(kind, handler, atOnce),
    enqueue,
    get,
    list: async (query) => (await records.list(query)).map(withProgress),
    async cancel(id) {
      const job = await records.cancel(id, now())
      store.afterCommit(() => {
        attempts.cancel(id)
        endings.tell(id)
      })
      return job
    },
    async retry(id) {
      const job = await records.retry(id, now())
      store.afterCommit(work.wake)
      return job
    },
    async waitFor(id, signal) {
      for (;;) {
        // Listening begins before looking, so that no ending is missed; another process's ending is polled.
        const ended = endings.next(id)
        const job = await get(id)
        if (job.finishedAt !== undefined) {
          endings.tell(id)
          return job
        }
        await Promise.race([ended, sleep(pollMs, undefined, signal ? { signal } : {})])
      }
    },
    schedule: schedules.set,
    unschedule: schedules.remove,
    schedules: schedules.list,
    start: ({ reclaim = 'expired', schedules: due = 'fire' } = {}) => {
      fires = due === 'fire'
      return work.start(reclaim)
    },
    stop: ({ graceMs = 5_000 } = {}) => work.stop(graceMs),
  }
}

/** Lets those wait who wait for the end of a job in this process. */
function makeEndings() {
  const waiting = new Map<string, PromiseWithResolvers<void>>()
  return {
    next: (id: string): Promise<void> => {
      const one = waiting.get(id) ?? Promise.withResolvers<void>()
      waiting.set(id, one)
      return one.promise
    },
    tell: (id: string): void => {
      waiting.get(id)?.resolve()
      waiting.delete(id)
    },
  }
}
