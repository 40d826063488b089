/** Lets one in at a time, in the order of asking. */
export interface Turns {
  /** Waits for its turn; the answer gives the turn to the next. */
  readonly take: () => Promise<() => void>
}

/** Makes a queue of turns that nobody has taken yet. */
export function makeTurns(): Turns {
  let last: Promise<void> = Promise.resolve()
  return {
    take: async () => {
      const before = last
      const { promise, resolve } = Promise.withResolvers<void>()
      last = promise
      await before
      return resolve
    },
  }
}
