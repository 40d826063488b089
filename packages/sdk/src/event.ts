/** What an event tells: something done, who someone is, a page or screen seen, a group joined, a new id. */
export type EventType = 'track' | 'identify' | 'page' | 'screen' | 'group' | 'alias'

/** Named values as JSON can hold them. */
export type Fields = Readonly<Record<string, unknown>>

/** One event as it goes over the wire. */
export interface TesseraEvent {
  readonly type: EventType
  readonly messageId: string
  /** When it happened, ISO. */
  readonly timestamp: string
  readonly anonymousId?: string
  readonly userId?: string
  readonly event?: string
  readonly name?: string
  readonly properties?: Fields
  readonly traits?: Fields
  readonly groupId?: string
  readonly previousId?: string
  readonly context?: Fields
}

/** An event before it was looked at: what the page gave, whatever it is. */
export type Draft = { readonly [Member in Exclude<keyof TesseraEvent, 'type'>]?: unknown }

/** An event in writing: it can no longer change, and its size is known. */
export interface Written {
  readonly id: string
  readonly text: string
  readonly bytes: number
}

/** The server's limits. */
export const limits = { eventBytes: 32 * 1024, requestBytes: 500_000, events: 500, idLength: 100 }

const texts = ['userId', 'anonymousId', 'event', 'name', 'groupId', 'previousId'] as const
const objects = ['properties', 'traits', 'context'] as const
const needed: Partial<Record<EventType, readonly (keyof Draft)[]>> = {
  track: ['event'],
  group: ['groupId'],
  alias: ['userId', 'previousId'],
}

/** Writes an event as one line of JSON. Throws a sentence when it cannot be an event. */
export function write(draft: Draft & { readonly type: EventType }): Written {
  refuseWhatIsNoEvent(draft)
  const id = draft.messageId
  if (typeof id !== 'string' || !id || id.length > limits.idLength)
    throw new TypeError(`messageId must be a text of 1 to ${limits.idLength} characters`)
  const text = JSON.stringify(draft, refuseWhatVanishes)
  const bytes = bytesOf(text)
  if (bytes > limits.eventBytes)
    throw new RangeError(`the event has ${bytes} bytes; ${limits.eventBytes} are the most`)
  return { id, text, bytes }
}

function refuseWhatIsNoEvent(draft: Draft & { readonly type: EventType }): void {
  for (const member of texts)
    if (!isText(draft[member])) throw new TypeError(`${member} must be a text, and not empty`)
  for (const member of objects)
    if (!isFields(draft[member] ?? {})) throw new TypeError(`${member} must be an object`)
  for (const member of needed[draft.type] ?? [])
    if (draft[member] === undefined) throw new TypeError(`${draft.type} needs ${member}`)
  if (draft.userId === undefined && draft.anonymousId === undefined)
    throw new TypeError(`${draft.type} does not say who: give userId or anonymousId`)
}

/** Reads an event that was written; nothing when it is none. */
export function read(text: string): TesseraEvent | undefined {
  try {
    const event = JSON.parse(text)
    return typeof event?.messageId === 'string' ? event : undefined
  } catch {
    return undefined
  }
}

/** How long a text is on the wire. */
export const bytesOf = (text: string): number => new TextEncoder().encode(text).length

/** An id or a name as the wire wants it: numbers become texts; an empty one and null count as absent. */
export function textOf(given: unknown): unknown {
  if (given === null || given === '') return undefined
  return typeof given === 'number' ? `${given}` : given
}

/** Whether a value has named values. */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isText = (value: unknown) =>
  value === undefined || (typeof value === 'string' && value !== '')
// JSON would leave out a function without a word and turn NaN into null, which in traits means "forget it".
function refuseWhatVanishes(key: string, value: unknown): unknown {
  const kind = typeof value
  const isLost = kind === 'number' ? !Number.isFinite(value) : /bigint|function|symbol/.test(kind)
  if (isLost)
    throw new TypeError(
      `"${key}" is ${kind === 'number' ? value : `a ${kind}`}, which JSON cannot hold`,
    )
  return value
}
