import {
  as,
  cast,
  column,
  type Draft,
  type Engine,
  join,
  type LoadField,
  type Part,
  type Row,
  sql,
  type TableName,
  type TableShape,
  table,
  tryCast,
  typeName,
  value,
  type Writer,
} from '#engine'
import { type FieldType, fieldTypes } from '#kernel/scalar.ts'

/** A field of a lake object: its name, what the source calls it, its type. */
export interface LakeField extends LoadField {
  /** The field whose values it holds that do not fit there; its name is `<field>__<type>`. */
  readonly sideOf?: string
}

/** Whether a field was met in what arrived, and was not made for what fits nowhere else. */
export const isMain = ({ name, sideOf }: LakeField): boolean =>
  sideOf === undefined && name !== moreName

/** The column of members that are too many to have one each. */
export const moreName = '_more'

/** Where values of a field go that do not fit its type. */
export const sideOf = ({ name, label }: LakeField, type: FieldType): LakeField => ({
  name: `${name}__${type}`,
  label: `${label} (${type})`,
  type,
  sideOf: name,
})

/** The rows of a stream as they are now: one per key. */
export const currentTable = (stream: string): TableName => table('lake', stream)

/** The versions that were replaced or removed; together with the current rows, the whole history. */
export const pastTable = (stream: string): TableName => table('lake', `${stream}__past`)

/** Which file each range of positions came from, with its counts. */
export const batchTable = table('lake', '_batch')

/** Records that could not be taken, with the reason and their text. */
export const rejectedTable = table('lake', '_rejected')

/**
 * What has come again since in another way: rejected records of files that were mended, as they had come, so that they are not listed
 * again when they are shown again; events that were mended or adopted, by their places in the log, so that they are not run again.
 */
export const mendedTable = table('lake', '_mended')

/** The fingerprint of the batch that brings a mended record, by the position that the record had among the rejected. */
export const mendedFingerprint = (position: number | string): string => `mended ${position}`

/** Values that did not fit their column, by the row that holds them beside it. */
export const conflictTable = table('lake', '_conflict')

/** How much of such a value is shown. */
export const shownLength = 200

/** Events that belong to no stream, until somebody adopts them. */
export const parkedTable = table('lake', '_parked')

/** What became of the events of each stream, by the hour in which they came. */
export const hourTable = table('lake', '_hour')

/** How far the log has been brought into the lake: one row. */
export const logTable = table('lake', '_log')

/** When rows of a stream were last changed where they stand, by stream. */
export const remadeTable = table('lake', '_remade')

/** The fields of every stream, in order, with what the source calls them. */
const fieldTable = table('lake', '_field')

/** Position in the order of arrival: the first position of the batch, plus the number of the record, minus one. */
export const position = column('_position')

/** The log position of the event that a row came from; empty for rows of files. */
export const event = column('_event')

/** Position at which a version was replaced or removed. */
export const until = column('_until')

/** Makes the tables that all streams share. */
export async function prepareLake(engine: Engine): Promise<void> {
  await engine.change('the lake', async (writer) => {
    for (const statement of sharedTables) await writer.run(statement)
    await writer.run(
      sql`insert into ${logTable} select 0 where not exists (select 1 from ${logTable})`,
    )
    await numberRejected(writer)
  })
  await addEventColumns(engine)
}

