import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '#engine'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { logPositionOf } from '#lake'
import type { Chunk, EventLog } from '#log'
import { type Arrived, arrivedFrom, type Watched } from './arrived.ts'

/** What following the log needs. */
export interface LaneTools {
  readonly engine: Engine
  readonly events: Pick<EventLog, 'read' | 'onAppended' | 'head'>
  readonly log: Log
  /** Hears of every event of a watched stream that names somebody. */
  readonly onArrived: (arrived: Arrived) => void
  /** Hears that nobody has asked for long: what is in memory is no longer kept up to date. */
  readonly onRest: () => void
  /** How long it follows after it was last wanted; ten minutes unless set. */
  readonly idleMs?: number
}

/** Follows the log while somebody wants to know, and keeps what is not in the lake yet. */
export interface Lane {
  /** Somebody wants to know: it follows from now on, and has caught up with what came while nobody asked. */
  readonly wanted: () => Promise<void>
  readonly isResting: () => boolean
  /** Watches these streams from now on, beginning anew where the lake is. */
  readonly watch: (watched: readonly Watched[]) => void
  readonly start: () => Promise<void>
  /** Up to which place of the log events were taken; where the lake is while it is not running. */
  readonly seen: () => number
  /** Up to which place of the log events are known to be in the lake. */
  readonly lake: () => number
  readonly waiting: () => number
  readonly trouble: () => string | undefined
  /** The events under a key after a place in the log; complete for what is read from the lake while it is held. */
  readonly since: (key: string, position: number) => readonly Arrived[]
  /** Keeps what is in memory now, until it is let go. */
  readonly hold: () => () => void
  /** The events up to a place in the log were taken, or it was waited for them a while. */
  readonly reached: (position: number) => Promise<void>
  /** Everything that is in the log has been taken. */
  readonly caughtUp: () => Promise<void>
  readonly stop: () => Promise<void>
}

const roundBytes = 1024 ** 2
const lookMs = 500
/** More are not kept in memory: then it waits for the lake. */
const mostWaiting = 100_000
const usualIdleMs = 10 * 60_000
const catchUpMs = 2000

/** Makes a lane that has not begun. */
export function makeLane(tools: LaneTools): Lane {
  const { engine, events, log, onArrived, idleMs = usualIdleMs } = tools
  const stopping = new AbortController()
  const { signal } = stopping
  const waiting: Arrived[] = []
  const byKey = new Map<string, Arrived[]>()
  const held = new Set<{ readonly from: number }>()
  let watched: ReadonlyMap<string, Watched> = new Map()
  let isAnew = false
  let isResting = true
  let wantedAt = 0
  let position = 0
  let lake = 0
  let trouble: string | undefined
  let wake = () => {}
  let done: Promise<void> = Promise.resolve()
  let isRunning = false
  let lookedAt = 0

  const arrive = (arrived: Arrived) => {
    waiting.push(arrived)
    const known = byKey.get(arrived.key)
    if (known) known.push(arrived)
    else byKey.set(arrived.key, [arrived])
    onArrived(arrived)
  }
  const letGo = (upTo: number) => {
    let count = 0
    for (const { key, event } of waiting) {
      if (event.position > upTo) break
      count++
      const of = byKey.get(key)
      of?.shift()
      if (of?.length === 0) byKey.delete(key)
    }
    if (count > 0) waiting.splice(0, count)
  }
  const lookAtLake = async () => {
    lookedAt = performance.now()
    lake = await logPositionOf(engine)
    letGo(Math.min(lake, ...[...held].map(({ from }) => from)))
  }
  const beginAnew = async () => {
    isAnew = false
    waiting.length = 0
    byKey.clear()
    lake = await logPositionOf(engine)
    position = lake
  }
  const rest = () => {
    isResting = true
    waiting.length = 0
    byKey.clear()
    tools.onRest()
  }
  const takeMore = async (): Promise<boolean> => {
    const chunks = await events.read(position, { maxBytes: roundBytes })
    const last = chunks.at(-1)?.last
    // What is watched has changed meanwhile.
    if (last === undefined || isAnew) return isAnew
    for (const arrived of arrivals(chunks, position, watched)) arrive(arrived)
    position = last
    return true
  }
  // Reading every event costs the thread of the door a third of its time: not for nobody.
  const isForNobody = () => held.size === 0 && performance.now() - wantedAt > idleMs
  const round = async (): Promise<boolean> => {
    if (isResting) return false
    if (isForNobody()) rest()
    if (isAnew) await beginAnew()
    if (performance.now() - lookedAt > lookMs && lake < position) await lookAtLake()
    if (isResting || events.head() <= position) return false
    if (waiting.length < mostWaiting) return takeMore()
    await sleep(lookMs, undefined, { signal }).catch(() => {})
    return true
  }
  const untilMore = async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    const timer = !isResting && lake < position ? setTimeout(resolve, lookMs) : undefined
    const isDone = isResting || (events.head() <= position && !isAnew)
    if (isDone && !signal.aborted) await promise
    clearTimeout(timer)
  }
  const work = async () => {
    while (!signal.aborted) {
      try {
        if (!(await round())) await untilMore()
        trouble = undefined
      } catch (thrown) {
        if (signal.aborted) return
        trouble = sentenceOf(thrown)
        log.error('live profiles do not follow the log; trying again', { cause: thrown })
        await sleep(1000, undefined, { signal }).catch(() => {})
      }
    }
  }

  const reached = async (place: number, until = Number.POSITIVE_INFINITY) => {
    const isBehind = () => isRunning && !isResting && (isAnew || position < place)
    while (isBehind() && !signal.aborted && performance.now() < until) await sleep(2)
  }

  return {
    wanted: async () => {
      wantedAt = performance.now()
      if (!isResting || !isRunning) return
      isResting = false
      isAnew = true
      wake()
      await reached(events.head(), performance.now() + catchUpMs)
    },
    isResting: () => isResting,
    watch: (all) => {
      watched = new Map(all.map((one) => [one.stream, one]))
      isAnew = true
      wake()
    },
    start: async () => {
      await beginAnew()
      isRunning = true
      const deaf = events.onAppended(() => {
        if (!isResting) wake()
      })
      signal.addEventListener('abort', deaf, { once: true })
      done = work()
    },
    seen: () => position,
    lake: () => lake,
    waiting: () => waiting.length,
    trouble: () => trouble,
    since: (key, after) => (byKey.get(key) ?? []).filter(({ event }) => event.position > after),
    hold: () => {
      const one = { from: lake }
      held.add(one)
      return () => void held.delete(one)
    },
    reached: (place) => reached(place, performance.now() + catchUpMs),
    caughtUp: () => reached(events.head()),
    stop: async () => {
      stopping.abort()
      wake()
      await done
      isRunning = false
    },
  }
}

/** The events of watched streams after a place in the log: whole values that were taken for the first time. */
function* arrivals(
  chunks: readonly Chunk[],
  after: number,
  watched: ReadonlyMap<string, Watched>,
): Iterable<Arrived> {
  if (watched.size === 0) return
  for (const { lines } of chunks) {
    const text = Buffer.from(lines.buffer, lines.byteOffset, lines.byteLength).toString('utf8')
    for (const line of text.split('\n')) {
      const [place = '', at = '', stream = '', kind = ''] = line.split('\t', 4)
      const of = watched.get(stream)
      if (of === undefined || kind !== 'put' || Number(place) <= after) continue
      const body = line.slice(place.length + at.length + stream.length + kind.length + 4)
      const arrived = arrivedFrom(of, Number(place), body)
      if (arrived) yield arrived
    }
  }
}
