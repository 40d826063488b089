/** A time that those who show it follow together. */
export interface Clock {
  readonly now: () => number
  readonly follow: (listener: () => void) => () => void
}

/** Makes a clock that goes on every so often, as long as somebody follows it. */
export function makeClock(stepMs: number): Clock {
  const followers = new Set<() => void>()
  let timer: ReturnType<typeof setInterval> | undefined
  let now = Date.now()
  const tick = () => {
    now = Date.now()
    for (const listener of followers) listener()
  }
  return {
    now: () => now,
    follow(listener) {
      // It stood still while nobody followed it.
      if (followers.size === 0) now = Date.now()
      followers.add(listener)
      timer ??= setInterval(tick, stepMs)
      return () => {
        followers.delete(listener)
        if (followers.size > 0) return
        clearInterval(timer)
        timer = undefined
      }
    },
  }
}