const sharedTables: readonly Draft[] = [
  sql`create table if not exists ${batchTable} (
    stream varchar, fingerprint varchar, name varchar, first_position bigint, last_position bigint,
    received bigint, stored bigint, unchanged bigint, rejected bigint, removed bigint, taken_at timestamp,
    cursor varchar)`,
  sql`alter table ${batchTable} add column if not exists cursor varchar`,
  // What the batch was taken from, where that is not its name.
  sql`alter table ${batchTable} add column if not exists origin varchar`,
  // What tells its content from every other, and what brought the same before.
  sql`alter table ${batchTable} add column if not exists content varchar`,
  sql`alter table ${batchTable} add column if not exists same_as varchar`,
  ...['duplicate', 'parked', 'deleted', 'mended'].map(
    (count) =>
      sql`alter table ${batchTable} add column if not exists ${column(count)} bigint default 0`,
  ),
  sql`create table if not exists ${fieldTable} (
    stream varchar, place integer, name varchar, label varchar, type varchar)`,
  sql`alter table ${fieldTable} add column if not exists side_of varchar`,
  sql`create table if not exists ${rejectedTable} (
    stream varchar, fingerprint varchar, name varchar, record bigint, reason varchar, raw varchar, taken_at timestamp)`,
  sql`alter table ${rejectedTable} add column if not exists position bigint`,
  sql`alter table ${rejectedTable} add column if not exists event bigint`,
  // The id that an event was sent with that was rejected where it came in, and so is not taken.
  sql`alter table ${rejectedTable} add column if not exists sent_id varchar`,
  sql`create table if not exists ${mendedTable} (
    stream varchar, name varchar, origin varchar, raw varchar, position bigint, event bigint)`,
  sql`create table if not exists ${conflictTable} (
    stream varchar, field varchar, type varchar, position bigint, event bigint, value varchar, taken_at timestamp)`,
  sql`create table if not exists ${parkedTable} (
    event bigint, received_at timestamp, write_key varchar, stream varchar, kind varchar, body varchar)`,
  sql`create table if not exists ${hourTable} (
    stream varchar, hour timestamp, received bigint, stored bigint, unchanged bigint, duplicate bigint,
    rejected bigint, parked bigint, deleted bigint, mended bigint)`,
  sql`create table if not exists ${logTable} (position bigint)`,
  sql`create table if not exists ${remadeTable} (stream varchar, position bigint)`,
]

/** Rejected records of older versions get their numbers. */
const numberRejected = (writer: Writer) =>
  writer.run(sql`update ${rejectedTable} as r set position = b.first_position + record - 1
    from (select stream, fingerprint, min(first_position) as first_position from ${batchTable} group by stream, fingerprint) b
    where r.position is null and b.stream = r.stream and b.fingerprint = r.fingerprint`)

/** Tables of older versions get the column of events. */
async function addEventColumns(engine: Engine): Promise<void> {
  const streams = await engine.rows(sql`select distinct stream from ${fieldTable}`)
  const shapes = new Map((await engine.tables('lake')).map(({ name, columns }) => [name, columns]))
  const lacking = streams
    .map((row) => String(row['stream']))
    .filter((stream) => !shapes.get(stream)?.some(({ name }) => name === event.name))
  if (lacking.length === 0) return
  await engine.change('the lake', async (writer) => {
    for (const stream of lacking)
      for (const rows of [currentTable(stream), pastTable(stream)])
        await writer.run(
          sql`alter table ${rows} add column if not exists ${event} ${typeName('integer')}`,
        )
  })
}

/** The fields of a stream, as they have been taken so far; none before its first batch. */
export async function fieldsOf(reader: FieldReader, stream: string): Promise<readonly LakeField[]> {
  return (await fieldsByStream(reader, [stream])).get(stream) ?? []
}

/** Whoever is asked for fields: a writer, or an engine, which tells by its tables whether they may be others than before. */
type FieldReader = Pick<Engine, 'rows'> & Partial<Pick<Engine, 'tables'>>

type Fields = ReadonlyMap<string, readonly LakeField[]>

// Fields change only together with tables, and the engine's answer about these is the same object until they change.
const remembered = new WeakMap<readonly TableShape[], Promise<Fields>>()

/** The fields of several streams; those that have none are left out. */
export async function fieldsByStream(
  reader: FieldReader,
  streams: readonly string[],
): Promise<Fields> {
  if (streams.length === 0) return new Map()
  const all = await (reader.tables ? rememberedFields(reader, reader.tables) : allFields(reader))
  return new Map(
    streams.flatMap((stream) => {
      const fields = all.get(stream)
      return fields ? [[stream, fields] as const] : []
    }),
  )
}

async function rememberedFields(
  reader: Pick<Engine, 'rows'>,
  tables: Engine['tables'],
): Promise<Fields> {
  const shapes = await tables('lake')
  const found = remembered.get(shapes) ?? allFields(reader)
  remembered.set(shapes, found)
  found.catch(() => remembered.delete(shapes))
  return found
}

