import type { Item, Target } from '#collect'
import type { RetryResult } from './api.ts'
import { objectIn } from './mended-record.ts'
import { rejectsAmong } from './rejects.ts'
import type { Mended, RetryTools } from './retry.ts'

interface Sendable {
  readonly id: string
  readonly item: Item
}

/** Sends mended events as new lines of the log, under ids by which a second try, or a second sending, is a repetition. */
export async function retryEvents(
  { engine, collecting, now }: RetryTools,
  { stream, signal }: { readonly stream: string; readonly signal: AbortSignal },
  mended: readonly Mended[],
): Promise<readonly RetryResult[]> {
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

function look(target: Target, { reject, body }: Mended): Sendable | RetryResult {
  const { id, sentId } = reject
  const value = objectIn(body)
  if (!value) return { id, status: 'rejected', reason: 'it is no JSON object' }
  const reason = target.problemWithMended?.(value) ?? target.problemWith?.(value)
  if (reason !== undefined) return { id, status: 'rejected', reason }
  // What only the lake refused has taken its own id, and has to go by another.
  return { id, item: { id: sentId ?? `mended ${id}`, value } }
}

const notSent = (id: string): RetryResult => ({ id, status: 'rejected', reason: 'it was not sent' })
