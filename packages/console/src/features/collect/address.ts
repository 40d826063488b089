import { textIn, wordIn } from '../../lib/address.ts'

/** What can become of an event at the door. */
export const eventStatuses = ['stored', 'duplicate', 'rejected', 'parked'] as const
export type EventStatus = (typeof eventStatuses)[number]

/** What the address of the live events keeps: which are wanted, and the one that is open, by its place in the log. */
export interface EventsAddress {
  readonly q?: string
  readonly stream?: string
  readonly status?: EventStatus
  readonly event?: string
}

/** Reads the address of the live events. */
export function readEventsAddress(words: Readonly<Record<string, unknown>>): EventsAddress {
  const q = textIn(words, 'q')
  const stream = textIn(words, 'stream')
  const status = wordIn(words, 'status', eventStatuses)
  const event = textIn(words, 'event')
  return {
    ...(q === undefined ? {} : { q }),
    ...(stream === undefined ? {} : { stream }),
    ...(status === undefined ? {} : { status }),
    ...(event === undefined || !/^[1-9]\d*$/.test(event) ? {} : { event }),
  }
}

/** Whether a write key lets events in. */
export const keyStates = ['open', 'closed'] as const
export type KeyState = (typeof keyStates)[number]

const keySorts = ['label', 'connection', 'created'] as const
/** A column by which write keys can be sorted. */
export type KeySort = (typeof keySorts)[number]

/** What the address of the senders keeps. The keys themselves stay out of it. */
export interface SendersAddress {
  readonly q?: string
  readonly state?: KeyState
  readonly sort?: KeySort
  readonly order?: 'up' | 'down'
  /** The sender whose instructions are open. */
  readonly how?: string
}

/** Reads the address of the senders. */
export function readSendersAddress(words: Readonly<Record<string, unknown>>): SendersAddress {
  const q = textIn(words, 'q')
  const state = wordIn(words, 'state', keyStates)
  const sort = wordIn(words, 'sort', keySorts)
  const order = wordIn(words, 'order', ['up', 'down'])
  const how = textIn(words, 'how')
  return {
    ...(q === undefined ? {} : { q }),
    ...(state === undefined ? {} : { state }),
    ...(sort === undefined ? {} : { sort }),
    ...(order === undefined ? {} : { order }),
    ...(how === undefined ? {} : { how }),
  }
}
