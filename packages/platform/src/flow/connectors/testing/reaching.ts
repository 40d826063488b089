import { onTestFinished } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { makeOutgoing } from '#outgoing'
import type { ReachingTools } from '../connector.ts'

/** The real way out, with these private places allowed, and these secrets; the clock stands unless it is moved. */
export function reaching(
  allowPrivate: readonly string[],
  secrets: Readonly<Record<string, string>> = {},
): ReachingTools & { readonly clock: ReturnType<typeof stoppedClock> } {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  const network = makeOutgoing({ allowPrivate, timeoutMs: 10_000, clock, log: silentLog })
  onTestFinished(() => network.close())
  const secret = async (name: string) => {
    const found = secrets[name]
    if (found === undefined) throw new Error(`this test has no secret "${name}"`)
    return found
  }
  return { network, secret, clock }
}
