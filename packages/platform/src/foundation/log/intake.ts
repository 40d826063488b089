import { Fault, sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { LogThread } from './connections/log-thread.ts'
import type { Entry, EventLog, Kept, LogFigures } from './event-log.ts'
import { logFaults } from './faults.ts'
import {
  type GatheredGroup,
  idsOf,
  lastOf,
  printDuplicate,
  printLine,
  putId,
  putText,
} from './group.ts'
import { hashInto, hashWords } from './ids/hash.ts'
import type { KnownIds } from './ids/known-ids.ts'
import { makeLane } from './lane.ts'
import type { LogTime } from './time.ts'
import { makeWeigher } from './weigh.ts'

/** Takes entries in: gives them positions and times, tells repetitions, and answers once they are durable. */
export interface Intake extends Pick<EventLog, 'append' | 'head' | 'knows' | 'onAppended'> {
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

// Text is put together up to here before it is written into the buffer of its group.
const mostTextLength = 65_536
const mostSecondsToWait = 60

/** Goes on behind `head`. */
export function makeIntake(of: IntakeParts): Intake {
  const { ids, time, log } = of
  const weigh = makeWeigher(of.mostWaitingBytes)
  const findOld = oldFinder(ids)
  const hearers = new Set<() => void>()
  let isClosed = false
  let head = of.head
  let next = of.head + 1
  let oldest = of.oldest
  let groups = 0
  let lastError: LogFigures['lastError']

  const begin = () => {
    const ran = time.ran()
    ids.begin(next, ran)
    return { first: next, ran }
  }

  const kept = (group: GatheredGroup) => {
    if (lastError) log.info('events are kept again', { position: group.first })
    lastError = undefined
    head = lastOf(group)
    oldest ??= { position: group.first, at: group.at }
    groups++
    for (const waiter of group.waiters) waiter.resolve(waiter.kept)
    ids.kept(head, group.ran)
    tell()
  }

  // A listener that fails must not take the log with it.
  const tell = () => {
    try {
      for (const hear of hearers) hear()
    } catch (thrown) {
      log.error('a listener of the log failed', { why: sentenceOf(thrown) })
    }
  }

  // What waits behind a group that failed may hold repetitions of it, so it fails too. Its positions are skipped.
  const failed = (lost: readonly GatheredGroup[], thrown: unknown) => {
    const fault = thrown instanceof Fault ? thrown : logFaults.trouble({ what: sentenceOf(thrown) })
    if (!lastError) log.error('events cannot be kept', { why: fault.message })
    lastError = { at: time.at(), say: fault.message }
    for (const group of lost) {
      ids.forget(idsOf(group))
      for (const { reject } of group.waiters) reject(fault)
    }
  }

  const lane = makeLane({ thread: of.thread, begin, kept, failed })

  const refuseIfBusy = (bytes: number) => {
    const waitingBytes = lane.waitingBytes()
    if (waitingBytes === 0 || waitingBytes + bytes <= of.mostWaitingBytes) return
    const seconds = Math.ceil(lane.secondsToWait())
    const retryAfterSeconds = Math.min(mostSecondsToWait, Math.max(1, seconds))
    throw logFaults.busy({ waitingBytes, retryAfterSeconds })
  }

  const put = (entries: readonly Entry[], group: GatheredGroup): readonly Kept[] => {
    // All are looked up before anything is touched: looking into a file may fail.
    const { hashes, old } = findOld(entries)
    const at = time.at()
    group.at = at
    let text = ''
    const places = entries.map((entry, index) => {
      const place = index * hashWords
      const isNew = entry.id === undefined || (!old[index] && ids.add(hashes, place))
      if (isNew && entry.id !== undefined) putId(group, hashes, place)
      const position = next++
      const print = isNew ? printLine : printDuplicate
      text += print(position, at, entry)
      if (text.length >= mostTextLength) {
        putText(group, text)
        text = ''
      }
      return { position, duplicate: !isNew, at }
    })
    putText(group, text)
    group.count += entries.length
    return places
  }

  return {
    append: (entries) => {
      try {
        if (isClosed) throw logFaults.trouble({ what: 'the log is closed' })
        if (entries.length === 0) return Promise.resolve([])
        const bytes = weigh(entries)
        refuseIfBusy(bytes)
        const group = lane.gathering(bytes)
        const before = group.bytes
        const places = put(entries, group)
        lane.grew(group.bytes - before)
        return new Promise((resolve, reject) => {
          group.waiters.push({ kept: places, resolve, reject })
        })
      } catch (thrown) {
        return Promise.reject(thrown)
      }
    },
    head: () => head,
    knows: (stream, id) => {
      const hash = new Uint32Array(hashWords)
      hashInto(hash, 0, stream, id)
      return ids.isKnown(hash, 0)
    },
    onAppended: (hear) => {
      // A listener that is given twice is called twice.
      const own = () => hear()
      hearers.add(own)
      return () => hearers.delete(own)
    },
    liftTo: (position) => {
      if (position < next) return
      if (lane.waitingBytes() > 0) throw new Error('the log cannot be lifted while entries wait')
      lane.beginAnew()
      next = position + 1
      head = position
    },
    dropped: (left) => {
      oldest = left
    },
    figures: () => ({
      waitingBytes: lane.waitingBytes(),
      groups,
      ...(oldest && { oldest }),
      ...(lastError && { lastError }),
    }),
    close: () => {
      isClosed = true
      return lane.close()
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
