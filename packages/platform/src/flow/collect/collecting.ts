import type { Spool } from '#connectors'
import type { Engine } from '#engine'
import { type Caller, systemCaller } from '#kernel/caller.ts'
import type { Clock } from '#kernel/clock.ts'
import { sentenceOf } from '#kernel/fault.ts'
import type { Ids } from '#kernel/ids.ts'
import type { Log } from '#kernel/log.ts'
import { didYouMean } from '#kernel/near.ts'
import { dropParked, type EventCounts, parkedOf, prepareEvents } from '#lake'
import type { Entry, EventLog } from '#log'
import { type Adopted, adoptParked, countOf, type ParkedPlace } from './adopt.ts'
import type { Collect, Target } from './collect.ts'
import { directoryOf, type LiveStream } from './directory.ts'
import { collectFaults } from './faults.ts'
import { makeIntake } from './intake.ts'
import { makeLakeWriter } from './lake-writer.ts'
import type { SeenEvent, TailFilter } from './tail.ts'
import { makeWaiting, type WaitingHour } from './waiting.ts'
import type { WriteKey, WriteKeyRecords } from './write-keys.ts'

/** What collecting needs. */
export interface CollectingTools {
  readonly engine: Engine
  readonly events: EventLog
  readonly keys: WriteKeyRecords
  readonly spool: Spool
  readonly clock: Clock
  readonly ids: Ids
  readonly log: Log
  /** The streams that receive, as they are defined now. */
  readonly streams: () => Promise<readonly LiveStream[]>
  /** Writes down who did what. */
  readonly record: (
    caller: Caller,
    verb: string,
    subject: string,
    details?: Readonly<Record<string, unknown>>,
  ) => Promise<void>
  /** Hears of every round that brought something into the lake. */
  readonly onRound: (counts: ReadonlyMap<string, EventCounts>) => void
}

