import { setTimeout as sleep } from 'node:timers/promises'
import type { Spool } from '#connectors'
import type { Engine } from '#engine'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import { type EventCounts, logPositionOf, type StreamShape, takeEvents } from '#lake'
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
}

/** Brings what is in the log into the lake, round after round. */
export interface LakeWriter {
  readonly start: () => Promise<void>
  /** Settles once everything that was in the log at the moment of asking is in the lake. */
  readonly catchUp: (signal: AbortSignal) => Promise<void>
  readonly figures: () => LakeWriterFigures
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
const mostRoundBytes = 24 * 1024 ** 2
/** What little comes is gathered for a moment: a round costs the same for one event as for a hundred. */
const gatherMs = 40
const fewLines = 1000
const mostGatherMs = 500
/** The share of its time that the thread of the door may be at work before it counts as busy. */
const busyShare = 0.5
const mostPauseMs = 10_000

/** Makes the lake writer of a log; it holds back what it has not brought yet. */
export function makeLakeWriter(tools: LakeWriterTools): LakeWriter {
  const { engine, events, log } = tools
  const stopping = new AbortController()
  const bell = makeBell()
  let position = 0
  let rounds = 0
  let lastRound: LakeWriterFigures['lastRound']
  let trouble: string | undefined
  let done: Promise<void> = Promise.resolve()

  const round = async (): Promise<boolean> => {
    const chunks = await events.read(position, { maxBytes: mostRoundBytes })
    const [first, last] = [chunks[0], chunks.at(-1)]
    if (!first || !last) return false
    const startedAt = performance.now()
    const counts = await bring(tools, chunks, { from: position + 1, to: last.last })
    position = last.last
    await events.moveConsumer(consumer, position)
    let lines = 0
    for (const [stream, { received }] of counts) {
      tools.waiting.take(stream, received)
      lines += received
    }
    rounds++
    lastRound = { ms: Math.round(performance.now() - startedAt), lines }
    tools.onRound(counts)
    return true
  }

  const work = async () => {
    const { signal } = stopping
    let pauseMs = 100
    while (!signal.aborted) {
      try {
        const before = performance.eventLoopUtilization()
        const brought = await round()
        trouble = undefined
        pauseMs = 100
        bell.ring(position)
        if (!brought) await bell.untilMore(() => events.head() > position, signal)
        const { utilization } = performance.eventLoopUtilization(before)
        const restMs = restAfter(lastRound, utilization)
        if (!signal.aborted) await sleep(restMs, undefined, { signal }).catch(() => {})
      } catch (thrown) {
        trouble = sentenceOf(thrown)
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
      for await (const chunk of waitingChunks(events, position)) tools.waiting.add(linesOf(chunk))
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
    stop: async () => {
      stopping.abort()
      bell.wake()
      await done
    },
  }
}

/**
 * How long to gather before the next round. While many events come in, the writer rests as long as it has worked: large rounds
 * cost less for each line, and meanwhile the machine belongs to those who wait for an answer.
 */
function restAfter(round: LakeWriterFigures['lastRound'], utilization: number): number {
  if (!round || round.lines < fewLines || utilization < busyShare) return gatherMs
  return Math.min(mostGatherMs, Math.max(gatherMs, round.ms))
}

async function bring(
  { engine, spool, shapes, now }: LakeWriterTools,
  chunks: readonly Chunk[],
  { from, to }: { from: number; to: number },
): Promise<ReadonlyMap<string, EventCounts>> {
  const { signal } = new AbortController()
  const { path } = await spool.write(bytesOf(chunks), signal)
  try {
    return await takeEvents(engine, { path, from, to, shapes: shapes(), at: now(), signal })
  } finally {
    await spool.remove(path)
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

function linesOf({ lines }: Chunk): readonly { readonly stream: string }[] {
  return Buffer.from(lines)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ stream: line.split('\t', 3)[2] ?? '' }))
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
