import type { Random } from './back-off.ts'
import type { ConsentState } from './consent.ts'
import type { Fields, TesseraEvent } from './event.ts'
import type { Store } from './store.ts'
import type { Fetch, Result } from './wire.ts'

/** How a sender is set up. */
export interface TesseraOptions {
  /** The address of the server, such as `https://cdp.example.org`. */
  readonly host: string
  /** The key of the event source. */
  readonly writeKey: string
  /** So many waiting events are sent at once, without waiting for more. Default 20. */
  readonly flushAt?: number
  /** How long an event waits for company. Default 5000, in browsers 2000. */
  readonly flushIntervalMs?: number
  /** Beyond this the oldest waiting events are dropped. Default 10000. */
  readonly mostQueued?: number
  /** How long a request may take. Default 15000. */
  readonly timeoutMs?: number
  /** The wait after the first failure; it doubles with each further one, up to five minutes. Default 1000. */
  readonly firstRetryMs?: number
  /** Where waiting events and ids are kept. Default `localStorage` in browsers, memory elsewhere. */
  readonly storage?: Store
  /** Whether one person is remembered, or each call says who. Default `remembered` in browsers, `per call` elsewhere. */
  readonly identity?: 'remembered' | 'per call'
  /** Whether events may be sent and things stored. Default `granted`. */
  readonly consent?: ConsentState
  /** Hears of every event that will not reach the server, and why. Default: a warning in the console. */
  readonly onDrop?: (event: Partial<TesseraEvent>, reason: string) => void
  /** Hears what the server said of each event. */
  readonly onDelivered?: (results: readonly Result[]) => void
  /** Goes with every event. */
  readonly context?: Fields
  readonly fetch?: Fetch
  /** Milliseconds since 1970. */
  readonly clock?: () => number
  readonly random?: Random
}

/** What one call may say beside its event. */
export interface EventOptions {
  readonly userId?: string
  readonly anonymousId?: string
  /** When it happened, if not now. */
  readonly timestamp?: Date | string
  /** The event's own id, if it has one: a repetition counts once. */
  readonly messageId?: string
  readonly context?: Fields
}

/** What is wrong with the address or the key, in a sentence; nothing when they are fine. */
export function problemOf({ host, writeKey }: Partial<TesseraOptions>): string | undefined {
  if (typeof writeKey !== 'string' || !writeKey) return 'createTessera needs a writeKey'
  try {
    if (/^https?:$/.test(new URL(host ?? '').protocol)) return undefined
  } catch {
    // Said below.
  }
  return `createTessera needs a host such as https://cdp.example.org, not "${host}"`
}
