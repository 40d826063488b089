import { type EventFields, evaluate, valuesOf } from '#actions'
import type { LiveEvent } from './activity.ts'
import type { Counter } from './definition.ts'

/** A stream that is watched. */
export interface Watched {
  readonly stream: string
  /** What keeps its ids apart from those of other sources. */
  readonly source: string | undefined
  readonly fields: EventFields
  readonly counters: readonly Counter[]
}

/** An event that has come, and whose it is. */
export interface Arrived {
  /** The stream and the id, see `activityKey`. */
  readonly key: string
  readonly event: LiveEvent
  readonly counters: readonly Counter[]
  /** Whether some counter could not tell, so that the lake must. */
  readonly isUnsure: boolean
}

/** By what the activity of an id on a stream is found. */
export const activityKey = (stream: string, id: string): string => `${stream}\t${id}`

/** Reads a line of the log. Nothing when it names nobody. */
export function arrivedFrom(watched: Watched, position: number, body: string): Arrived | undefined {
  const said = parsed(body)
  if (!isObject(said)) return undefined
  const who = textOf(said['userId']) || textOf(said['anonymousId'])
  if (!who) return undefined
  const verdicts = verdictsOn(watched, body)
  return {
    key: activityKey(watched.stream, who),
    event: eventFrom(said, watched.stream, position),
    counters: verdicts.filter(({ holds }) => holds === true).map(({ counter }) => counter),
    isUnsure: verdicts.some(({ holds }) => holds === undefined),
  }
}

// One line that is no JSON must not keep all that comes after it from being counted; the lake tells of it.
function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function verdictsOn({ counters, fields }: Watched, body: string) {
  const values = valuesOf(body)
  return counters.map((counter) => {
    const { where } = counter.body
    return { counter, holds: where === undefined ? true : evaluate(where, fields, values) }
  })
}

function eventFrom(
  said: Readonly<Record<string, unknown>>,
  stream: string,
  position: number,
): LiveEvent {
  const properties = isObject(said['properties']) ? said['properties'] : {}
  const type = textOf(said['type'])
  return {
    position,
    at: instantOf(said),
    stream,
    type,
    name: nameOf({ type, event: textOf(said['event']), name: textOf(said['name']) }),
    id: textOf(said['messageId']),
    values: Object.fromEntries(flat(properties, '')),
  }
}

/** What an event is called: what was done, or the page that was seen. */
export const nameOf = (of: {
  readonly type: string | undefined
  readonly event: string | undefined
  readonly name: string | undefined
}): string | undefined => of.event ?? of.name ?? of.type

// A clock of a device may be ahead: nothing has happened after it arrived.
function instantOf(said: Readonly<Record<string, unknown>>): number | undefined {
  const told = [said['timestamp'], said['receivedAt']].flatMap((of) => {
    const at = typeof of === 'string' ? Date.parse(of) : Number.NaN
    return Number.isNaN(at) ? [] : [at]
  })
  return told.length === 0 ? undefined : Math.min(...told)
}

function* flat(
  of: Readonly<Record<string, unknown>>,
  before: string,
): Generator<[string, string | number | boolean]> {
  for (const [name, value] of Object.entries(of)) {
    if (isObject(value)) yield* flat(value, `${before}${name}.`)
    else if (isPlain(value)) yield [before + name, value]
  }
}

const isPlain = (of: unknown): of is string | number | boolean =>
  typeof of === 'string' || typeof of === 'number' || typeof of === 'boolean'

const textOf = (of: unknown): string | undefined =>
  typeof of === 'string' && of !== '' ? of : undefined

const isObject = (of: unknown): of is Record<string, unknown> =>
  typeof of === 'object' && of !== null && !Array.isArray(of)
