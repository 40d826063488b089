import { createHmac, timingSafeEqual } from 'node:crypto'

/** What a token says. */
export type Claims = Readonly<Record<string, unknown>>

const header = encode({ alg: 'HS256', typ: 'JWT' })

/** Writes a JSON web token, signed with HMAC-SHA-256. */
export function sign(claims: Claims, key: Uint8Array): string {
  const content = `${header}.${encode(claims)}`
  return `${content}.${signatureOf(content, key).toString('base64url')}`
}

/** Reads a token of our own making that has not run out; nothing otherwise. */
export function verify(token: string, key: Uint8Array, now: Date): Claims | undefined {
  const [head, body, signature, ...more] = token.split('.')
  if (head !== header || body === undefined || signature === undefined || more.length > 0)
    return undefined
  const given = Buffer.from(signature, 'base64url')
  const right = signatureOf(`${head}.${body}`, key)
  if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined
  // Only what this file has written carries the signature.
  const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as Claims
  const { exp } = claims
  return typeof exp === 'number' && exp * 1000 > now.getTime() ? claims : undefined
}

const signatureOf = (content: string, key: Uint8Array) =>
  createHmac('sha256', key).update(content).digest()

function encode(value: Claims): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url')
}
