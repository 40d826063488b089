import { duckdb as dialect } from '../dialects/duckdb.ts'
import type { Value } from '../expression.ts'
import { boundValue } from './duckdb-cells.ts'
import { literal } from './duckdb-load.ts'

const mostLetters = 1000

/** A value as it stands in the text of a statement, with the type that it has beside one; nothing where it cannot. */
export function inText(of: Value): string | undefined {
  const bound = boundValue(of)
  const type = dialect.types[of.type === 'json' ? 'text' : of.type]
  if (bound === null) return `cast(null as ${type})`
  const text = String(bound)
  // The text of a statement ends at the first zero.
  if (text.length > mostLetters || text.includes('\0')) return undefined
  return `cast(${literal(text)} as ${type})`
}