async function allFields(reader: Pick<Engine, 'rows'>): Promise<Fields> {
  const rows = await reader.rows(
    sql`select stream, name, label, type, side_of from ${fieldTable} order by stream, place`,
  )
  const groups = Map.groupBy(rows, (row) => String(row['stream']))
  return new Map([...groups].map(([stream, of]) => [stream, of.map(fieldFrom)]))
}

const fieldFrom = (row: Row): LakeField => ({
  name: String(row['name']),
  label: String(row['label']),
  type: readType(row['type']),
  ...(row['side_of'] === null ? {} : { sideOf: String(row['side_of']) }),
})

const readType = (of: unknown): FieldType => fieldTypes.find((type) => type === of) ?? 'text'

/** Makes the two tables of a stream, or adds the columns they lack. */
export async function shapeTables(
  writer: Writer,
  stream: string,
  known: readonly LakeField[],
  added: readonly LakeField[],
): Promise<void> {
  const [current, past] = [currentTable(stream), pastTable(stream)]
  if (known.length === 0 && !(await isThere(writer, current))) {
    const columns = join([...added.map(defined), ...[position, event].map(integer)])
    await writer.run(sql`create table ${current} (${columns})`)
    await writer.run(sql`create table ${past} (${columns}, ${integer(until)})`)
  } else {
    for (const field of added) {
      await writer.run(sql`alter table ${current} add column ${defined(field)}`)
      await writer.run(sql`alter table ${past} add column ${defined(field)}`)
    }
  }
  if (added.length > 0) await keepFields(writer, stream, { from: known.length, added })
}

/** Whether there is such a table; that of a stream without fields may be there although nothing tells of it. */
async function isThere(writer: Writer, { schema, name }: TableName): Promise<boolean> {
  const rows = await writer.rows(sql`select 1 as n from information_schema.tables
    where table_schema = ${value(schema)} and table_name = ${value(name)}`)
  return rows.length > 0
}

const defined = ({ name, type }: LakeField) => sql`${column(name)} ${typeName(type)}`

const integer = (name: Part) => sql`${name} ${typeName('integer')}`

async function keepFields(
  writer: Writer,
  stream: string,
  { from, added }: { from: number; added: readonly LakeField[] },
): Promise<void> {
  const rows = added.map(({ name, label, type, sideOf: main }, i) => {
    const cells = [stream, from + i, name, label, type].map((cell) => value(cell))
    return sql`(${join(cells)}, ${main === undefined ? sql`null` : value(main)})`
  })
  await writer.run(
    sql`insert into ${fieldTable} (stream, place, name, label, type, side_of) values ${join(rows)}`,
  )
}

/** The names of fields as a list of columns, if need be of a named relation. */
export const names = (fields: readonly LakeField[], of?: string): Draft =>
  join(fields.map(({ name }) => column(name, of)))

/** The fields of a row, and where it stands in the order of arrival and in the log; if need be of a named relation. */
export const rowColumns = (fields: readonly LakeField[], of?: string): Draft =>
  join(
    [...fields.map(({ name }) => name), position.name, event.name].map((name) => column(name, of)),
  )

/**
 * Moves rows of a stream to the past. `gone` is a query for the position of each (`old`) and the position at which it ended
 * (`by_whom`). How many were moved.
 */
export async function retire(
  writer: Writer,
  { stream, known }: { stream: string; known: readonly LakeField[] },
  gone: Draft,
): Promise<number> {
  const current = currentTable(stream)
  const retired =
    await writer.run(sql`insert into ${pastTable(stream)} (${rowColumns(known)}, ${until})
    select ${rowColumns(known, 'c')}, g.by_whom from ${current} c join (${gone}) g on g.old = c.${position}`)
  if (retired === 0) return 0
  return writer.run(sql`delete from ${current} where ${position} in (select old from (${gone}) g)`)
}

/**
 * Writes the tables of a stream anew, with other fields or other values in them: the engine cannot change the values and the
 * shape of a table in one transaction. `cellOf` says what a field holds from now on.
 */
