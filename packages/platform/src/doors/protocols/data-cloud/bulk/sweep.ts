import type { DataCloudTools } from '../tools.ts'
import { drop } from './bulk.ts'
import { jobFiles } from './files.ts'
import { jobRecords } from './records.ts'
import { loadWork } from './work.ts'

/** The kind of durable work that clears up after bulk jobs. */
export const sweepKind = 'bulk_ingest_sweep'

/** What clearing up needs. */
export type SweepTools = Pick<DataCloudTools, 'store' | 'jobs' | 'clock' | 'log' | 'folder'>

const day = 86_400_000
const openMs = 7 * day
const failedMs = 7 * day
const keptMs = 30 * day

/** Aborts jobs left open for 7 days, forgets those that ended 30 days ago, and wakes what waits to be loaded. */
export async function sweep({ store, jobs, clock, log, folder }: SweepTools): Promise<void> {
  const records = jobRecords(store)
  const files = jobFiles(folder)
  const at = clock.now().toISOString()
  const before = (ms: number) => new Date(clock.now().getTime() - ms).toISOString()

  const ended = ['JobComplete', 'Failed', 'Aborted'] as const
  for (const { id } of await records.unchangedSince(['Open'], before(openMs))) {
    const reason = 'it was left open for 7 days'
    if (await records.move(id, ['Open'], 'Aborted', { at, reason }))
      log.info('bulk job aborted', { job: id, reason })
  }
  for (const { id } of await records.unchangedSince(ended, before(keptMs)))
    await records.remove(id, ended)
  for (const id of await files.folders()) {
    const job = await records.find(id)
    const isWanted =
      job !== undefined &&
      job.state !== 'Aborted' &&
      job.state !== 'JobComplete' &&
      (job.state !== 'Failed' || job.changedAt >= before(failedMs))
    if (!isWanted) await drop(records, files, id)
  }
  // Each closed job queues its own work; this is for work that the queue has given up.
  for (const stream of await records.waitingStreams())
    await jobs.enqueue({ ...loadWork(stream), key: `sweep:${stream}` })
}

/** Removes files whose upload a process did not finish; only while nothing is being sent. */
export async function removeUnfinished({ store, folder }: SweepTools): Promise<void> {
  const records = jobRecords(store)
  const files = jobFiles(folder)
  for (const job of await files.folders()) {
    const known = new Set((await records.parts(job)).map(({ file }) => file))
    for (const file of await files.filesOf(job))
      if (!known.has(file)) await files.removeFile(job, file)
  }
}
