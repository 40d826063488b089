import { type Engine, sql, type TableName, table, typeName } from '#engine'
import { type FieldType, fieldTypes } from '#kernel/scalar.ts'

/** The rows of an insight: its dimensions and measures. */
export const insightTable = (key: string): TableName => table('insight', key)

/** One row per computed insight: `insight`, `position` of the last change of its content, `rows`. */
export const stateTable = table('insight', '_state')

/** Makes the table that all insights share. */
export async function prepareInsights(engine: Engine): Promise<void> {
  await engine.change('insights', (writer) =>
    writer.run(sql`create table if not exists ${stateTable} (
      insight ${typeName('text')}, position ${typeName('integer')}, rows ${typeName('integer')})`),
  )
}

/** The columns of an insight's rows with their types, in order. */
export type Types = ReadonlyMap<string, FieldType>

/** The columns of every insight that has been computed, by key. */
export async function computedTypes(engine: Engine): Promise<ReadonlyMap<string, Types>> {
  const typeOf = new Map(
    // Several of our types may be one of the engine's; the first of them is the one meant.
    fieldTypes.toReversed().map((type) => [engine.dialect.types[type].toLowerCase(), type]),
  )
  const tables = await engine.tables('insight')
  return new Map(
    tables
      .filter(({ name }) => !name.startsWith('_'))
      .map(({ name, columns }) => [
        name,
        new Map(columns.map((of) => [of.name, typeOf.get(of.type.toLowerCase()) ?? 'text'])),
      ]),
  )
}

/** What is kept of one insight between refreshes. */
export interface InsightState {
  readonly position: number
  readonly rows: number
}

/** The state of every insight that has been computed, by key. */
export async function statesOf(engine: Engine): Promise<ReadonlyMap<string, InsightState>> {
  const rows = await engine.rows(sql`select insight, position, rows from ${stateTable}`)
  return new Map(
    rows.map((row) => [
      String(row['insight']),
      { position: Number(row['position']), rows: Number(row['rows']) },
    ]),
  )
}
