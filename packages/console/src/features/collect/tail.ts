import type { SeenEvent } from '@tessera/platform/contract'

/** The events on the page, newest first, and from where to ask on. */
export interface Tail {
  readonly events: readonly SeenEvent[]
  /** The place in the log of the newest; nothing before the first answer. */
  readonly after?: number
  /** Whether more came at once than was asked for, so that some are not here. */
  readonly hasGap: boolean
}

/** A page that has asked for nothing yet. */
export const emptyTail: Tail = { events: [], hasGap: false }

/** How many events are asked for at once, and how many stay on the page. */
export const mostAtOnce = 200
export const mostShown = 500

/** The events with those that came since, newest first. */
export function withNews(tail: Tail, news: readonly SeenEvent[]): Tail {
  const after = Math.max(tail.after ?? 0, ...news.map(({ position }) => position))
  // The first answer is as long as the page wants it: what was before is not missed.
  const isGap = tail.after !== undefined && news.length >= mostAtOnce
  return {
    events: news.length === 0 ? tail.events : [...news, ...tail.events].slice(0, mostShown),
    after,
    hasGap: tail.hasGap || isGap,
  }
}
