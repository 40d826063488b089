import type { LogThread } from './connections/log-thread.ts'
import { type GatheredGroup, idsOf, lastOf, makeGroup } from './group.ts'

/** Takes groups to the disk, one after the other; while one is under way, the next gathers. */
export interface Lane {
  /** The group that gathers, or a new one when so much more would be too much for it. */
  readonly gathering: (bytes: number) => GatheredGroup
  /** Hears that the group that gathers has become larger by so much. */
  readonly grew: (bytes: number) => void
  readonly waitingBytes: () => number
  /** How long what waits will take, going by the last group. */
  readonly secondsToWait: () => number
  /** Drops a group that was begun and holds nothing, so that the next begins elsewhere. */
  readonly beginAnew: () => void
  /** Ends when everything that waits is settled. */
  readonly close: () => Promise<void>
}

/** What a lane works with. */
export interface LaneParts {
  readonly thread: LogThread
  /** Says where a new group begins. */
  readonly begin: () => { readonly first: number; readonly ran: number }
  readonly kept: (group: GatheredGroup) => void
  /** Hears of a group that could not be kept, and of those that wait behind it: they go with it. */
  readonly failed: (groups: readonly GatheredGroup[], thrown: unknown) => void
}

// Larger groups would let everybody in them wait for longer; one append stays together, whatever its size.
const mostGroupBytes = 8 * 1024 * 1024
const mostSpares = 3

/** Makes a lane on which nothing waits. */
export function makeLane({ thread, begin, kept, failed }: LaneParts): Lane {
  const spares: ArrayBuffer[] = []
  // The last of them is the one that gathers.
  let waiting: GatheredGroup[] = []
  let waitingBytes = 0
  let bytesPerSecond = 0
  let underWay: Promise<void> | undefined
  let isPlanned = false

  const send = () => {
    if (underWay || !waiting[0]?.count) return
    const group = waiting.shift()
    if (group) underWay = keep(group).finally(goOn)
  }

  const goOn = () => {
    underWay = undefined
    send()
  }

  // What comes in together goes to the disk together.
  const plan = () => {
    if (underWay || isPlanned) return
    isPlanned = true
    setImmediate(() => {
      isPlanned = false
      send()
    })
  }

  const keep = async (group: GatheredGroup): Promise<void> => {
    const begun = performance.now()
    try {
      const spare = await sendTo(thread, group)
      if (spare.byteLength <= mostGroupBytes && spares.length < mostSpares) spares.push(spare)
    } catch (thrown) {
      const all = [group, ...waiting]
      waiting = []
      waitingBytes = 0
      failed(all, thrown)
      return
    }
    bytesPerSecond = (1000 * group.bytes) / Math.max(1, performance.now() - begun)
    waitingBytes -= group.bytes
    kept(group)
  }

  return {
    gathering: (bytes) => {
      const last = waiting.at(-1)
      if (last && (last.count === 0 || last.bytes + bytes <= mostGroupBytes)) return last
      const group = makeGroup({ ...begin(), spare: spares.pop() })
      waiting.push(group)
      return group
    },
    grew: (bytes) => {
      waitingBytes += bytes
      plan()
    },
    waitingBytes: () => waitingBytes,
    secondsToWait: () => waitingBytes / Math.max(1, bytesPerSecond),
    beginAnew: () => {
      waiting = waiting.filter(({ count }) => count > 0)
    },
    close: async () => {
      send()
      while (underWay) await underWay
    },
  }
}

/** Hands a group over with its buffer; its hashes are copied, because they are needed if it fails. */
function sendTo(thread: LogThread, group: GatheredGroup): Promise<ArrayBuffer> {
  const { first, count, at, ran } = group
  const lines = new Uint8Array(group.lines.buffer, 0, group.bytes)
  const ids = new Uint8Array(idsOf(group).slice().buffer)
  return thread.ask('keep', { first, last: lastOf(group), count, at, ran, ids, lines }, [
    lines.buffer,
  ])
}
