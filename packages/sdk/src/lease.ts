import type { Store } from './store.ts'

/** The turn to send: of the tabs that share a store, one at a time has it. */
export interface Lease {
  /** Takes the turn, or says that another one has it. */
  readonly take: () => Promise<boolean>
  /** Keeps the turn for another while. */
  readonly renew: () => void
  readonly release: () => void
}

/** What a lease works on. */
export interface Turn {
  readonly store: () => Store
  readonly key: string
  readonly me: string
  readonly clock: () => number
  /** After so long without a sign the turn of a tab that was killed is over. */
  readonly lastsMs: number
  /** How long two that took it at once wait until they see who came last, and has it. */
  readonly settleMs: number
}

/**
 * A turn kept in the store itself. A lock of the browser would be held for ever by a tab that is frozen in the background,
 * and exists only on https. Where this is too weak, twice the same event is still one event: the server knows its id.
 */
export function storedLease({ store, key, me, clock, lastsMs, settleMs }: Turn): Lease {
  const holder = () => {
    const [name, until] = store().get(key)?.split(' ') ?? []
    const leftMs = Number(until) - clock()
    // More than a whole turn left: the clock was set back meanwhile.
    return leftMs > 0 && leftMs <= lastsMs ? name : undefined
  }
  const renew = () => store().set(key, `${me} ${clock() + lastsMs}`)
  return {
    async take() {
      const before = holder()
      if (before === me) return true
      if (before) return false
      renew()
      await new Promise((resolve) => setTimeout(resolve, settleMs))
      return holder() === me
    },
    renew,
    release() {
      if (holder() === me) store().remove(key)
    },
  }
}

/** The turn of one who shares with nobody. */
export const alone: Lease = {
  take: async () => true,
  renew: () => undefined,
  release: () => undefined,
}