/** Everything that comes by itself: from the door into the log, from the log into the lake. */
export interface Collecting {
  readonly intake: Collect
  readonly keys: {
    readonly list: () => Promise<readonly WriteKey[]>
    readonly create: (
      caller: Caller,
      of: { readonly connection: string; readonly label?: string | undefined },
    ) => Promise<WriteKey>
    readonly close: (caller: Caller, key: string) => Promise<void>
  }
  /** What came last; waits for something when nothing is there yet. */
  readonly watch: (
    filter: TailFilter,
    of: {
      readonly limit: number
      readonly after?: number
      readonly waitMs: number
      readonly signal: AbortSignal
    },
  ) => Promise<readonly SeenEvent[]>
  readonly parked: () => ReturnType<typeof parkedOf>
  /** Gives what is parked to whom it was meant for; how many were taken. */
  readonly adopt: (
    caller: Caller,
    of: ParkedPlace & {
      /** The connection of events that it was meant for; what belongs to a stream goes back to it. */
      readonly connection: string | undefined
      /** Whether the write key opens the connection from now on. */
      readonly keepKey: boolean
    },
  ) => Promise<Adopted>
  /** Keeps lines that follow from others, which became rows by no door: what they say, and their ids. */
  readonly follow: (entries: readonly Entry[]) => Promise<void>
  /** Lines of a stream that are in the log and not in the lake yet. */
  readonly waitingOf: (stream: string) => number
  /** The same by the hour in which they came, when the lake has got as far as this place in the log; nothing at any other moment. */
  readonly waitingAt: (stream: string, position: number) => readonly WaitingHour[] | undefined
  /** Settles once everything that was in the log at the moment of asking is in the lake. */
  readonly catchUp: (signal: AbortSignal) => Promise<void>
  readonly figures: () => {
    readonly log: ReturnType<EventLog['figures']>
    readonly lake: ReturnType<ReturnType<typeof makeLakeWriter>['figures']>
  }
  /** Reads anew what is defined; asked after every change. */
  readonly reload: () => Promise<void>
  /** Settles once all is known here that was defined before; lines of streams that are not known yet would be parked. */
  readonly settled: () => Promise<void>
  readonly start: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** How long what nobody adopts is kept. */
export const parkedMs = 7 * 86_400_000
const housekeepingMs = 10 * 60_000
const lookMs = 250
const catchUpMs = 60_000

/** Puts the way in together. Nothing moves before `start`. */
export function makeCollecting(tools: CollectingTools): Collecting {
  const { engine, events, clock, ids, log } = tools
  const waiting = makeWaiting()
  let directory = directoryOf([], [])
  let housekeeping: NodeJS.Timeout | undefined
  const intake = makeIntake({ log: events, waiting, directory: () => directory })
  const writer = makeLakeWriter({
    engine,
    events,
    waiting,
    log,
    spool: tools.spool,
    now: clock.now,
    shapes: () => directory.shapes,
    onRound: tools.onRound,
    onBack: (stream) => {
      returning = returning.then(() => giveBack(stream))
    },
  })
  let returning: Promise<void> = Promise.resolve()
  const giveBack = async (stream: string) => {
    try {
      const place = { writeKey: '', stream }
      const done = await adoptAt(systemCaller, place, await targetFor(place, undefined))
      if (done.adopted + done.rejected > 0)
        log.info('a stream that was set aside got its events back', { stream })
    } catch (thrown) {
      log.error('events of a stream stay parked; adopt them', { stream, cause: thrown })
    }
  }
  const adoptAt = async (caller: Caller, place: ParkedPlace, target: Target) => {
    const about = { wire: 'adopted', receivedAt: clock.now() }
    const done = await adoptParked({ engine, intake }, place, { target, about })
    if (countOf(done) > 0)
      await tools.record(caller, 'parked.adopt', `stream:${target.stream}`, { ...place, ...done })
    return done
  }
  const readAnew = async () => {
    const read = directoryOf(await tools.streams(), await tools.keys.list())
    // What is received can be asked for from the start.
    await prepareEvents(engine, read.shapes)
    directory = read
  }
  // One after the other: what was read first must not take the place of what was read later.
  let lastReload: Promise<void> = Promise.resolve()
  const reload = () => {
    const next = lastReload.then(readAnew)
    lastReload = next.catch(() => {})
    return next
  }
  const keepHouse = async () => {
    try {
      await events.retain()
      await dropParked(engine, { before: new Date(clock.now().getTime() - parkedMs) })
    } catch (thrown) {
      log.warn('old events could not be let go', { fault: sentenceOf(thrown) })
    }
  }
  const addKey = async (caller: Caller, key: string, connection: string, label: string) => {
    const made = {
      key,
      connection,
      label,
      createdAt: clock.now().toISOString(),
      createdBy: caller.name,
    }
    await tools.keys.add(made)
    await tools.record(caller, 'write_key.create', `write_key:${key}`, { connection, label })
    await reload()
    return made
  }
  const senderOf = async (connection: string) => {
    const streams = await tools.streams()
    if (streams.some((one) => one.connection === connection && one.takes !== undefined)) return
    const known = streams.filter(({ takes }) => takes !== undefined).map((one) => one.connection)
    throw collectFaults.not_a_sender({
      connection,
      near: didYouMean(connection, [...new Set(known)]),
    })
  }

  const targetFor = async ({ stream }: ParkedPlace, connection: string | undefined) => {
    if (stream !== '') {
      const target = intake.targetOf(stream)
      if (!target) throw collectFaults.not_received({ stream })
      return target
    }
    await senderOf(connection ?? '')
    const streams = await tools.streams()
    const main = streams.find((one) => one.connection === connection && one.takes === 'events')
    const target = main && intake.targetOf(main.key)
    if (!target) throw collectFaults.not_a_sender({ connection: connection ?? '', near: '' })
    return target
  }

  return {
    intake,
    keys: {
      list: tools.keys.list,
      create: async (caller, { connection, label = connection }) => {
        await senderOf(connection)
        return addKey(caller, ids.secret().slice(0, 32), connection, label)
      },
      close: async (caller, key) => {
        const wasOpen = await tools.keys.close(key, clock.now().toISOString())
        if (!wasOpen) throw collectFaults.unknown_write_key({ key })
        await tools.record(caller, 'write_key.close', `write_key:${key}`)
        await reload()
      },
    },
    watch: async (filter, { limit, after, waitMs, signal }) => {
      const until = performance.now() + waitMs
      for (;;) {
        const found = intake.tail(filter, { limit, after })
        if (found.length > 0 || performance.now() >= until || signal.aborted) return found
        await new Promise((resolve) => setTimeout(resolve, lookMs))
      }
    },
    parked: () => parkedOf(engine),
    adopt: async (caller, { connection, keepKey, ...place }) => {
      const target = await targetFor(place, connection)
      await writer.catchUp(AbortSignal.timeout(catchUpMs))
      // Whoever adopts holds the stream for mended.
      writer.release(place.stream)
      const done = await adoptAt(caller, place, target)
      if (countOf(done) === 0) throw collectFaults.nothing_parked(place)
      const { writeKey } = place
      const isKnown = (await tools.keys.list()).some(({ key }) => key === writeKey)
      if (keepKey && connection !== undefined && writeKey !== '' && !isKnown)
        await addKey(caller, writeKey, connection, 'adopted')
      return done
    },
    follow: async (entries) => {
      const [first] = await events.append(entries)
      waiting.add(entries, first?.at ?? 0)
    },
    waitingOf: waiting.of,
    waitingAt: (stream, position) =>
      writer.figures().position === position ? waiting.hoursOf(stream) : undefined,
    catchUp: writer.catchUp,
    figures: () => ({ log: events.figures(), lake: writer.figures() }),
    reload,
    settled: () => lastReload,
    start: async () => {
      await reload()
      await writer.start()
      await keepHouse()
      housekeeping = setInterval(() => void keepHouse(), housekeepingMs)
      housekeeping.unref()
    },
    stop: async () => {
      clearInterval(housekeeping)
      await writer.stop()
      await returning
      await events.close()
    },
  }
}
