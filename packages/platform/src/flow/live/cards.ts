import type { Activity } from './activity.ts'
import type { Parts } from './parts.ts'

/** One person in memory. */
export interface Card {
  /** The profile, or the id of somebody whom only events name. */
  readonly name: string
  readonly profile: string | undefined
  readonly parts: Parts
  /** The position of the published profiles that were read. */
  readonly unified: number
  readonly readAt: number
  readonly activities: ReadonlyMap<string, Activity>
  /** Something of it has changed since it was read. */
  isStale: boolean
}

/** People in memory, within a bound; whoever was not asked for the longest goes first. */
export interface Cards {
  readonly get: (name: string) => Card | undefined
  /** The same, without counting as asked for. */
  readonly peek: (name: string) => Card | undefined
  /** Puts a person, in the place of what was known of them. */
  readonly put: (card: Card) => void
  readonly drop: (name: string) => void
  readonly all: () => Iterable<Card>
  readonly clear: () => void
  /** The activities under a key: of all who hold it. */
  readonly activities: (key: string) => Iterable<Activity>
  readonly size: () => number
  readonly bytes: () => number
}

// What objects and tables cost beside what is in them, by and large.
const cardBytes = 1500
const eventBytes = 350

/** How much memory a person takes, by and large. Events that come later are not weighed before the next reading. */
function weigh({ parts, activities }: Card): number {
  let bytes = cardBytes + 2 * JSON.stringify(parts).length
  for (const { events, times } of activities.values()) {
    bytes += 400 + eventBytes * events.length
    for (const of of times.values()) bytes += 100 + 8 * of.length
  }
  return bytes
}

/** Makes an empty memory of so many bytes. */
export function makeCards(mostBytes: number): Cards {
  // A map gives its entries in the order in which they were put, so the first is the one not asked for the longest.
  const cards = new Map<string, { readonly card: Card; readonly bytes: number }>()
  const owners = new Map<string, Set<Activity>>()
  let bytes = 0

  const drop = (name: string) => {
    const found = cards.get(name)
    if (!found) return
    cards.delete(name)
    bytes -= found.bytes
    for (const [key, activity] of found.card.activities) {
      const of = owners.get(key)
      of?.delete(activity)
      if (of?.size === 0) owners.delete(key)
    }
  }
  return {
    get: (name) => {
      const found = cards.get(name)
      if (!found) return undefined
      cards.delete(name)
      cards.set(name, found)
      return found.card
    },
    peek: (name) => cards.get(name)?.card,
    put: (card) => {
      drop(card.name)
      const made = { card, bytes: weigh(card) }
      cards.set(card.name, made)
      bytes += made.bytes
      for (const [key, activity] of card.activities) {
        const of = owners.get(key) ?? new Set()
        owners.set(key, of)
        of.add(activity)
      }
      for (const name of cards.keys()) {
        if (bytes <= mostBytes || name === card.name) break
        drop(name)
      }
    },
    drop,
    all: function* () {
      for (const { card } of cards.values()) yield card
    },
    clear: () => {
      cards.clear()
      owners.clear()
      bytes = 0
    },
    activities: (key) => owners.get(key) ?? [],
    size: () => cards.size,
    bytes: () => bytes,
  }
}
