import type { Selectable } from 'kysely'
import { isDuplicate, readMigrations, type Store } from '#store'
import { ingestFaults } from '../faults.ts'
import type { BulkCounts } from '../tools.ts'
import type { IngestJob, IngestPart, JobState } from './job.ts'

/** The tables of this room. */
export const dataCloudMigrations = readMigrations(new URL('../migrations/', import.meta.url))

interface JobRow {
  id: string
  source: string
  object: string
  stream: string
  operation: IngestJob['operation']
  state: JobState
  created_at: string
  created_by: string
  changed_at: string
  closed_at: string | null
  attempt: number
  not_before: string | null
  processing_ms: number
  counts: string | null
  reason: string | null
}

interface PartRow {
  job: string
  number: number
  file: string
  columns: string
  size_bytes: number
  received_at: string
}

/** Which jobs to list. */
export interface JobQuery {
  readonly states: readonly JobState[]
  readonly orderBy: 'createdDate' | 'systemModstamp' | 'id'
  readonly direction: 'asc' | 'desc'
  readonly limit: number
  readonly offset: number
}

/** What changes with a job's state. */
export interface JobChange {
  readonly at: string
  readonly attempt?: number
  readonly notBefore?: string
  /** Is added to what it took so far. */
  readonly tookMs?: number
  readonly counts?: BulkCounts
  readonly reason?: string
}

const columnOf = { createdDate: 'created_at', systemModstamp: 'changed_at', id: 'id' } as const

/** The bulk jobs of a store; the only place that reads and writes them. */
export type JobRecords = ReturnType<typeof jobRecords>

/** Reads and writes bulk jobs and their parts. */
export function jobRecords(store: Store) {
  const db = store.as<{ ingest_job: JobRow; ingest_part: PartRow }>()
  const jobs = () => db.selectFrom('ingest_job').selectAll()

  const find = async (id: string): Promise<IngestJob | undefined> => {
    const row = await jobs().where('id', '=', id).executeTakeFirst()
    return row && jobOf(row)
  }
  const get = async (id: string): Promise<IngestJob> => {
    const job = await find(id)
    if (job === undefined) throw ingestFaults.unknown_job({ id })
    return job
  }

  return {
    find,
    get,

    add: async (job: IngestJob): Promise<void> => {
      try {
        await db.insertInto('ingest_job').values(newRow(job)).execute()
      } catch (thrown) {
        if (!isDuplicate(thrown)) throw thrown
        const open = await jobs()
          .where('stream', '=', job.stream)
          .where('state', '=', 'Open')
          .executeTakeFirst()
        const of = { object: job.object, id: open?.id ?? 'just closed' }
        throw ingestFaults.job_open(of, { cause: thrown })
      }
    },

    list: async (of: JobQuery): Promise<readonly IngestJob[]> => {
      const rows = await jobs()
        .where('state', 'in', of.states)
        .orderBy(columnOf[of.orderBy], of.direction)
        .orderBy('id', of.direction)
        .limit(of.limit)
        .offset(of.offset)
        .execute()
      return rows.map(jobOf)
    },

    /** Moves a job on, if it still stands where it was seen; whether it did. */
    move: async (id: string, from: readonly JobState[], to: JobState, of: JobChange) => {
      const { numUpdatedRows } = await db
        .updateTable('ingest_job')
        .set(({ eb, ref }) => ({
          state: to,
          changed_at: of.at,
          not_before: of.notBefore ?? null,
          reason: of.reason ?? null,
          processing_ms: eb(ref('processing_ms'), '+', of.tookMs ?? 0),
          ...(to === 'UploadComplete' && from.includes('Open') && { closed_at: of.at }),
          ...(of.attempt !== undefined && { attempt: of.attempt }),
          ...(of.counts && { counts: JSON.stringify(of.counts) }),
        }))
        .where('id', '=', id)
        .where('state', 'in', from)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** Removes a job that stands in one of these states, with its parts; whether there was one. */
    remove: async (id: string, states: readonly JobState[]): Promise<boolean> => {
      const { numDeletedRows } = await db
        .deleteFrom('ingest_job')
        .where('id', '=', id)
        .where('state', 'in', states)
        .executeTakeFirst()
      return numDeletedRows > 0n
    },

    /** The job of a stream that was closed first and is not loaded yet. */
    nextOf: async (stream: string): Promise<IngestJob | undefined> => {
      const row = await jobs()
        .where('stream', '=', stream)
        .where('state', 'in', ['UploadComplete', 'InProgress'])
        .orderBy('closed_at')
        .orderBy('id')
        .executeTakeFirst()
      return row && jobOf(row)
    },

    /** Streams with jobs that are closed and not loaded yet. */
    waitingStreams: async (): Promise<readonly string[]> => {
      const rows = await db
        .selectFrom('ingest_job')
        .select('stream')
        .distinct()
        .where('state', 'in', ['UploadComplete', 'InProgress'])
        .execute()
      return rows.map(({ stream }) => stream)
    },

    /** Jobs in these states that have not changed since a time. */
    unchangedSince: async (states: readonly JobState[], at: string) => {
      const rows = await jobs()
        .where('state', 'in', states)
        .where('changed_at', '<', at)
        .orderBy('changed_at')
        .execute()
      return rows.map(jobOf)
    },

    parts: async (job: string): Promise<readonly IngestPart[]> => {
      const rows = await db
        .selectFrom('ingest_part')
        .selectAll()
        .where('job', '=', job)
        .orderBy('number')
        .execute()
      return rows.map(partOf)
    },

    addPart: async (job: string, part: IngestPart, at: string): Promise<void> => {
      const { number, file, columns, sizeBytes: size_bytes } = part
      const row = { job, number, file, size_bytes, received_at: at }
      await db
        .insertInto('ingest_part')
        .values({ ...row, columns: JSON.stringify(columns) })
        .execute()
    },

    /** Forgets the parts of a job whose files are gone. */
    removeParts: async (job: string): Promise<void> => {
      await db.deleteFrom('ingest_part').where('job', '=', job).execute()
    },
  }
}

const newRow = (job: IngestJob): JobRow => ({
  id: job.id,
  source: job.source,
  object: job.object,
  stream: job.stream,
  operation: job.operation,
  state: job.state,
  created_at: job.createdAt,
  created_by: job.createdBy,
  changed_at: job.changedAt,
  closed_at: null,
  attempt: job.attempt,
  not_before: null,
  processing_ms: job.processingMs,
  counts: null,
  reason: null,
})

const jobOf = (row: Selectable<JobRow>): IngestJob => ({
  id: row.id,
  source: row.source,
  object: row.object,
  stream: row.stream,
  operation: row.operation,
  state: row.state,
  createdAt: row.created_at,
  createdBy: row.created_by,
  changedAt: row.changed_at,
  attempt: row.attempt,
  processingMs: row.processing_ms,
  ...(row.not_before === null ? {} : { notBefore: row.not_before }),
  ...(row.counts === null ? {} : { counts: JSON.parse(row.counts) }),
  ...(row.reason === null ? {} : { reason: row.reason }),
})

const partOf = (row: Selectable<PartRow>): IngestPart => ({
  number: row.number,
  file: row.file,
  columns: JSON.parse(row.columns),
  sizeBytes: row.size_bytes,
})
