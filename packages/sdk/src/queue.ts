import { bytesOf, read, type TesseraEvent, type Written } from './event.ts'
import type { Store } from './store.ts'

/** The events that wait, oldest first, each under a key of its own so that two tabs never write over each other. */
export interface Queue {
  readonly size: () => number
  readonly add: (event: Written) => void
  /** Looks at what is there by now: other tabs add and take away, earlier pages left something. */
  readonly refresh: () => void
  /** The oldest ones that fit. */
  readonly batch: (most: Most) => readonly Written[]
  readonly remove: (ids: Iterable<string>) => void
  /** Notes that these went off with the closing page, which will not hear the answer. */
  readonly leave: (ids: Iterable<string>) => void
  /** Drops the oldest ones beyond a number, except some. */
  readonly shed: (to: number, why: { reason: string; except?: ReadonlySet<string> }) => void
}

/** How much goes into one request. */
export interface Most {
  readonly events: number
  readonly bytes: number
}

/** What a queue works on. */
export interface Shelf {
  readonly store: () => Store
  readonly prefix: string
  readonly clock: () => number
  readonly drop: (event: Partial<TesseraEvent>, reason: string) => void
}

// A server knows its events again for at least so long. What left with a closing page and was perhaps received may be
// sent again until then, and is let go after.
const knownAgainMs = 24 * 60 * 60 * 1000

// A key is: when (9 digits of base 36), a count (4), when it left with a page (9, zeros: it did not), the id.
const digits = (value: number, width: number) =>
  Math.max(0, Math.floor(value)).toString(36).padStart(width, '0').slice(-width)
const start = (prefix: string) => `${prefix}q.`
const parts = (key: string, from: number) => ({
  order: key.slice(from, from + 13),
  leftAt: Number.parseInt(key.slice(from + 13, from + 22), 36),
  id: key.slice(from + 22),
})

/** Whether a key of a store holds a waiting event. */
export const isQueueKey = (prefix: string, key: string): boolean => key.startsWith(start(prefix))

/** Makes the queue that lives in a store. */
export function createQueue({ store, prefix, clock, drop }: Shelf): Queue {
  let waiting = new Map<string, string>()
  let count = 0
  const from = start(prefix).length
  const take = (id: string) => {
    const key = waiting.get(id)
    const text = key && store().get(key)
    if (key) store().remove(key)
    waiting.delete(id)
    return text
  }
  const written = (id: string): Written | undefined => {
    const text = store().get(waiting.get(id) ?? '')
    if (text !== undefined && read(text)?.messageId === id)
      return { id, text, bytes: bytesOf(text) }
    take(id)
    if (text !== undefined) drop({ messageId: id }, 'what was stored of it is no event')
    return undefined
  }
  return {
    size: () => waiting.size,
    add({ id, text }) {
      // The same id is the same event.
      if (waiting.has(id)) return
      count += 1
      const key = `${start(prefix)}${digits(clock(), 9)}${digits(count, 4)}${digits(0, 9)}${id}`
      store().set(key, text)
      waiting.set(id, key)
    },
    refresh() {
      waiting = new Map()
      for (const key of store()
        .keys()
        .filter((key) => isQueueKey(prefix, key))
        .sort()) {
        const { leftAt, id } = parts(key, from)
        waiting.set(id, key)
        if (leftAt === 0 || clock() - leftAt < knownAgainMs) continue
        const event = read(take(id) ?? '')
        if (event)
          drop(event, 'it left with a closing page more than a day ago, and no answer was seen')
      }
    },
    batch(most) {
      const found: Written[] = []
      let bytes = 0
      for (const id of waiting.keys()) {
        if (found.length === most.events) break
        const event = written(id)
        bytes += event ? event.bytes + 1 : 0
        // One goes in any case: if it is too large, the server says so.
        if (bytes > most.bytes && found.length > 0) break
        if (event) found.push(event)
      }
      return found
    },
    remove(ids) {
      for (const id of ids) take(id)
    },
    leave(ids) {
      for (const id of ids) {
        const key = waiting.get(id)
        const text = take(id)
        if (!key || text === undefined) continue
        const left = `${start(prefix)}${parts(key, from).order}${digits(clock(), 9)}${id}`
        store().set(left, text)
        waiting.set(id, left)
      }
    },
    shed(to, { reason, except }) {
      if (waiting.size <= to) return
      const old = [...waiting.keys()].slice(0, waiting.size - to)
      for (const id of old) {
        const event = except?.has(id) ? undefined : read(take(id) ?? '')
        if (event) drop(event, reason)
      }
    },
  }
}
