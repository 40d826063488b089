import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '#engine'
import type { Refresher } from '#graph'
import { type Fresh, ownFreshRows } from '#identity'
import type { Clock } from '#kernel/clock.ts'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { MappingFollower } from '#mappings'
import { peopleMark, rowChanges, touchedNow } from '#model'
import type { KnownToSegments, Published, Segment, SegmentKeeping, Segments } from '#segments'
import { adoptTogether, together } from './adopt.ts'
import type { TickStatus } from './api.ts'
import { makeCopies } from './copies.ts'
import { dayIn } from './days.ts'
import type { Lanes, LiveSegment } from './lane.ts'
import { coverOne } from './memberships.ts'
import { addWholeDue, failingIn, nextDue, noteWholeDue, type RoundTools, workOff } from './round.ts'
import { type Scene, sceneSetter } from './scene.ts'
import { forget, keep, noteAgreed, passedOver, passOver } from './tables.ts'
import { makeTurns, type Turns } from './turns.ts'

/** Who is who, as far as the tick brings it about. */
export interface TickIdentity {
  /** Objects whose rows say who is who. */
  readonly decisive: () => Promise<readonly string[]>
  /** How many decisions there have been. */
  readonly decided: () => Promise<number>
  /** Looks at what has changed, in a run of its own; nothing where no rules are defined. */
  readonly run: (signal: AbortSignal) => Promise<void>
}

export interface TickTools {
  readonly engine: Engine
  readonly clock: Clock
  readonly log: Log
  /** What live segments can speak of: insights are not among it. */
  readonly known: () => Promise<KnownToSegments>
  readonly segments: Pick<
    Segments,
    'publish' | 'publishFirst' | 'differing' | 'noteSizes' | 'noteWell' | 'positions'
  >
  readonly mappings: MappingFollower
  readonly identity: TickIdentity
  /** How often live members are compared with a full run. */
  readonly checkEveryMs: number
  /** Rows of objects that have so many are put in the order of people; unless set, half a million. */
  readonly copiedFrom?: number
  /** Hears when members have changed. */
  readonly onChange: () => void
  /** Hears of whom something changed, once their segments are those that follow from it. */
  readonly onTouched?: (profiles: readonly string[] | 'all') => void
}

/** Keeps live segments: the same compiled SQL runs for whoever something changed about. */
export interface Tick {
  readonly start: () => void
  /** Something came, or was decided. */
  readonly note: () => void
  /** One round, at once; where it is paced, those who are due with time alone may wait for a later one. */
  readonly round: (of?: { readonly isPaced?: boolean }) => Promise<void>
  /** Compares live members with full runs now, and puts right what differs; how many did. */
  readonly check: (signal?: AbortSignal) => Promise<number>
  /** Puts rows of which live segments read much in the order of people. */
  readonly arrange: () => Promise<void>
  /** A publish that somebody asked for, between two rounds. */
  readonly publish: Segments['publish']
  /** How segments are kept, by their keys. */
  readonly keeping: (segments: readonly Segment[]) => Promise<ReadonlyMap<string, SegmentKeeping>>
  readonly status: () => Promise<TickStatus>
  /** Refreshers of the graph that leave to the tick what it has done, and never work beside it on the same. */
  readonly beside: {
    /** A refresh as a whole: while it maps and comes to who is who itself, the tick leaves that to it. */
    readonly refresh: <Report>(work: () => Promise<Report>) => Promise<Report>
    readonly model: (refresher: Refresher) => Refresher
    readonly identity: (refresher: Refresher) => Refresher
    readonly segment: (refresher: Refresher) => Refresher
  }
  readonly stop: () => Promise<void>
}

const modelNode = 'model:'
const people = peopleMark
const pauseMs = 1000
const mostSleepMs = 900_000
/** Whoever is due within so long is asked together: among many people somebody always is, and a round may cost much. */
const dueMs = 500
const dueRests = 4
/** How many rows an object has whose rows are put in the order of people; how often it is looked whether that is to be done, and when it failed. */
const manyRows = 500_000
const arrangedEveryMs = 60_000
const arrangedAgainMs = 900_000
const mostDueMs = 30_000
/** What has come to the lake is to be seen within so long: at worst one round is missed, the rest is waited for, and the next round works. */
const seenWithinMs = 650
/** A run of identity that takes longer is of everybody: it rests longer, too. */
const longMs = 5000

