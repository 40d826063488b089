import { createTessera, type DecidingTessera } from '../decisions.ts'
import type { TesseraEvent, TesseraOptions } from '../index.ts'

/** A sender that remembers what it dropped, with the reason. */
export interface WatchedSender extends DecidingTessera {
  readonly drops: { readonly event: Partial<TesseraEvent>; readonly reason: string }[]
}

/** A sender for tests: it sends only when told, and does not wait long after a failure. */
export function makeSender(host: string, options: Partial<TesseraOptions> = {}): WatchedSender {
  const drops: WatchedSender['drops'] = []
  const sender = createTessera({
    host,
    writeKey: 'key',
    flushAt: 1_000_000,
    flushIntervalMs: 1_000_000,
    firstRetryMs: 20,
    onDrop: (event, reason) => void drops.push({ event, reason }),
    ...options,
  })
  return { ...sender, drops }
}

/** Somebody, for calls that must say who. */
export const ada = { userId: 'ada' }
