import { column, type Engine, join, type Row, sql, value } from '#engine'
import { linkTable, type Subject, unifiedTable } from '#identity'
import { modelTable, systemColumns } from '#model'
import { isUnified } from '#segments'
import type { Attribute } from './definition.ts'
import { type Data, jsonOf, subjectId } from './met.ts'
import { hops, mergedIn } from './tables.ts'

const personTable = unifiedTable('individual')

/** For each of these profiles the ids that were merged into it; those into which none was are left out. */
export async function mergedInto(
  engine: Engine,
  profiles: readonly string[],
  on: Subject = 'individual',
): Promise<ReadonlyMap<string, readonly string[]>> {
  const merged = profiles.length === 0 ? undefined : await mergedIn(engine, on)
  if (!merged) return new Map()
  const ends = join(profiles.map((profile) => value(BigInt(profile))))
  const rows = await engine.rows(
    sql`with recursive ${hops(merged, ends)} select old_id, now_id from hop`,
  )
  const groups = Map.groupBy(rows, (row) => String(row['now_id']))
  return new Map([...groups].map(([now, of]) => [now, of.map((row) => String(row['old_id']))]))
}

/** By the key of a record of an account, the ids under which something may be remembered of that: the one it has now first. */
export async function accountsOf(
  engine: Engine,
  records: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const links = linkTable('account')
  const isThere = (await engine.tables('unified')).some(({ name }) => name === links.name)
  const keys = join(records.map((record) => value(BigInt(record))))
  const rows =
    isThere && records.length > 0
      ? await engine.rows(sql`select record, profile from ${links} where record in (${keys})`)
      : []
  const unified = new Map(rows.map((row) => [String(row['record']), String(row['profile'])]))
  const merged = await mergedInto(engine, [...new Set(unified.values())], 'account')
  return new Map(
    records.map((record) => {
      const now = unified.get(record)
      const ids = now === undefined ? [record] : [now, ...(merged.get(now) ?? []), record]
      return [record, ids.map((id) => subjectId('account', id))]
    }),
  )
}

/** The fields of accounts, households, products ... that attributes ask for, by id. */
export async function subjectData(
  engine: Engine,
  { on, ids }: { readonly on: string; readonly ids: readonly string[] },
  attributes: readonly Extract<Attribute, { field: string }>[],
): Promise<ReadonlyMap<string, Data>> {
  const table = isUnified(on) ? unifiedTable(on) : modelTable(on)
  const there = (await engine.tables(isUnified(on) ? 'unified' : 'model')).find(
    ({ name }) => name === table.name,
  )
  const has = (name: string) => there?.columns.some((one) => one.name === name)
  const fields = [...new Set(attributes.map(({ field }) => field))].filter(has)
  if (fields.length === 0 || ids.length === 0) return new Map()
  const key = column(isUnified(on) ? 'profile' : systemColumns.key)
  // One row for each, whatever the sources say.
  const cells = fields.map((name) => sql`min(${column(name)}) as ${column(name)}`)
  const rows = await engine.rows(sql`select ${key} as _id, ${join(cells)} from ${table}
    where ${key} in (${join(ids.map((id) => value(BigInt(id))))}) group by 1`)
  return new Map(
    rows.map((row) => [
      String(row['_id']),
      Object.fromEntries(attributes.map(({ as, field }) => [as, jsonOf(row[field])])),
    ]),
  )
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
