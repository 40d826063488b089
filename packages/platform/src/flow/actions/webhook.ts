import { createHash, createHmac } from 'node:crypto'
import type { Outcome } from '#activation'
import type { Clock } from '#kernel/clock.ts'
import { Fault } from '#kernel/fault.ts'
import { type Answer, type Outgoing, retryAfterMs, signWithEach } from '#outgoing'
import type { WebhookTarget } from './definition.ts'
import type { SentFiring } from './form.ts'

/** What posting needs. */
export interface PostTools {
  readonly send: Outgoing['send']
  readonly secret: (name: string) => Promise<string>
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** What is posted. */
export interface Post {
  readonly to: WebhookTarget
  readonly body: string
  readonly firings: readonly SentFiring[]
}

const timeoutMs = 15_000

/** Posts firings, signed over the raw body with the key, and with the one before as long as it is defined. */
export async function post({ to, body, firings }: Post, tools: PostTools): Promise<Outcome> {
  const { send, secret, clock, signal } = tools
  const url = typeof to.url === 'string' ? to.url : await secret(to.url.secret)
  const keys = [await secret(to.secret.secret)]
  if (to.previous_secret) keys.push(await secret(to.previous_secret.secret))
  const id = idOf(firings)
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': id,
    ...signaturesOf({ id, body, keys, now: clock.now() }),
  }
  try {
    const answer = await send({ method: 'POST', url, headers, body, signal, timeoutMs })
    return outcomeOf(answer, clock.now())
  } catch (thrown) {
    // It did arrive; only the answer is longer than anybody wants to read.
    if (isTooLong(thrown)) return { result: 'sent' }
    throw thrown
  }
}

/** The id of a request: that of its only firing, or one made of all. */
const idOf = (firings: readonly SentFiring[]): string => {
  const [only, ...others] = firings.map(({ id }) => id)
  if (only !== undefined && others.length === 0) return only
  return createHash('sha256')
    .update(JSON.stringify(firings.map(({ id }) => id)))
    .digest('hex')
    .slice(0, 32)
}

interface Signing {
  readonly id: string
  readonly body: string
  /** The one in use first. */
  readonly keys: readonly string[]
  readonly now: Date
}

/**
 * Two signatures: `x-signature`, base64 of HMAC-SHA256 over the raw body with the text of the key; and those of Standard Webhooks,
 * for keys that have their form.
 */
function signaturesOf({ id, body, keys, now }: Signing): Readonly<Record<string, string>> {
  const [plain = '', previous] = keys.map((key) =>
    createHmac('sha256', key).update(body).digest('base64'),
  )
  const standard = keys.filter((key) => key.startsWith('whsec_'))
  return {
    'x-signature': plain,
    ...(previous === undefined ? {} : { 'x-signature-previous': previous }),
    ...signWithEach(standard, { id, timestamp: now, body }),
  }
}

// 408 and 429 ask for patience; every other 4xx will be refused again tomorrow.
function outcomeOf({ status, headers, text }: Answer, now: Date): Outcome {
  if (status >= 200 && status < 300) return { result: 'sent' }
  const line = text.replace(/\s+/g, ' ').trim().slice(0, 200)
  const why = `answered ${status}${line === '' ? '' : `: ${line}`}`
  if (status !== 408 && status !== 429 && status < 500) return { result: 'refused', why }
  const askedMs = retryAfterMs(headers, now)
  return { result: 'try again', why, ...(askedMs === undefined ? {} : { retryAfterMs: askedMs }) }
}

const isTooLong = (thrown: unknown): boolean =>
  thrown instanceof Fault &&
  thrown.code === 'outgoing.too_large' &&
  Number(thrown.details['status']) >= 200 &&
  Number(thrown.details['status']) < 300
