import { columnNames } from '#kernel/names.ts'
import { recordsOf } from './csv/records.ts'
import { firstObjects } from './json/objects.ts'
import type { Column, CsvFile, JsonFile } from './spooled-file.ts'
import { bytesOf } from './text/bytes.ts'
import { type Head, headOf } from './text/head.ts'

/** The first records of a file, for a person to look at. */
export interface Peek {
  readonly columns: readonly Column[]
  /** By column. Values of delimited files are texts as written, missing ones null; there may be more than columns. */
  readonly rows: readonly (readonly unknown[])[]
}

/** How much of a file a peek may read, in characters. */
const mostCharacters = 16 * 1024 ** 2

/** Shows the first records of a delimited or JSON file in the spool; parquet is for the engine to look at. */
export async function peek(file: CsvFile | JsonFile, rows: number): Promise<Peek> {
  for (let characters = 64 * 1024; ; characters *= 4) {
    const head = await headOf(textOf(file), characters)
    const found =
      file.format === 'csv' ? peekCsv(file, head, rows) : peekJson(file.format, head, rows)
    if (head.isWhole || found.rows.length >= rows || characters >= mostCharacters) return found
  }
}

async function* textOf(file: CsvFile | JsonFile): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  for await (const chunk of bytesOf(file)) yield decoder.decode(chunk, { stream: true })
}

function peekCsv(file: CsvFile, head: Head, rows: number): Peek {
  const skipped = file.header ? 1 : 0
  // One more than asked for, as the last one may have been cut.
  const all = recordsOf(head.text, file)
    .take(skipped + rows + 1)
    .toArray()
  const whole = head.isWhole ? all : all.slice(0, -1)
  const found = whole.slice(skipped, skipped + rows).map((cells) => {
    const missing = Math.max(0, file.columns.length - cells.length)
    return [...cells.map(({ text }) => text), ...Array.from({ length: missing }, () => null)]
  })
  return { columns: file.columns, rows: found }
}

function peekJson(format: JsonFile['format'], head: Head, rows: number): Peek {
  const objects = firstObjects(head.text, format, rows)
  const labels = [...new Set(objects.flatMap((object) => Object.keys(object)))]
  const names = columnNames(labels)
  return {
    columns: labels.map((label, i) => ({ label, name: names[i] ?? label, empty: false })),
    rows: objects.map((object) => labels.map((label) => object[label] ?? null)),
  }
}