/** What the tick remembers between rounds. */
interface Memory {
  isRunning: boolean
  rounds: number
  noted: number
  worked: number
  asOf: Date | undefined
  last: TickStatus['last']
  trouble: string | undefined
  /** Rows that were mapped and have not been given their profiles; `all`: what came before this process began, or not by a round. */
  fresh: readonly Fresh[] | 'all'
  /** When those who are due with time alone were last asked, and how long that round took. */
  dueAsked: number
  dueTookMs: number
  /** The next moment at which somebody may change sides, in milliseconds, as it was last looked up. */
  due: number
  /** What the last run of identity had seen, and for which rows of objects owners were told. */
  seen: ReadonlyMap<string, number>
  /** What stood when identity was last run: decisions, and when rows had changed. */
  identified: string
  owned: ReadonlyMap<string, number>
  /** How many refreshes of the graph go on. */
  refreshes: number
  /** Whether the graph is mapping and comes to who is who itself: before all is mapped, one would be taken for many. */
  isMapping: boolean
  days: Map<string, string>
  /** Segments of whose members no bits told in the round before. */
  uncovered: string
  /** The same, when bits were last made for some of them; made again without being asked only where others are left. */
  coveredOf: string
  isToCover: boolean
  /** What live segments read when it was last looked whether rows are to be put in order, and when it is looked again. */
  arrangedFor: string | undefined
  nextArranging: number
  isToArrange: boolean
  /** When objects that belong to nobody had changed. */
  led: ReadonlyMap<string, number>
  nextCheck: number
  /** What became of segments that were made whole with others, until the graph comes to them. */
  readonly adopted: Map<string, Published>
  /** Segments that could not be made whole with others. */
  readonly alone: Set<string>
  /** By which fingerprint segments had been made whole before rounds passed them over. */
  readonly passed: Map<string, string>
}

/** How long those who are due with time alone wait, counted from when they were last asked: they are many, and a round is dearer with them. */
const dueRestMs = ({ dueTookMs }: Memory): number =>
  Math.min(mostDueMs, Math.max(dueMs, dueRests * dueTookMs))

/** How long to rest after a round: as long as it worked, where what comes is seen in time all the same. */
const restAfter = (tookMs: number): number =>
  Math.max(0, Math.min(tookMs, seenWithinMs - 2 * tookMs))

