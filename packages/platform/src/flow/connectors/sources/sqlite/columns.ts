import { connectorFaults } from '../../faults.ts'
import type { Column, Order, Piece, Statement } from '../sql/database.ts'
import { type Declared, exactly } from './messages.ts'
import { earlier } from './times.ts'

/** How a column is asked for, written and compared. `expression` names it. */
export function sqliteColumn({ name, type }: Declared, expression: string): Column {
  const declared = type?.toUpperCase() ?? ''
  return {
    name,
    expression: exactly(expression, name),
    // The reading process hands values over as they are to be written.
    write: (value) => value,
    // A column may hold values of any kind, but one that is declared as text holds no numbers.
    ...(isTextual(declared) ? { type: 'text' } : {}),
    order: orderOf(name, expression, declared),
  }
}

// The rules of affinity: https://sqlite.org/datatype3.html
const isTextual = (declared: string) => !declared.includes('INT') && /CHAR|CLOB|TEXT/.test(declared)

function orderOf(column: string, expression: string, declared: string): Order {
  const before = (value: string, overlap: number) => {
    const found = valueBefore(value, overlap)
    if (found !== undefined) return [found]
    const why = `an overlap needs a time or a number, and its last value is "${partsOf(value).text}"`
    throw connectorFaults.unfit_cursor({ column, why })
  }
  return {
    bound,
    placed: `${expression} is not null`,
    unplaced: `${expression} is null`,
    // Many keep times as TEXT; nobody as CHAR.
    ...(/CHAR|CLOB|BLOB/.test(declared) ? {} : { before }),
  }
}

/** A cursor's value as the reading process marks it: its kind and its text. */
function partsOf(mark: string): { readonly kind: string; readonly text: string } {
  const at = mark.indexOf(' ')
  return { kind: mark.slice(0, at), text: mark.slice(at + 1) }
}

function bound(mark: string): Statement {
  const { kind, text } = partsOf(mark)
  if (kind === 'integer') return [{ value: BigInt(text) }]
  if (kind === 'real') return [{ value: Number(text) }]
  // Hexadecimal digits, which are nothing but that.
  if (kind === 'blob') return [`x'${Buffer.from(text, 'hex').toString('hex')}'`]
  return [{ value: text }]
}

function valueBefore(mark: string, overlap: number): Piece | undefined {
  const { kind, text } = partsOf(mark)
  if (kind === 'integer') return { value: BigInt(text) - BigInt(overlap) }
  if (kind === 'real') return { value: Number(text) - overlap }
  const value = kind === 'text' ? earlier(text, overlap) : undefined
  return value === undefined ? undefined : { value }
}
