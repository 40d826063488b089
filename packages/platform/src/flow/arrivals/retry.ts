import type { Collecting } from '#collect'
import type { Spool } from '#connectors'
import type { Engine } from '#engine'
import { takeBack } from '#lake'
import type { EventLog } from '#log'
import type { StreamDefinition } from '#streams'
import type { RetryAnswer, RetryResult } from './api.ts'
import { countRejects, type Reject, type RejectFilter, rejectsOf } from './rejects.ts'
import { retryEvents } from './retry-events.ts'
import { retryRecords } from './retry-records.ts'

/** What trying rejected records again needs. */
export interface RetryTools {
  readonly engine: Engine
  readonly events: Pick<EventLog, 'read' | 'head'>
  readonly collecting: Pick<Collecting, 'intake' | 'catchUp' | 'follow'>
  readonly spool: Spool
  readonly now: () => Date
}

/** A rejected record that is to be tried again, with what it should be instead where it was mended. */
export interface Mended {
  readonly reject: Reject
  readonly body: unknown
}

/** What somebody wants to be tried again. */
export type RetryWish =
  | { readonly items: readonly { readonly id: string; readonly body?: unknown }[] }
  | ({ readonly all: true } & Omit<RejectFilter, 'ids'>)

/** So many at once; what is more is tried by asking again. */
const mostAtOnce = 1000

/**
 * Tries rejected records again, mended or as they were. What is taken leaves the list and counts as mended; what is still
 * wrong where it comes in stays on it; what only the lake refuses is replaced on it by what was sent, with the new reason.
 */
export async function retry(
  tools: RetryTools,
  of: { readonly stream: string; readonly body: StreamDefinition; readonly signal: AbortSignal },
  wish: RetryWish,
): Promise<RetryAnswer> {
  const { engine } = tools
  const ids = 'items' in wish ? [...new Set(wish.items.map(({ id }) => id))] : undefined
  const filter = 'items' in wish ? { ids: (ids ?? []).filter(isId) } : wish
  const rejects = await rejectsOf(engine, of.stream, { ...filter, limit: mostAtOnce })
  const bodies = new Map('items' in wish ? wish.items.map(({ id, body }) => [id, body]) : [])
  const mended = rejects.map((reject) => ({ reject, body: bodies.get(reject.id) ?? reject.raw }))
  const isLive = tools.collecting.intake.targetOf(of.stream) !== undefined
  const isEvent = ({ reject }: Mended) => isLive && reject.event !== undefined
  const results = [
    ...(await retryEvents(tools, of, mended.filter(isEvent))),
    ...(await retryRecords(
      tools,
      of,
      mended.filter((one) => !isEvent(one)),
    )),
  ]
  await takeBack(
    engine,
    results
      .filter(({ status, now }) => status !== 'rejected' || now !== undefined)
      .map(({ id }) => Number(id)),
  )
  const found = new Map(results.map((result) => [result.id, result]))
  return {
    results: ids === undefined ? results : ids.map((id) => found.get(id) ?? gone(id)),
    left: await countRejects(engine, of.stream),
  }
}

const isId = (id: string) => /^\d{1,15}$/.test(id)

const gone = (id: string): RetryResult => ({
  id,
  status: 'unknown',
  reason: 'no rejected record has this id; it may have been mended already',
})
