import { type Engine, sql, value } from '#engine'
import type { Clock } from '#kernel/clock.ts'
import { type Model, modelTable, noteTouched, peopleMark } from '#model'
import type { Subject } from './definition.ts'
import { ownedObjects } from './owners.ts'
import { takePosition } from './publish.ts'
import {
  basisTable,
  changeTable,
  evidenceTable,
  heededTable,
  keyTable,
  linkTable,
  prepareUnified,
  publishedPosition,
  refusedTable,
  rowTable,
  termTable,
  unifiedTable,
} from './tables.ts'

/** What became of the profiles of a subject that nothing unifies any more. */
export interface Retired {
  readonly position: number
  readonly profiles: number
}

/** Without a ruleset nobody is unified: every profile is retired, and no row belongs to one. Written in one change. */
export async function retireAll(
  { engine, clock, model }: { engine: Engine; clock: Clock; model: Model },
  on: Subject,
): Promise<Retired> {
  const [row] = await engine.rows(sql`select count(distinct profile) as n from ${linkTable(on)}`)
  const profiles = Number(row?.['n'])
  if (profiles === 0) return { position: await publishedPosition(engine, on), profiles }
  await prepareUnified(engine, model, on)
  const existing = new Set((await engine.tables('model')).map(({ name }) => name))
  const owned = ownedObjects(model, on, existing)
  const position = await engine.change(`identity of ${on}`, async (writer) => {
    const at = await takePosition(writer, on, clock.now())
    await writer.run(
      sql`insert into ${changeTable(on)} select distinct ${value(at)}, 'retired', profile, null from ${linkTable(on)}`,
    )
    if (on === 'individual')
      await noteTouched(writer, peopleMark, sql`select profile from ${linkTable(on)}`)
    const published = [unifiedTable, linkTable, evidenceTable, refusedTable, termTable]
    const kept = [keyTable, rowTable, heededTable]
    for (const table of [...published, ...kept].map((tableOf) => tableOf(on)))
      await writer.run(sql`delete from ${table}`)
    await writer.run(sql`delete from ${basisTable} where subject = ${value(on)}`)
    for (const { object } of owned) {
      const isOwned = sql`${modelTable(object)} where _profile is not null`
      // Rows may be very many.
      const rows = Number.POSITIVE_INFINITY
      await noteTouched(writer, object, sql`select _profile as profile from ${isOwned}`, { rows })
      await writer.run(
        sql`update ${modelTable(object)} set _profile = null where _profile is not null`,
      )
    }
    return at
  })
  return { position, profiles }
}
