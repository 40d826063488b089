import { connectorFaults } from '../faults.ts'
import type { FileOptions } from '../file-options.ts'
import type { Spool, Spooled } from '../spool.ts'
import type { CsvFile } from '../spooled-file.ts'
import { usingFile } from '../zip/bytes.ts'
import { rowsOf, type SheetRow } from './rows.ts'
import { chooseSheet } from './sheets.ts'
import {
  columnsOfTable,
  findTable,
  lineOf,
  type Span,
  sampleRows,
  spanOf,
  widest,
} from './table.ts'
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
  const { firstRow, header, span } = findTable(sample, options)
  const write = async (within: Span) => {
    let met = within
    const onRow = (row: SheetRow) => {
      met = widest(met, spanOf(row))
    }
    const written = await spool.write(textOf(rows(), { firstRow, span: within, onRow }), signal)
    return { ...written, span: within, met }
  }
  let written = await write(span)
  if (written.met.from < span.from || written.met.to > span.to) {
    // A later row is wider than those that were looked at: once more, now that it is known.
    await spool.remove(written.path)
    written = await write(written.met)
  }
  const { path, sizeBytes } = written
  const columns = columnsOfTable(sample, { firstRow, header, span: written.span })
  return { format: 'csv', path, sizeBytes, ...signs, header, columns }
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

interface Written {
  readonly firstRow: number
  readonly span: Span
  readonly onRow: (row: SheetRow) => void
}

async function* textOf(rows: AsyncIterable<SheetRow>, { firstRow, span, onRow }: Written) {
  let held = ''
  for await (const row of rows) {
    if (row.number < firstRow) continue
    onRow(row)
    held += lineOf(row, span)
    if (held.length < pieceLength) continue
    yield held
    held = ''
  }
  yield held
}
