import type { FieldType } from '#kernel/scalar.ts'
import { duckdb as dialect } from '../dialects/duckdb.ts'
import type { Value } from '../expression.ts'
import { boundValue } from './duckdb-cells.ts'
import { literal } from './duckdb-load.ts'

const mostLetters = 1000
const typed: readonly FieldType[] = ['date', 'timestamp', 'decimal']

/** A value as it stands in the text of a statement, with the type that it has beside one; undefined where it cannot. */
export function inText(of: Value): string | undefined {
  const bound = boundValue(of)
  const type = dialect.types[of.type === 'json' ? 'text' : of.type]
  // Beside a statement, too, nothing has a type only where it is cast.
  if (bound === null) return typed.includes(of.type) ? `cast(null as ${type})` : 'null'
  const text = Object.is(bound, -0) ? '-0' : String(bound)
  // The text of a statement ends at the first zero.
  if (text.length > mostLetters || text.includes('\0')) return undefined
  return `cast(${literal(text)} as ${type})`
}
