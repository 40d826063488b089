import type { Job } from '@tessera/platform/contract'
import { stepsOf } from '../../lib/run.ts'

/** How a run ended, or how far it is. */
export type Ending = 'going on' | 'well' | 'badly'

/** Whether a job goes on, ended well or ended badly. A run in which a node failed is done, but not well. */
export function endingOf({ state, result }: Pick<Job, 'state' | 'result'>): Ending {
  if (state === 'waiting' || state === 'running') return 'going on'
  return state === 'done' && failedIn(result).length === 0 ? 'well' : 'badly'
}

/** The nodes that failed in a run, with their sentences. */
export function failedIn(result: unknown): readonly { node: string; fault: string }[] {
  return stepsOf(result)
    .filter(({ state }) => state === 'failed')
    .map(({ node, fault = '' }) => ({ node, fault }))
}

/** The job to be shown: the one that was just started, else the newest of the same kind that is not over. */
export function jobToShow(jobs: readonly Job[], started: string | undefined): Job | undefined {
  const mine = jobs.find(({ id }) => id === started)
  return mine ?? jobs.find((job) => endingOf(job) === 'going on')
}

/** How far a job is, in per cent; nothing when nobody knows how much there is. */
export function percentOf({ progress }: Pick<Job, 'progress'>): number | undefined {
  if (progress?.total === undefined || progress.total === 0) return undefined
  return Math.min(100, (100 * progress.done) / progress.total)
}
