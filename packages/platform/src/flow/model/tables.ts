import { column, join, sql, type TableName, table, typeName, type Writer } from '#engine'
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

/** Makes the table of an object, or adds the columns it lacks. */
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
  for (const [name, type] of wanted.filter(([name]) => !existing.includes(name))) {
    await writer.run(
      sql`alter table ${modelTable(object.key)} add column ${column(name)} ${typeName(type)}`,
    )
  }
}
