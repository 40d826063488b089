/** Lets in a few at a time, in the order they came; the rest wait. */
export interface Gate {
  readonly enter: <T>(work: () => Promise<T>, signal?: AbortSignal) => Promise<T>
  readonly load: () => { readonly running: number; readonly waiting: number }
}

/** A gate with `slots` places. Whoever is aborted while waiting leaves the queue. */
export function makeGate(slots: number): Gate {
  const queue: (() => void)[] = []
  let running = 0

  const release = () => {
    running--
    queue.shift()?.()
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
      running++
      try {
        return await work()
      } finally {
        release()
      }
    },
    load: () => ({ running, waiting: queue.length }),
  }
}
