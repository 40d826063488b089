import type { Trouble } from '../sql/trouble.ts'

/** What kind of trouble an answer of the server, or of its driver, tells of. */
export function kindOf(
  error: Error & { readonly code?: unknown; readonly errno?: unknown },
): Trouble | undefined {
  const code = String(error.code ?? '')
  const known = codes[code]
  if (known) return known
  // What the server says has a state of SQL.
  if ('sqlState' in error && error.sqlState !== undefined) return byNumber(Number(error.errno))
  return /protocol|packets out of order|handshake/i.test(error.message) ? 'lost' : undefined
}

const codes: Readonly<Record<string, Trouble>> = {
  ER_ACCESS_DENIED_ERROR: 'sign in',
  ER_ACCESS_DENIED_NO_PASSWORD_ERROR: 'sign in',
  ER_NOT_SUPPORTED_AUTH_MODE: 'sign in',
  ER_HOST_NOT_PRIVILEGED: 'sign in',
  ER_HOST_IS_BLOCKED: 'sign in',
  ER_MUST_CHANGE_PASSWORD_LOGIN: 'sign in',
  ER_ACCOUNT_HAS_BEEN_LOCKED: 'sign in',
  AUTH_SWITCH_PLUGIN_ERROR: 'sign in',
  ER_BAD_DB_ERROR: 'database',
  ER_DBACCESS_DENIED_ERROR: 'permission',
  ER_TABLEACCESS_DENIED_ERROR: 'permission',
  ER_COLUMNACCESS_DENIED_ERROR: 'permission',
  ER_PROCACCESS_DENIED_ERROR: 'permission',
  ER_SPECIFIC_ACCESS_DENIED_ERROR: 'permission',
  ER_CON_COUNT_ERROR: 'busy',
  ER_TOO_MANY_USER_CONNECTIONS: 'busy',
  ER_USER_LIMIT_REACHED: 'busy',
  ER_QUERY_INTERRUPTED: 'timeout',
  ER_QUERY_TIMEOUT: 'timeout',
  ER_STATEMENT_TIMEOUT: 'timeout',
  ER_LOCK_WAIT_TIMEOUT: 'timeout',
  ER_LOCK_DEADLOCK: 'timeout',
  ER_SERVER_SHUTDOWN: 'lost',
  ER_NET_READ_ERROR: 'lost',
  ER_NET_WRITE_INTERRUPTED: 'lost',
  PROTOCOL_CONNECTION_LOST: 'lost',
  HANDSHAKE_NO_SSL_SUPPORT: 'tls',
  HANDSHAKE_SSL_ERROR: 'tls',
}

// Some numbers have other names, or none, in the one or the other of the two databases.
const numbers: Readonly<Record<number, Trouble>> = {
  1698: 'sign in',
  1927: 'lost',
  1969: 'timeout',
  3024: 'timeout',
  4151: 'sign in',
}

const byNumber = (number: number): Trouble => numbers[number] ?? 'query'
