/** Texts that were met lately; the oldest are forgotten beyond a number. Forgetting costs work, never truth. */
export interface Seen {
  /** Whether it was met before; from now on it was. */
  readonly has: (text: string) => boolean
}

/** Remembers up to `most` texts, in two halves: the older one goes when the newer one is full. */
export function makeSeen(most: number): Seen {
  let newer = new Set<string>()
  let older = new Set<string>()
  return {
    has: (text) => {
      if (newer.has(text)) return true
      const wasMet = older.has(text)
      newer.add(text)
      if (newer.size >= most / 2) {
        older = newer
        newer = new Set()
      }
      return wasMet
    },
  }
}
