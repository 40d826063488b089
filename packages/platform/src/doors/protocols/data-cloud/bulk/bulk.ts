import type { Caller } from '#kernel/caller.ts'
import { ingestFaults } from '../faults.ts'
import type { IngestObject } from '../object.ts'
import type { DataCloudTools } from '../tools.ts'
import { type JobFiles, jobFiles } from './files.ts'
import { headerOf } from './header.ts'
import type { IngestJob, JobState } from './job.ts'
import { keepFile } from './keep-file.ts'
import { type JobQuery, type JobRecords, jobRecords } from './records.ts'
import { loadWork } from './work.ts'

/** What bulk jobs need. */
export type BulkTools = Pick<
  DataCloudTools,
  'objectOf' | 'store' | 'jobs' | 'clock' | 'ids' | 'folder'
>

/** A job as a client asks for it. */
export interface NewIngestJob {
  readonly source: string
  readonly object: string
  readonly operation: 'upsert' | 'delete'
}

/** What clients do with bulk jobs. */
export interface Bulk {
  readonly create: (caller: Caller, of: NewIngestJob) => Promise<IngestJob>
  /** Keeps one more file; on disk when it settles. */
  readonly addFile: (id: string, body: () => AsyncIterable<Uint8Array>) => Promise<void>
  /** Closes a job, so that it is loaded; one that failed is tried again. Closing twice changes nothing. */
  readonly close: (id: string) => Promise<IngestJob>
  readonly abort: (id: string) => Promise<IngestJob>
  readonly get: (id: string) => Promise<IngestJob>
  readonly list: (query: JobQuery) => Promise<readonly IngestJob[]>
  readonly remove: (id: string) => Promise<void>
}

const mostFiles = 100
/** How large a file may be, unpacked. */
export const mostFileBytes = 150 * 1024 ** 2

/** The bulk jobs of a store. */
export function makeBulk(tools: BulkTools): Bulk {
  const { store, jobs, clock, ids } = tools
  const records = jobRecords(store)
  const files = jobFiles(tools.folder)
  const now = () => clock.now().toISOString()

  const mustStand = async (id: string, states: readonly JobState[], what: string) => {
    const job = await records.get(id)
    if (!states.includes(job.state)) throw ingestFaults.wrong_state({ id, state: job.state, what })
    return job
  }

  return {
    get: records.get,
    list: records.list,

    async create(caller, { source, object, operation }) {
      const found = await openObject(tools, source, object)
      const { stream } = found
      const at = now()
      const job: IngestJob = {
        ...{ id: ids.next(), source, object, stream, operation, state: 'Open' },
        ...{ createdAt: at, createdBy: caller.name, changedAt: at, attempt: 0, processingMs: 0 },
      }
      await records.add(job)
      return job
    },

    async addFile(id, body) {
      const job = await mustStand(id, ['Open'], 'given more files')
      await refuseIfFull(records, id)
      const object = await openObject(tools, job.source, job.object)
      const file = `${ids.next()}.csv`
      await files.makeFolder(id)
      const kept = await keepFile(body(), files.pathOf(id, file), {
        mostBytes: mostFileBytes,
        headerOf: (cells) => headerOf(cells, job, object),
      })
      try {
        await mustStand(id, ['Open'], 'given more files')
        await files.sync(id)
        await store.transaction(async () => {
          await mustStand(id, ['Open'], 'given more files')
          const number = (await refuseIfFull(records, id)) + 1
          await records.addPart(id, { number, file, ...kept }, now())
        })
      } catch (thrown) {
        await files.removeFile(id, file)
        throw thrown
      }
    },

    close: (id) =>
      store.transaction(async () => {
        const { state, stream } = await records.get(id)
        const isGone = state === 'Failed' && (await records.parts(id)).length === 0
        if (state === 'Aborted' || isGone)
          throw ingestFaults.wrong_state({ id, state, what: 'closed' })
        const anew = { at: now(), attempt: 0 }
        if (await records.move(id, ['Open', 'Failed'], 'UploadComplete', anew))
          await jobs.enqueue(loadWork(stream))
        return records.get(id)
      }),

    async abort(id) {
      const { state } = await records.get(id)
      const from: readonly JobState[] = ['Open', 'UploadComplete']
      const isMoved = await records.move(id, from, 'Aborted', { at: now() })
      if (isMoved) await drop(records, files, id)
      const job = await records.get(id)
      if (job.state !== 'Aborted') throw ingestFaults.wrong_state({ id, state, what: 'aborted' })
      return job
    },

    async remove(id) {
      const states: readonly JobState[] = ['UploadComplete', 'JobComplete', 'Failed', 'Aborted']
      if (!(await records.remove(id, states))) {
        const { state } = await records.get(id)
        throw ingestFaults.wrong_state({ id, state, what: 'deleted' })
      }
      await files.removeFolder(id)
    },
  }
}

/** What may be sent under these names. */
export async function openObject(
  { objectOf }: Pick<DataCloudTools, 'objectOf'>,
  source: string,
  object: string,
): Promise<IngestObject> {
  const found = await objectOf(source, object)
  if (found === undefined) throw ingestFaults.unknown_object({ source, object })
  return found
}

/** Forgets the parts of a job and removes their files. */
export async function drop(records: JobRecords, files: JobFiles, id: string): Promise<void> {
  await records.removeParts(id)
  await files.removeFolder(id)
}

async function refuseIfFull(records: JobRecords, id: string): Promise<number> {
  const { length } = await records.parts(id)
  if (length >= mostFiles) throw ingestFaults.too_many_files({ most: mostFiles })
  return length
}
