import type { FieldType } from '#kernel/scalar.ts'
import type { GivenRow } from './definition.ts'

/** The type that holds all values of a column as a test writes them; text unless all agree. Nothing where there is no value. */
export function typeOfColumn(values: readonly unknown[]): FieldType | undefined {
  const types = new Set(
    values.filter((of) => of !== null && of !== undefined && of !== '').map(typeOf),
  )
  const [first, ...others] = types
  if (others.length === 0) return first
  const isNumbers = [...types].every((one) => one === 'integer' || one === 'decimal')
  return isNumbers ? 'decimal' : 'text'
}

function typeOf(of: unknown): FieldType {
  if (typeof of === 'boolean') return 'boolean'
  if (typeof of === 'number') return Number.isInteger(of) ? 'integer' : 'decimal'
  if (typeof of === 'object') return 'json'
  const text = String(of)
  if (/^\d{4}-\d\d-\d\d$/.test(text)) return 'date'
  return /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?Z?$/.test(text) ? 'timestamp' : 'text'
}

/** The names of the columns of rows, in the order in which they come up. */
export const columnsOf = (rows: readonly GivenRow[]): readonly string[] => [
  ...new Set(rows.flatMap(Object.keys)),
]

/** Rows as a CSV file with these columns. */
export function csvOf(columns: readonly string[], rows: readonly GivenRow[]): string {
  const lines = rows.map((row) => columns.map((name) => cellOf(row[name])).join(','))
  return `${[columns.map(cellOf).join(','), ...lines].join('\n')}\n`
}

function cellOf(of: unknown): string {
  if (of === null || of === undefined) return ''
  const text = typeof of === 'object' ? JSON.stringify(of) : String(of)
  return /[",\n\r]/.test(text) || text.trim() !== text ? `"${text.replaceAll('"', '""')}"` : text
}

const words = new Set(
  'and or not null is in like between case when then else end as true false interval cast distinct'.split(
    ' ',
  ),
)

/** The names that a formula may mean by fields: a superset, which is enough to know the columns of a file. */
export const namesIn = (formula: string): readonly string[] => [
  ...new Set(
    [
      ...formula.replaceAll(/'(?:[^']|'')*'/g, '').matchAll(/([A-Za-z_][A-Za-z0-9_]*)\s*(\()?/g),
    ].flatMap(([, name = '', call]) => (call || words.has(name.toLowerCase()) ? [] : [name])),
  ),
]

/** Whether a value that a test wrote is one of this type; nothing is of any. */
export function fits(cell: unknown, type: FieldType): boolean {
  if (cell === null || cell === undefined || cell === '' || cell instanceof Date) return true
  if (type === 'text' || type === 'json') return true
  const written = String(cell)
  if (type === 'boolean') return /^(true|false|0|1|yes|no)$/i.test(written)
  if (type === 'date' || type === 'timestamp') return !Number.isNaN(Date.parse(written))
  const number = Number(written)
  return Number.isFinite(number) && (type !== 'integer' || /^-?\d+$/.test(written))
}
