import {
  column,
  type Engine,
  join,
  sql,
  type TableName,
  table,
  typeName,
  value,
  type Writer,
} from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import type { ModelObject } from './definition.ts'

/** The rows of a model object, from all streams that are mapped to it. */
export const modelTable = (object: string): TableName => table('model', object)

/** What every row of a model object carries beside its fields. */
export const systemColumns = {
  /** The stream it came from, the source system that its key belongs to, and the data space. */
  stream: '_stream',
  source: '_source',
  space: '_space',
  /** The position of the lake row. */
  position: '_position',
  /** 64-bit key of (space, source, id). */
  key: '_key',
  /** The profile it belongs to; empty until identity has looked at it. */
  profile: '_profile',
} as const

const systemTypes: Readonly<Record<keyof typeof systemColumns, FieldType>> = {
  stream: 'text',
  source: 'text',
  space: 'text',
  position: 'integer',
  key: 'integer',
  profile: 'integer',
}

/** The column that holds the 64-bit key of a link field. */
export const linkColumn = (field: string): string => `${field}__key`

/** Names of the link fields of an object. */
export const linkFields = (object: ModelObject): readonly string[] =>
  Object.entries(object.fields).flatMap(([name, { links_to }]) =>
    links_to === undefined ? [] : [name],
  )

/** All columns of an object's table, in order, with their types. */
export function columnsOf(object: ModelObject): readonly (readonly [string, FieldType])[] {
  const system = Object.entries(systemColumns).map(
    ([word, name]) => [name, systemTypes[word as keyof typeof systemColumns]] as const,
  )
  const fields = Object.entries(object.fields).map(([name, { type }]) => [name, type] as const)
  const links = linkFields(object).map((name) => [linkColumn(name), 'integer'] as const)
  return [...system, ...fields, ...links]
}

/** The columns of an object's table that hold what its fields say today; those of another type do not. */
export function fittingColumns(
  { dialect }: Pick<Engine, 'dialect'>,
  object: ModelObject,
  existing: readonly { readonly name: string; readonly type: string }[],
): readonly string[] {
  const types = new Map(columnsOf(object))
  return existing
    .filter(({ name, type: is }) => {
      const type = types.get(name)
      return type === undefined || dialect.types[type].toLowerCase() === is.toLowerCase()
    })
    .map(({ name }) => name)
}

/** Makes the table of an object, or adds the columns it lacks; `existing` are those that fit. Values of another type go. */
export async function shapeModelTable(
  writer: Writer,
  object: ModelObject,
  existing: readonly string[],
): Promise<void> {
  const wanted = columnsOf(object)
  if (existing.length === 0) {
    const columns = join(wanted.map(([name, type]) => sql`${column(name)} ${typeName(type)}`))
    await writer.run(sql`create table if not exists ${modelTable(object.key)} (${columns})`)
    return
  }
  const model = modelTable(object.key)
  for (const [name, type] of wanted.filter(([name]) => !existing.includes(name))) {
    await writer.run(sql`alter table ${model} drop column if exists ${column(name)}`)
    await writer.run(sql`alter table ${model} add column ${column(name)} ${typeName(type)}`)
  }
}

const changedTable = table('model', '_changed')

/** When the rows of an object last changed, and when rows were last made anew under positions that they had before. */
export interface RowChanges {
  readonly changed: number
  readonly remade: number
}

/** Makes the table that remembers when rows of objects changed. */
export async function prepareRowChanges(writer: Writer): Promise<void> {
  await writer.run(
    sql`create table if not exists ${changedTable} (object varchar, position bigint, remade bigint)`,
  )
  await writer.run(sql`alter table ${changedTable} add column if not exists remade bigint`)
}

/** Writes down, in the transaction that changes them, that rows of an object have changed. */
export async function noteRowChange(
  writer: Writer,
  { key }: ModelObject,
  how: 'as they came' | 'made anew',
): Promise<void> {
  const position = value(await writer.positions(1))
  const isObject = sql`object = ${value(key)}`
  const before = sql`(select max(remade) from ${changedTable} where ${isObject})`
  const remade = how === 'made anew' ? position : before
  await writer.run(sql`insert into ${changedTable} select ${value(key)}, ${position}, ${remade}`)
  await writer.run(sql`delete from ${changedTable} where ${isObject} and position < ${position}`)
}

/** Takes the rows of an object away for good, because there is no such object any more. */
export async function dropModelTable(writer: Writer, object: string): Promise<void> {
  await writer.run(sql`drop table if exists ${modelTable(object)}`)
  await writer.run(sql`delete from ${changedTable} where object = ${value(object)}`)
}

/** By object, when its rows changed; what no stream ever filled is not among them. */
export async function rowChanges(engine: Engine): Promise<ReadonlyMap<string, RowChanges>> {
  const isThere = (await engine.tables('model')).some(({ name }) => name === changedTable.name)
  if (!isThere) return new Map()
  const rows = await engine.rows(
    sql`select object, position, coalesce(remade, 0) as remade from ${changedTable}`,
    { keptWhile: [changedTable] },
  )
  return new Map(
    rows.map((row) => [
      String(row['object']),
      { changed: Number(row['position']), remade: Number(row['remade']) },
    ]),
  )
}