/** Makes a tick that has not begun. */
export function makeTick(tools: TickTools): Tick {
  const { engine, clock, log } = tools
  const turns = makeTurns()
  const scenes = sceneSetter(engine, tools.known)
  const copies = makeCopies(engine, tools.copiedFrom ?? manyRows)
  const stopping = new AbortController()
  const { signal } = stopping
  let wake = () => {}
  let done: Promise<unknown> = Promise.resolve()
  let identifying: Promise<void> | undefined
  let checking: Promise<unknown> = Promise.resolve()
  let arranging: Promise<void> | undefined
  const memory: Memory = {
    isRunning: false,
    rounds: 0,
    dueAsked: Number.NEGATIVE_INFINITY,
    dueTookMs: 0,
    due: Number.POSITIVE_INFINITY,
    noted: 0,
    worked: 0,
    asOf: undefined,
    last: undefined,
    trouble: undefined,
    fresh: 'all',
    seen: new Map(),
    identified: '',
    owned: new Map(),
    refreshes: 0,
    isMapping: false,
    days: new Map(),
    uncovered: '',
    coveredOf: '',
    isToCover: false,
    arrangedFor: undefined,
    nextArranging: 0,
    isToArrange: false,
    adopted: new Map(),
    alone: new Set(),
    passed: new Map(),
    led: new Map(),
    nextCheck: clock.now().getTime() + tools.checkEveryMs,
  }
  const note = () => {
    memory.noted++
    wake()
  }

  const identify = async () => {
    if (identifying || memory.isMapping) return
    const seen = await positionsOf(engine)
    const decided = await tools.identity.decided()
    const stand = [decided, ...(await tools.identity.decisive()).map((object) => seen.get(object))]
    if (stand.join() === memory.identified) return
    memory.identified = stand.join()
    const begun = performance.now()
    const bring = async () => {
      try {
        await turns.take(people, () => tools.identity.run(signal))
        memory.seen = seen
      } catch (thrown) {
        // The graph tries again by and by; here only the next change does.
        if (!signal.aborted)
          log.warn('who is who could not be brought up to date', { fault: sentenceOf(thrown) })
      }
      note()
      const tookMs = performance.now() - begun
      await sleep(tookMs * (tookMs > longMs ? 4 : 1), undefined, { signal }).catch(() => {})
      identifying = undefined
      note()
    }
    identifying = bring()
  }

  // Whose the rows are that the graph maps is told as soon as of those that came; also of what was mapped before it failed.
  const mapWhole = async (refresh: () => ReturnType<Refresher>, ahead: readonly string[] = []) => {
    if (ahead.includes(people)) memory.isMapping = true
    let isUntold = true
    try {
      const done = await refresh()
      isUntold = done.changed !== 'nothing'
      return done
    } finally {
      if (isUntold) {
        memory.fresh = 'all'
        if (!memory.isMapping) note()
      }
    }
  }

  // While segments are published whole one after the other, all that was made of them would be made again and again.
  const cover = async ({ live }: Scene, uncovered: readonly string[]) => {
    const found = uncovered.join()
    const isQuiet = found === memory.uncovered
    memory.uncovered = found
    if (found === '') memory.coveredOf = ''
    memory.isToCover = found !== '' && found !== memory.coveredOf
    if (found === '' || !isQuiet) return
    memory.coveredOf = found
    const keys = live.map(({ key }) => key)
    await coverOne(engine, keys)
  }

  const arrange = async ({ read }: Pick<Scene, 'read'>, of: AbortSignal = signal) =>
    copies.make(read, { signal: of, alone: (work) => turns.take('tick', work) })

  // Beside the rounds, once what is read is what was read before and bits tell of all members.
  const arrangeWhenDue = ({ read }: Scene) => {
    const now = clock.now().getTime()
    // By what it says: a copy that is made is a change of tables, after which all is worked out anew.
    const found = JSON.stringify([...read].map(([object, columns]) => [object, ...columns]))
    const isSame = found === memory.arrangedFor
    memory.arrangedFor = found
    if (!isSame) memory.nextArranging = now
    const isDue = arranging === undefined && now >= memory.nextArranging
    const isBusy = memory.refreshes > 0 || memory.uncovered !== ''
    // What cannot begin now is looked at again soon, not when the next event comes.
    memory.isToArrange = isDue && (!isSame || memory.refreshes > 0 || memory.isToCover)
    if (!isDue || isBusy || !isSame) return
    arranging = arrange({ read })
      .then(() => arrangedEveryMs)
      .catch((thrown: unknown) => {
        if (!signal.aborted)
          log.warn('rows could not be put in the order of people', { fault: sentenceOf(thrown) })
        return arrangedAgainMs
      })
      .then((restMs) => {
        arranging = undefined
        // What other rows were read meanwhile is not to wait as long.
        const isStill = memory.arrangedFor === found
        memory.nextArranging = clock.now().getTime() + (isStill ? restMs : 0)
        if (!isStill) note()
      })
  }

  // The graph, the next check and the next start try again; until then its members are those of the last time.
  const setAside = async (key: string, thrown: unknown) => {
    signal.throwIfAborted()
    log.warn('a segment cannot be kept live', { segment: key, fault: sentenceOf(thrown) })
    await engine.change(`live ${key}`, (writer) => forget(writer, key)).finally(scenes.keptChanged)
  }

  // One that fails is published by itself, so that it goes well or is stale with the reason; then all the others are worked on.
  const workOn = async (work: RoundTools, scene: Scene) => {
    try {
      return { scene, worked: await workOff(work, scene) }
    } catch (thrown) {
      signal.throwIfAborted()
      const failing = await failingIn(work, scene)
      if (failing.size === 0) throw thrown
      const { now } = scene.ground
      for (const [key, why] of failing) {
        await setAside(key, why)
        await tools.segments.publish(key, signal, now).catch(() => signal.throwIfAborted())
      }
      const others = await scenes.at(now)
      return { scene: others, worked: await workOff(work, others) }
    }
  }

  // What is defined otherwise by now, or no more, no round works on: should it come back as it was, what came meanwhile is missing.
  const passOverOthers = async ({ lanes, kept }: Scene) => {
    const others = [...kept].filter(
      ([key, { fingerprint }]) =>
        fingerprint !== passedOver && fingerprint !== lanes.live.get(key)?.fingerprint,
    )
    if (others.length === 0) return
    for (const [key, { fingerprint }] of others) memory.passed.set(key, fingerprint)
    const keys = others.map(([key]) => key)
    await engine
      .change('segments that are passed over', (writer) => passOver(writer, keys))
      .finally(scenes.keptChanged)
  }

  const dueNext = async () => (await nextDue(engine)) ?? Number.POSITIVE_INFINITY

  const noteDue = async (isAsked: boolean, dueTookMs: number) => {
    const dueAsked = clock.now().getTime()
    const due = isAsked ? Number.POSITIVE_INFINITY : await dueNext()
    Object.assign(memory, isAsked ? { due, dueAsked, dueTookMs } : { due })
  }

  const roundNow = async ({ at, isPaced = false }: { at?: Date; isPaced?: boolean } = {}) => {
    const noted = memory.noted
    const startedAt = clock.now()
    const watch = makeWatch()
    const told = await follow(tools, { memory, turns, signal, watch })
    if (memory.isRunning) await identify()
    const looked = await scenes.at(at ?? clock.now())
    await passOverOthers(looked)
    watch.lap('look')
    const timings: { step: string; ms: number }[] = []
    // A clock that was put back makes nobody wait.
    const restedMs = Math.abs(startedAt.getTime() - memory.dueAsked)
    const asksDue = !isPaced || restedMs >= dueRestMs(memory)
    const work = { ...tools, now: clock.now, timings, signal, setAside, told, copies, asksDue }
    const { worked, scene } = await workOn(work, looked)
    await noteDue(asksDue, watch.read().ms)
    watch.add(timings)
    await cover(scene, worked.uncovered)
    watch.lap('cover')
    await publishWhole(work, { memory, scene })
    if (memory.isRunning) arrangeWhenDue(scene)
    memory.rounds++
    memory.worked = noted
    memory.asOf = startedAt
    if (worked.profiles > 0 || worked.segments > 0) {
      const { profiles, segments, changed } = worked
      memory.last = { at: startedAt.toISOString(), profiles, segments, ...watch.read() }
      if (changed) tools.onChange()
    }
  }
  const round: Tick['round'] = (of) => turns.take('tick', () => roundNow(of))

  const publishFollowers = async (key: string, scene: Scene, of: AbortSignal) => {
    for (const other of followersOf(key, scene))
      await tools.segments.publish(other, of, scene.ground.now).catch((thrown) => {
        of.throwIfAborted()
        return setAside(other, thrown)
      })
  }

  const adopt = (key: string, of: AbortSignal) =>
    turns.take('tick', async () => {
      const now = clock.now()
      const asked = (await scenes.at(now)).lanes.live.get(key)
      const published = await tools.segments.publish(key, of, now)
      // A run that made it whole before has nothing to tell of it any more.
      memory.adopted.delete(key)
      const scene = await scenes.at(now)
      const one = scene.lanes.live.get(key)
      if (published.changed) await publishFollowers(key, scene, of)
      if (one) await noteWholeDue(engine, [one], { now, signal: of })
      // Somebody may have defined it otherwise while it was made.
      const fingerprint = one?.fingerprint === asked?.fingerprint ? one?.fingerprint : passedOver
      await engine
        .change(`live ${key}`, async (writer) => {
          if (fingerprint === undefined) return forget(writer, key)
          const before = scene.kept.get(key) ?? { difference: 0, differences: 0 }
          await keep(writer, key, { ...before, fingerprint })
        })
        .finally(scenes.keptChanged)
      if (one && asksTime(one, scene.lanes.live) && (await dueNext()) < memory.due) wake()
      return published
    })

  // A run comes to all that were defined since, one after the other: what has never been published is made whole together.
  const adoptAhead = async (keys: readonly string[], of: AbortSignal): Promise<void> => {
    const published = await tools.segments.positions()
    const { lanes, live } = await scenes.at(clock.now())
    const isKept = new Set(live.map(({ key }) => key))
    const wanted = new Set(keys)
    const ones = [...lanes.live.values()].filter(
      ({ key }) =>
        wanted.has(key) && !isKept.has(key) && !published.has(key) && !memory.alone.has(key),
    )
    if (ones.length < 2) return
    for (const some of together(ones))
      await turns
        .take('tick', async () => {
          const done = await adoptTogether(tools, some, { now: clock.now(), signal: of })
          for (const [key, one] of done) memory.adopted.set(key, one)
          await tools.segments.noteWell([...done.keys()])
        })
        .catch(() => {
          of.throwIfAborted()
          // Each by itself: so that is seen which of them fails.
          for (const { key } of some) memory.alone.add(key)
        })
        .finally(scenes.keptChanged)
  }

  /** What became of a segment to which a run of the graph has come; nothing where it had been live before. */
  const adoptInRun = async (
    key: string,
    isKept: boolean,
    { signal: of, ahead = [] }: Parameters<Refresher>[1],
  ): Promise<Published | undefined> => {
    if (!isKept) await adoptAhead([key, ...ahead.map((node) => node.slice('segment:'.length))], of)
    const adopted = memory.adopted.get(key)
    memory.adopted.delete(key)
    return adopted ?? (isKept ? undefined : adopt(key, of))
  }

  // Both at one moment, and nothing between them: whatever differs is a difference.
  const checkOne = (key: string, of: AbortSignal): Promise<number> =>
    turns.take('tick', async () => {
      const now = clock.now()
      await roundNow({ at: now })
      const scene = await scenes.at(now)
      const one = scene.live.find((live) => live.key === key)
      const kept = scene.kept.get(key)
      if (!one || !kept) return 0
      const published = await tools.segments.publish(key, of, now).catch(async (thrown) => {
        of.throwIfAborted()
        await setAside(key, thrown)
      })
      if (!published) return 0
      const { entered, left, moved } = published
      const found = entered + left + moved
      // What is marked has come since the round: no difference, only early.
      const isEarly = found > 0 && (await touchedNow(engine)).objects.size > 0
      const difference = isEarly ? 0 : found
      const differences = kept.differences + difference
      const checkedAt = now.toISOString()
      if (difference > 0)
        log.warn('a full run found other members than the live ones', { segment: key, difference })
      await engine
        .change(`what was found of ${key}`, async (writer) => {
          await keep(writer, key, { ...kept, checkedAt, difference, differences })
          if (found > 0) await addWholeDue(writer, [one], now)
        })
        .finally(scenes.keptChanged)
      return difference
    })

  // Many in one reading of everything; those that differ, or cannot be asked together, are then compared by themselves.
  const differingOf = (some: readonly LiveSegment[], of: AbortSignal): Promise<readonly string[]> =>
    turns.take('tick', async () => {
      const now = clock.now()
      await roundNow({ at: now })
      const keys = some.map(({ key }) => key)
      const differs = await tools.segments
        .differing(keys, { at: now, signal: of })
        .catch((): readonly string[] => {
          of.throwIfAborted()
          return keys
        })
      const agreed = keys.filter((key) => !differs.includes(key))
      await engine
        .change('what was compared', (writer) => noteAgreed(writer, agreed, now))
        .finally(scenes.keptChanged)
      await tools.segments.noteWell(agreed)
      return differs
    })

  const check = async (of: AbortSignal = signal): Promise<number> => {
    await adoptPublished()
    const { live } = await scenes.at(clock.now())
    let differences = 0
    for (const some of together(live))
      for (const key of await differingOf(some, of)) {
        of.throwIfAborted()
        differences += await checkOne(key, of)
      }
    return differences
  }

  const untilNext = async (tookMs: number) => {
    await sleep(restAfter(tookMs), undefined, { signal }).catch(() => {})
    const isIdle = () => memory.noted === memory.worked && !signal.aborted
    if (!isIdle()) return
    const now = clock.now().getTime()
    memory.due = await dueNext()
    const dueInMs = Math.max(memory.dueAsked + dueRestMs(memory), memory.due + 1) - now
    const coverInMs = memory.isToCover || memory.isToArrange ? pauseMs : mostSleepMs
    const next = Math.min(dueInMs, coverInMs, memory.nextCheck - now, untilQuarter(now))
    const { promise, resolve } = Promise.withResolvers<void>()
    wake = resolve
    const timer = setTimeout(resolve, Math.max(0, Math.min(next, mostSleepMs)))
    if (isIdle()) await promise
    clearTimeout(timer)
  }

  const adoptOrSay = async (key: string) => {
    try {
      const { changed } = await adopt(key, signal)
      if (!changed) return
      tools.onTouched?.('all')
      tools.onChange()
    } catch (thrown) {
      if (!signal.aborted)
        log.warn('a segment cannot be kept live', { segment: key, fault: sentenceOf(thrown) })
    }
  }

  /** What was published while nobody kept it, by a command without a server, is made whole once and kept from now on. */
  const adoptPublished = async () => {
    const { lanes, live } = await scenes.at(clock.now())
    const kept = new Set(live.map(({ key }) => key))
    for (const key of (await tools.segments.positions()).keys()) {
      if (signal.aborted || !lanes.live.has(key) || kept.has(key)) continue
      await adoptOrSay(key)
    }
  }

  /** What came back as it was is made whole; what was published otherwise meanwhile is of no interest any more. */
  const adoptReturned = async () => {
    if (memory.passed.size === 0) return
    const { lanes, live } = await scenes.at(clock.now())
    for (const { key } of live) memory.passed.delete(key)
    // One at a time: others have their rounds between them.
    const back = [...memory.passed].find(
      ([key, fingerprint]) => lanes.live.get(key)?.fingerprint === fingerprint,
    )
    if (!back) return
    memory.passed.delete(back[0])
    await adoptOrSay(back[0])
    note()
  }

  const begin = () =>
    adoptPublished().catch((thrown: unknown) => {
      if (!signal.aborted)
        log.error('it cannot be told which segments are kept live', { cause: thrown })
    })

  const loop = async () => {
    await begin()
    while (!signal.aborted) {
      try {
        const begunAt = performance.now()
        await round({ isPaced: true })
        const tookMs = performance.now() - begunAt
        await adoptReturned()
        memory.trouble = undefined
        if (clock.now().getTime() >= memory.nextCheck) {
          memory.nextCheck = clock.now().getTime() + tools.checkEveryMs
          checking = check().catch((thrown: unknown) => {
            if (!signal.aborted) log.error('live members could not be checked', { cause: thrown })
          })
        }
        await untilNext(tookMs)
      } catch (thrown) {
        if (signal.aborted) break
        memory.trouble = sentenceOf(thrown)
        log.error('live segments cannot be kept up to date; trying again', { cause: thrown })
        await sleep(pauseMs, undefined, { signal }).catch(() => {})
      }
    }
  }

  return {
    start: () => {
      memory.isRunning = true
      done = loop()
    },
    note,
    round,
    check,
    arrange: async () => arrange(await scenes.at(clock.now())),
    publish: async (key, of = signal, at = undefined, given = undefined) => {
      const { lanes } = await scenes.at(clock.now())
      return lanes.live.has(key) && at === undefined && given === undefined
        ? adopt(key, of)
        : tools.segments.publish(key, of, at, given)
    },
    keeping: async (segments) => {
      const scene = await scenes.at(clock.now())
      return new Map(segments.map(({ key }) => [key, keepingOf(scene, key, memory, clock.now())]))
    },
    status: async () => {
      const { live, kept } = await scenes.at(clock.now())
      return {
        rounds: memory.rounds,
        ...(memory.asOf ? { as_of: memory.asOf.toISOString() } : {}),
        live: live.length,
        ...(memory.last ? { last: memory.last } : {}),
        differences: [...kept.values()].reduce((sum, { differences }) => sum + differences, 0),
        ...(memory.trouble === undefined ? {} : { trouble: memory.trouble }),
      }
    },
    beside: {
      refresh: (work) => {
        memory.refreshes++
        return work().finally(() => {
          if (--memory.refreshes > 0 || !memory.isMapping) return
          memory.isMapping = false
          note()
        })
      },
      model: (refresher) => (node, of) =>
        turns.take(node.key, () => mapWhole(() => refresher(node, of), of.ahead)),
      identity: (refresher) => async (node, of) => {
        if (node.key !== people) return refresher(node, of)
        memory.isMapping = false
        // Of who asked for it nothing is kept back: there may be more to do than what came since.
        if (!of.isAsked && isDone(memory, await tools.identity.decisive(), of))
          return { changed: 'nothing', position: node.position ?? 0 }
        return turns.take(people, () => refresher(node, of)).finally(note)
      },
      segment: (refresher) => async (node, of) => {
        const key = node.key.slice('segment:'.length)
        const scene = await scenes.at(clock.now())
        if (!memory.isRunning || !scene.lanes.live.has(key)) return refresher(node, of)
        const isKept = scene.live.some((one) => one.key === key)
        const published = await adoptInRun(key, isKept, of)
        if (!published) return { changed: 'nothing', position: node.position ?? 0 }
        const { changed, position, members, entered, left } = published
        return {
          changed: changed ? 'all' : 'nothing',
          position,
          counts: { members, entered, left },
        }
      },
    },
    stop: async () => {
      stopping.abort()
      wake()
      await done
      await identifying
      await checking
      await arranging
    },
  }
}

