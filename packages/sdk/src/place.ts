import type { Fields } from './event.ts'
import { browserContext, pageOf } from './page.ts'
import { memoryStore, type Store, siteStore } from './store.ts'

/** What is different where the sender runs. */
export interface Place {
  /** Whether there is one person, or each call is about another one. */
  readonly identity: 'remembered' | 'per call'
  /** A browser asks beforehand whether it may send JSON to another site, but not for plain text. */
  readonly contentType: string
  readonly flushIntervalMs: number
  readonly store: () => Store
  /** Whether what is in the store outlives the program. */
  readonly isLasting: boolean
  /** Whether others, such as another tab, send from the same store. */
  readonly isShared: boolean
  readonly context: () => Fields
  /** What a page event tells of itself. */
  readonly page: () => Fields
  readonly beacon?: (url: string, body: string) => boolean
  /** Begins to listen; answers with the way to stop. */
  readonly listen: (to: Signs) => () => void
}

/** What a place may tell. */
export interface Signs {
  readonly online: () => void
  readonly hidden: () => void
  readonly leaving: () => void
  /** It came back from where the browser keeps pages that were left. */
  readonly back: () => void
}

/** A browser's window. */
function browser(window: Window): Place {
  const { document, navigator } = window
  return {
    identity: 'remembered',
    contentType: 'text/plain',
    flushIntervalMs: 2000,
    store: () => storeOf(window),
    isLasting: true,
    isShared: true,
    context: () => browserContext(window),
    page: () => pageOf(window),
    beacon: (url, body) => navigator.sendBeacon?.(url, body) ?? false,
    listen({ online, hidden, leaving, back }) {
      const quiet = new AbortController()
      const { signal } = quiet
      const changed = () => {
        if (document.visibilityState === 'hidden') hidden()
      }
      window.addEventListener('online', online, { signal })
      document.addEventListener('visibilitychange', changed, { signal })
      window.addEventListener('pagehide', leaving, { signal })
      window.addEventListener('pageshow', back, { signal })
      return () => quiet.abort()
    },
  }
}

/** Node, or whatever has no window. */
const elsewhere: Place = {
  identity: 'per call',
  contentType: 'application/json',
  flushIntervalMs: 5000,
  store: memoryStore,
  isLasting: false,
  isShared: false,
  context: () => ({}),
  page: () => ({}),
  listen: () => () => undefined,
}

/** The place where this program runs. */
export const here = (): Place => (typeof document === 'undefined' ? elsewhere : browser(window))

// A browser that forbids the store throws where it is named.
function storeOf(window: Window): Store {
  try {
    return siteStore(window.localStorage)
  } catch {
    return memoryStore()
  }
}
