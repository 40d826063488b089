import type { PayloadRow, PayloadValue } from '../../destination.ts'

/** Rows as CSV after RFC 4180: CRLF, quotes where needed. Nothing is an empty cell, empty text is `""`. */
export const csvLines = (rows: readonly PayloadRow[], columns: readonly string[]): string =>
  rows.map((row) => lineOf(columns.map((name) => row[name] ?? null))).join('')

/** The first line: the names of the columns. */
export const csvHeader = (columns: readonly string[]): string => lineOf(columns)

const lineOf = (cells: readonly PayloadValue[]) => `${cells.map(cellOf).join(',')}\r\n`

function cellOf(value: PayloadValue): string {
  if (value === null) return ''
  if (typeof value === 'number' || typeof value === 'boolean') return String(value)
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return text === '' || /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}
