import type { Jobs } from '#jobs'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { Runs } from './run.ts'

/** What following needs. */
export interface FollowTools {
  readonly runs: Pick<Runs, 'refreshStale'>
  readonly jobs: Pick<Jobs, 'waitFor'>
  readonly log: Log
  /** The least time between two refreshes. */
  readonly everyMs: number
}

/** Refreshes what is made from streams that receive: soon after something came, one refresh at a time. */
export interface Follower {
  /** Something came. */
  readonly note: () => void
  readonly stop: () => void
}

/** Makes a follower that has heard of nothing yet. */
export function makeFollower({ runs, jobs, log, everyMs }: FollowTools): Follower {
  const stopping = new AbortController()
  let isDue = false
  let timer: NodeJS.Timeout | undefined

  const arm = () => {
    if (timer !== undefined || stopping.signal.aborted) return
    timer = setTimeout(() => void refresh(), everyMs)
    timer.unref()
  }
  const refresh = async () => {
    isDue = false
    try {
      await jobs.waitFor(await runs.refreshStale(), stopping.signal)
    } catch (thrown) {
      if (!stopping.signal.aborted)
        log.warn('what events change could not be refreshed', { fault: sentenceOf(thrown) })
    }
    timer = undefined
    if (isDue) arm()
  }

  return {
    note: () => {
      isDue = true
      arm()
    },
    stop: () => {
      stopping.abort()
      clearTimeout(timer)
    },
  }
}
