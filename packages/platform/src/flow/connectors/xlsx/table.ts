import { columnsOf, hasHeader } from '../csv/columns.ts'
import { looksLikeData } from '../csv/look.ts'
import type { FileOptions } from '../file-options.ts'
import type { Column } from '../spooled-file.ts'
import type { SheetCell, SheetRow } from './rows.ts'

/** Where the table of a sheet stands. */
export interface SheetTable {
  /** The number of its first row, which is the header when there is one. */
  readonly firstRow: number
  readonly header: boolean
  readonly span: Span
}

/** The columns from the first to the last one with a value. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** How many rows are looked at. */
export const sampleRows = 200

/** A row that fills less of the table than this stands above it: a title, a date, who made it. */
const leastFilled = 0.6

/** Finds the table in the first rows of a sheet; there is at least one. */
export function findTable(sample: readonly SheetRow[], options: FileOptions): SheetTable {
  const header = findHeader(sample, options)
  const firstRow = (header ?? sample[0])?.number ?? 1
  const rows = sample.filter(({ number }) => number >= firstRow)
  return { firstRow, header: header !== undefined, span: rows.map(spanOf).reduce(widest) }
}

function findHeader(sample: readonly SheetRow[], options: FileOptions): SheetRow | undefined {
  const [first] = sample
  if (options.header === false) return undefined
  if (options.header_row !== undefined) return first
  const least = leastFilled * usualWidth(sample)
  const candidate = sample.find((row) => filled(row).length >= least)
  if (candidate === undefined || options.header) return candidate
  const below = sample.filter(({ number }) => number >= candidate.number)
  const records = recordsOf(below, below.map(spanOf).reduce(widest))
  return hasHeader(records, dataIn(records)) ? candidate : undefined
}

const filled = ({ cells }: SheetRow) => cells.filter((cell) => cell !== undefined)

/** How many cells most rows have at least; a few rows above the table do not change it. */
function usualWidth(rows: readonly SheetRow[]): number {
  const widths = rows.map((row) => filled(row).length).sort((a, b) => a - b)
  return widths[Math.floor(widths.length * 0.75)] ?? 0
}

// A workbook knows its numbers and dates; only where everything is text, the text has to tell.
function dataIn(records: readonly (readonly SheetCell[])[]): (cell: SheetCell) => boolean {
  const isTyped = records.some((record) => record.some(({ isText }) => !isText))
  return ({ text, isText }) => (isTyped ? !isText : looksLikeData(text))
}

/** The columns that a row has values in. */
export const spanOf = ({ cells }: SheetRow): Span => ({
  from: cells.findIndex((cell) => cell !== undefined),
  to: cells.length - 1,
})

/** The columns of two stretches together. */
export const widest = (a: Span, b: Span): Span => ({
  from: Math.min(a.from, b.from),
  to: Math.max(a.to, b.to),
})

const noText: SheetCell = { text: '', isText: true }

/** A row as a line of delimited text. Line ends inside of values are of the one kind that the lines have. */
export function lineOf({ cells }: SheetRow, span: Span): string {
  let line = ''
  for (let i = span.from; i <= span.to; i++) {
    if (i > span.from) line += ','
    const text = cells[i]?.text
    if (text !== undefined) line += /[",\r\n]/.test(text) ? quoted(text) : text
  }
  return `${line}\n`
}

const quoted = (text: string) => `"${text.replace(/\r\n?/g, '\n').replaceAll('"', '""')}"`

/** Rows with a cell for every column of a stretch. */
const recordsOf = (rows: readonly SheetRow[], span: Span): readonly SheetCell[][] =>
  rows.map(({ cells }) =>
    Array.from({ length: span.to - span.from + 1 }, (_, i) => cells[span.from + i] ?? noText),
  )

/** The columns of a table, named by its header. */
export function columnsOfTable(
  sample: readonly SheetRow[],
  { firstRow, header, span }: SheetTable,
): readonly Column[] {
  const rows = sample.filter(({ number }) => number >= firstRow)
  return columnsOf(recordsOf(rows, span), header)
}
