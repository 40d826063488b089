import type { Problem } from '#kernel/fault.ts'
import { folded, schemaProblem } from './object-schema.ts'

const mostLetters = 80

// Clients of the wire know these as columns of every object.
const reserved: ReadonlySet<string> = new Set([
  'date_id',
  'location_id',
  'dat_account_currency',
  'dat_exchange_rate',
  'pacing_period',
  'pacing_end_date',
  'row_count',
  'version',
])

/** Why an object cannot be called so; nothing when it can. */
export function objectNameProblem(name: string): string | undefined {
  if (name.length > mostLetters) return `is longer than ${mostLetters} characters`
  return /^[A-Za-z0-9_-]+$/.test(name)
    ? undefined
    : 'has characters other than letters from a to z, digits, _ and - in its name'
}

/** Why a field cannot be called so; nothing when it can. */
export function fieldNameProblem(name: string): string | undefined {
  if (name.includes('__')) return 'has two underscores in a row in its name'
  if (reserved.has(folded(name))) return 'has a name that is reserved; choose another'
  if (!/^[A-Za-z]/.test(name)) return 'has a name that does not begin with a letter from a to z'
  return objectNameProblem(name)
}

/** Names that differ in case only. */
export function twice(at: string, names: readonly string[]): readonly Problem[] {
  const groups = Map.groupBy(names, folded)
  return [...groups.values()]
    .filter(({ length }) => length > 1)
    .map((same) => schemaProblem(at, `${same.join(' and ')} are the same name in different case`))
}
