import type { Item, Target, Verdict } from '#collect'
import type { RetryResult } from './api.ts'
import { objectIn } from './mended-record.ts'
import { originalOf } from './original.ts'
import { rejectsAmong } from './rejects.ts'
import type { Mended, RetryTools } from './retry.ts'
import { sayLaterAgain, type Taken } from './say-again.ts'

interface Sendable {
  readonly id: string
  readonly from: number
  readonly item: Item
}

/** Sends mended events as new lines of the log, under ids by which a second try, or a second sending, is a repetition. */
export async function retryEvents(
  tools: RetryTools,
  { stream, signal }: { readonly stream: string; readonly signal: AbortSignal },
  mended: readonly Mended[],
): Promise<readonly RetryResult[]> {
  const { engine, collecting, now } = tools
  const target = collecting.intake.targetOf(stream)
  if (!target || mended.length === 0) return []
  const looked = mended.map((one) => look(target, one))
  const sendable = looked.filter((one) => 'item' in one)
  const verdicts = await collecting.intake.take(
    target,
    sendable.map(({ item }) => item),
    { wire: 'mended', receivedAt: now() },
  )
  await collecting.catchUp(signal)
  // What the way in has taken may still not fit the lake.
  const refused = await rejectsAmong(
    engine,
    stream,
    verdicts.map(({ position }) => position),
  )
  const taken = await Promise.all(
    sendable.map((one, i) => takenAs(tools, stream, { ...one, verdict: verdicts[i] })),
  )
  await sayLaterAgain(
    tools,
    target,
    taken.filter((one) => one !== undefined).filter(({ at }) => !refused.has(at)),
  )
  const sent = new Map(
    sendable.map(({ id }, i): [string, RetryResult] => {
      const { position = 0, status = 'rejected' } = verdicts[i] ?? {}
      const again = refused.get(position)
      if (again) return [id, { id, status: 'rejected', reason: again.reason, now: again.id }]
      return [id, { id, status: status === 'duplicate' ? 'duplicate' : 'stored', event: position }]
    }),
  )
  return looked.map((one) => ('item' in one ? (sent.get(one.id) ?? notSent(one.id)) : one))
}

/** Where a mended event was taken, now or by a retry that died before it had said so; nothing when it cannot be told. */
async function takenAs(
  tools: RetryTools,
  stream: string,
  { id: reject, from, item, verdict }: Sendable & { readonly verdict: Verdict | undefined },
): Promise<Taken | undefined> {
  if (verdict === undefined) return undefined
  const { position, status } = verdict
  const { id, value } = item
  if (status === 'stored') return { reject, from, at: position, value }
  if (status !== 'duplicate' || id === undefined) return undefined
  const line = { position, at: 0, stream, kind: 'duplicate', body: '' }
  const at = await originalOf(tools, { line, id })
  return at === undefined ? undefined : { reject, from, at, value }
}

function look(target: Target, { reject, body }: Mended): Sendable | RetryResult {
  const { id, sentId, event = 0 } = reject
  const value = objectIn(body)
  if (!value) return { id, status: 'rejected', reason: 'it is no JSON object' }
  const reason = target.problemWithMended?.(value) ?? target.problemWith?.(value)
  if (reason !== undefined) return { id, status: 'rejected', reason }
  // What only the lake refused has taken its own id, and has to go by another.
  return { id, from: event, item: { id: sentId ?? `mended ${id}`, value } }
}

const notSent = (id: string): RetryResult => ({ id, status: 'rejected', reason: 'it was not sent' })
