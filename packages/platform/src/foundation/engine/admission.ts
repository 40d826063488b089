/** Lets in a few at a time, in the order they came; the rest wait. */
export interface Gate {
  readonly enter: <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>
  readonly load: () => { readonly running: number; readonly waiting: number }
  /** Waits until nobody is in and nobody waits. */
  readonly empty: () => Promise<void>
}

/** A gate with `slots` places. Whoever is aborted while waiting leaves the queue. */
export function makeGate(slots: number): Gate {
  const queue: (() => void)[] = []
  const watching: (() => void)[] = []
  let running = 0

  // A place is handed on, so that nobody slips in before whoever waited for it.
  const release = () => {
    const next = queue.shift()
    if (next) return next()
    running--
    if (running === 0) for (const tell of watching.splice(0)) tell()
  }

  const wait = (signal?: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const admit = () => {
        signal?.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        queue.splice(queue.indexOf(admit), 1)
        reject(signal?.reason)
      }
      signal?.addEventListener('abort', leave, { once: true })
      queue.push(admit)
    })

  return {
    enter: async (work, signal) => {
      signal?.throwIfAborted()
      if (running >= slots) await wait(signal)
      else running++
      try {
        return await work()
      } finally {
        release()
      }
    },
    load: () => ({ running, waiting: queue.length }),
    empty: async () => {
      if (running > 0) await new Promise<void>((resolve) => watching.push(resolve))
    },
  }
}
