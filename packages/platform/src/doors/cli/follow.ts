import { setTimeout as sleep } from 'node:timers/promises'
import { Fault } from '#kernel/fault.ts'
import type { Client, Out } from './command.ts'

interface JobAnswer {
  readonly state: string
  readonly progress?: { readonly done: number; readonly total?: number; readonly note?: string }
  readonly result?: unknown
  readonly fault?: { readonly code: string; readonly say: string }
}

/** Follows a job to its end, showing how far it is; its result, or the fault that ended it. */
export async function followJob(client: Client, out: Out, id: string): Promise<unknown> {
  for (let waitMs = 50; ; waitMs = Math.min(300, waitMs * 1.5)) {
    // The endpoint answers with this shape; see the jobs room.
    const job = (await client.call('GET', `/jobs/${id}`)) as JobAnswer
    if (job.progress) out.progress(barOf(job.progress))
    if (job.state === 'done') {
      out.progress('')
      return job.result
    }
    if (job.state === 'failed' || job.state === 'cancelled') {
      out.progress('')
      throw new Fault({
        code: job.fault?.code ?? 'jobs.cancelled',
        status: 500,
        say: job.fault?.say ?? 'the job was cancelled',
        details: { job: id },
      })
    }
    await sleep(waitMs)
  }
}

const width = 24

/** A bar of text: `██████░░░░ 6/10 mapping contacts`. */
export function barOf({
  done,
  total,
  note = '',
}: {
  done: number
  total?: number
  note?: string
}): string {
  if (total === undefined || total === 0) return `${done} ${note}`
  const full = Math.round((done / total) * width)
  return `${'█'.repeat(full)}${'░'.repeat(width - full)} ${done}/${total} ${note}`
}
