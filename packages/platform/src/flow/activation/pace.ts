import { setTimeout as wait } from 'node:timers/promises'
import type { Clock } from '#kernel/clock.ts'
import type { Limits } from './definition.ts'

/** Lets requests to a destination go as fast as its limits allow. */
export function makePace(clock: Clock) {
  const next = new Map<string, number>()
  return async (
    destination: string,
    of: { readonly limits: Limits; readonly members: number; readonly signal: AbortSignal },
  ): Promise<void> => {
    const { limits, members, signal } = of
    const { requests_per_second: requests, members_per_second: perSecond } = limits
    const gapMs = Math.max(
      requests === undefined ? 0 : 1000 / requests,
      perSecond === undefined ? 0 : (1000 * members) / perSecond,
    )
    const now = clock.now().getTime()
    const at = Math.max(now, next.get(destination) ?? 0)
    next.set(destination, at + gapMs)
    if (at > now) await wait(at - now, undefined, { signal })
  }
}
