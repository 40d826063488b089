/** Work on things of which each may be worked on by one only; the others wait for their turn. */
export interface Turns {
  readonly take: <T>(thing: string, work: () => Promise<T>) => Promise<T>
}

/** Turns in which nobody stands yet. */
export function makeTurns(): Turns {
  const last = new Map<string, Promise<unknown>>()
  return {
    take: (thing, work) => {
      const before = last.get(thing) ?? Promise.resolve()
      const mine = before.then(work)
      const done = mine
        .catch(() => {})
        .then(() => {
          if (last.get(thing) === done) last.delete(thing)
        })
      last.set(thing, done)
      return mine
    },
  }
}
