/** Tells the time. Comes in as an argument, so that tests can travel. */
export interface Clock {
  readonly now: () => Date
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() }

/** A clock that stands still until it is moved; for tests. */
export function stoppedClock(at: Date): Clock & { readonly move: (ms: number) => void } {
  let ms = at.getTime()
  return {
    now: () => new Date(ms),
    move: (by) => {
      ms += by
    },
  }
}
