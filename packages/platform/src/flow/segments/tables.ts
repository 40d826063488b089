import { type Engine, sql, type TableName, table, typeName } from '#engine'
import { linkTable, redirectTable, unifiedTable } from '#identity'

/** Who is in which segment now: `segment`, `profile`, `entered_position`, `entered_at`. */
export const memberTable = table('segment', 'member')

/** Stays that have ended, under the ids that people had then: as members, with `left_position` and `left_at`. */
export const historyTable = table('segment', 'history')

/** One row per published segment: `segment`, `position` of its last change, `members`, `published_at`. */
export const stateTable = table('segment', '_state')

/** The unified people, one row per profile. */
export const personTable = unifiedTable('individual')

/** The unified people or accounts, one row per profile. */
export const unifiedTableOf = unifiedTable

/** Which record belongs to which profile: `record`, `profile`. */
export const linkTableOf = linkTable

/** Which profile a merged one went into: `old`, `new`, `position`. */
export const mergedTable = redirectTable('individual')
export const mergedTableOf = redirectTable

const stay = sql`segment ${typeName('text')}, profile ${typeName('integer')},
  entered_position ${typeName('integer')}, entered_at ${typeName('timestamp')}`

/** Makes the tables that all segments share. */
export async function prepareSegments(engine: Engine): Promise<void> {
  const make = (name: TableName, columns: typeof stay) =>
    sql`create table if not exists ${name} (${columns})`
  await engine.change('segments', async (writer) => {
    await writer.run(make(memberTable, stay))
    const left = sql`left_position ${typeName('integer')}, left_at ${typeName('timestamp')}`
    await writer.run(make(historyTable, sql`${stay}, ${left}`))
    await writer.run(
      make(
        stateTable,
        sql`segment ${typeName('text')}, position ${typeName('integer')},
          members ${typeName('integer')}, published_at ${typeName('timestamp')}`,
      ),
    )
  })
}