export async function rewrite(
  writer: Writer,
  stream: string,
  of: {
    readonly fields: readonly LakeField[]
    readonly cellOf: (field: LakeField) => Part
    /** Queries for the rows of both tables; all of them unless set. */
    readonly rows?: { readonly current: Part; readonly past: Part }
  },
): Promise<void> {
  const tables = [currentTable(stream), pastTable(stream)]
  const sources = of.rows ? [of.rows.current, of.rows.past] : tables
  const cells = of.fields.map((field) => as(of.cellOf(field), column(field.name)))
  for (const [i, { schema, name }] of tables.entries()) {
    const [old, anew] = [table(schema, name), table(schema, `${name}__new`)]
    const places = i === 0 ? [position, event] : [position, event, until]
    await writer.run(
      sql`create table ${anew} as select ${join([...cells, ...places])} from ${sources[i] ?? old}`,
    )
    await writer.run(sql`drop table ${old}`)
    await writer.run(sql`alter table ${anew} rename to ${column(name)}`)
  }
  await writer.run(sql`delete from ${fieldTable} where stream = ${value(stream)}`)
  if (of.fields.length > 0) await keepFields(writer, stream, { from: 0, added: of.fields })
}

/**
 * Makes columns of whole numbers columns of numbers. What would lose digits goes beside them, where staging has found that there
 * is such a value.
 */
export async function widenColumns(
  writer: Writer,
  stream: string,
  { widened, fields }: { widened: readonly LakeField[]; fields: readonly LakeField[] },
): Promise<void> {
  const beside = widened.filter((field) => hasSide(fields, field))
  if (beside.length > 0) return moveInexact(writer, stream, { widened, beside, fields })
  for (const field of widened) {
    for (const rows of [currentTable(stream), pastTable(stream)]) {
      await writer.run(
        sql`alter table ${rows} alter column ${column(field.name)} type ${typeName('number')}`,
      )
    }
    await keepType(writer, stream, { name: field.name, type: 'number' })
  }
}

const hasSide = (fields: readonly LakeField[], field: LakeField) =>
  fields.some(({ name }) => name === sideOf(field, 'integer').name)

/** Whether a whole number loses digits as a number. */
export const isInexact = (field: LakeField): Draft =>
  sql`(${column(field.name)} is not null and coalesce(${tryCast(tryCast(column(field.name), 'number'), 'integer')} <> ${column(field.name)}, true))`

async function moveInexact(
  writer: Writer,
  stream: string,
  of: {
    readonly widened: readonly LakeField[]
    readonly beside: readonly LakeField[]
    readonly fields: readonly LakeField[]
  },
): Promise<void> {
  for (const field of of.beside)
    for (const rows of [currentTable(stream), pastTable(stream)])
      await writer.run(sql`insert into ${conflictTable} (stream, field, type, position, event, value, taken_at)
        select ${value(stream)}, ${value(field.name)}, 'integer', ${position}, ${event}, ${cast(column(field.name), 'text')},
          (select max(taken_at) from ${batchTable} where stream = ${value(stream)} and first_position <= ${position})
        from ${rows} where ${isInexact(field)}`)
  const cellOf = (field: LakeField): Part => {
    const widening = of.widened.find(({ name }) => name === field.name)
    const main = of.beside.find((one) => sideOf(one, 'integer').name === field.name)
    if (widening)
      return sql`case when not ${isInexact(field)} then ${cast(column(field.name), 'number')} end`
    if (main)
      return sql`case when ${isInexact(main)} then ${column(main.name)} else ${column(field.name)} end`
    return column(field.name)
  }
  await rewrite(writer, stream, { fields: of.fields, cellOf })
}

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
      await keepType(writer, stream, { name, type })
    }
    await noteRemade(writer, stream)
  })
}

/** Notes that rows of a stream have changed where they stand: what is made from them is made anew. */
export async function noteRemade(writer: Writer, stream: string): Promise<void> {
  const at = await writer.positions(1)
  await writer.run(sql`delete from ${remadeTable} where stream = ${value(stream)}`)
  await writer.run(sql`insert into ${remadeTable} values (${value(stream)}, ${value(at)})`)
}

/** Notes that a field has another type now. */
const keepType = (
  writer: Writer,
  stream: string,
  { name, type }: { name: string; type: FieldType },
): Promise<number> =>
  writer.run(sql`update ${fieldTable} set type = ${value(type)}
    where stream = ${value(stream)} and name = ${value(name)}`)
