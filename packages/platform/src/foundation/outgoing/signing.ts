import { createHmac, timingSafeEqual } from 'node:crypto'
import { Fault } from '#kernel/fault.ts'
import { outgoingFaults } from './faults.ts'

/** A message to be signed; the body exactly as it is sent. */
export interface Signable {
  readonly id: string
  readonly timestamp: Date
  readonly body: string
  readonly secret: string
}

/** The headers of a signed message, after Standard Webhooks. */
export type SignatureHeaders = Readonly<
  Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>
>

/** Signs a message with HMAC-SHA256 after Standard Webhooks; the id stays the same through retries. */
export function sign({ id, timestamp, body, secret }: Signable): SignatureHeaders {
  const seconds = String(Math.floor(timestamp.getTime() / 1000))
  const mac = createHmac('sha256', keyOf(secret)).update(`${id}.${seconds}.${body}`)
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${mac.digest('base64')}`,
  }
}

/** The same with every one of some secrets: while a secret is changed, receivers may check with the old one or the new one. */
export function signWithEach(
  secrets: readonly string[],
  of: Omit<Signable, 'secret'>,
): SignatureHeaders | undefined {
  const signed = secrets.map((secret) => sign({ ...of, secret }))
  const [first] = signed
  const all = signed.map((one) => one['webhook-signature']).join(' ')
  return first && { ...first, 'webhook-signature': all }
}

/** A received message; header names in lower case. */
export interface Received {
  readonly headers: Readonly<Record<string, string | undefined>>
  readonly body: string
  readonly secret: string
  readonly now: Date
  /** How far the sender's clock may be away; five minutes unless set. */
  readonly toleranceSeconds?: number
}

/** Throws unless the message was signed with the secret, unchanged, and lately. */
export function verify({ headers, body, secret, now, toleranceSeconds = 300 }: Received): void {
  const id = headers['webhook-id']
  const seconds = headers['webhook-timestamp']
  const signatures = headers['webhook-signature']
  if (!id || !seconds || !signatures) throw bad('a webhook header is missing')
  const timestamp = new Date(Number(seconds) * 1000)
  const awaySeconds = Math.abs(now.getTime() - timestamp.getTime()) / 1000
  // Written so that a timestamp that is no number is refused too.
  if (!(awaySeconds <= toleranceSeconds)) throw bad('it is from another time')
  const expected = sign({ id, timestamp, body, secret })['webhook-signature']
  // A sender that changes its secret signs with both for a while.
  const holds = signatures.split(' ').some((signature) => isSame(signature, expected))
  if (!holds) throw bad('it was made with another secret or for another body')
}

/** A new secret from 32 random bytes. */
export const newSigningSecret = (random: (bytes: number) => Uint8Array): string =>
  `${prefix}${Buffer.from(random(32)).toString('base64')}`

/** What is wrong with a secret that is to sign; nothing where it can. */
export function faultOfSecret(secret: string): Fault | undefined {
  try {
    keyOf(secret)
    return undefined
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
    throw thrown
  }
}

const prefix = 'whsec_'

const bad = (why: string) => outgoingFaults.bad_signature({ why })

function keyOf(secret: string): Buffer {
  const text = secret.startsWith(prefix) ? secret.slice(prefix.length) : secret
  const key = Buffer.from(text, 'base64')
  // Node skips what is not base64, so the way back shows whether anything was.
  const isWhole = key.toString('base64').replace(/=+$/, '') === text.replace(/=+$/, '')
  if (!isWhole || key.length < 24 || key.length > 64) throw outgoingFaults.bad_secret({})
  return key
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
