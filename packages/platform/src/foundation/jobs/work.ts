import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import type { Attempts, JobHandler } from './attempts.ts'
import type { Leases } from './leases.ts'
import { makeRounds, type Rounds } from './rounds.ts'

/** The part of a process that looks for jobs and takes them. */
export interface Work {
  readonly handle: (kind: string, handler: JobHandler, atOnce: number) => void
  readonly start: (reclaim: 'all' | 'expired') => Promise<void>
  readonly stop: (graceMs: number) => Promise<void>
  /** Looks for work at once instead of at the next round. */
  readonly wake: () => void
}

/** What the worker of a process needs. */
export interface WorkTools {
  readonly leases: Leases
  readonly attempts: Attempts
  readonly clock: Clock
  readonly log: Log
  readonly leaseMs: number
  readonly pollMs: number
  /** Queues what the calendar says. */
  readonly fireDue: () => Promise<void>
  /** Removes what nobody needs any more. */
  readonly tidy: () => Promise<void>
}

interface Handled {
  readonly handler: JobHandler
  readonly atOnce: number
}

const hourMs = 3_600_000

/** Makes the worker of a process. It takes nothing before it is started. */
export function makeWork(tools: WorkTools): Work {
  const { attempts, log } = tools
  const handlers = new Map<string, Handled>()
  const timers: NodeJS.Timeout[] = []
  let isOpen = false

  const taking = makeRounds('take', log, () => takeAll(handlers, tools, () => isOpen))
  const looking = makeRounds('look', log, async () => {
    await reclaim(tools, 'expired')
    await tools.fireDue()
    taking.ask()
  })
  const beating = makeRounds('beat', log, attempts.beat)
  const tidying = makeRounds('tidy', log, tools.tidy)
  const rounds = [looking, taking, beating, tidying]
  const every = (ms: number, { ask }: Rounds) => timers.push(setInterval(ask, ms))

  return {
    wake: taking.ask,
    handle: (kind, handler, atOnce) => {
      if (handlers.has(kind)) throw new Error(`jobs of kind "${kind}" have a handler already`)
      handlers.set(kind, { handler, atOnce })
    },
    start: async (which) => {
      await reclaim(tools, which)
      isOpen = true
      every(tools.pollMs, looking)
      every(tools.leaseMs / 3, beating)
      every(hourMs, tidying)
      looking.ask()
      tidying.ask()
    },
    stop: async (graceMs) => {
      isOpen = false
      for (const timer of timers.splice(0)) clearInterval(timer)
      await Promise.all(rounds.map(({ settled }) => settled()))
      await attempts.stopAll(graceMs)
    },
  }
}

async function takeAll(
  handlers: ReadonlyMap<string, Handled>,
  tools: WorkTools,
  isOpen: () => boolean,
): Promise<void> {
  const { leases, attempts, clock } = tools
  for (const [kind, { handler, atOnce }] of handlers) {
    while (isOpen() && attempts.countOf(kind) < atOnce) {
      const job = await leases.claim(kind, clock.now().toISOString(), attempts.lease())
      if (job === undefined) break
      if (isOpen()) attempts.begin(job, handler)
      else await attempts.putBack(job)
    }
  }
}

async function reclaim(
  { leases, attempts, clock, log }: WorkTools,
  which: 'all' | 'expired',
): Promise<void> {
  // What runs here is alive, even when a stall of this process let its lease run out.
  const count = await leases.reclaim({ which, except: attempts.ids(), now: clock.now() })
  if (count > 0) log.warn('took back jobs of a process that is gone', { count })
}
