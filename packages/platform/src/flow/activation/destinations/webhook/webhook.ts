import { Fault } from '#kernel/fault.ts'
import type { Read } from '#kernel/read.ts'
import { type Answer, retryAfterMs, signWithEach } from '#outgoing'
import {
  type Batch,
  calledBy,
  defineDestination,
  type Outcome,
  type PayloadRow,
  type TestTools,
} from '../../destination.ts'
import { activationFaults } from '../../faults.ts'
import { webhookDefinition } from './definition.ts'

type WebhookSettings = Read<typeof webhookDefinition.settings>

/** Posts members in signed batches of JSON; the id of a batch is the same through all attempts. */
export const webhook = defineDestination({
  ...webhookDefinition,
  batchSize: ({ batch_size }) => batch_size,
  calls: ({ url }) => calledBy(url, 'url'),
  signs: ({ secret, previous_secret: previous }) => [
    { at: 'secret', name: secret.secret },
    ...(previous ? [{ at: 'previous_secret', name: previous.secret }] : []),
  ],
  async deliver(batch, settings, tools) {
    const body = await bodyOf(batch)
    await tools.pace(batch.members)
    return post({ id: batch.id, body }, settings, tools)
  },
  async *test(settings, tools) {
    const id = `test:${tools.clock.now().getTime()}`
    const body = JSON.stringify({ test: true, batch: { id, number: 1, of: 1 }, members: [] })
    const outcome = await post({ id, body }, settings, tools)
    const { origin: at } = new URL(settings.url)
    if (outcome.result !== 'sent') throw activationFaults.not_taken({ at, why: outcome.why })
    yield `${at} took a signed batch without members, marked as a test`
  },
})

async function post(
  { id, body }: { readonly id: string; readonly body: string },
  { url, secret, previous_secret: previous }: WebhookSettings,
  { network, secret: secretOf, clock, signal }: TestTools,
): Promise<Outcome> {
  const keys = [await secretOf(secret.secret)]
  if (previous) keys.push(await secretOf(previous.secret))
  const signature = signWithEach(keys, { id, timestamp: clock.now(), body })
  const headers = { 'content-type': 'application/json', 'idempotency-key': id, ...signature }
  try {
    const answer = await network.send({ method: 'POST', url, headers, body, signal })
    return outcomeOf(answer, clock.now())
  } catch (thrown) {
    // The members did arrive; only the answer is longer than anybody wants to read.
    if (isTooLong(thrown)) return { result: 'sent' }
    throw thrown
  }
}

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