/** Maps what streams brought, and tells whose it is; up to which mark. */
async function follow(
  { engine, mappings, known, clock, log }: TickTools,
  of: { memory: Memory; turns: Turns; signal: AbortSignal; watch: Watch },
): Promise<number> {
  const { memory, turns, signal, watch } = of
  const followOne = async (object: string): Promise<readonly Fresh[]> => {
    try {
      const work = () => mappings.follow(object, signal)
      return (await turns.take(`${modelNode}${object}`, work)) ?? []
    } catch (thrown) {
      // One object that cannot be mapped holds up nobody else; the graph tells of it where people look.
      signal.throwIfAborted()
      log.warn('what came could not be mapped', { object, fault: sentenceOf(thrown) })
      return []
    }
  }
  const brought = await Promise.all((await mappings.behind()).map(followOne))
  if (memory.fresh !== 'all') memory.fresh = [...memory.fresh, ...brought.flat()]
  watch.lap('map')
  const changes = await positionsOf(engine)
  const { position: until, objects } = await touchedNow(engine)
  const marked = new Set([...objects].flatMap(([object, many]) => (many === 'all' ? [] : [object])))
  const { fresh } = memory
  if (fresh.length > 0 || marked.size > 0) {
    const { model } = await known()
    // What the graph maps meanwhile is told the next time; where this fails, everything is.
    memory.fresh = []
    const telling = { fresh, marked, until }
    await ownFreshRows(engine, { model, now: clock.now }, telling).catch((thrown) => {
      memory.fresh = 'all'
      throw thrown
    })
    memory.owned = changes
  }
  watch.lap('own')
  return until
}

