import { setTimeout as sleep } from 'node:timers/promises'
import type { Spool } from '#connectors'
import type { Engine } from '#engine'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import {
  type EventCounts,
  logPositionOf,
  parkedOf,
  type StreamShape,
  StreamTrouble,
  type TakenEvents,
  takeFirstEvents,
} from '#lake'
import type { Chunk, EventLog } from '#log'
import type { Waiting } from './waiting.ts'

/** What bringing events into the lake needs. */
export interface LakeWriterTools {
  readonly engine: Engine
  readonly events: EventLog
  readonly spool: Spool
  readonly waiting: Waiting
  readonly now: () => Date
  readonly log: Log
  /** The streams that receive, as they are defined now. */
  readonly shapes: () => readonly StreamShape[]
  /** Hears of every round that brought something. */
  readonly onRound: (counts: ReadonlyMap<string, EventCounts>) => void
  /** Hears of a stream that was set aside and has been written again: what was parked of it meanwhile may come back. */
  readonly onBack: (stream: string) => void
}

/** Brings what is in the log into the lake, round after round. */
export interface LakeWriter {
  readonly start: () => Promise<void>
  /** Settles once everything that was in the log at the moment of asking is in the lake. */
  readonly catchUp: (signal: AbortSignal) => Promise<void>
  readonly figures: () => LakeWriterFigures
  /** Tries a stream again that was set aside, from the next round on. */
  readonly release: (stream: string) => void
  readonly stop: () => Promise<void>
}

/** How the lake writer gets on. */
export interface LakeWriterFigures {
  /** The log position up to which everything is in the lake. */
  readonly position: number
  readonly rounds: number
  /** How long the last round took, and how many lines it brought. */
  readonly lastRound?: { readonly ms: number; readonly lines: number }
  /** What keeps it from going on; it tries again. */
  readonly trouble?: string
}

const consumer = 'lake'
const mostRoundBytes = 64 * 1024 ** 2
/** After a failure a round is smaller by this factor, down to the least; after a success twice as large. */
const shrinking = 8
const leastRoundBytes = 64 * 1024
/** What little comes is gathered for a moment: a round costs the same for one event as for a hundred. */
const gatherMs = 40
const fewLines = 1000
const mostGatherMs = 1500
/** The share of its time that the thread of the door is at work when it cannot keep up with what comes. */
const saturatedShare = 0.95
/** So long the writer rests while that lasts and fewer lines than these wait; then as many times as long as it worked. */
const longestRestMs = 5000
const fewWaiting = 400_000
const mostRests = 4
const mostPauseMs = 10_000
/** How often all streams are tried together before the one is looked for that cannot be written. */
const triesOfAll = 4

/** Makes the lake writer of a log; it holds back what it has not brought yet. */
export function makeLakeWriter(tools: LakeWriterTools): LakeWriter {
  const { engine, events, log } = tools
  const stopping = new AbortController()
  const bell = makeBell()
  const outcasts = makeOutcasts(tools)
  let position = 0
  let roundBytes = mostRoundBytes
  let rounds = 0
  let failures = 0
  let lastRound: LakeWriterFigures['lastRound']
  let trouble: string | undefined
  let done: Promise<void> = Promise.resolve()

  const round = async (): Promise<boolean> => {
    const chunks = await events.read(position, { maxBytes: roundBytes })
    const [first, last] = [chunks[0], chunks.at(-1)]
    if (!first || !last) return false
    const startedAt = performance.now()
    const { counts, to } = await bring(tools, chunks, {
      from: position + 1,
      to: last.last,
      outcasts,
      isDesperate: failures >= triesOfAll,
    })
    let lines = 0
    // At once, so that what waits is always what lies behind the place.
    position = to
    for (const [stream, { received }] of counts) {
      tools.waiting.take(stream, received)
      lines += received
    }
    await events.moveConsumer(consumer, position)
    rounds++
    lastRound = { ms: Math.round(performance.now() - startedAt), lines }
    tools.onRound(counts)
    for (const stream of outcasts.writtenAgain(counts)) tools.onBack(stream)
    return true
  }

  const work = async () => {
    const { signal } = stopping
    let pauseMs = 100
    while (!signal.aborted) {
      try {
        const brought = await round()
        trouble = outcasts.trouble()
        failures = 0
        roundBytes = Math.min(mostRoundBytes, roundBytes * 2)
        pauseMs = 100
        bell.ring(position)
        if (!brought) await bell.untilMore(() => events.head() > position, signal)
        await rest(lastRound, { signal, waiting: () => events.head() - position })
      } catch (thrown) {
        trouble = sentenceOf(thrown)
        failures++
        // What is too much at once may pass in pieces; nobody is blamed for it.
        roundBytes = Math.max(leastRoundBytes, roundBytes / shrinking)
        log.error('events cannot be brought into the lake; trying again', {
          cause: thrown,
          pauseMs,
        })
        await sleep(pauseMs, undefined, { signal }).catch(() => {})
        pauseMs = Math.min(mostPauseMs, pauseMs * 2)
      }
    }
  }

  return {
    start: async () => {
      position = await logPositionOf(engine)
      // A log that was lost or put back must not give out positions again that the lake has passed.
      await events.moveConsumer(consumer, position)
      // The first of them may be in the lake in part.
      for await (const chunk of waitingChunks(events, position))
        for (const line of linesOf(chunk))
          if (line.position > position) tools.waiting.add([line], line.at)
      const receiving = new Set(tools.shapes().map(({ key }) => key))
      for (const { stream } of await parkedOf(engine))
        if (receiving.has(stream)) outcasts.restore(stream)
      trouble = outcasts.trouble()
      events.onAppended(bell.wake)
      done = work()
    },
    catchUp: (signal) => bell.reached(events.head(), signal),
    figures: () => ({
      position,
      rounds,
      ...(lastRound ? { lastRound } : {}),
      ...(trouble === undefined ? {} : { trouble }),
    }),
    release: outcasts.release,
    stop: async () => {
      stopping.abort()
      bell.wake()
      await done
    },
  }
}

