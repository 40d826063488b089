import { createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import type { WebhookSettings } from '#connectors/definition'
import { Fault } from '#kernel/fault.ts'
import { verify } from '#outgoing'
import { webhookFaults } from './faults.ts'

type Signature = WebhookSettings['signature']
type Kind<Name extends Signature['kind']> = Extract<Signature, { kind: Name }>

/** What arrived, and what it should have been signed with. */
export interface Signed {
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
  readonly secret: string
  readonly now: Date
}

/** Throws unless what arrived was signed as agreed. */
export function checkSignature(signature: Signature, signed: Signed): void {
  if (signature.kind === 'standard') checkStandard(signed)
  else if (signature.kind === 'hmac') checkHmac(signature, signed)
  else if (signature.kind === 'timestamped') checkTimestamped(signature, signed)
  else refuseUnless(isSame(headerOf(signed, signature.header), signed.secret))
}

function checkStandard({ headers, body, secret, now }: Signed): void {
  const texts = Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, [value].flat()[0]]),
  )
  try {
    verify({ headers: texts, body: body.toString('utf8'), secret, now })
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'outgoing.bad_secret') throw thrown
    throw webhookFaults.wrong_signature({}, { cause: thrown })
  }
}

function checkHmac(of: Kind<'hmac'>, signed: Signed): void {
  const { algorithm = 'sha256', encoding = 'hex', prefix = '' } = of
  const expected = createHmac(algorithm, signed.secret).update(signed.body).digest(encoding)
  const found = headerOf(signed, of.header)
  const given = encoding === 'hex' ? found.toLowerCase() : found
  refuseUnless(isSame(given, `${prefix}${expected}`))
}

const toleranceMs = 5 * 60_000

// `t=<seconds>,v1=<hex>`: the time and the body are signed together; after a change of secret there are two `v1`.
function checkTimestamped({ header }: Kind<'timestamped'>, signed: Signed): void {
  const parts = headerOf(signed, header)
    .split(',')
    .map((part) => part.trim().split('=', 2))
  const seconds = parts.find(([name]) => name === 't')?.[1] ?? ''
  const awayMs = Math.abs(signed.now.getTime() - Number(seconds) * 1000)
  const expected = createHmac('sha256', signed.secret)
    .update(`${seconds}.`)
    .update(signed.body)
    .digest('hex')
  const holds = parts.some(([name, mac = '']) => name === 'v1' && isSame(mac, expected))
  // Written so that a time that is no number is refused too.
  refuseUnless(holds && awayMs <= toleranceMs)
}

function headerOf({ headers }: Signed, name: string): string {
  const found = [headers[name.toLowerCase()]].flat()[0]
  if (found === undefined || found === '') throw webhookFaults.not_signed({ header: name })
  return found
}

function refuseUnless(holds: boolean): void {
  if (!holds) throw webhookFaults.wrong_signature({})
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
