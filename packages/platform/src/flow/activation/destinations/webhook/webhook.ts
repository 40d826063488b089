import { Fault } from '#kernel/fault.ts'
import { type Answer, retryAfterMs, sign } from '#outgoing'
import { type Batch, defineDestination, type Outcome, type PayloadRow } from '../../destination.ts'
import { webhookDefinition } from './definition.ts'

/** Posts members in signed batches of JSON; the id of a batch is the same through all attempts. */
export const webhook = defineDestination({
  ...webhookDefinition,
  batchSize: ({ batch_size }) => batch_size,
  async deliver(batch, { url, secret }, { network, secret: secretOf, clock, signal, pace }) {
    const body = await bodyOf(batch)
    await pace(batch.members)
    const key = await secretOf(secret.secret)
    const signature = sign({ id: batch.id, timestamp: clock.now(), body, secret: key })
    const headers = {
      'content-type': 'application/json',
      'idempotency-key': batch.id,
      ...signature,
    }
    try {
      const answer = await network.send({ method: 'POST', url, headers, body, signal })
      return outcomeOf(answer, clock.now())
    } catch (thrown) {
      // The members did arrive; only the answer is longer than anybody wants to read.
      if (isTooLong(thrown)) return { result: 'sent' }
      throw thrown
    }
  },
})

async function bodyOf(batch: Batch): Promise<string> {
  const members: PayloadRow[] = []
  for await (const rows of batch.rows()) members.push(...rows)
  const { id, activation, segment, send, from, to, number, of } = batch
  return JSON.stringify({ activation, segment, send, batch: { id, number, of, from, to }, members })
}

// 408 and 429 ask for patience; every other 4xx will be refused again tomorrow.
function outcomeOf({ status, headers, text }: Answer, now: Date): Outcome {
  if (status >= 200 && status < 300) return { result: 'sent' }
  const why = `answered ${status}${excerpt(text)}`
  if (status !== 408 && status !== 429 && status < 500) return { result: 'refused', why }
  const askedMs = retryAfterMs(headers, now)
  return { result: 'try again', why, ...(askedMs === undefined ? {} : { retryAfterMs: askedMs }) }
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim()
  if (line === '') return ''
  return line.length > 200 ? `: ${line.slice(0, 199)}…` : `: ${line}`
}

const isTooLong = (thrown: unknown): boolean =>
  thrown instanceof Fault &&
  thrown.code === 'outgoing.too_large' &&
  Number(thrown.details['status']) >= 200 &&
  Number(thrown.details['status']) < 300