/** Where a day has begun, what asks the calendar is published whole; and whatever leads to what has changed and is nobody's. */
async function publishWhole(
  { segments, engine, signal, setAside }: RoundTools,
  { memory, scene }: { memory: Memory; scene: Scene },
): Promise<void> {
  const { now } = scene.ground
  const stand = await positionsOf(engine)
  const isMoved = (object: string) => stand.get(object) !== memory.led.get(object)
  const begun = new Set<string>()
  for (const zone of scene.live.flatMap(({ clock }) => clock.zones)) {
    const day = dayIn(zone, now)
    if (memory.days.get(zone) === day) continue
    begun.add(zone)
  }
  const concerned = new Set<string>()
  for (const { key, clock, asks, leads } of scene.live) {
    const isConcerned =
      clock.zones.some((zone) => begun.has(zone)) ||
      leads.some(isMoved) ||
      asks.some((of) => concerned.has(of))
    if (!isConcerned) continue
    concerned.add(key)
    await segments.publish(key, signal, now).catch((thrown) => setAside(key, thrown))
  }
  for (const zone of begun) memory.days.set(zone, dayIn(zone, now))
  memory.led = stand
}

/** Kept segments that ask for the members of one, over others too, each after those it asks. */
function followersOf(key: string, { live }: Scene): readonly string[] {
  const concerned = new Set([key])
  for (const one of live) if (one.asks.some((of) => concerned.has(of))) concerned.add(one.key)
  return [...concerned].slice(1)
}

