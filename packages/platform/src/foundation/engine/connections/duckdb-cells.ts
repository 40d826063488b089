import {
  BIGINT,
  BOOLEAN,
  DOUBLE,
  type DuckDBConnection,
  DuckDBDateValue,
  type DuckDBMaterializedResult,
  type DuckDBResultReader,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  type DuckDBValue,
  type DuckDBValueConverter,
  type JS,
  JSDuckDBValueConverter,
  VARCHAR,
} from '@duckdb/node-api'
import type { FieldType } from '#kernel/scalar.ts'
import type { Answer, Cell, Row } from '../engine.ts'
import type { Value } from '../expression.ts'
import type { Printed } from '../print.ts'

export type Statement = readonly [text: string, values?: DuckDBValue[], types?: DuckDBType[]]

/** A printed statement with its values, if it has any, in the forms and types the driver takes. */
export const bind = ({ text, values }: Printed): Statement =>
  // With values, even none, it goes three ways to the engine instead of one.
  values.length === 0
    ? [text]
    : [text, values.map(boundValue), values.map(({ type }) => boundTypes[type])]

/** The types that values travel as. */
export const boundTypes: Readonly<Record<FieldType, DuckDBType>> = {
  text: VARCHAR,
  integer: BIGINT,
  number: DOUBLE,
  boolean: BOOLEAN,
  // These go as text and are cast where they stand.
  decimal: VARCHAR,
  date: VARCHAR,
  timestamp: VARCHAR,
  json: VARCHAR,
}

/** A value in the form the driver takes. */
export function boundValue({ value, type }: Value): DuckDBValue {
  if (value === null) return null
  if (value instanceof Date) return writtenTime(value, type === 'date')
  if (type === 'integer') return BigInt(value)
  if (type === 'number') return Number(value)
  if (type === 'boolean') return Boolean(value)
  return String(value)
}

/** A day or an instant as the engine reads it, whatever its year. */
export function writtenTime(of: Date, isDay = false): string {
  const text = of.toISOString()
  const year = of.getUTCFullYear()
  // Beyond four digits ISO has a sign, which the engine does not know.
  const rest = text.slice(text.indexOf('-', 1), -1)
  const days = `${String(year > 0 ? year : 1 - year).padStart(4, '0')}${rest.slice(0, 6)}`
  const day = year > 0 ? days : `${days} (BC)`
  return isDay ? day : `${day} ${rest.slice(7)}`
}

/** Runs a query and gives its rows as plain JavaScript. */
export async function rowsOf(
  connection: DuckDBConnection,
  ...[text, values, types]: Statement
): Promise<readonly Row[]> {
  return rowsIn(await connection.runAndReadAll(text, values, types))
}

/** The rows of an answer as plain JavaScript. */
function rowsIn(reader: DuckDBResultReader): readonly Row[] {
  const names = reader.deduplicatedColumnNames()
  const ids = reader.columnTypes().map(({ typeId }) => typeId)
  return reader.convertRows(plain).map((row) => rowFrom(names, ids, row))
}

/** The rows of an answer that is there whole, taken at once: fetched piece by piece, each piece is a way to another thread. */
export function rowsThere(result: DuckDBMaterializedResult): readonly Row[] {
  const names = result.deduplicatedColumnNames()
  const ids = result.columnTypes().map(({ typeId }) => typeId)
  const chunks = Array.from({ length: result.chunkCount }, (_, i) => result.getChunk(i))
  return chunks.flatMap((chunk) => chunk.convertRows(plain).map((row) => rowFrom(names, ids, row)))
}

/** Runs a query and gives its rows in batches, as the engine makes them. */
export async function* batchesOf(
  connection: DuckDBConnection,
  ...[text, values, types]: Statement
): AsyncGenerator<readonly Row[]> {
  const result = await connection.stream(text, values, types)
  const names = result.deduplicatedColumnNames()
  const ids = result.columnTypes().map(({ typeId }) => typeId)
  for await (const batch of result.yieldConvertedRows(plain)) {
    yield batch.map((row) => rowFrom(names, ids, row))
  }
}

