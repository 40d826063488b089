import { once } from 'node:events'
import { createWriteStream, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { finished } from 'node:stream/promises'
import { createGzip } from 'node:zlib'

/** What a file looks like from outside. */
export interface FileShape {
  /** From the folder of the example. A name in .gz is compressed. */
  readonly path: string
  readonly format: 'csv' | 'ndjson' | 'json'
  readonly delimiter: ',' | ';' | '\t' | null
  readonly encoding: 'utf-8' | 'latin-1'
}

/** A file of rows that is being written. */
export interface RowFile {
  readonly add: (row: string) => void
  /** Waits until the disk has caught up; undefined when it has. */
  readonly catchUp: () => Promise<unknown> | undefined
  /** Writes what is left and tells how many rows there are, and how many bad ones besides. */
  readonly close: () => Promise<{ rows: number; badRows: number }>
}

/** What is in a file besides its rows: the names of its columns, and rows that nobody can read. */
export interface Content {
  readonly columns?: readonly string[]
  readonly badRows?: readonly string[]
}

/** Opens a file in the folder of the example. */
export type OpenFile = (shape: FileShape, content?: Content) => RowFile

const blockLength = 128 * 1024
const rowsBeforeBadOnes = 100

/** Opens a file to write rows to, one block after the other, however many there will be. */
export function openRowFile(folder: string, shape: FileShape, content: Content = {}): RowFile {
  const sink = openSink(join(folder, shape.path), shape)
  const { opening, between, closing } = framesOf(shape, content.columns)
  let bad = content.badRows ?? []
  let block = opening
  let rows = 0
  const append = (row: string, isFirst: boolean) => {
    block += isFirst ? row : between + row
    if (block.length < blockLength) return
    sink.write(block)
    block = ''
  }
  const addBad = () => {
    for (const row of bad) append(row, false)
    bad = []
  }
  return {
    add(row) {
      append(row, rows++ === 0)
      if (rows === rowsBeforeBadOnes) addBad()
    },
    catchUp: sink.catchUp,
    async close() {
      addBad()
      sink.write(block + closing)
      await sink.end()
      return { rows, badRows: content.badRows?.length ?? 0 }
    },
  }
}

/** A row of values separated by the delimiter, quoted where they must be. */
export function csvRow(cells: readonly string[], delimiter: string): string {
  let row = ''
  for (const cell of cells) row += delimiter + quoteCell(cell, delimiter)
  return row.slice(delimiter.length)
}

function quoteCell(text: string, delimiter: string): string {
  const needsQuotes = text.includes(delimiter) || text.includes('"')
  return needsQuotes ? `"${text.replaceAll('"', '""')}"` : text
}

function framesOf({ format, delimiter }: FileShape, columns: readonly string[] = []) {
  if (format === 'json') return { opening: '[\n', between: ',\n', closing: '\n]\n' }
  const header = columns.length ? `${columns.join(delimiter ?? '')}\n` : ''
  return { opening: header, between: '\n', closing: '\n' }
}

function openSink(path: string, { encoding }: FileShape) {
  mkdirSync(dirname(path), { recursive: true })
  const file = createWriteStream(path)
  const entry = path.endsWith('.gz') ? createGzip({ level: 1, chunkSize: blockLength }) : file
  if (entry !== file) entry.pipe(file)
  const isDone = finished(file)
  // Told to whoever waits next; without this line Node would stop at once.
  isDone.catch(() => {})
  return {
    write(text: string) {
      entry.write(Buffer.from(text, encoding === 'latin-1' ? 'latin1' : 'utf8'))
    },
    catchUp: () =>
      entry.writableNeedDrain ? Promise.race([once(entry, 'drain'), isDone]) : undefined,
    async end() {
      entry.end()
      await isDone
    },
  }
}
