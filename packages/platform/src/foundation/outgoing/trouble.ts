import { Fault, sentenceOf } from '#kernel/fault.ts'
import { outgoingFaults } from './faults.ts'

/** Says in our words why a call failed; what is not known is passed on as it is. */
export function troubleOf(thrown: unknown, to: string, afterMs: number): unknown {
  if (thrown instanceof Fault) return thrown
  const code = codeOf(thrown)
  const why = words[code] ?? (sentenceOf(thrown) || code)
  const place = { cause: thrown }
  if (timeouts.has(code)) return outgoingFaults.timeout({ to, afterMs }, place)
  if (code === 'UND_ERR_INVALID_ARG') return outgoingFaults.bad_request({ to, why }, place)
  if (isTls(code)) return outgoingFaults.tls({ to, why }, place)
  if (notHttp.test(code)) return outgoingFaults.bad_answer({ to, why }, place)
  if (broken.test(code)) return outgoingFaults.unreachable({ to, why }, place)
  return thrown
}

// Not every complaint of the parser has a code.
function codeOf(thrown: unknown): string {
  if (!(thrown instanceof Error)) return ''
  return 'code' in thrown && thrown.code !== undefined ? String(thrown.code) : thrown.name
}

const timeouts = new Set([
  'UND_ERR_CONNECT_TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'ETIMEDOUT',
])
const notHttp = /^(HPE_|HTTPParserError|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/
const broken = /^(E[A-Z0-9]+|UND_ERR_SOCKET)$/

// The codes of OpenSSL's certificate check have no prefix in common.
const isTls = (code: string) =>
  /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO$)/.test(code) ||
  /_(CERT|CA|CHAIN_TOO_LONG|SIGNATURE)$/.test(code)

const words: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: 'the connection broke off',
  UND_ERR_SOCKET: 'the connection broke off',
  EPIPE: 'the connection broke off',
  ENOTFOUND: 'the name has no address',
  EAI_AGAIN: 'the name cannot be looked up at the moment',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
}
