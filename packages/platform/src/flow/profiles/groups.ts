import { column, join, type Part, type Row, sql, value } from '#engine'
import { linkTable } from '#identity'
import { linkColumn, type ModelObject, modelTable } from '#model'
import type { Related } from './api.ts'
import { shown } from './cells.ts'
import { profileFaults } from './faults.ts'
import { labelOf, type Scene } from './scene.ts'
import { isGroup } from './ways.ts'

/** Something that people have in common, with the records that are it: several, where a ruleset made them one. */
export interface GroupFound {
  readonly node: Related
  readonly object: ModelObject
  readonly rows: readonly Row[]
}

/** A record of a group, by the key of it. */
export interface GroupName {
  readonly object: string
  readonly record: string
}

const keyOfRow = (row: Row): string => String(row['_key'])

/** Records, and those that are unified with them: all columns, and `_group`, the id of the account where there is one. */
function withUnified({ hasUnifiedAccounts }: Scene, object: string, keys: readonly string[]): Part {
  const listed = join(keys.map((key) => value(BigInt(key))))
  const table = modelTable(object)
  if (object !== 'account' || !hasUnifiedAccounts)
    return sql`select *, ${value(null, 'integer')} as _group from ${table} where _key in (${listed})`
  const links = linkTable(object)
  return sql`select r.*, l.profile as _group from ${table} r left join ${links} l on l.record = r._key
    where r._key in (${listed}) or l.profile in (select profile from ${links} where record in (${listed}))`
}

/** The groups that records belong to, in the order of their names; what has no row is left out. */
export async function groupsOf(
  scene: Scene,
  names: readonly GroupName[],
): Promise<readonly GroupFound[]> {
  const byObject = Map.groupBy(names, ({ object }) => object)
  const found = await Promise.all(
    [...byObject].map(([object, of]) =>
      groupsIn(
        scene,
        object,
        of.map(({ record }) => record),
      ),
    ),
  )
  return found.flat().toSorted((a, b) => a.node.name.localeCompare(b.node.name, 'en'))
}

async function groupsIn(scene: Scene, key: string, keys: readonly string[]) {
  const object = scene.model.find(key)
  if (object === undefined || !isGroup(object) || !scene.tables.has(key)) return []
  const rows = await scene.engine.rows(
    sql`select * from (${withUnified(scene, key, keys)}) r order by _position desc, _key limit ${value(mostRows)}`,
  )
  const groups = Map.groupBy(rows, (row) => String(row['_group'] ?? `record ${keyOfRow(row)}`))
  return [...groups.values()].map((of) => ({ object, rows: of, node: nodeOf(object, of) }))
}

const mostRows = 500

function nodeOf(object: ModelObject, rows: readonly Row[]): Related {
  const record = rows.map(keyOfRow).toSorted()[0] ?? ''
  const [name, ...rest] = (object.shows ?? []).flatMap((field) => {
    const told = rows.map((row) => shown(row[field])).find((cell) => cell !== undefined)
    return told === undefined ? [] : [String(told)]
  })
  return {
    key: `${object.key} ${record}`,
    kind: 'group',
    label: object.label,
    name: name ?? String(rows[0]?.['id'] ?? record),
    ...(rest.length === 0 ? {} : { detail: rest.join(', ') }),
    object: object.key,
    record,
  }
}

/** The group that a record belongs to. */
export async function groupOf(scene: Scene, name: GroupName): Promise<GroupFound> {
  const [found] = await groupsOf(scene, [name])
  if (found === undefined) throw profileFaults.unknown_group(name)
  return found
}

/** A group that another one names as its own, and the label of the field that does. */
export interface Above {
  readonly of: GroupFound
  readonly name: GroupName
  readonly say: string
}

/** What the groups are parts of: the account above an account. */
export const above = (scene: Scene, groups: readonly GroupFound[]): readonly Above[] =>
  groups.flatMap((of) =>
    linksToGroups(scene, of.object).flatMap(({ field, to }) => {
      const keys = new Set(of.rows.flatMap((row) => shown(row[linkColumn(field)]) ?? []))
      const say = labelOf(of.object, field)
      return [...keys].map((record) => ({
        of,
        name: { object: to, record: String(record) },
        say,
      }))
    }),
  )

function linksToGroups({ model, tables }: Scene, { key, fields }: ModelObject) {
  return Object.entries(fields).flatMap(([field, { links_to: to = '' }]) => {
    const target = model.find(to)
    const isOpen =
      target !== undefined && isGroup(target) && tables.get(key)?.has(linkColumn(field))
    return isOpen ? [{ field, to }] : []
  })
}

/** A group that names another one as the one that it is a part of. */
export interface Below {
  readonly name: GroupName
  readonly say: string
}

/** What is a part of a group: the accounts below an account; no more than `most`, all counted. */
export async function below(
  scene: Scene,
  { object, rows }: GroupFound,
  most: number,
): Promise<{ readonly parts: readonly Below[]; readonly total: number }> {
  const links = scene.model.objects
    .filter((of) => isGroup(of))
    .flatMap((of) =>
      linksToGroups(scene, of)
        .filter(({ to }) => to === object.key)
        .map(({ field }) => ({ of, field })),
    )
  if (links.length === 0) return { parts: [], total: 0 }
  const keys = join(rows.map((row) => value(BigInt(keyOfRow(row)))))
  const each = links.map(
    ({ of, field }) =>
      sql`select ${value(of.key)} as object, _key, ${value(labelOf(of, field))} as say
        from ${modelTable(of.key)} where ${column(linkColumn(field))} in (${keys})`,
  )
  const found = await scene.engine.rows(
    sql`select *, count(*) over () as total from (${join(each, sql` union all `)}) part order by _key limit ${value(most)}`,
  )
  return {
    total: Number(found[0]?.['total'] ?? 0),
    parts: found.map((row) => ({
      name: { object: String(row['object']), record: keyOfRow(row) },
      say: String(row['say']),
    })),
  }
}
