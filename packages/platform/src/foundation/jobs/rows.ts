import type { Selectable } from 'kysely'
import type { Job } from './api.ts'

/** The table of jobs, as Kysely sees it. */
export interface JobTables {
  job: JobRow
}

/** A job as it is kept. */
export interface JobRow {
  id: string
  kind: string
  key: string | null
  payload: string
  state: Job['state']
  attempt: number
  max_attempts: number
  run_at: string
  lease_owner: string | null
  lease_until: string | null
  cancel_asked: number
  progress: string | null
  result: string | null
  fault: string | null
  created_at: string
  started_at: string | null
  finished_at: string | null
}

/** A job that nobody has taken yet. */
export type WaitingJob = Pick<
  Job,
  'id' | 'kind' | 'key' | 'payload' | 'maxAttempts' | 'runAt' | 'createdAt'
>

/** What a row says while nobody runs the job. */
export const free = { lease_owner: null, lease_until: null, cancel_asked: 0 }

/** A waiting job as a row. */
export const newRow = (job: WaitingJob): JobRow => ({
  ...free,
  id: job.id,
  kind: job.kind,
  key: job.key ?? null,
  payload: JSON.stringify(job.payload ?? null),
  state: 'waiting',
  attempt: 0,
  max_attempts: job.maxAttempts,
  run_at: job.runAt,
  progress: null,
  result: null,
  fault: null,
  created_at: job.createdAt,
  started_at: null,
  finished_at: null,
})

/** A row as a job. */
export function jobOf(row: Selectable<JobRow>): Job {
  return {
    id: row.id,
    kind: row.kind,
    payload: JSON.parse(row.payload),
    state: row.state,
    attempt: row.attempt,
    maxAttempts: row.max_attempts,
    runAt: row.run_at,
    createdAt: row.created_at,
    ...(row.key === null ? {} : { key: row.key }),
    ...(row.started_at === null ? {} : { startedAt: row.started_at }),
    ...(row.finished_at === null ? {} : { finishedAt: row.finished_at }),
    ...(row.progress === null ? {} : { progress: JSON.parse(row.progress) }),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) }),
    ...(row.fault === null ? {} : { fault: JSON.parse(row.fault) }),
  }
}
