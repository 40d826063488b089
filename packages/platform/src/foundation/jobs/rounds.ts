import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'

/** Work that is asked for again and again, from several sides. */
export interface Rounds {
  readonly ask: () => void
  /** Waits until what was asked for is over. */
  readonly settled: () => Promise<void>
}

/** Never runs two rounds at once; what is asked during one is answered by one more after it. Trouble is logged and passes. */
export function makeRounds(name: string, log: Log, work: () => Promise<void>): Rounds {
  let asked = 0
  let answered = 0
  let current: Promise<void> | undefined

  const run = async () => {
    while (answered < asked) {
      answered = asked
      await work().catch((thrown) =>
        log.error('jobs: a round failed', { name, why: sentenceOf(thrown) }),
      )
    }
    current = undefined
  }
  return {
    ask: () => {
      asked++
      current ??= run()
    },
    settled: async () => current,
  }
}
