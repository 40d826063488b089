import { connectorFaults } from '../faults.ts'
import type { FileOptions } from '../file-options.ts'
import type { Spool, Spooled } from '../spool.ts'
import type { CsvFile } from '../spooled-file.ts'
import { usingFile } from '../zip/bytes.ts'
import { rowsOf, type SheetRow } from './rows.ts'
import { chooseSheet } from './sheets.ts'
import { addPlaces, columnsOfTable, findTable, inOrder, lineOf, sampleRows } from './table.ts'
import { openWorkbook } from './workbook.ts'

/** A workbook that lies in the spool, and what is known of it. */
export interface ArrivedWorkbook {
  readonly name: string
  readonly spooled: Spooled
  readonly options: FileOptions
  readonly spool: Spool
  readonly signal: AbortSignal
}

/** Writes the table of one sheet of a workbook into the spool as delimited text; the workbook is then gone. */
export async function understandWorkbook(arrived: ArrivedWorkbook): Promise<CsvFile> {
  const { name, spooled, options, spool, signal } = arrived
  const file = await usingFile({ name, path: spooled.path, signal }, async (bytes) => {
    const workbook = await openWorkbook(bytes)
    const sheet = await chooseSheet(workbook, options.sheet)
    const meaning = { ...workbook, texts: await workbook.texts() }
    return writeTable(() => rowsOf(sheet.content(), meaning, workbook), arrived)
  })
  await spool.remove(spooled.path)
  return file
}

async function writeTable(
  rows: () => AsyncIterable<SheetRow>,
  { name, options, spool, signal }: ArrivedWorkbook,
): Promise<CsvFile> {
  const from = options.header_row ?? 1
  const sample = await firstRows(rows(), from)
  if (sample.length === 0) throw connectorFaults.empty_file({ name })
  if (from > 1 && sample[0]?.number !== from) {
    throw connectorFaults.no_such_row({ name, row: from })
  }
  const table = findTable(sample, options)
  const write = async (places: readonly number[]) => {
    const met = new Set(places)
    const text = textOf(rows(), { name, ...table, places, met })
    return { ...(await spool.write(text, signal)), places: inOrder(met) }
  }
  let written = await write(table.places)
  if (written.places.length > table.places.length) {
    // A later row has values where those that were looked at have none: once more, now that it is known.
    await spool.remove(written.path)
    written = await write(written.places)
  }
  const { path, sizeBytes, places } = written
  const columns = columnsOfTable(sample, { ...table, places })
  return { format: 'csv', path, sizeBytes, ...signs, header: table.header, columns }
}

const signs = {
  compressed: false,
  delimiter: ',',
  quote: '"',
  escape: '"',
  encoding: 'utf-8',
} as const

async function firstRows(
  rows: AsyncIterable<SheetRow>,
  from: number,
): Promise<readonly SheetRow[]> {
  const found: SheetRow[] = []
  for await (const row of rows) {
    if (row.number >= from) found.push(row)
    if (found.length === sampleRows) break
  }
  return found
}

/** Rows are written many at a time, because each piece costs a turn. */
const pieceLength = 64 * 1024

/** A sheet of a few values in thousands of columns could be written out without end. */
const mostLength = 8 * 1024 ** 3

interface Written {
  readonly name: string
  readonly firstRow: number
  readonly places: readonly number[]
  /** The places of all columns that have values, added as they are met. */
  readonly met: Set<number>
}

async function* textOf(
  rows: AsyncIterable<SheetRow>,
  { name, firstRow, places, met }: Written,
): AsyncGenerator<string> {
  let [held, length] = ['', 0]
  for await (const row of rows) {
    if (row.number < firstRow) continue
    addPlaces(met, row)
    held += lineOf(row, places)
    if (held.length < pieceLength) continue
    yield held
    length += held.length
    held = ''
    if (length > mostLength) {
      throw connectorFaults.too_large_workbook({ name, part: 'the table', mostBytes: mostLength })
    }
  }
  yield held
}
