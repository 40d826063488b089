import type { NewJob } from '#jobs'
import { object, read, text } from '#kernel/read.ts'
import { type LoadTools, makeLoading, mostAttempts, waitFor } from './loading.ts'
import { jobRecords } from './records.ts'

/** The work that loads what is closed of a stream; it comes again more often than one job is begun. */
export const loadWork = (stream: string): NewJob => ({
  kind: loadKind,
  payload: { stream },
  maxAttempts: 2 * mostAttempts,
})

const loadKind = 'bulk_ingest'

const payloadShape = object({ stream: text() })

/**
 * Does the durable work: loads the closed jobs of a stream one after the other, in the order in which they were closed, so
 * that of two versions of a row the later one stands. One in trouble holds up those behind it until it is loaded or given up.
 */
export function handleLoads(tools: LoadTools): void {
  const { store, clock, jobs } = tools
  const records = jobRecords(store)
  const loadOne = makeLoading(tools)

  jobs.handle(loadKind, async (payload, work) => {
    const { stream } = read(payloadShape, payload)
    for (;;) {
      work.signal.throwIfAborted()
      const next = await records.nextOf(stream)
      if (next === undefined) return
      const now = clock.now()
      if (next.notBefore !== undefined && next.notBefore > now.toISOString())
        throw waitFor(next, now)
      await loadOne(next, work)
    }
  })
}
