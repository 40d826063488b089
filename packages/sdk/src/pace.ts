import { backOffMs, type Random } from './back-off.ts'
import type { Store } from './store.ts'

/** When the next request may go: after a failure later and later, after the server's word when it said. */
export interface Pace {
  /** How long the server still wants to be left alone; zero or less when it does not. */
  readonly pauseMs: () => number
  /** The same, or until the next try is due. */
  readonly dueMs: () => number
  readonly hasFailed: () => boolean
  readonly succeed: () => void
  readonly fail: (askedMs?: number) => void
}

/** What a pace works on. */
export interface Steps {
  readonly store: () => Store
  /** Where the end of the server's pause is kept, for all tabs and for the next page. */
  readonly key: string
  readonly clock: () => number
  readonly random: Random
  readonly firstRetryMs: number
}

const mostRetryMs = 5 * 60 * 1000
// However long a server asks for, an hour later it is asked again.
const mostPauseMs = 60 * 60 * 1000

/** Begins without any failure. */
export function createPace({ store, key, clock, random, firstRetryMs }: Steps): Pace {
  let failures = 0
  let retryAt = 0
  // More than any wait can be: the clock was set back meanwhile.
  const until = (at: number) => (at - clock() > 2 * mostPauseMs ? 0 : at - clock())
  const pauseMs = () => until(Number(store().get(key) ?? 0))
  return {
    pauseMs,
    dueMs: () => Math.max(pauseMs(), until(retryAt)),
    hasFailed: () => failures > 0,
    succeed() {
      failures = 0
      retryAt = 0
    },
    fail(askedMs = 0) {
      failures += 1
      const ownMs = backOffMs(failures, { firstMs: firstRetryMs, mostMs: mostRetryMs, random })
      retryAt = clock() + ownMs
      if (askedMs <= 0) return
      // A little later than asked: everybody else was told the same second.
      const [chance = 0] = random(1)
      const pause = Math.min(askedMs, mostPauseMs) * (1 + chance / 2550)
      store().set(key, `${Math.ceil(clock() + pause)}`)
    },
  }
}
