import type { JobTools } from '#jobs'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import { ingestFaults } from '../faults.ts'
import type { BulkCounts, DataCloudTools } from '../tools.ts'
import { jobFiles } from './files.ts'
import type { IngestJob } from './job.ts'
import { type JobChange, jobRecords } from './records.ts'

/** What loading needs. */
export type LoadTools = Pick<
  DataCloudTools,
  'objectOf' | 'load' | 'store' | 'jobs' | 'clock' | 'log' | 'folder'
>

/** How often loading a job is begun before it is given up. */
export const mostAttempts = 8
const firstPauseMs = 1_000
const longestPauseMs = 10 * 60_000

/** Loads one closed job; throws only where the one who works through the queue shall stop and come again. */
export function makeLoading(tools: LoadTools) {
  const records = jobRecords(tools.store)
  const files = jobFiles(tools.folder)
  const { clock, log } = tools
  const at = () => clock.now().toISOString()

  const loadParts = async (job: IngestJob, { signal, progress }: JobTools): Promise<BulkCounts> => {
    const { id, stream, operation } = job
    const parts = (await records.parts(id)).map(({ number, file, columns }) => ({
      name: `${job.object} ${id} ${number}.csv`,
      fingerprint: `ingest:${id}:${number}`,
      path: files.pathOf(id, file),
      compressed: false,
      columns,
    }))
    if (parts.length === 0) return nothing
    return tools.load({ stream, operation, parts, signal, progress })
  }

  const giveUp = async ({ id, attempt, state }: IngestJob, why: string, tookMs: number) => {
    const reason = ingestFaults.given_up({ attempts: attempt, why }).message
    await fail({ id, state }, reason, tookMs)
  }

  const fail = async (of: Pick<IngestJob, 'id' | 'state'>, reason: string, tookMs: number) => {
    await records.move(of.id, [of.state], 'Failed', { at: at(), reason, tookMs })
    log.warn('bulk job failed', { job: of.id, reason })
  }

  const putBack = ({ id }: IngestJob, of: Omit<JobChange, 'at'>) =>
    records.move(id, ['InProgress'], 'UploadComplete', { at: at(), ...of })

  const afterTrouble = async (job: IngestJob, thrown: unknown, of: Trouble) => {
    const { attempt } = job
    const { tookMs } = of
    if (of.isStopped) {
      // Being stopped is no fault of the job: it counts no attempt.
      await putBack(job, { attempt: attempt - 1, tookMs })
      throw thrown
    }
    const reason = sentenceOf(thrown)
    if (!mayPass(thrown)) return fail(job, reason, tookMs)
    if (attempt >= mostAttempts) return giveUp(job, reason, tookMs)
    const notBefore = new Date(clock.now().getTime() + pauseMs(attempt)).toISOString()
    await putBack(job, { notBefore, reason, tookMs })
    throw waitFor({ ...job, notBefore, reason }, clock.now())
  }

  return async (found: IngestJob, work: JobTools): Promise<void> => {
    if (found.attempt >= mostAttempts)
      return giveUp(found, found.reason ?? 'the process ended in the middle of it', 0)
    const attempt = found.attempt + 1
    const job: IngestJob = { ...found, state: 'InProgress', attempt }
    const isStill = await records.move(job.id, [found.state], job.state, { at: at(), attempt })
    if (!isStill) return
    const startedAt = performance.now()
    const tookMs = () => Math.round(performance.now() - startedAt)
    try {
      const counts = await loadParts(job, work)
      const done = { at: at(), counts, tookMs: tookMs() }
      await records.move(job.id, [job.state], 'JobComplete', done)
    } catch (thrown) {
      await afterTrouble(job, thrown, { isStopped: work.signal.aborted, tookMs: tookMs() })
      return
    }
    await files.removeFolder(job.id)
    await records.removeParts(job.id)
  }
}

/** Tells the queue when to come again. */
export function waitFor({ id, notBefore = '', reason = '' }: IngestJob, now: Date): Fault {
  const retryAfterMs = Math.max(0, Date.parse(notBefore) - now.getTime())
  return ingestFaults.load_again({ id, why: reason, retryAfterMs })
}

interface Trouble {
  readonly isStopped: boolean
  readonly tookMs: number
}

const nothing: BulkCounts = { received: 0, stored: 0, unchanged: 0, rejected: 0, removed: 0 }

const pauseMs = (attempt: number) => Math.min(longestPauseMs, firstPauseMs * 2 ** (attempt - 1))

// What was refused for what it is will be refused again; only patience (429) and trouble (5xx) pass.
const mayPass = (thrown: unknown) =>
  !(thrown instanceof Fault) || thrown.status >= 500 || thrown.status === 429
