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
  /** The places of the columns that have a value, from the first to the last. */
  readonly places: readonly number[]
}

/** How many rows are looked at. */
export const sampleRows = 200

/** A row that fills less of the table than this stands above it: a title, a date, who made it. */
const leastFilled = 0.6

/** Finds the table in the first rows of a sheet; there is at least one. */
export function findTable(sample: readonly SheetRow[], options: FileOptions): SheetTable {
  const header = findHeader(sample, options)
  const firstRow = (header ?? sample[0])?.number ?? 1
  const places = placesIn(sample.filter(({ number }) => number >= firstRow))
  return { firstRow, header: header !== undefined, places }
}

function findHeader(sample: readonly SheetRow[], options: FileOptions): SheetRow | undefined {
  const [first] = sample
  if (options.header === false) return undefined
  if (options.header_row !== undefined) return first
  const least = leastFilled * usualWidth(sample)
  const candidate = sample.find((row) => filled(row).length >= least)
  if (candidate === undefined || options.header) return candidate
  const below = sample.filter(({ number }) => number >= candidate.number)
  const records = recordsOf(below, placesIn(below))
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

/** The places of the columns in which rows have values. */
function placesIn(rows: readonly SheetRow[]): readonly number[] {
  const places = new Set<number>()
  for (const row of rows) addPlaces(places, row)
  return inOrder(places)
}

/** Adds the places in which a row has values. */
export function addPlaces(places: Set<number>, { cells }: SheetRow): void {
  // Passes over holes, of which there may be thousands.
  cells.forEach((_, place) => {
    places.add(place)
  })
}

/** Places from the first to the last. */
export const inOrder = (places: Iterable<number>): readonly number[] =>
  [...places].sort((a, b) => a - b)

const noText: SheetCell = { text: '', isText: true }

/** Rows with a cell for every place. */
const recordsOf = (rows: readonly SheetRow[], places: readonly number[]) =>
  rows.map(({ cells }) => places.map((place) => cells[place] ?? noText))

/** The columns of a table, named by its header. */
export function columnsOfTable(
  sample: readonly SheetRow[],
  { firstRow, header, places }: SheetTable,
): readonly Column[] {
  const rows = sample.filter(({ number }) => number >= firstRow)
  return columnsOf(recordsOf(rows, places), header)
}

/** A row as a line of delimited text. Line ends inside of values are of the one kind that the lines have. */
export function lineOf({ cells }: SheetRow, places: readonly number[]): string {
  let line = ''
  for (const place of places) {
    const text = cells[place]?.text ?? ''
    line += /[",\r\n]/.test(text) ? `,${quoted(text)}` : `,${text}`
  }
  return `${line.slice(1)}\n`
}

const quoted = (text: string) => `"${text.replace(/\r\n?/g, '\n').replaceAll('"', '""')}"`
