import type { Clock } from '#kernel/clock.ts'

/** Counts wrong attempts by where they come from. */
export interface Guesses {
  /** Counts one that was wrong; how many seconds its sender has to wait, or nothing while it may go on. */
  readonly wrong: (from: string) => number | undefined
}

const windowMs = 60_000
const mostInWindow = 10
const mostSenders = 10_000

/**
 * Slows those down who guess. Only wrong attempts are counted and only wrong ones are told to wait: a right token always
 * comes in, so nobody can lock out others who share an address. That it helps at all is courtesy to the log and the
 * processor; secrets have 256 bits.
 */
export function makeGuesses(clock: Clock): Guesses {
  const senders = new Map<string, { count: number; until: number }>()

  return {
    wrong: (from) => {
      const now = clock.now().getTime()
      const met = senders.get(from)
      const one = met && met.until > now ? met : { count: 0, until: now + windowMs }
      one.count++
      senders.delete(from)
      senders.set(from, one)
      const [oldest] = senders.keys()
      if (senders.size > mostSenders && oldest !== undefined) senders.delete(oldest)
      return one.count > mostInWindow ? Math.ceil((one.until - now) / 1000) : undefined
    },
  }
}
