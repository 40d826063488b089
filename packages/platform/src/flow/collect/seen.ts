/** Texts that were met lately; the oldest are forgotten beyond a number. Forgetting costs work, never truth. */
export interface Seen {
  readonly has: (text: string) => boolean
  readonly add: (text: string) => void
}

/** Remembers up to `most` texts, in two halves: the older one goes when the newer one is full. */
export function makeSeen(most: number): Seen {
  let newer = new Set<string>()
  let older = new Set<string>()
  const add = (text: string) => {
    newer.add(text)
    if (newer.size < most / 2) return
    older = newer
    newer = new Set()
  }
  return {
    has: (text) => {
      if (newer.has(text)) return true
      if (!older.has(text)) return false
      add(text)
      return true
    },
    add,
  }
}
