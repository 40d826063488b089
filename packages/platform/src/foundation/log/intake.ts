import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { LogThread } from './connections/log-thread.ts'
import type { Entry, EventLog, Kept, LogFigures } from './event-log.ts'
import { logFaults } from './faults.ts'
import {
  type GatheredGroup,
  idsOf,
  makeGroup,
  printDuplicate,
  printLine,
  putId,
  putText,
} from './group.ts'
import { hashInto, hashWords } from './ids/hash.ts'
import type { KnownIds } from './ids/known-ids.ts'
import type { LogTime } from './time.ts'
import { makeWeigher } from './weigh.ts'

/** Takes entries in: gathers them into groups while the disk is busy, and keeps one group after the other. */
export interface Intake extends Pick<EventLog, 'append' | 'head' | 'onAppended'> {
  /** Gives out only positions behind this one from now on. */
  readonly liftTo: (position: number) => void
  /** Hears what is the oldest after something was let go. */
  readonly dropped: (oldest: LogFigures['oldest']) => void
  readonly figures: () => Pick<LogFigures, 'oldest' | 'waitingBytes' | 'groups' | 'lastError'>
  /** Refuses what comes later; ends when everything that waits is settled. */
  readonly close: () => Promise<void>
}

/** What an intake works with. */
export interface IntakeParts {
  readonly thread: LogThread
  readonly ids: KnownIds
  readonly time: LogTime
  readonly log: Log
  readonly head: number
  readonly oldest: LogFigures['oldest']
  readonly mostWaitingBytes: number
}

// Larger groups would let everybody in them wait for longer; one append stays together, whatever its size.
const mostGroupBytes = 8 * 1024 * 1024
const mostSpares = 3
// Text is put together up to here before it is written into the buffer of its group.
const mostTextLength = 65_536
const mostSecondsToWait = 60