/** Whether who is meant changes with time alone: by itself, or by the segments that it asks for. */
const asksTime = ({ clock, asks }: LiveSegment, live: Lanes['live']): boolean =>
  clock.flips.length > 0 ||
  asks.some((key) => {
    const other = live.get(key)
    return other !== undefined && asksTime(other, live)
  })

const notRunning = 'no server keeps it live: none runs, or its live segments are switched off'

function keepingOf(
  { lanes, live, kept }: Scene,
  key: string,
  memory: Memory,
  now: Date,
): SegmentKeeping {
  const why = lanes.scheduled.get(key) ?? (memory.isRunning ? undefined : notRunning)
  if (why !== undefined) return { lane: 'scheduled', why }
  const found = kept.get(key)
  const one = live.find((of) => of.key === key)
  if (!found || !one) return { lane: 'live' }
  const { asOf, noted, worked } = memory
  const due = asksTime(one, lanes.live) ? memory.due : Number.POSITIVE_INFINITY
  const since = asOf === undefined || noted === worked ? Number.POSITIVE_INFINITY : asOf.getTime()
  const upTo = Math.min(since, due)
  return {
    lane: 'live',
    ...(asOf
      ? {
          as_of: asOf.toISOString(),
          staleness_ms: Math.max(0, now.getTime() - upTo),
        }
      : {}),
    ...(found.checkedAt === undefined ? {} : { checked_at: found.checkedAt }),
    difference: found.difference,
    differences: found.differences,
  }
}

