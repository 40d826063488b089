import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'

/** Does something again that somebody already has an older answer to: they do not wait, and it is done once at a time. */
export interface Again {
  readonly ask: (name: string, work: () => Promise<unknown>) => void
  /** How much is being done. */
  readonly size: () => number
}

/** What is done again, until it is stopped. */
export function makeAgain(log: Log, signal: AbortSignal): Again {
  const names = new Set<string>()
  return {
    ask: (name, work) => {
      if (names.has(name)) return
      names.add(name)
      work()
        .catch((thrown: unknown) => {
          if (!signal.aborted)
            log.warn('a live profile could not be read again', { fault: sentenceOf(thrown) })
        })
        .finally(() => names.delete(name))
    },
    size: () => names.size,
  }
}
