import type { Trouble } from '../sql/trouble.ts'

/** What kind of trouble an answer of the server, or of its driver, tells of. */
export function kindOf(error: Error & { readonly code?: unknown }): Trouble | undefined {
  const code = String(error.code ?? '')
  if (/^[0-9A-Z]{5}$/.test(code) && 'severity' in error) return byCode(code)
  return words.find(([pattern]) => pattern.test(error.message))?.[1]
}

// After the appendix of error codes of PostgreSQL's manual; the first two letters are the class.
const codes: Readonly<Record<string, Trouble>> = {
  '28': 'sign in',
  '3D000': 'database',
  '42501': 'permission',
  '53': 'busy',
  '57P03': 'busy',
  '57014': 'timeout',
  '25P03': 'timeout',
  '25P04': 'timeout',
  '55P03': 'timeout',
  // A standby that has to catch up, or a deadlock: another time it may work.
  '40': 'timeout',
  '57': 'lost',
  '08': 'lost',
}

const byCode = (code: string): Trouble => codes[code] ?? codes[code.slice(0, 2)] ?? 'query'

// What the driver itself says has no code.
const words: readonly (readonly [RegExp, Trouble])[] = [
  [/SSL/, 'tls'],
  [/^SASL|password/i, 'sign in'],
  [/timeout expired/, 'timeout'],
  [/Connection terminated|not queryable/, 'lost'],
]
