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
import { type Model, type ModelObject, prepareTouched } from '#model'
import { type Subject, subjects } from './definition.ts'

/** One row per profile: its values, and from which record each was taken. */
export const unifiedTable = (on: Subject): TableName => table('unified', on)

/** Which record belongs to which profile: `record`, `profile`, `since`. */
export const linkTable = (on: Subject): TableName => table('unified', `link_${on}`)

/** Why records are one: `rule`, `left`, `right`, `matched`, `position`. */
export const evidenceTable = (on: Subject): TableName => table('unified', `evidence_${on}`)

/** Links that rules offer and that were not made: `rule`, `left`, `right`, `matched`, `reason`, `about`, `position`. */
export const refusedTable = (on: Subject): TableName => table('unified', `refused_${on}`)

/** Ids that are no more, with the one that took them in: `old`, `new`, `position`. */
export const redirectTable = (on: Subject): TableName => table('unified', `redirect_${on}`)

/** What happened to profiles: `position`, `kind`, `profile`, `other`. */
export const changeTable = (on: Subject): TableName => table('unified', `change_${on}`)

/** What a record can be found by, normalised: `record`, `kind` (email, phone, name), `value`, and the row that says so. */
export const termTable = (on: Subject): TableName => table('unified', `term_${on}`)

/** Under which values a record stands, for every rule: `rule`, `key` (of rule, space and values), `record`. */
export const keyTable = (on: Subject): TableName => table('unified', `key_${on}`)

/** The rows that the last run has seen: `object`, `stream` (as numbers), `position`, `row_key`, and whose record they are about. */
export const rowTable = (on: Subject): TableName => table('unified', `seen_${on}`)

/** The same as it was kept once, with names: what nobody reads any more. */
const namedRowTable = (on: Subject): TableName => table('unified', `row_${on}`)

/** The decisions that the last run has heeded: `decision`, `kind`, and both records: `left`, `right`. */
export const heededTable = (on: Subject): TableName => table('unified', `heeded_${on}`)

/** What the last run was made by, for the next to tell what has changed, and which rules were confirmed: `subject`, `made_by`, `objects`, `confirmed`. */
export const basisTable = table('unified', '_basis')

/** Every time that something unified changed: `subject`, `position`, `at`. */
export const publishedTable = table('unified', '_published')

/** The column that says from which record the value of a field was taken. */
export const fromColumn = (field: string): string => `${field}__from`

/** Columns that the unified table has beside the fields; no field of the model may be called like them. */
export const reservedColumns = ['profile', 'record_count', 'first_seen']

/** The fields that a profile has: all of its model object but the id, which differs from record to record. */
export const unifiedFields = (object: ModelObject): readonly (readonly [string, FieldType])[] =>
  Object.entries(object.fields).flatMap(([name, { type }]) =>
    name === 'id' ? [] : [[name, type] as const],
  )

/** All columns of the unified table, in order, with their types. */
export const unifiedShape = (object: ModelObject): readonly (readonly [string, FieldType])[] => [
  ['profile', 'integer'],
  ['_space', 'text'],
  ...unifiedFields(object),
  ...unifiedFields(object).map(([name]) => [fromColumn(name), 'integer'] as const),
  ['record_count', 'integer'],
  ['first_seen', 'integer'],
]

type Shape = readonly (readonly [string, FieldType])[]

