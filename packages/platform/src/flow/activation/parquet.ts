import { createReadStream, createWriteStream } from 'node:fs'
import { mkdir, rm } from 'node:fs/promises'
import { join as joinPath } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import {
  as,
  call,
  column,
  type Engine,
  join,
  type LoadField,
  type Part,
  sql,
  type TableName,
  tryCast,
  value,
} from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import type { Batch } from './destination.ts'
import { activationFaults } from './faults.ts'

interface ParquetField extends LoadField {
  /** The type of its column in the file. */
  readonly as: FieldType
}

/** Writes rows as Parquet: as lines of JSON first, which the engine reads with their types and writes anew. */
export function parquetWriter(of: {
  readonly engine: Pick<Engine, 'load' | 'rows' | 'writeParquet'>
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
      // As text first: what does not fit is to be named, and what fits is decided by the cast.
      const fields: readonly ParquetField[] = columns.map((label, i) => ({
        label,
        name: `c${i}`,
        type: 'text',
        as: types[label] ?? 'text',
      }))
      const file = { format: 'ndjson', path: lines, compressed: false } as const
      await of.engine.load({ file, fields }, async ({ table }) => {
        await refuseMisfits(of.engine, table, fields)
        const values = join(fields.map((field) => as(castOf(field), column(field.label))))
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

const isText = ({ as: type }: ParquetField) => type === 'text' || type === 'json'

const castOf = (field: ParquetField): Part =>
  isText(field) ? column(field.name) : tryCast(column(field.name), field.as)

// The cast alone would round.
const keepsDigits = '^-?[0-9]{1,14}([.][0-9]{1,4})?$'

const isMisfit = (field: ParquetField): Part => {
  const cell = column(field.name)
  const fits =
    field.as === 'decimal'
      ? call('matches', cell, value(keepsDigits))
      : sql`${castOf(field)} is not null`
  return sql`${cell} is not null and not (${fits})`
}

/** A value that its column cannot hold will be the same tomorrow. */
async function refuseMisfits(
  engine: Pick<Engine, 'rows'>,
  table: TableName,
  all: readonly ParquetField[],
): Promise<void> {
  const fields = all.filter((field) => !isText(field))
  if (fields.length === 0) return
  const found = fields.map((field) =>
    as(sql`min(${column(field.name)}) filter (where ${isMisfit(field)})`, column(field.name)),
  )
  const [row] = await engine.rows(sql`select ${join(found)} from ${table}`, { lane: 'heavy' })
  for (const { name, label, as: type } of fields) {
    const example = row?.[name]
    if (typeof example === 'string')
      throw activationFaults.not_of_type({ column: label, type, example })
  }
}
