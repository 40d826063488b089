import { createHash } from 'node:crypto'
import { columnNames } from '#kernel/names.ts'
import type { Spool } from '../../spool.ts'
import type { CsvFile } from '../../spooled-file.ts'
import { csvLine } from './csv.ts'
import type { Column, Row } from './database.ts'

/** How much goes into one batch, about. */
export interface BatchLimits {
  readonly rows: number
  readonly bytes: number
}

/** Batches that are neither many nor long. */
export const usualLimits: BatchLimits = { rows: 100_000, bytes: 64 * 1024 ** 2 }

/** Where rows go. */
export interface Spooling {
  readonly columns: readonly Column[]
  readonly spool: Spool
  readonly signal: AbortSignal
  readonly limits: BatchLimits
}

/** A part of the rows, in the spool. */
export interface Written {
  readonly file: CsvFile
  /** Of the rows with their cursors. */
  readonly digest: string
  /** Whether no rows come after these. */
  readonly isLast: boolean
}

/** Writes rows to the spool, batch after batch; those that are not to be taken are left out. */
export async function* batchesOf(
  { columns, spool, signal, limits }: Spooling,
  rows: AsyncIterable<readonly Row[]>,
  isTaken: (row: Row) => boolean,
): AsyncGenerator<Written> {
  const chunks = rows[Symbol.asyncIterator]()
  try {
    let next = await chunks.next()
    const isOver = () => next.done === true
    while (!isOver()) {
      const digest = createHash('sha256')
      let [taken, bytes] = [0, 0]
      const text = async function* () {
        yield headerOf(columns)
        while (!next.done && taken < limits.rows && bytes < limits.bytes) {
          const fresh = next.value.filter(isTaken)
          const lines = fresh.map((row) => lineOf(columns, row)).join('')
          for (const row of fresh) digest.update(`${row.slice(columns.length)}\n`)
          digest.update(lines)
          taken += fresh.length
          bytes += lines.length
          yield lines
          next = await chunks.next()
        }
      }
      const { path, sizeBytes } = await spool.write(text(), signal)
      const file = fileOf(columns, { path, sizeBytes })
      if (taken === 0) await spool.remove(path)
      else yield { file, digest: digest.digest('base64url'), isLast: isOver() }
    }
  } finally {
    await chunks.return?.()
  }
}

const lineOf = (columns: readonly Column[], row: Row): string =>
  csvLine(
    columns.map(({ write }, i) => {
      const value = row[i] ?? null
      return value === null ? null : write(value)
    }),
  )

/** The names of the columns, as a record. */
export const headerOf = (columns: readonly Column[]): string =>
  csvLine(columns.map(({ name }) => name))

/** A file without a row. */
export async function emptyFile({
  columns,
  spool,
  signal,
}: Omit<Spooling, 'limits'>): Promise<CsvFile> {
  const header = async function* () {
    yield headerOf(columns)
  }
  return fileOf(columns, await spool.write(header(), signal))
}

function fileOf(
  columns: readonly Column[],
  { path, sizeBytes }: Pick<CsvFile, 'path' | 'sizeBytes'>,
): CsvFile {
  const names = columnNames(columns.map(({ name }) => name))
  return {
    format: 'csv',
    path,
    sizeBytes,
    compressed: false,
    delimiter: ',',
    quote: '"',
    escape: '"',
    header: true,
    columns: columns.map(({ name: label, type }, i) => ({
      name: names[i] ?? label,
      label,
      empty: false,
      ...(type ? { type } : {}),
    })),
    encoding: 'utf-8',
  }
}
