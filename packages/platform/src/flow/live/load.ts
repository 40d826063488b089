import type { Ask, Engine } from '#engine'
import type { InsightShape } from '#insights'
import type { Clock } from '#kernel/clock.ts'
import type { Model } from '#model'
import { type Activity, countOf, take } from './activity.ts'
import { activityKey, type Watched } from './arrived.ts'
import type { Card, Cards } from './cards.ts'
import type { Counter } from './definition.ts'
import type { Lane } from './lane.ts'
import { noParts, type Parts, readParts } from './parts.ts'
import { readActivity } from './read-activity.ts'

/** What reading people into memory needs. */
export interface LoadTools {
  readonly engine: Engine
  readonly clock: Clock
  readonly ask: Ask
  readonly model: () => Promise<Model>
  readonly insights: () => Promise<readonly InsightShape[]>
  readonly cards: Cards
  readonly lane: Lane
  /** What is watched now. */
  readonly watched: () => readonly Watched[]
  /** Hears of a counter that the lake tells otherwise than it was counted live. */
  readonly onDifference: (counter: Counter) => void
}

/** How long activity that follows the log is believed before it is read from the lake again. */
const believedMs = 300_000

/** Whether an activity is what the lake would tell, as far as that can be known. */
export const isBelieved = (activity: Activity, now: number, lake: number): boolean =>
  now - activity.readAt < believedMs && (activity.unsure === 0 || activity.unsure > lake)

/** Reads people into memory, by the names of their cards; those who are no more are taken out and left out. */
export async function loadCards(
  tools: LoadTools,
  names: readonly string[],
): Promise<ReadonlyMap<string, Card>> {
  const { cards, lane, clock } = tools
  const watched = tools.watched()
  const release = lane.hold()
  try {
    const read = await readPeople(
      tools,
      names.filter((name) => !isStranger(name)),
    )
    const wanted = new Map(
      names.map((name) => [
        name,
        isStranger(name) ? keysOfStranger(name, watched) : keysOf(read(name)?.parts, watched),
      ]),
    )
    const activities = await activitiesFor(tools, wanted)
    // What is watched is no longer the same.
    if (watched !== tools.watched()) return await loadCards(tools, names)
    const made = names.flatMap((name): Card[] => {
      const found = isStranger(name) ? { parts: noParts, unified: 0 } : read(name)
      if (!found) return []
      const profile = isStranger(name) ? undefined : name
      const readAt = clock.now().getTime()
      return [{ ...found, name, profile, readAt, activities: activities(name), isStale: false }]
    })
    for (const name of names) cards.drop(name)
    for (const card of made) cards.put(card)
    return new Map(made.map((card) => [card.name, card]))
  } finally {
    release()
  }
}

async function readPeople(
  { engine, ask, ...tools }: LoadTools,
  profiles: readonly string[],
): Promise<(name: string) => Pick<Card, 'parts' | 'unified'> | undefined> {
  if (profiles.length === 0) return () => undefined
  const [model, insights, objects, results] = await Promise.all([
    tools.model(),
    tools.insights(),
    namesIn(engine, 'model'),
    namesIn(engine, 'insight'),
  ])
  const personal = insights.filter(
    ({ key, on, dimensions }) => on === 'individual' && dimensions.length === 1 && results.has(key),
  )
  const { people, unified } = await readParts(
    { engine, model, insights: personal, objects, ask },
    profiles,
  )
  return (name) => {
    const parts = people.get(name)
    return parts && { parts, unified }
  }
}

const namesIn = async (engine: Engine, schema: string): Promise<ReadonlySet<string>> =>
  new Set((await engine.tables(schema)).map(({ name }) => name))

/** The activities of people by the keys that are theirs: what is already followed stays, the rest is read from the lake. */
async function activitiesFor(
  tools: LoadTools,
  wanted: ReadonlyMap<string, readonly string[]>,
): Promise<(name: string) => ReadonlyMap<string, Activity>> {
  const { cards, clock, lane } = tools
  const known = (name: string, key: string) => cards.peek(name)?.activities.get(key)
  const isLacking = (activity: Activity | undefined) =>
    !activity || !isBelieved(activity, clock.now().getTime(), lane.lake())
  const fresh = new Map<string, Activity>()
  // Somebody may be forgotten while others are read.
  for (;;) {
    const lacking = [...wanted].flatMap(([name, keys]) =>
      keys.filter((key) => !fresh.has(key) && isLacking(known(name, key))),
    )
    if (lacking.length === 0) break
    for (const [key, read] of await readKeys(tools, [...new Set(lacking)])) fresh.set(key, read)
  }
  const activityOf = (name: string, key: string): readonly (readonly [string, Activity])[] => {
    const [before, read] = [known(name, key), fresh.get(key)]
    if (read) catchUp(tools, read, key)
    if (before && read && before.unsure === 0) compare(tools, before, read)
    const now = read ?? before
    return now ? [[key, now]] : []
  }
  return (name) => new Map((wanted.get(name) ?? []).flatMap((key) => activityOf(name, key)))
}

/** Reads the activity under these keys, those of each stream at once. */
async function readKeys(
  { engine, clock, ask, watched }: LoadTools,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Activity>> {
  const byStream = Map.groupBy(keys, (key) => key.slice(0, key.indexOf('\t')))
  const found = await Promise.all(
    watched().map((one) => {
      const ids = (byStream.get(one.stream) ?? []).map((key) => key.slice(key.indexOf('\t') + 1))
      return readActivity(engine, { watched: one, ids, now: clock.now(), ask })
    }),
  )
  return new Map(found.flatMap((of) => [...of]))
}

/** Takes what came since an activity was read and is not in the lake yet. */
function catchUp({ lane, clock }: LoadTools, activity: Activity, key: string): void {
  const now = clock.now().getTime()
  for (const { event, counters, isUnsure } of lane.since(key, activity.base)) {
    take(activity, event, { counters, now })
    if (isUnsure) activity.unsure = event.position
  }
}

function compare({ watched, clock, onDifference }: LoadTools, before: Activity, now: Activity) {
  const at = clock.now().getTime()
  for (const counter of watched().flatMap(({ counters }) => counters))
    if (countOf([before], counter, at) !== countOf([now], counter, at)) onDifference(counter)
}

/** The keys under which the events of a person stand: ids of records of the sources that send events. */
const keysOf = (parts: Parts | undefined, watched: readonly Watched[]): readonly string[] => [
  ...new Set(
    watched.flatMap(({ stream, source }) =>
      (parts?.records ?? []).flatMap((record) =>
        record.source === source ? [activityKey(stream, record.id)] : [],
      ),
    ),
  ),
]

/** The card of somebody whom only events name; no profile has such a name, because those are digits. */
export const strangerName = (of: { readonly source: string | undefined; readonly id: string }) =>
  `?${of.source ?? ''}\t${of.id}`

const isStranger = (name: string): boolean => name.startsWith('?')

function keysOfStranger(name: string, watched: readonly Watched[]): readonly string[] {
  const tab = name.indexOf('\t')
  const [source, id] = [name.slice(1, tab), name.slice(tab + 1)]
  return watched
    .filter((one) => source === '' || one.source === source)
    .map(({ stream }) => activityKey(stream, id))
}