/**
 * Gathers before the next round. While the door cannot keep up it goes on resting: large rounds cost less for each line, and
 * meanwhile the machine belongs to those who wait for an answer; the log holds what comes. Once much waits it rests less, so that
 * the lake gets its share. How the door gets on is looked at while nothing is brought, or a round itself would make it look busy,
 * and the lake fall behind for ever.
 */
async function rest(
  round: LakeWriterFigures['lastRound'],
  { waiting, signal }: { readonly waiting: () => number; readonly signal: AbortSignal },
): Promise<void> {
  const isLarge = round !== undefined && round.lines >= fewLines
  const restedAt = performance.now()
  const mostMs = () => {
    if (!isLarge) return 0
    return waiting() < fewWaiting ? longestRestMs : Math.min(mostGatherMs, round.ms * mostRests)
  }
  for (;;) {
    if (signal.aborted) return
    const before = performance.eventLoopUtilization()
    await sleep(gatherMs, undefined, { signal }).catch(() => {})
    const { utilization } = performance.eventLoopUtilization(before)
    if (utilization < saturatedShare || performance.now() - restedAt >= mostMs()) return
  }
}

async function bring(
  { engine, spool, shapes, now }: LakeWriterTools,
  chunks: readonly Chunk[],
  of: { from: number; to: number; outcasts: Outcasts; isDesperate: boolean },
): Promise<TakenEvents> {
  const { signal } = new AbortController()
  const { path } = await spool.write(bytesOf(chunks), signal)
  const { from, to, outcasts } = of
  const take = (taken: readonly StreamShape[]) =>
    takeFirstEvents(engine, { path, from, to, shapes: taken, at: now(), signal })
  const wanted = shapes().filter(({ key }) => !outcasts.holds(key))
  try {
    return await take(wanted)
  } catch (thrown) {
    if (!of.isDesperate) throw thrown
    // Trouble that has passed meanwhile was nobody's fault.
    const again = await take(wanted).catch(() => undefined)
    return (
      again ??
      (await takeWithoutSome({ wanted, suspects: streamsOf(chunks), take, outcasts, thrown }))
    )
  } finally {
    await spool.remove(path)
  }
}

interface Leaving {
  readonly wanted: readonly StreamShape[]
  /** Those that something came for. */
  readonly suspects: ReadonlySet<string>
  readonly take: (shapes: readonly StreamShape[]) => Promise<TakenEvents>
  readonly outcasts: Outcasts
  readonly thrown: unknown
}

/** Streams that cannot be written must not hold up the others: their lines are parked, and can be adopted when they are mended. */
async function takeWithoutSome(of: Leaving): Promise<TakenEvents> {
  return (await takeWithoutNamed(of)) ?? takeWithoutOne(of)
}

/** Leaves out those that the trouble names, one after the other; nothing where it names none. */
async function takeWithoutNamed(of: Leaving): Promise<TakenEvents | undefined> {
  const named = new Map<string, unknown>()
  for (let trouble = of.thrown; trouble instanceof StreamTrouble; ) {
    if (named.has(trouble.stream)) return undefined
    named.set(trouble.stream, trouble)
    try {
      const taken = await of.take(of.wanted.filter(({ key }) => !named.has(key)))
      for (const [stream, why] of named) of.outcasts.add(stream, why)
      return taken
    } catch (thrown) {
      trouble = thrown
    }
  }
  return undefined
}

