import {
  column,
  type Draft,
  type Engine,
  join,
  type LoadField,
  sql,
  type TableName,
  table,
  tryCast,
  typeName,
  value,
  type Writer,
} from '#engine'
import { type FieldType, fieldTypes } from '#kernel/scalar.ts'

/** A field of a lake object: its name, what the source calls it, its type. */
export type LakeField = LoadField

/** The rows of a stream as they are now: one per key. */
export const currentTable = (stream: string): TableName => table('lake', stream)

/** The versions that were replaced or removed; together with the current rows, the whole history. */
export const pastTable = (stream: string): TableName => table('lake', `${stream}__past`)

/** Which file each range of positions came from, with its counts. */
export const batchTable = table('lake', '_batch')

/** Records that could not be taken, with the reason and their text. */
export const rejectedTable = table('lake', '_rejected')

/** The fields of every stream, in order, with what the source calls them. */
const fieldTable = table('lake', '_field')

/** Position in the order of arrival: the first position of the batch, plus the number of the record, minus one. */
export const position = column('_position')

/** Position at which a version was replaced or removed. */
export const until = column('_until')

/** Makes the tables that all streams share. */
export async function prepareLake(engine: Engine): Promise<void> {
  await engine.change('the lake', async (writer) => {
    await writer.run(sql`create table if not exists ${batchTable} (
      stream varchar, fingerprint varchar, name varchar, first_position bigint, last_position bigint,
      received bigint, stored bigint, unchanged bigint, rejected bigint, removed bigint, taken_at timestamp,
      cursor varchar)`)
    await writer.run(sql`alter table ${batchTable} add column if not exists cursor varchar`)
    await writer.run(sql`create table if not exists ${fieldTable} (
      stream varchar, place integer, name varchar, label varchar, type varchar)`)
    await writer.run(sql`create table if not exists ${rejectedTable} (
      stream varchar, fingerprint varchar, name varchar, record bigint, reason varchar, raw varchar, taken_at timestamp)`)
  })
}

/** The fields of a stream, as they have been taken so far; none before its first batch. */
export async function fieldsOf(
  reader: Pick<Engine, 'rows'>,
  stream: string,
): Promise<readonly LakeField[]> {
  const rows = await reader.rows(
    sql`select name, label, type from ${fieldTable} where stream = ${value(stream)} order by place`,
  )
  return rows.map((row) => ({
    name: String(row['name']),
    label: String(row['label']),
    type: readType(row['type']),
  }))
}

const readType = (of: unknown): FieldType => fieldTypes.find((type) => type === of) ?? 'text'

/** Makes the two tables of a stream, or adds the columns they lack. */
export async function shapeTables(
  writer: Writer,
  stream: string,
  known: readonly LakeField[],
  added: readonly LakeField[],
): Promise<void> {
  const [current, past] = [currentTable(stream), pastTable(stream)]
  if (known.length === 0) {
    await writer.run(
      sql`create table ${current} (${columns(added)}, ${position} ${typeName('integer')})`,
    )
    await writer.run(
      sql`create table ${past} (${columns(added)}, ${position} ${typeName('integer')}, ${until} ${typeName('integer')})`,
    )
  } else {
    for (const { name, type } of added) {
      await writer.run(sql`alter table ${current} add column ${column(name)} ${typeName(type)}`)
      await writer.run(sql`alter table ${past} add column ${column(name)} ${typeName(type)}`)
    }
  }
  for (const [i, { name, label, type }] of added.entries()) {
    const place = value(known.length + i)
    await writer.run(
      sql`insert into ${fieldTable} values (${value(stream)}, ${place}, ${value(name)}, ${value(label)}, ${value(type)})`,
    )
  }
}

const columns = (fields: readonly LakeField[]) =>
  join(fields.map(({ name, type }) => sql`${column(name)} ${typeName(type)}`))

/** The names of fields as a list of columns, if need be of a named relation. */
export const names = (fields: readonly LakeField[], of?: string): Draft =>
  join(fields.map(({ name }) => column(name, of)))

/** Gives columns of a stream another type. Values that do not fit it become empty until their file is read again. */
export async function retype(
  engine: Engine,
  stream: string,
  fields: readonly LakeField[],
): Promise<void> {
  await engine.change(`lake.${stream}`, async (writer) => {
    for (const { name, type } of fields) {
      for (const rows of [currentTable(stream), pastTable(stream)]) {
        await writer.run(sql`alter table ${rows} alter column ${column(name)} type ${typeName(type)}
          using ${tryCast(sql`cast(${column(name)} as varchar)`, type)}`)
      }
      await writer.run(sql`update ${fieldTable} set type = ${value(type)}
        where stream = ${value(stream)} and name = ${value(name)}`)
    }
  })
}