/** Runs checked text and gives its columns in order, with our words for their types. */
export async function answerOf(connection: DuckDBConnection, text: string): Promise<Answer> {
  const reader = await connection.runAndReadAll(text)
  const names = reader.deduplicatedColumnNames()
  const ids = reader.columnTypes().map(({ typeId }) => typeId)
  return {
    columns: names.map((name, i) => ({ name, type: fieldTypeOf(ids[i]) })),
    rows: reader.convertRows(plain).map((row) => rowFrom(names, ids, row)),
  }
}

/** Values as plain JavaScript; a time that its calendar does not know, or that never comes, as a text. */
const plain: DuckDBValueConverter<JS> = (value, type, converter) => {
  try {
    return JSDuckDBValueConverter(value, type, converter)
  } catch (thrown) {
    if (value instanceof DuckDBDateValue && !value.isFinite)
      return value.days > 0 ? 'infinity' : '-infinity'
    if (times.some((time) => value instanceof time)) return String(value)
    throw thrown
  }
}

const times = [
  DuckDBDateValue,
  DuckDBTimestampValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
]

function rowFrom(
  names: readonly string[],
  ids: readonly DuckDBTypeId[],
  row: readonly (JS | null)[],
): Row {
  const made: Record<string, Cell> = {}
  for (const [i, name] of names.entries()) {
    const cell = cellFrom(row[i], ids[i])
    if (name !== proto) made[name] = cell
    else Object.defineProperty(made, name, { value: cell, enumerable: true })
  }
  return made
}

// The one name to which nothing can be assigned.
const proto = '__proto__'

function cellFrom(of: JS | undefined, id?: DuckDBTypeId): Cell {
  if (of === null || of === undefined) return null
  if (typeof of === 'bigint') {
    const small = Number(of)
    return Number.isSafeInteger(small) ? small : of
  }
  if (of instanceof Date) {
    const text = of.toISOString()
    return id === DuckDBTypeId.DATE ? text.slice(0, text.indexOf('T')) : text
  }
  // JSON has no word for it, and it must not become null wherever somebody is answered.
  if (typeof of === 'number') return Number.isFinite(of) ? of : String(of)
  if (Array.isArray(of)) return of.map((item) => cellFrom(item))
  if (of instanceof Uint8Array) return Buffer.from(of).toString('base64')
  if (typeof of === 'object') {
    return Object.fromEntries(Object.entries(of).map(([name, inner]) => [name, cellFrom(inner)]))
  }
  return of
}

/** Our word for a type of the engine. */
function fieldTypeOf(id: DuckDBTypeId | undefined): FieldType {
  return (id === undefined ? undefined : fieldTypes[id]) ?? 'text'
}

const fieldTypes: { readonly [id in DuckDBTypeId]?: FieldType } = {
  [DuckDBTypeId.BOOLEAN]: 'boolean',
  [DuckDBTypeId.TINYINT]: 'integer',
  [DuckDBTypeId.SMALLINT]: 'integer',
  [DuckDBTypeId.INTEGER]: 'integer',
  [DuckDBTypeId.BIGINT]: 'integer',
  [DuckDBTypeId.UTINYINT]: 'integer',
  [DuckDBTypeId.USMALLINT]: 'integer',
  [DuckDBTypeId.UINTEGER]: 'integer',
  [DuckDBTypeId.UBIGINT]: 'integer',
  [DuckDBTypeId.HUGEINT]: 'integer',
  [DuckDBTypeId.DECIMAL]: 'decimal',
  [DuckDBTypeId.FLOAT]: 'number',
  [DuckDBTypeId.DOUBLE]: 'number',
  [DuckDBTypeId.DATE]: 'date',
  [DuckDBTypeId.TIMESTAMP]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_S]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_MS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_NS]: 'timestamp',
  [DuckDBTypeId.TIMESTAMP_TZ]: 'timestamp',
}
