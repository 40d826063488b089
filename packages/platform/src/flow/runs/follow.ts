import type { Graph } from '#graph'
import type { Jobs } from '#jobs'
import type { Clock } from '#kernel/clock.ts'
import { sentenceOf } from '#kernel/fault.ts'
import type { Log } from '#kernel/log.ts'
import type { Runs } from './run.ts'

/** What following needs. */
export interface FollowTools {
  readonly runs: Pick<Runs, 'refreshDue' | 'settled'>
  readonly graph: Pick<Graph, 'workList' | 'nextMoment'>
  readonly jobs: Pick<Jobs, 'waitFor'>
  readonly clock: Clock
  readonly log: Log
  /** The least time between two refreshes. */
  readonly everyMs: number
}

/**
 * Refreshes what is due, one refresh at a time: soon after something came, and when the time of something has come. What is due is
 * told by what is kept of each node, so a time that passed while no server ran counts once, as soon as one does.
 */
export interface Follower {
  /** Something came. */
  readonly note: () => void
  /** Looks now whether something is due, and waits until it is refreshed. */
  readonly look: () => Promise<void>
  readonly stop: () => void
}

/** How long at most until it looks again: what is defined meanwhile has its times, too. So long it rests after a refresh that failed or was cancelled. */
const mostMs = 60_000

/** Makes a follower that has heard of nothing yet; it looks for the first time when `everyMs` have passed. */
export function makeFollower(tools: FollowTools): Follower {
  const { runs, graph, jobs, clock, log, everyMs } = tools
  const stopping = new AbortController()
  let isNoted = false
  let isLooking = false
  let armed: { readonly timer: NodeJS.Timeout; readonly at: number } | undefined

  const arm = (ms: number) => {
    const at = performance.now() + ms
    if (stopping.signal.aborted || isLooking || (armed && armed.at <= at)) return
    clearTimeout(armed?.timer)
    const timer = setTimeout(() => void round(), ms)
    timer.unref()
    armed = { timer, at }
  }
  const look = async () => {
    // A run that is under way may leave nothing to do; one behind it would find nothing.
    await runs.settled(stopping.signal)
    const isDue = isNoted || (await graph.workList('due')).length > 0
    isNoted = false
    if (!isDue) return
    const { state, fault } = await jobs.waitFor(await runs.refreshDue(), stopping.signal)
    if (state !== 'done') throw new Error(`the run was ${state}: ${fault?.say ?? ''}`)
  }
  const untilNextMs = async () => {
    const moment = await graph.nextMoment()
    const ms = moment === undefined ? mostMs : moment.getTime() - clock.now().getTime()
    return Math.max(everyMs, Math.min(ms, mostMs))
  }
  const round = async () => {
    armed = undefined
    isLooking = true
    let nextMs = mostMs
    try {
      await look()
      nextMs = await untilNextMs()
    } catch (thrown) {
      if (!stopping.signal.aborted)
        log.warn('what is due could not be refreshed', { fault: sentenceOf(thrown) })
    }
    isLooking = false
    arm(isNoted ? everyMs : nextMs)
  }
  arm(everyMs)

  return {
    look,
    note: () => {
      isNoted = true
      arm(everyMs)
    },
    stop: () => {
      stopping.abort()
      clearTimeout(armed?.timer)
    },
  }
}
