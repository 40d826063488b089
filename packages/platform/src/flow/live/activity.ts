import type { Counter } from './definition.ts'
import { windowMs } from './definition.ts'

/** One event as a live profile shows it. */
export interface LiveEvent {
  /** Its place in the log. */
  readonly position: number
  /** When it happened, in milliseconds; nothing when it does not say. */
  readonly at: number | undefined
  readonly stream: string
  readonly type: string | undefined
  readonly name: string | undefined
  readonly id: string | undefined
  readonly values: Readonly<Record<string, string | number | boolean>>
}

/** How many events of a person are kept. */
export const mostEvents = 50

/**
 * What one id did on one stream. Kept by id and not by profile: whoever is merged or split only changes which ids a profile has,
 * so that its counters are at once those of a recount.
 */
export interface Activity {
  /** The last ones, newest first. */
  events: LiveEvent[]
  /** When the events came that counters with a window count, in order. */
  readonly times: Map<string, number[]>
  /** What counters without a window have counted. */
  readonly totals: Map<string, number>
  /** Up to which place of the log it was read from the lake. */
  base: number
  /** When it was read, in milliseconds. */
  readAt: number
  /** The place of an event of which only the set lane can say what it counts. */
  unsure: number
}

/** How much longer than their windows counters remember, so that it can be told what they were a moment ago. */
export const pastMs = 60_000

/** Nothing was done. */
export const noActivity = (base: number, readAt: number): Activity => ({
  events: [],
  times: new Map(),
  totals: new Map(),
  base,
  readAt,
  unsure: 0,
})

const isNewer = (a: LiveEvent, b: LiveEvent): boolean => {
  const [x, y] = [a.at ?? 0, b.at ?? 0]
  return x === y ? a.position > b.position : x > y
}

/** Puts an event where it belongs by its own time: what comes late is not the last. */
function remember(events: LiveEvent[], event: LiveEvent): void {
  let place = events.length
  for (let before = events[place - 1]; before && isNewer(event, before); ) {
    place--
    before = events[place - 1]
  }
  if (place >= mostEvents) return
  events.splice(place, 0, event)
  if (events.length > mostEvents) events.pop()
}

/** Takes an event that has just come, with the counters that count it. */
export function take(
  activity: Activity,
  event: LiveEvent,
  { counters, now }: { readonly counters: readonly Counter[]; readonly now: number },
): void {
  remember(activity.events, event)
  for (const { key, body } of counters) {
    const span = windowMs(body)
    if (span === undefined) activity.totals.set(key, (activity.totals.get(key) ?? 0) + 1)
    else if (event.at !== undefined && event.at > now - span - pastMs) {
      const times = activity.times.get(key) ?? []
      activity.times.set(key, times)
      insert(times, event.at)
      drop(times, now - span - pastMs)
    }
  }
}

function insert(times: number[], at: number): void {
  let place = times.length
  while (place > 0 && (times[place - 1] ?? 0) > at) place--
  times.splice(place, 0, at)
}

// Time goes on: what is well out of the window never comes back into it.
function drop(times: number[], before: number): void {
  const from = firstAfter(times, before)
  if (from > 0) times.splice(0, from)
}

function firstAfter(times: readonly number[], instant: number): number {
  let [from, to] = [0, times.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if ((times[middle] ?? 0) > instant) to = middle
    else from = middle + 1
  }
  return from
}

/** What a counter says of somebody who has these activities. */
export function countOf(
  activities: readonly Activity[],
  { key, body }: Counter,
  now: number,
): number {
  const span = windowMs(body)
  let sum = 0
  for (const { totals, times } of activities) {
    if (span === undefined) sum += totals.get(key) ?? 0
    else {
      const found = times.get(key)
      if (found) sum += found.length - firstAfter(found, now - span)
    }
  }
  return sum
}

/** The last events of somebody who has these activities. */
export function lastEvents(activities: readonly Activity[]): readonly LiveEvent[] {
  const [first, ...others] = activities
  if (!first) return []
  if (others.length === 0) return first.events
  const events = [...first.events]
  for (const of of others) for (const event of of.events) remember(events, event)
  return events
}
