import { column, type Engine, join, type Row, sql, value } from '#engine'
import { unifiedTable } from '#identity'
import type { Attribute } from './definition.ts'
import { type Data, jsonOf } from './met.ts'
import { hops, mergedIn } from './tables.ts'

const personTable = unifiedTable('individual')

/** For each of these profiles the ids that were merged into it; those into which none was are left out. */
export async function mergedInto(
  engine: Engine,
  profiles: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const merged = profiles.length === 0 ? undefined : await mergedIn(engine)
  if (!merged) return new Map()
  const ends = join(profiles.map((profile) => value(BigInt(profile))))
  const rows = await engine.rows(
    sql`with recursive ${hops(merged, ends)} select old_id, now_id from hop`,
  )
  const groups = Map.groupBy(rows, (row) => String(row['now_id']))
  return new Map([...groups].map(([now, of]) => [now, of.map((row) => String(row['old_id']))]))
}

/** The fields of profiles that attributes ask for, by profile. */
export async function profileData(
  engine: Engine,
  profiles: readonly string[],
  attributes: readonly Attribute[],
): Promise<ReadonlyMap<string, Data>> {
  const asked = attributes.flatMap((one) => ('profile' in one ? [one] : []))
  if (asked.length === 0 || profiles.length === 0) return new Map()
  const there = (await engine.tables('unified')).find(({ name }) => name === personTable.name)
  if (!there) return new Map()
  const has = (name: string) => there.columns.some((one) => one.name === name)
  const fields = [...new Set(asked.map(({ profile }) => profile))].filter(has)
  const ids = join(profiles.map((profile) => value(BigInt(profile))))
  const rows = await engine.rows(
    sql`select ${join([sql`profile as _id`, ...fields.map((name) => column(name))])}
      from ${personTable} where profile in (${ids})`,
  )
  const dataOf = (row: Row): Data =>
    Object.fromEntries(asked.map(({ as, profile }) => [as, jsonOf(row[profile])]))
  return new Map(rows.map((row) => [String(row['_id']), dataOf(row)]))
}
