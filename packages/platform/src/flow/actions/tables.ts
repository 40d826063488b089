import { column, type Engine, type Part, sql, table, typeName } from '#engine'
import { redirectTable, type Subject } from '#identity'

/**
 * What the set lane has seen: `watch`, `key` (of a row, or a profile), `position` (of its version, or at which it turned true),
 * `holds`. Of rows also `was` (whether they are what a change is to begin from), `stream`, and where it will be asked for, `profile`,
 * `account` (the key of its record) and `data` (JSON by field).
 */
export const heldTable = table('segment', 'action_held')

/**
 * What was met and is not in the store yet: `watch`, `key`, `position` (of the look), `version`, `profile`, `account`, `change`, `data`
 * and `was` (JSON by field).
 */
export const metTable = table('segment', 'action_met')

/** What the held rows were made for: `watch`, `print`, and `kept`: which values of theirs are held. */
export const heldStateTable = table('segment', 'action_state')

/** Makes the tables of this room in the engine. */
export async function prepareActions(engine: Engine): Promise<void> {
  const [text, integer, flag] = [typeName('text'), typeName('integer'), typeName('boolean')]
  await engine.change('actions', async (writer) => {
    await writer.run(
      sql`create table if not exists ${heldTable} (watch ${text}, key ${integer}, position ${integer}, holds ${flag})`,
    )
    await writer.run(
      sql`create table if not exists ${metTable} (watch ${text}, key ${integer}, position ${integer},
        version ${integer}, profile ${integer}, data ${text})`,
    )
    await writer.run(
      sql`create table if not exists ${heldStateTable} (watch ${text}, print ${text})`,
    )
    for (const [name, column, type] of [
      [heldTable, sql`was`, flag],
      [heldTable, sql`profile`, integer],
      [heldTable, sql`account`, integer],
      [heldTable, sql`stream`, text],
      [heldTable, sql`data`, text],
      [metTable, sql`account`, integer],
      [metTable, sql`change`, text],
      [metTable, sql`was`, text],
      [heldStateTable, sql`kept`, text],
    ] as const)
      await writer.run(sql`alter table ${name} add column if not exists ${column} ${type}`)
  })
}

/** Which profile went into which: `old`, `new`; nothing where that was never told. */
export async function mergedIn(
  engine: Engine,
  on: Subject = 'individual',
): Promise<Part | undefined> {
  const redirects = redirectTable(on)
  const isThere = (await engine.tables('unified')).some(({ name }) => name === redirects.name)
  return isThere ? redirects : undefined
}

/** The pairs (`old_id`, `now_id`) of profiles that were merged, over several merges if need be, as a recursive relation `hop`. */
export const hops = (merged: Part, ends: Part) => {
  const [old, now] = [column('old'), column('new')]
  return sql`hop(old_id, now_id) as (
  select ${old}, ${now} from ${merged} where ${now} in (${ends})
  union
  select r.${old}, hop.now_id from hop join ${merged} r on r.${now} = hop.old_id)`
}
