import type { Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { makeOutgoing } from '#outgoing'
import type { ReachingTools } from '../connector.ts'

/** Tools for tests that reach out. */
export interface Reaching extends ReachingTools {
  readonly clock: ReturnType<typeof stoppedClock>
  /** How many bytes have come in over sockets. */
  readonly receivedBytes: () => number
}

/** The real way out, with these private places allowed, and these secrets; the clock stands unless it is moved. */
export function reaching(
  allowPrivate: readonly string[],
  secrets: Readonly<Record<string, string>> = {},
): Reaching {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  const network = makeOutgoing({ allowPrivate, timeoutMs: 10_000, clock, log: silentLog })
  onTestFinished(() => network.close())
  const secret = async (name: string) => {
    const found = secrets[name]
    if (found === undefined) throw new Error(`this test has no secret "${name}"`)
    return found
  }
  const sockets: Socket[] = []
  const connect: Reaching['network']['connect'] = async (to) => {
    const socket = await network.connect(to)
    sockets.push(socket)
    return socket
  }
  const receivedBytes = () => sockets.reduce((sum, { bytesRead }) => sum + bytesRead, 0)
  return { network: { ...network, connect }, secret, clock, receivedBytes }
}
