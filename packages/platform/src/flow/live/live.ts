import type { Ask, Engine } from '#engine'
import type { InsightShape } from '#insights'
import type { Clock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import { logPositionOf } from '#lake'
import type { EventLog } from '#log'
import type { Model } from '#model'
import { countOf, type LiveEvent, lastEvents, take } from './activity.ts'
import { makeAgain } from './again.ts'
import type { LiveAnswer, LiveStatus } from './api.ts'
import type { Arrived, Watched } from './arrived.ts'
import { type Asked, inWords } from './asked.ts'
import { makeBatches } from './batches.ts'
import { type Card, type Cards, makeCards } from './cards.ts'
import type { Counter } from './definition.ts'
import { liveFaults } from './faults.ts'
import { makeLane } from './lane.ts'
import { makeLeads } from './leads.ts'
import { isBelieved, loadCards, strangerName } from './load.ts'
import type { Parts } from './parts.ts'
import { countersAt, type Moment } from './past.ts'
import { makePublished } from './published.ts'

/** What live profiles need from the house. */
export interface LiveTools {
  readonly engine: Engine
  readonly events: Pick<EventLog, 'read' | 'onAppended' | 'head'>
  readonly clock: Clock
  readonly log: Log
  readonly model: () => Promise<Model>
  readonly insights: () => Promise<readonly InsightShape[]>
  /** The streams whose events people send, with the counters that count them. */
  readonly watched: () => Promise<readonly Watched[]>
  /** How much memory people may take. */
  readonly mostBytes: number
  /** How long events are followed after somebody was last asked for; ten minutes unless set. */
  readonly idleMs?: number
  /** Identifiers are not looked up again sooner, however often something is published; a second unless set. */
  readonly restMs?: number
}

/** Somebody at this moment. */
export interface LivePerson {
  readonly profile: string | undefined
  /** The ids by which events name them: stream and id. */
  readonly keys: readonly string[]
  readonly parts: Parts
  readonly counters: () => Readonly<Record<string, number>>
}

/** Profiles that follow every event at once. */
export interface LiveProfiles {
  /** Somebody by one identifier; refused where nobody or several are meant. */
  readonly read: (asked: Asked) => Promise<LiveAnswer>
  /** The same as other rooms want it; an id that no event has named yet is somebody new. */
  readonly person: (asked: Asked) => Promise<LivePerson>
  /** The same with the counters of a moment that is past, whatever has come since; nothing where that cannot be told. */
  readonly personAt: (asked: Asked, moment: Moment) => Promise<LivePerson | undefined>
  /** Identity has published: identifiers may lead elsewhere, and people may have been joined or parted. */
  readonly note: () => void
  /** These profiles have changed, or any. */
  readonly touched: (profiles: readonly string[] | 'all') => void
  /** Reads anew what is watched and counted; asked after every change of definitions. */
  readonly reload: () => Promise<void>
  /** What keeps the ids of a watched stream apart from those of others. */
  readonly sourceOf: (stream: string) => string | undefined
  readonly start: () => Promise<void>
  readonly status: () => LiveStatus
  /** What was accepted so far is counted, and what is being read again is read. */
  readonly settled: () => Promise<void>
  readonly stop: () => Promise<void>
}

const mostAtOnce = 200

/** Makes live profiles; they follow the log once they are started. */
export function makeLive(tools: LiveTools): LiveProfiles {
  const { engine, clock, log, events } = tools
  const stopping = new AbortController()
  const ask: Ask = { lane: 'light', signal: stopping.signal }
  const cards = makeCards(tools.mostBytes)
  const again = makeAgain(log, stopping.signal)
  const count = { read: 0, loaded: 0, differences: 0 }
  let watched: readonly Watched[] = []
  let counters: readonly Counter[] = []

  const sources = () => [...new Set(watched.flatMap(({ source }) => source ?? []))]
  const leads = makeLeads({ engine, ask, again, sources, restMs: tools.restMs ?? 1000 })
  const onArrived = (arrived: Arrived) => apply(cards, arrived, clock.now().getTime())
  const onRest = () => cards.clear()
  const idle = tools.idleMs === undefined ? {} : { idleMs: tools.idleMs }
  const lane = makeLane({ engine, events, log, onArrived, onRest, ...idle })
  const changes = makeChanges(cards)
  const published = makePublished(engine, ask)
  const onDifference = ({ key }: Counter) => {
    count.differences++
    log.warn('the lake counts otherwise than was counted live', { counter: key })
  }
  const cardNow = makeBatches({
    nameOf: (name: string) => name,
    most: mostAtOnce,
    look: async (names) => {
      count.loaded += names.length
      const reading = { ...tools, ask, cards, lane, onDifference, watched: () => watched }
      return changes.during(() => loadCards(reading, names))
    },
  })
  const cardOf = async (name: string): Promise<Card | undefined> => {
    const known = cards.get(name)
    if (!known) return cardNow(name)
    if (known.isStale || !isSure(known)) again.ask(name, () => cardNow(name))
    return known
  }
  const isSure = ({ activities }: Card) => {
    const [now, lake] = [clock.now().getTime(), lane.lake()]
    return activities.values().every((activity) => isBelieved(activity, now, lake))
  }
  const find = async (asked: Asked): Promise<Card | undefined> => {
    const [first, ...others] = await leads.of(asked)
    if (first === undefined) return asked.by === 'id' ? cardOf(strangerName(asked)) : undefined
    if (others.length > 0)
      throw liveFaults.several({ by: inWords(asked), profiles: [first, ...others] })
    const card = await cardOf(first)
    if (card) return card
    // It was merged a moment ago.
    const [now] = await leads.anew(asked)
    return now === undefined ? undefined : cardOf(now)
  }
  const found = async (asked: Asked): Promise<Card> => {
    count.read++
    await lane.wanted()
    const card = await find(asked)
    if (!card) throw liveFaults.nobody({ by: inWords(asked) })
    return card
  }
  const countersOf = ({ activities }: Card): Record<string, number> => {
    const [now, all] = [clock.now().getTime(), [...activities.values()]]
    return Object.fromEntries(counters.map((one) => [one.key, countOf(all, one, now)]))
  }
  const asOf = ({ readAt, isStale, unified }: Card): LiveAnswer['as_of'] => {
    const [accepted, lake] = [events.head(), lane.lake()]
    return {
      read_at: new Date(readAt).toISOString(),
      is_being_read_again: isStale,
      unified,
      lake,
      seen: lane.seen(),
      accepted,
      waiting: Math.max(0, accepted - lake),
    }
  }

  return {
    read: async (asked) => {
      const card = await found(asked)
      const last = lastEvents([...card.activities.values()])
      const { profile } = card
      if (profile === undefined && last.length === 0)
        throw liveFaults.nobody({ by: inWords(asked) })
      return {
        ...(profile === undefined ? { state: 'new' } : { profile, state: 'known' }),
        ...card.parts,
        counters: countersOf(card),
        events: last.map(shown),
        as_of: asOf(card),
      }
    },
    person: async (asked) => {
      await lane.wanted()
      // What was acknowledged before somebody asks counts.
      await lane.reached(events.head())
      const card = await found(asked)
      const { profile, parts } = card
      return { profile, keys: [...card.activities.keys()], parts, counters: () => countersOf(card) }
    },
    personAt: async (asked, moment) => {
      await lane.wanted()
      await lane.reached(moment.position)
      const reached = Math.max(lane.seen(), await logPositionOf(engine))
      if (reached < moment.position) return undefined
      const card = await found(asked)
      const { profile, parts } = card
      const tools = { engine, ask, lane, watched, now: clock.now() }
      const counted = await countersAt(tools, card, moment)
      return { profile, keys: [...card.activities.keys()], parts, counters: () => counted }
    },
    note: () => {
      leads.note()
      again.ask('what was published', async () => changes.note(await published()))
    },
    touched: changes.note,
    reload: async () => {
      const now = await tools.watched()
      if (JSON.stringify(now) === JSON.stringify(watched)) return
      watched = now
      counters = now.flatMap((one) => one.counters)
      cards.clear()
      leads.clear()
      lane.watch(now)
    },
    sourceOf: (stream) => watched.find((one) => one.stream === stream)?.source,
    start: lane.start,
    status: () => {
      const trouble = lane.trouble()
      return {
        people: cards.size(),
        bytes: cards.bytes(),
        most_bytes: tools.mostBytes,
        is_resting: lane.isResting(),
        waiting_events: lane.waiting(),
        ...count,
        lake: lane.lake(),
        seen: lane.seen(),
        accepted: events.head(),
        ...(trouble === undefined ? {} : { trouble }),
      }
    },
    settled: async () => {
      await lane.caughtUp()
      while (again.size() > 0) await new Promise((resolve) => setTimeout(resolve, 2))
    },
    stop: async () => {
      stopping.abort()
      await lane.stop()
    },
  }
}

/** An event counts at once for whoever is in memory, unless what was read of them has it already. */
function apply(cards: Cards, { key, event, counters, isUnsure }: Arrived, now: number): void {
  for (const activity of cards.activities(key)) {
    if (event.position <= activity.base) continue
    take(activity, event, { counters, now })
    if (isUnsure) activity.unsure = event.position
  }
}

/** Keeps in mind who has changed: whoever is in memory, and whoever is being read at the moment. */
function makeChanges(cards: Cards) {
  const reading = new Set<Set<string>>()
  const noteAll = () => {
    for (const card of cards.all()) card.isStale = true
    for (const of of reading) of.add('all')
  }
  const noteOne = (profile: string) => {
    const card = cards.peek(profile)
    if (card) card.isStale = true
    for (const of of reading) of.add(profile)
  }
  return {
    note: (profiles: readonly string[] | 'all') => {
      if (profiles === 'all') noteAll()
      else for (const profile of profiles) noteOne(profile)
    },
    /** Reads people; those who changed meanwhile are read once more when they are asked for. */
    during: async (
      work: () => Promise<ReadonlyMap<string, Card>>,
    ): Promise<ReadonlyMap<string, Card>> => {
      const changed = new Set<string>()
      reading.add(changed)
      try {
        const made = await work()
        for (const [name, card] of made) card.isStale = changed.has(name) || changed.has('all')
        return made
      } finally {
        reading.delete(changed)
      }
    },
  }
}

const shown = ({ at, type, name, id, ...event }: LiveEvent): LiveAnswer['events'][number] => ({
  ...event,
  ...(at === undefined ? {} : { at: new Date(at).toISOString() }),
  ...(type === undefined ? {} : { type }),
  ...(name === undefined ? {} : { name }),
  ...(id === undefined ? {} : { id }),
})
