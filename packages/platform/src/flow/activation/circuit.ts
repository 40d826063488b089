import type { Clock } from '#kernel/clock.ts'
import { backoffMs } from '#outgoing'
import type { Outcome } from './destination.ts'

/** After how many failures in a row a destination is left alone, and for how long: longer each time. */
export interface Breaker {
  readonly failures: number
  readonly firstMs: number
  readonly mostMs: number
}

/** The usual breaker. */
export const usualBreaker: Breaker = { failures: 5, firstMs: 15_000, mostMs: 300_000 }

/** Whether a destination is spoken to: closed, as usual; open, left alone; half-open, one delivery is tried. */
export interface Circuit {
  readonly state: 'closed' | 'open' | 'half-open'
  /** How many failures in a row there were. */
  readonly failures: number
  /** When it is tried again; only while it is left alone. */
  readonly until: Date | undefined
  /** What went wrong last. */
  readonly reason: string | undefined
}

const closed: Circuit = { state: 'closed', failures: 0, until: undefined, reason: undefined }

/** Remembers how destinations fare. A restart forgets it: the first failures tell again. */
export function makeCircuits(of: {
  readonly breaker: Breaker
  readonly clock: Clock
  readonly random: () => number
}) {
  const { breaker, clock, random } = of
  const circuits = new Map<string, Circuit & { readonly opened: number }>()
  const find = (destination: string) => circuits.get(destination) ?? { ...closed, opened: 0 }
  const view = (destination: string): Circuit => {
    const { opened: _, ...circuit } = find(destination)
    const isOver = circuit.until !== undefined && circuit.until <= clock.now()
    return isOver ? { ...circuit, state: 'half-open', until: undefined } : circuit
  }
  // Never at once: half of the time is certain, half of it is chance, so that not all come back together.
  const pauseMs = (opened: number) => {
    const most = Math.min(breaker.mostMs, breaker.firstMs * 2 ** (opened - 1))
    return most / 2 + backoffMs(1, random, { firstMs: most / 2, mostMs: most / 2 })
  }
  return {
    view,
    /** How long a destination is to be left alone from now on. */
    waitMs: (destination: string): number => {
      const { until } = view(destination)
      return until === undefined ? 0 : until.getTime() - clock.now().getTime()
    },
    /** Takes in what became of a delivery. Who asks to be left alone for a while is well. */
    note: (destination: string, outcome: Outcome): Circuit => {
      if (outcome.result === 'sent') {
        circuits.delete(destination)
        return closed
      }
      if (outcome.result === 'try again' && outcome.retryAfterMs !== undefined) {
        circuits.set(destination, { ...closed, reason: outcome.why, opened: 0 })
        return view(destination)
      }
      const before = find(destination)
      const failures = before.failures + 1
      const isOpen = failures >= breaker.failures
      const opened = isOpen ? before.opened + 1 : before.opened
      const until = isOpen ? new Date(clock.now().getTime() + pauseMs(opened)) : undefined
      const state = isOpen ? 'open' : 'closed'
      circuits.set(destination, { state, failures, until, reason: outcome.why, opened })
      return view(destination)
    },
  }
}
