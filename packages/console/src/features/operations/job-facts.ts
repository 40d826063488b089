import type { Job } from '@tessera/platform/contract'
import { stepsOf } from '../../lib/run.ts'
import { texts } from '../../lib/texts.ts'

const words = texts.operations.jobs

/** How long a job has worked, or worked; nothing before it began. */
export function tookMs({ startedAt, finishedAt }: Job, now: number): number | undefined {
  if (startedAt === undefined) return undefined
  const end = finishedAt === undefined ? now : Date.parse(finishedAt)
  return Math.max(0, end - Date.parse(startedAt))
}

/** What came of a job, in a few words: why it failed, or what it did. */
export function resultOf({ fault, result, progress }: Job): string {
  if (fault) return fault.say
  const steps = stepsOf(result)
  const failed = steps.filter(({ state }) => state === 'failed').length
  if (failed > 0) return `${words.steps(steps.length)}, ${words.partly(failed)}`
  if (steps.length > 0) return words.steps(steps.length)
  return progress?.note?.replaceAll('_', ' ') ?? ''
}

/** The kinds of jobs that are seen, and the one that is looked for. */
export const kindsIn = (jobs: readonly Job[], wanted: string | undefined): readonly string[] =>
  [
    ...new Set([...jobs.map(({ kind }) => kind), ...(wanted === undefined ? [] : [wanted])]),
  ].toSorted()
