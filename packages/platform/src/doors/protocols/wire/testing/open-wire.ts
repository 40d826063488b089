import type { RequestListener, ServerOptions } from 'node:http'
import { systemClock } from '#kernel/clock.ts'
import type { Fault } from '#kernel/fault.ts'
import type { Front } from '#kernel/front.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { logFaults } from '#log'
import { allLines, temporaryLog } from '#log/testing'
import type { WireTools } from '../taking.ts'
import { loggedCollect } from './logged-collect.ts'
import { type Door, openDoor } from './open-door.ts'

/** One thing that came in, as the log keeps it. */
export interface Kept {
  readonly kind: string
  readonly stream: string
  // biome-ignore lint/suspicious/noExplicitAny: tests name what they expect in it.
  readonly body: any
}

/** A wire behind a real socket, in front of a real log. */
export interface OpenWire extends Door {
  readonly kept: () => Promise<readonly Kept[]>
  /** What is wrong with the log, each for one request. */
  readonly troubles: Fault[]
}

/** Opens a wire; the write key `page` belongs to a browser, `server` to a server. */
export async function openWire(
  makeFront: (tools: WireTools) => Front,
  of: {
    readonly tools?: Partial<WireTools>
    readonly options?: ServerOptions
    readonly otherwise?: RequestListener
  } = {},
): Promise<OpenWire> {
  const log = await temporaryLog()
  const troubles: Fault[] = []
  const collect = loggedCollect(log, { page: 'browser', server: 'server' })
  const orTrouble = <T>(act: () => Promise<T>): Promise<T> => {
    const trouble = troubles.shift()
    return trouble ? Promise.reject(trouble) : act()
  }
  const front = makeFront({
    collect: {
      ...collect,
      take: (...of) => orTrouble(() => collect.take(...of)),
      park: (...of) => orTrouble(() => collect.park(...of)),
    },
    clock: systemClock,
    ids: countedIds(),
    log: silentLog,
    ...of.tools,
  })
  const door = await openDoor(front, of)
  return {
    ...door,
    troubles,
    kept: async () =>
      (await allLines(log)).map(({ kind, stream, body }) => ({
        kind,
        stream,
        body: JSON.parse(body),
      })),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await log.close()
    },
  }
}

/** The log says that too much waits for the disk. */
export const busy = (retryAfterSeconds: number): Fault =>
  logFaults.busy({ waitingBytes: 1, retryAfterSeconds })

/** The log says that the disk is in trouble. */
export const trouble = (): Fault => logFaults.trouble({ what: 'no space left on /data/log.sqlite' })