const narrowTables = (on: Subject): readonly (readonly [TableName, Shape])[] => [
  [
    linkTable(on),
    [
      ['record', 'integer'],
      ['profile', 'integer'],
      ['since', 'integer'],
    ],
  ],
  [
    evidenceTable(on),
    [
      ['rule', 'text'],
      ['left', 'integer'],
      ['right', 'integer'],
      ['matched', 'text'],
      ['position', 'integer'],
    ],
  ],
  [
    refusedTable(on),
    [
      ['rule', 'text'],
      ['left', 'integer'],
      ['right', 'integer'],
      ['matched', 'text'],
      ['reason', 'text'],
      ['about', 'text'],
      ['position', 'integer'],
    ],
  ],
  [
    redirectTable(on),
    [
      ['old', 'integer'],
      ['new', 'integer'],
      ['position', 'integer'],
    ],
  ],
  [
    changeTable(on),
    [
      ['position', 'integer'],
      ['kind', 'text'],
      ['profile', 'integer'],
      ['other', 'integer'],
    ],
  ],
  [
    termTable(on),
    [
      ['record', 'integer'],
      ['kind', 'text'],
      ['value', 'text'],
      ['row_key', 'integer'],
    ],
  ],
  [
    keyTable(on),
    [
      ['rule', 'text'],
      ['key', 'integer'],
      ['record', 'integer'],
    ],
  ],
  [
    rowTable(on),
    [
      ['object', 'integer'],
      ['stream', 'integer'],
      ['position', 'integer'],
      ['row_key', 'integer'],
      ['record', 'integer'],
    ],
  ],
  [
    heededTable(on),
    [
      ['decision', 'integer'],
      ['kind', 'text'],
      ['left', 'integer'],
      ['right', 'integer'],
    ],
  ],
  [
    basisTable,
    [
      ['subject', 'text'],
      ['made_by', 'text'],
      ['objects', 'text'],
      ['confirmed', 'text'],
    ],
  ],
  [
    publishedTable,
    [
      ['subject', 'text'],
      ['position', 'integer'],
      ['at', 'timestamp'],
    ],
  ],
]

/** Makes the tables of unified people or accounts, or adds the columns they lack. */
export async function prepareUnified(engine: Engine, model: Model, on: Subject): Promise<void> {
  const existing = await engine.tables('unified')
  const wanted = [...narrowTables(on), [unifiedTable(on), unifiedShape(model.get(on))] as const]
  const work = wanted.flatMap(([name, shape]) => {
    const found = existing.find((table) => table.name === name.name)
    if (!found) return [createTable(name, shape)]
    return missing(
      shape,
      found.columns.map((c) => c.name),
    ).map((of) => addColumn(name, of))
  })
  const old = namedRowTable(on)
  if (existing.some(({ name }) => name === old.name))
    work.push((writer) => writer.run(sql`drop table ${old}`))
  if (work.length === 0) return
  await engine.change(`unified.${on}`, async (writer) => {
    await prepareTouched(writer)
    for (const step of work) await step(writer)
  })
}

const missing = (shape: Shape, columns: readonly string[]) =>
  shape.filter(([name]) => !columns.includes(name))

const createTable = (name: TableName, shape: Shape) => (writer: Writer) => {
  const columns = join(shape.map(([field, type]) => sql`${column(field)} ${typeName(type)}`))
  return writer.run(sql`create table if not exists ${name} (${columns})`)
}

const addColumn =
  (name: TableName, [field, type]: Shape[number]) =>
  (writer: Writer) =>
    writer.run(sql`alter table ${name} add column ${column(field)} ${typeName(type)}`)

/** The position of the last change of anything unified; 0 before the first run. */
export async function publishedPosition(
  reader: Pick<Engine, 'rows'> | Writer,
  on: Subject,
): Promise<number> {
  const [row] = await reader.rows(
    sql`select coalesce(max(position), 0) as position from ${publishedTable} where subject = ${value(on)}`,
  )
  return Number(row?.['position'] ?? 0)
}

/** By subject, the position of the last change of anything unified. */
export async function publishedPositions(engine: Engine): Promise<ReadonlyMap<Subject, number>> {
  const isThere = (await engine.tables('unified')).some(({ name }) => name === publishedTable.name)
  if (!isThere) return new Map()
  const rows = await engine.rows(
    sql`select subject, max(position) as position from ${publishedTable} group by subject`,
    { keptWhile: [publishedTable] },
  )
  const known = new Map(rows.map((row) => [row['subject'], Number(row['position'])]))
  return new Map(subjects.map((on) => [on, known.get(on) ?? 0]))
}
