import type { Fault } from '#kernel/fault.ts'
import { csvShape } from './csv/shape.ts'
import { connectorFaults } from './faults.ts'
import { type FileOptions, type Format, formatOf, formats } from './file-options.ts'
import { jsonShape } from './json/shape.ts'
import type { Spool, Spooled } from './spool.ts'
import type { CsvFile, JsonFile, ParquetFile, SpooledFile } from './spooled-file.ts'
import { bytesOf, firstBytes, isGzip, lastBytes } from './text/bytes.ts'
import { decode } from './text/decode.ts'
import { type Head, headOf } from './text/head.ts'
import { withPlainLineEnds } from './text/line-ends.ts'
import { scanText } from './text/scan.ts'
import { understandWorkbook } from './xlsx/understand-workbook.ts'

/** A file that lies in the spool as it came, and what is known of it. */
export interface Arrival {
  readonly name: string
  readonly spooled: Spooled
  readonly options: FileOptions
  readonly spool: Spool
  readonly signal: AbortSignal
}

/**
 * Finds out how a file is written and makes it one that the engine can read: left as it came when it is plain UTF-8,
 * written anew otherwise. The file that came is then gone.
 */
export async function understand(arrival: Arrival): Promise<SpooledFile> {
  const { name, options } = arrival
  const format = options.format ?? formatOf(name)
  if (format === undefined) throw unknownFormat(name)
  if (format === 'parquet') return understandParquet(arrival)
  return format === 'xlsx' ? understandWorkbook(arrival) : understandText(arrival, format)
}

function unknownFormat(name: string): Fault {
  const ending = /\.(xls|xlsb|ods|numbers)$/i.exec(name)?.[0]
  return ending === undefined
    ? connectorFaults.unknown_format({ name, known: formats })
    : connectorFaults.other_workbook({ name, why: `${ending} is another kind of workbook` })
}

async function understandParquet({ name, spooled }: Arrival): Promise<ParquetFile> {
  const start = (await firstBytes(spooled.path, 4)).toString('latin1')
  if (start === '') throw connectorFaults.empty_file({ name })
  const found = JSON.stringify(start)
  if (start !== 'PAR1') throw connectorFaults.wrong_format({ name, format: 'parquet', found })
  if ((await lastBytes(spooled, 4)).toString('latin1') !== 'PAR1') {
    const why =
      'the end that every Parquet file has is missing, so it may have been cut off; fetch it anew'
    throw connectorFaults.damaged_file({ name, why })
  }
  return { format: 'parquet', path: spooled.path, sizeBytes: spooled.sizeBytes }
}

async function understandText(
  { name, spooled, options, spool, signal }: Arrival,
  format: Exclude<Format, 'parquet' | 'xlsx'>,
): Promise<CsvFile | JsonFile> {
  const { path, sizeBytes } = spooled
  const stored = { path, compressed: await isGzip(path) }
  const { encoding, isPlain, last } = await scanText(bytesOf(stored), { ...options, name, signal })
  const text = () => withPlainLineEnds(decode(bytesOf(stored), { name, encoding, signal }))
  const head = await headOf(text())
  if (head.text.trim() === '') throw connectorFaults.empty_file({ name })
  const { skip, wrap, ...shape } = shapeOf(head, { ...options, format }, name)
  if (isPlain && shape.format === 'json' && !wrap) refuseOpenList(name, last)
  if (isPlain && skip === 0 && !wrap) return { ...shape, ...stored, sizeBytes, encoding }
  const whole = shape.format === 'json' ? closedList(name, text()) : text()
  const written = await spool.write(wrap ? wrapped(text()) : withoutStart(whole, skip), signal)
  await spool.remove(path)
  const { path: newPath, sizeBytes: newBytes } = written
  return { ...shape, path: newPath, sizeBytes: newBytes, compressed: false, encoding }
}

function shapeOf(head: Head, options: FileOptions, name: string) {
  const isDelimited = options.format === 'csv' || options.format === 'tsv'
  return isDelimited
    ? { ...csvShape(head, options, name), wrap: false }
    : { ...jsonShape(head, name), skip: 0 }
}

async function* wrapped(text: AsyncIterable<string>): AsyncGenerator<string> {
  yield '['
  yield* text
  yield ']'
}

/** A list in JSON, which is refused where it does not end: what comes behind its last comma would be missed in silence. */
async function* closedList(name: string, text: AsyncIterable<string>): AsyncGenerator<string> {
  let last = ''
  for await (const piece of text) {
    last = piece.trimEnd().at(-1) ?? last
    yield piece
  }
  refuseOpenList(name, last)
}

function refuseOpenList(name: string, last: string): void {
  if (last === ']') return
  const why = `its list ends with ${JSON.stringify(last)} and not with "]", so it may have been cut off; fetch it anew`
  throw connectorFaults.damaged_file({ name, why })
}

async function* withoutStart(text: AsyncIterable<string>, characters: number) {
  let left = characters
  for await (const piece of text) {
    yield piece.slice(left)
    left = Math.max(0, left - piece.length)
  }
}
