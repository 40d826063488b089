import { Fault, sentenceOf } from '#kernel/fault.ts'
import { connectorFaults } from '../../faults.ts'

/** What kind of trouble an answer of a database tells of. */
export type Trouble =
  | 'sign in'
  | 'database'
  | 'permission'
  | 'query'
  | 'lost'
  | 'busy'
  | 'timeout'
  | 'tls'

/** Who was asked, and by whom. */
export interface Asked {
  readonly at: string
  readonly user: string
  readonly database: string
}

/** Says what a driver threw in our words; what is neither of the database nor of the network is thrown on as it is. */
export function troubleOf(
  thrown: unknown,
  asked: Asked,
  kindOf: (error: Error & { readonly code?: unknown }) => Trouble | undefined,
): unknown {
  if (thrown instanceof Fault || !(thrown instanceof Error)) return thrown
  const kind = kindOf(thrown) ?? networkTrouble(thrown)
  if (kind === undefined) return thrown
  return makers[kind](asked, sentenceOf(thrown), { cause: thrown })
}

type Make = (asked: Asked, why: string, place: { readonly cause: Error }) => Fault

const makers: { readonly [kind in Trouble]: Make } = {
  'sign in': ({ at, user }, why, place) => connectorFaults.cannot_sign_in({ at, user, why }, place),
  database: ({ at, database }, _, place) =>
    connectorFaults.no_such_database({ at, database }, place),
  permission: ({ at, user }, why, place) => connectorFaults.not_permitted({ at, user, why }, place),
  query: ({ at }, why, place) => connectorFaults.query_refused({ at, why }, place),
  lost: ({ at }, why, place) => connectorFaults.connection_lost({ at, why }, place),
  busy: ({ at }, why, place) => connectorFaults.source_busy({ at, why }, place),
  timeout: ({ at }, why, place) => connectorFaults.source_timeout({ at, why }, place),
  tls: ({ at }, why, place) => connectorFaults.no_secure_connection({ at, why }, place),
}

function networkTrouble(error: Error & { readonly code?: unknown }): Trouble | undefined {
  const code = String(error.code ?? '')
  if (isTls(code)) return 'tls'
  if (code === 'ETIMEDOUT') return 'timeout'
  return /^E[A-Z]+$/.test(code) ? 'lost' : undefined
}

// The codes of OpenSSL's certificate check have no prefix in common.
const isTls = (code: string) =>
  /^(ERR_TLS_|ERR_SSL_|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|EPROTO$)/.test(code) ||
  /_(CERT|CA|CHAIN_TOO_LONG|SIGNATURE)$/.test(code)
