import type { BulkCounts } from '../tools.ts'

/** Where a bulk job stands, in the words of the wire. */
export const jobStates = [
  'Open',
  'UploadComplete',
  'InProgress',
  'JobComplete',
  'Failed',
  'Aborted',
] as const
export type JobState = (typeof jobStates)[number]

/** Files that are sent together, closed, and then loaded. */
export interface IngestJob {
  readonly id: string
  readonly source: string
  readonly object: string
  readonly stream: string
  readonly operation: 'upsert' | 'delete'
  readonly state: JobState
  readonly createdAt: string
  readonly createdBy: string
  readonly changedAt: string
  /** How many times loading has begun. */
  readonly attempt: number
  /** Loading is not tried again before this. */
  readonly notBefore?: string
  readonly processingMs: number
  readonly counts?: BulkCounts
  /** Why it failed or was aborted. */
  readonly reason?: string
}

/** A file of a bulk job, as it is kept. */
export interface IngestPart {
  readonly number: number
  /** Its name inside the job's folder. */
  readonly file: string
  readonly columns: readonly string[]
  readonly sizeBytes: number
}

/** A bulk job as the wire prints it. The last four are more than was ever promised to clients. */
export const printJob = (job: IngestJob) => ({
  id: job.id,
  operation: job.operation,
  object: job.object,
  sourceName: job.source,
  createdById: job.createdBy,
  createdDate: job.createdAt,
  systemModstamp: job.changedAt,
  state: job.state,
  contentType: 'CSV',
  apiVersion: 'v1',
  contentUrl: `api/v1/ingest/jobs/${job.id}/batches`,
  retries: Math.max(0, job.attempt - 1),
  totalProcessingTime: job.processingMs,
  ...(job.counts && {
    numberRecordsProcessed: job.counts.received,
    numberRecordsFailed: job.counts.rejected,
    counts: job.counts,
  }),
  ...(job.reason !== undefined && { errorMessage: job.reason }),
})
