/** How much a line matters. */
export type Level = 'debug' | 'info' | 'warn' | 'error'

/** Writes structured lines: one JSON object each, personal data and secrets masked. */
export interface Log {
  readonly debug: (message: string, facts?: Facts) => void
  readonly info: (message: string, facts?: Facts) => void
  readonly warn: (message: string, facts?: Facts) => void
  readonly error: (message: string, facts?: Facts) => void
  /** A log whose every line also carries these facts. */
  readonly with: (facts: Facts) => Log
}

export type Facts = Readonly<Record<string, unknown>>

const order: readonly Level[] = ['debug', 'info', 'warn', 'error']

/** A log that writes lines of at least `level`, each as JSON. */
export function jsonLog(of: {
  write: (line: string) => void
  now: () => Date
  level?: Level
  facts?: Facts
}): Log {
  const least = order.indexOf(of.level ?? 'info')
  const line =
    (level: Level) =>
    (message: string, facts: Facts = {}) => {
      if (order.indexOf(level) < least) return
      const all = { at: of.now().toISOString(), level, message, ...of.facts, ...facts }
      of.write(`${JSON.stringify(masked(all))}\n`)
    }
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    with: (facts) => jsonLog({ ...of, facts: { ...of.facts, ...facts } }),
  }
}

/** A log that keeps quiet. */
export const silentLog: Log = jsonLog({ write: () => {}, now: () => new Date(0), level: 'error' })

const secretName = /secret|token|password|authorization|cookie|api_?key/i
const email = /[\p{L}\p{N}._%+-]+@[\p{L}\p{N}.-]+\.\p{L}{2,}/gu
const phone = /\+?\d[\d ()/.-]{7,}\d/g
const instant = /^\d{4}-\d\d-\d\d(T[\d:.]+Z?)?$/

/** The same value with secrets, e-mail addresses and phone numbers covered. */
export function masked(value: unknown, name = ''): unknown {
  if (secretName.test(name) && value !== undefined) return '***'
  if (typeof value === 'string') return instant.test(value) ? value : maskedText(value)
  if (value instanceof Error) return { name: value.name, message: maskedText(value.message) }
  if (Array.isArray(value)) return value.map((item) => masked(item))
  if (typeof value === 'bigint') return value.toString()
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [key, masked(member, key)]),
  )
}

const maskedText = (text: string) => text.replace(email, '***@***').replace(phone, '***')
