import type { Ask, Engine } from '#engine'
import { type Activity, countOf, pastMs, take } from './activity.ts'
import type { Watched } from './arrived.ts'
import type { Card } from './cards.ts'
import { type Counter, windowMs } from './definition.ts'
import type { Lane } from './lane.ts'
import { readActivity } from './read-activity.ts'

/** A moment: as an event at a place in the log arrived, which counts too. */
export interface Moment {
  readonly position: number
  readonly at: Date
}

/** What telling of the past needs. */
export interface PastTools {
  readonly engine: Engine
  readonly ask: Ask
  readonly lane: Lane
  readonly watched: readonly Watched[]
  readonly now: Date
}

/** What the counters of somebody were at a moment, whatever has come since. */
export async function countersAt(
  tools: PastTools,
  card: Card,
  moment: Moment,
): Promise<Readonly<Record<string, number>>> {
  const counters = tools.watched.flatMap((one) => one.counters)
  const isNear = isInMemory(tools, card, moment)
  const all = isNear ? [...card.activities.values()] : await readAt(tools, card, moment)
  const at = moment.at.getTime()
  return Object.fromEntries(
    counters.map((one) => [
      one.key,
      countOf(all, one, at) - (isNear ? cameAfter(tools, card, { ...moment, counter: one }) : 0),
    ]),
  )
}

/** Whether all that has come since is still in memory, so that it can be taken away. */
const isInMemory = ({ lane, now }: PastTools, { activities }: Card, { position, at }: Moment) =>
  now.getTime() - at.getTime() < pastMs &&
  lane.lake() <= position &&
  lane.seen() >= position &&
  activities.values().every(({ base }) => base <= position)

/** How many events since a moment a counter has counted that would have counted at that moment too. */
function cameAfter(
  { lane }: PastTools,
  { activities }: Card,
  { position, at, counter }: Moment & { readonly counter: Counter },
): number {
  const span = windowMs(counter.body)
  const isIn = (time: number | undefined) =>
    span === undefined || (time !== undefined && time > at.getTime() - span)
  return [...activities.keys()]
    .flatMap((key) => lane.since(key, position))
    .filter(({ event, counters }) => counters.includes(counter) && isIn(event.at)).length
}

/** What somebody had done at a moment, read from the lake, and from memory where the lake does not have it yet. */
async function readAt(
  { engine, ask, lane, watched }: PastTools,
  { activities }: Card,
  { position, at }: Moment,
): Promise<readonly Activity[]> {
  const byStream = Map.groupBy(activities.keys(), (key) => key.slice(0, key.indexOf('\t')))
  const release = lane.hold()
  try {
    const found = await Promise.all(
      watched.map((one) => {
        const ids = (byStream.get(one.stream) ?? []).map((key) => key.slice(key.indexOf('\t') + 1))
        return readActivity(engine, { watched: one, ids, now: at, ask, upTo: position })
      }),
    )
    return found.flatMap((of) =>
      [...of].map(([key, activity]) => {
        for (const { event, counters } of lane.since(key, activity.base))
          if (event.position <= position) take(activity, event, { counters, now: at.getTime() })
        return activity
      }),
    )
  } finally {
    release()
  }
}
