import { wireFaults } from './faults.ts'

/** What somebody wants room for. */
export interface Wanted {
  /** What the work may take while it lasts. */
  readonly bytes: number
  /** What stands in memory until it begins. */
  readonly waitingBytes: number
}

/** Room in memory, given in the order of asking. */
export interface Room {
  /** Does some work once there is room for it. Refused at once when what waits takes as much as there is room. */
  readonly within: <T>(wanted: Wanted, work: () => Promise<T>) => Promise<T>
}

/** So many bytes for work, and as many for what waits for it. More than there is at all is given alone. */
export function makeRoom(mostBytes: number): Room {
  let taken = 0
  let waiting = 0
  const queue: (Wanted & { readonly begin: () => void })[] = []

  const letIn = () => {
    for (let [next] = queue; next; [next] = queue) {
      if (taken > 0 && taken + next.bytes > mostBytes) return
      queue.shift()
      taken += next.bytes
      waiting -= next.waitingBytes
      next.begin()
    }
  }

  return {
    within: async ({ bytes, waitingBytes }, work) => {
      if (waiting + waitingBytes > mostBytes)
        throw wireFaults.crowded({ openBytes: waiting, retryAfterSeconds: 1 })
      waiting += waitingBytes
      const { promise, resolve } = Promise.withResolvers<void>()
      queue.push({ bytes, waitingBytes, begin: resolve })
      letIn()
      await promise
      try {
        return await work()
      } finally {
        taken -= bytes
        letIn()
      }
    },
  }
}
