import type { JobTools } from '#jobs'
import { Fault, sentenceOf } from '#kernel/fault.ts'
import { object, read, text } from '#kernel/read.ts'
import { ingestFaults } from '../faults.ts'
import type { BulkCounts, DataCloudTools } from '../tools.ts'
import { jobFiles } from './files.ts'
import type { IngestJob } from './job.ts'
import { jobRecords } from './records.ts'

/** The kind of durable work that loads what was sent in bulk. */
export const loadKind = 'bulk_ingest'

/** What loading needs. */
export type LoadTools = Pick<DataCloudTools, 'load' | 'store' | 'jobs' | 'clock' | 'log' | 'folder'>

const payloadShape = object({ stream: text() })
/** How often loading a job is begun before it is given up. */
export const mostAttempts = 8
const firstPauseMs = 1_000
const longestPauseMs = 10 * 60_000

/**
 * Does the durable work: loads the closed jobs of a stream one after the other, in the order in which they were closed, so
 * that of two versions of a row the later one stands. One in trouble holds up those behind it until it is loaded or given up.
 */
export function handleLoads(tools: LoadTools): void {
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

  const begin = async (job: IngestJob): Promise<IngestJob | undefined> => {
    const attempt = job.attempt + 1
    const isStill = await records.move(job.id, [job.state], 'InProgress', { at: at(), attempt })
    return isStill ? { ...job, attempt } : undefined
  }

  const giveUp = async ({ id }: IngestJob, reason: string, tookMs: number) => {
    await records.move(id, ['InProgress'], 'Failed', { at: at(), reason, tookMs })
    log.warn('bulk job failed', { job: id, reason })
  }

  const afterTrouble = async (job: IngestJob, thrown: unknown, of: Trouble) => {
    const { id, attempt } = job
    const { tookMs } = of
    if (of.isStopped) {
      // Being stopped is no fault of the job: it counts no attempt.
      const back = { at: at(), attempt: attempt - 1, tookMs }
      await records.move(id, ['InProgress'], 'UploadComplete', back)
      throw thrown
    }
    const why = sentenceOf(thrown)
    if (!mayPass(thrown)) return giveUp(job, why, tookMs)
    if (attempt >= mostAttempts)
      return giveUp(job, ingestFaults.given_up({ attempts: attempt, why }).message, tookMs)
    const notBefore = new Date(clock.now().getTime() + pauseMs(attempt)).toISOString()
    const again = { at: at(), notBefore, reason: why, tookMs }
    await records.move(id, ['InProgress'], 'UploadComplete', again)
    throw waitFor({ ...job, notBefore, reason: why }, clock.now())
  }

  const loadOne = async (found: IngestJob, work: JobTools): Promise<void> => {
    if (found.attempt >= mostAttempts) {
      const why = found.reason ?? 'the process ended in the middle of it'
      return giveUp(found, ingestFaults.given_up({ attempts: found.attempt, why }).message, 0)
    }
    const job = await begin(found)
    if (job === undefined) return
    const startedAt = performance.now()
    const tookMs = () => Math.round(performance.now() - startedAt)
    try {
      const counts = await loadParts(job, work)
      await records.move(job.id, ['InProgress'], 'JobComplete', {
        at: at(),
        counts,
        tookMs: tookMs(),
      })
    } catch (thrown) {
      await afterTrouble(job, thrown, { isStopped: work.signal.aborted, tookMs: tookMs() })
      return
    }
    await files.removeFolder(job.id)
    await records.removeParts(job.id)
  }

  tools.jobs.handle(loadKind, async (payload, work) => {
    const { stream } = read(payloadShape, payload)
    let loaded = 0
    for (;;) {
      work.signal.throwIfAborted()
      const next = await records.nextOf(stream)
      if (next === undefined) return { loaded }
      if (next.notBefore !== undefined && next.notBefore > at()) throw waitFor(next, clock.now())
      await loadOne(next, work)
      loaded++
    }
  })
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

/** Tells the queue when to come again. */
function waitFor({ id, notBefore = '', reason = '' }: IngestJob, now: Date): Fault {
  const retryAfterMs = Math.max(0, Date.parse(notBefore) - now.getTime())
  return ingestFaults.load_again({ id, why: reason, retryAfterMs })
}