async function takeWithoutOne({
  wanted,
  suspects,
  take,
  outcasts,
  thrown,
}: Leaving): Promise<TakenEvents> {
  for (const one of wanted.filter(({ key }) => suspects.has(key))) {
    const taken = await take(wanted.filter((other) => other !== one)).catch(() => undefined)
    if (!taken) continue
    outcasts.add(one.key, thrown)
    return taken
  }
  throw thrown
}

/** Streams that could not be written lately. Each is tried again after a while. */
interface Outcasts {
  readonly holds: (stream: string) => boolean
  readonly add: (stream: string, thrown: unknown) => void
  /** One that events are parked of since before the start. */
  readonly restore: (stream: string) => void
  /** Tries one again at once. */
  readonly release: (stream: string) => void
  /** Those that were tried again in a round and could be written; they are outcasts no more. */
  readonly writtenAgain: (counts: ReadonlyMap<string, EventCounts>) => readonly string[]
  /** What is said of them, while there are any. */
  readonly trouble: () => string | undefined
}

const outcastMs = 60_000

function makeOutcasts({ log, now }: Pick<LakeWriterTools, 'log' | 'now'>): Outcasts {
  const all = new Map<string, { readonly until: number; readonly why: string }>()
  const holds = (stream: string) => (all.get(stream)?.until ?? 0) > now().getTime()
  // Repetitions and what was refused at the door say nothing of its tables.
  const isWritten = (of: EventCounts | undefined) =>
    of !== undefined && of.stored + of.unchanged + of.deleted > 0
  return {
    holds,
    release: (stream) => {
      const found = all.get(stream)
      if (found) all.set(stream, { ...found, until: 0 })
    },
    writtenAgain: (counts) => {
      const again = [...all.keys()].filter((key) => !holds(key) && isWritten(counts.get(key)))
      for (const key of again) all.delete(key)
      return again
    },
    add: (stream, thrown) => {
      const why = sentenceOf(thrown)
      all.set(stream, { until: now().getTime() + outcastMs, why })
      log.error('events of a stream cannot be brought into the lake; they are parked', {
        stream,
        cause: thrown,
      })
    },
    restore: (stream) =>
      void all.set(stream, {
        until: now().getTime() + outcastMs,
        why: 'they were before the start',
      }),
    trouble: () =>
      [...all]
        .filter(([stream]) => holds(stream))
        .map(([stream, { why }]) => `events of "${stream}" are parked: ${why}`)[0],
  }
}

async function* bytesOf(chunks: readonly Chunk[]) {
  for (const { lines } of chunks) yield lines
}

async function* waitingChunks(events: EventLog, position: number): AsyncGenerator<Chunk> {
  let after = position
  for (;;) {
    const chunks = await events.read(after, { maxBytes: mostRoundBytes })
    if (chunks.length === 0) return
    yield* chunks
    after = chunks.at(-1)?.last ?? after
  }
}

const streamsOf = (chunks: readonly Chunk[]): ReadonlySet<string> =>
  new Set(chunks.flatMap(linesOf).map(({ stream }) => stream))

interface Line {
  readonly position: number
  readonly at: number
  readonly stream: string
}

function linesOf({ lines }: Chunk): readonly Line[] {
  return Buffer.from(lines)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [place, at, stream = ''] = line.split('\t', 3)
      return { position: Number(place), at: Number(at), stream }
    })
}

/** Wakes the writer when something was appended, and those who wait for it when it has got far enough. */
function makeBell() {
  let wakeUp = () => {}
  const waiters = new Set<{ readonly position: number; readonly resolve: () => void }>()
  let reached = -1
  return {
    wake: () => wakeUp(),
    untilMore: async (isMore: () => boolean, signal: AbortSignal) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      wakeUp = resolve
      if (!isMore() && !signal.aborted) await promise
    },
    ring: (position: number) => {
      reached = position
      for (const waiter of waiters)
        if (waiter.position <= position) {
          waiters.delete(waiter)
          waiter.resolve()
        }
    },
    reached: (position: number, signal: AbortSignal): Promise<void> => {
      if (position <= reached) return Promise.resolve()
      if (signal.aborted) return Promise.reject(signal.reason)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const waiter = { position, resolve }
      waiters.add(waiter)
      const stop = () => {
        waiters.delete(waiter)
        reject(signal.reason)
      }
      signal.addEventListener('abort', stop, { once: true })
      return promise.finally(() => signal.removeEventListener('abort', stop))
    },
  }
}