/** Goes on behind `head`. */
export function makeIntake(of: IntakeParts): Intake {
  const { thread, ids, time, log } = of
  const weigh = makeWeigher(of.mostWaitingBytes)
  const findOld = oldFinder(ids)
  const hearers = new Set<() => void>()
  const spares: ArrayBuffer[] = []
  // The last of the waiting groups is the one that gathers.
  let waiting: GatheredGroup[] = []
  let underWay: Promise<void> | undefined
  let isPlanned = false
  let isClosed = false
  let head = of.head
  let next = of.head + 1
  let oldest = of.oldest
  let waitingBytes = 0
  let groups = 0
  let bytesPerSecond = 0
  let lastError: LogFigures['lastError']

  const gathering = (bytes: number): GatheredGroup => {
    const last = waiting.at(-1)
    if (last && (last.count === 0 || last.bytes + bytes <= mostGroupBytes)) return last
    const ran = time.ran()
    ids.begin(next, ran)
    const group = makeGroup({ first: next, ran, spare: spares.pop() })
    waiting.push(group)
    return group
  }

  const put = (entries: readonly Entry[], bytes: number): Promise<readonly Kept[]> => {
    const group = gathering(bytes)
    // All are looked up before anything is touched: looking into a file may fail.
    const { hashes, old } = findOld(entries)
    const before = group.bytes
    const kept: Kept[] = []
    let text = ''
    group.at = time.at()
    for (const [index, entry] of entries.entries()) {
      const place = index * hashWords
      const isNew = entry.id === undefined || (!old[index] && ids.add(hashes, place))
      if (isNew && entry.id !== undefined) putId(group, hashes, place)
      const position = next++
      kept.push({ position, duplicate: !isNew })
      text += isNew
        ? printLine(position, group.at, entry)
        : printDuplicate(position, group.at, entry)
      if (text.length < mostTextLength) continue
      putText(group, text)
      text = ''
    }
    putText(group, text)
    group.count += entries.length
    waitingBytes += group.bytes - before
    return new Promise((resolve, reject) => {
      group.waiters.push({ kept, resolve, reject })
    })
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

  const send = () => {
    if (underWay || !waiting[0]?.count) return
    const group = waiting.shift()
    if (group) underWay = keep(group).finally(goOn)
  }

  const goOn = () => {
    underWay = undefined
    send()
  }

  const keep = async (group: GatheredGroup): Promise<void> => {
    const { first, count, at, ran, bytes } = group
    const lines = new Uint8Array(group.lines.buffer, 0, bytes)
    const last = first + count - 1
    const begun = performance.now()
    try {
      const sent = {
        first,
        last,
        count,
        at,
        ran,
        ids: new Uint8Array(idsOf(group).slice().buffer),
        lines,
      }
      const spare = await thread.ask('keep', sent, [lines.buffer])
      if (spare.byteLength <= mostGroupBytes && spares.length < mostSpares) spares.push(spare)
    } catch (thrown) {
      fail(group, thrown)
      return
    }
    bytesPerSecond = (1000 * bytes) / Math.max(1, performance.now() - begun)
    succeed(group, last)
  }

  const succeed = (group: GatheredGroup, last: number) => {
    if (lastError) log.info('events are kept again', { last })
    lastError = undefined
    head = last
    oldest ??= { position: group.first, at: group.at }
    groups++
    waitingBytes -= group.bytes
    for (const { kept, resolve } of group.waiters) resolve(kept)
    for (const hear of hearers) hear()
    ids.kept(head, group.ran)
  }

  // What waits behind a group that failed may hold repetitions of it, so it fails too. Its positions are skipped.
  const fail = (group: GatheredGroup, thrown: unknown) => {
    const fault = thrown instanceof Fault ? thrown : logFaults.trouble({ what: sentenceOf(thrown) })
    if (!lastError) log.error('events cannot be kept', { why: fault.message })
    lastError = { at: time.at(), say: fault.message }
    const failed = [group, ...waiting]
    waiting = []
    waitingBytes = 0
    for (const one of failed) {
      ids.forget(idsOf(one))
      for (const { reject } of one.waiters) reject(fault)
    }
  }

  const refuseIfBusy = (bytes: number) => {
    if (waitingBytes === 0 || waitingBytes + bytes <= of.mostWaitingBytes) return
    const seconds = Math.ceil(waitingBytes / Math.max(1, bytesPerSecond))
    const retryAfterSeconds = Math.min(mostSecondsToWait, Math.max(1, seconds))
    throw logFaults.busy({ waitingBytes, retryAfterSeconds })
  }

  return {
    append: (entries) => {
      try {
        if (isClosed) throw logFaults.trouble({ what: 'the log is closed' })
        if (entries.length === 0) return Promise.resolve([])
        const bytes = weigh(entries)
        refuseIfBusy(bytes)
        const done = put(entries, bytes)
        plan()
        return done
      } catch (thrown) {
        return Promise.reject(thrown)
      }
    },
    head: () => head,
    onAppended: (hear) => {
      // A listener that is given twice is called twice.
      const own = () => hear()
      hearers.add(own)
      return () => hearers.delete(own)
    },
    liftTo: (position) => {
      if (position < next) return
      if (waitingBytes > 0) throw new Error('a consumer cannot lift the log while entries wait')
      ids.begin(position + 1, time.ran())
      waiting = []
      next = position + 1
      head = position
    },
    dropped: (left) => {
      oldest = left
    },
    figures: () => ({
      waitingBytes,
      groups,
      ...(oldest && { oldest }),
      ...(lastError && { lastError }),
    }),
    close: async () => {
      isClosed = true
      send()
      while (underWay) await underWay
    },
  }
}

/** Hashes the ids of entries into words that are used again each time, and says which came in earlier generations. */
function oldFinder(ids: KnownIds) {
  let hashes = new Uint32Array(64 * hashWords)
  return (entries: readonly Entry[]) => {
    if (hashes.length < entries.length * hashWords) {
      hashes = new Uint32Array(2 * entries.length * hashWords)
    }
    const old = entries.map(({ stream, id }, index) => {
      if (id === undefined) return false
      hashInto(hashes, index * hashWords, stream, id)
      return ids.isOld(hashes, index * hashWords)
    })
    return { hashes, old }
  }
}