/** Whether the tick has done what a refresh of people would do. */
function isDone(
  { isRunning, seen, owned }: Memory,
  decisive: readonly string[],
  { scope, to }: Parameters<Refresher>[1],
): boolean {
  if (!isRunning || scope !== 'changes') return false
  return Object.entries(to).every(([input, position]) => {
    const object = input.slice(modelNode.length)
    const reached = decisive.includes(object) ? seen : owned
    return input.startsWith(modelNode) && position <= (reached.get(object) ?? -1)
  })
}

async function positionsOf(engine: Engine): Promise<ReadonlyMap<string, number>> {
  return new Map([...(await rowChanges(engine))].map(([object, { changed }]) => [object, changed]))
}

const quarterMs = 900_000
const untilQuarter = (now: number) => quarterMs - (now % quarterMs) + 1

interface Watch {
  readonly lap: (stage: string) => void
  readonly add: (steps: readonly { readonly step: string; readonly ms: number }[]) => void
  readonly read: () => { ms: number; stages: { stage: string; ms: number }[] }
}

/** Takes the time of stages. */
function makeWatch(): Watch {
  const begun = performance.now()
  let last = begun
  const stages: { stage: string; ms: number }[] = []
  return {
    lap: (stage) => {
      const now = performance.now()
      stages.push({ stage, ms: Math.round(now - last) })
      last = now
    },
    add: (steps) => {
      // Some of them went on beside each other.
      stages.push(...steps.map(({ step, ms }) => ({ stage: step, ms: Math.round(ms) })))
      last = performance.now()
    },
    read: () => ({ ms: Math.round(performance.now() - begun), stages }),
  }
}
