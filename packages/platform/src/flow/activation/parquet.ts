import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { as, column, type Engine, join, type LoadField, sql } from '#engine'
import type { Batch } from './destination.ts'

/** Writes rows as Parquet: as lines of JSON first, which the engine reads with their types and writes anew. */
export function parquetWriter(of: {
  readonly engine: Pick<Engine, 'load' | 'writeParquet'>
  /** Inside of the data folder, which is all that the engine may touch. */
  readonly folder: string
}) {
  let files = 0
  return async function* parquet({
    columns,
    types,
    rows,
  }: Pick<Batch, 'columns' | 'types' | 'rows'>): AsyncGenerator<Uint8Array> {
    await mkdir(of.folder, { recursive: true, mode: 0o700 })
    const name = `${process.pid}-${Date.now()}-${++files}`
    const [lines, path] = ['ndjson', 'parquet'].map((end) => joinPath(of.folder, `${name}.${end}`))
    if (lines === undefined || path === undefined) throw new Error('a file without a name')
    try {
      await pipeline(Readable.from(linesOf(rows())), createWriteStream(lines, { mode: 0o600 }))
      const fields: readonly LoadField[] = columns.map((label, i) => ({
        label,
        name: `c${i}`,
        type: types[label] ?? 'text',
      }))
      const file = { format: 'ndjson', path: lines, compressed: false } as const
      await of.engine.load({ file, fields }, ({ table, rejectedRows }) => {
        if (rejectedRows > 0)
          throw new Error(`${rejectedRows} rows do not have the types of their columns`)
        const values = join(fields.map(({ name, label }) => as(column(name), column(label))))
        return of.engine.writeParquet(sql`select ${values} from ${table} order by _row`, path)
      })
      yield* createReadStream(path)
    } finally {
      await rm(lines, { force: true })
      await rm(path, { force: true })
    }
  }
}

async function* linesOf(rows: ReturnType<Batch['rows']>) {
  for await (const some of rows) yield some.map((row) => `${JSON.stringify(row)}\n`).join('')
}
