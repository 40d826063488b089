import type { FieldType } from '#kernel/scalar.ts'
import { instantAt } from './calendar.ts'

interface Form {
  readonly expected: string
  readonly fits: (written: unknown) => boolean
}

const amount: Form = { expected: 'a number', fits: Number.isFinite }
const words: Form = {
  expected: 'text that is not empty (numbers and words such as true in quotes)',
  fits: (written) => typeof written === 'string' && written !== '',
}

/** How a value of each type is written. */
export const forms: Readonly<Record<FieldType, Form>> = {
  text: words,
  json: words,
  integer: {
    expected: 'a whole number',
    // Those beyond 2^53 are written as digits, because JSON would change them.
    fits: (written) =>
      Number.isSafeInteger(written) ||
      (typeof written === 'string' && /^-?\d{1,18}$/.test(written)),
  },
  decimal: amount,
  number: amount,
  boolean: { expected: 'true or false', fits: (written) => typeof written === 'boolean' },
  date: { expected: 'a day such as 2026-01-31', fits: isDay },
  timestamp: {
    expected: 'a day such as 2026-01-31 or an instant such as 2026-01-31T10:30:00Z',
    fits: (written) => isDay(written) || instantOf(written) !== undefined,
  },
}

/** Whether this is a day of the calendar. */
export function isDay(written: unknown): written is string {
  if (typeof written !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(written)) return false
  const day = new Date(`${written}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(written)
}

const instant = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?$/

/** The instant that is written, by the clocks of the zone unless it says otherwise. */
export function instantOf(written: unknown, zone = 'UTC'): Date | undefined {
  if (typeof written !== 'string' || !instant.test(written)) return undefined
  if (!isDay(written.slice(0, 10))) return undefined
  const saysWhere = /(Z|[+-]\d\d:\d\d)$/.test(written)
  const at = new Date((saysWhere ? written : `${written}Z`).replace(' ', 'T'))
  if (Number.isNaN(at.getTime())) return undefined
  return saysWhere ? at : instantAt(at.getTime(), zone)
}

const dayMs = 86_400_000

/** The instant some days later, or earlier. */
export const daysFrom = (at: Date, days: number): Date => new Date(at.getTime() + days * dayMs)

/** The first instant of a day, in UTC. */
export const startOf = (day: string): Date => new Date(`${day}T00:00:00Z`)
