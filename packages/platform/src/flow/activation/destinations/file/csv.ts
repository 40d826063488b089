import type { PayloadRow, PayloadValue } from '../../destination.ts'

/** What becomes of text that a spreadsheet would run as a formula. */
export type Formulas = 'guard' | 'keep'

/** Rows as CSV after RFC 4180: CRLF, quotes where needed. Nothing is an empty cell, empty text is `""`. */
export const csvLines = (
  rows: readonly PayloadRow[],
  columns: readonly string[],
  formulas: Formulas,
): string =>
  rows.map((row) => lineOf(columns.map((name) => guarded(row[name] ?? null, formulas)))).join('')

/** The first line: the names of the columns. */
export const csvHeader = (columns: readonly string[]): string => lineOf(columns)

const lineOf = (cells: readonly PayloadValue[]) => `${cells.map(cellOf).join(',')}\r\n`

/** An apostrophe tells spreadsheets that what follows is text. */
function guarded(value: PayloadValue, formulas: Formulas): PayloadValue {
  const isFormula = formulas === 'guard' && typeof value === 'string' && couldRun(value)
  return isFormula ? `'${value}` : value
}

// A sign alone runs nothing, so phone numbers, numbers and handles such as @ada stay; it takes a function, or a word to another program.
const couldRun = (text: string): boolean =>
  /^[=\uff1d\t\r]/.test(text) ||
  (/^[+\-@\uff0b\uff0d\uff20]/.test(text) && /\p{L}[\p{L}\d_.]*\s*\(|[|!]/u.test(text))

function cellOf(value: PayloadValue): string {
  if (value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
