import { column, join, type Part, sql, value } from '#engine'
import { linkTable, unifiedTable } from '#identity'
import { linkColumn, modelTable } from '#model'
import type { Related, Relations, Tie } from './api.ts'
import { shown } from './cells.ts'
import { nameOf, readOf } from './find.ts'
import { above, below, type GroupFound, type GroupName, groupsOf } from './groups.ts'
import { homesOf } from './homes.ts'
import { labelOf, on, openScene, type ProfileTools, type Scene } from './scene.ts'
import { filledWays, tiesOf, waysOf } from './ways.ts'

/** How much is drawn at most; the rest is counted. */
const most = { nodes: 60, groups: 12, homes: 6, peopleOfOne: 12 }

/** Whom a person has to do with: their accounts and groups, who else is tied to those, and who is reached where they are. */
export async function relationsOf(tools: ProfileTools, asked: string): Promise<Relations> {
  const scene = await openScene(tools)
  return readOf(tools.engine, asked, (id) => relationsIn(scene, id))
}

async function relationsIn(scene: Scene, id: string): Promise<Relations> {
  const profile = value(BigInt(id))
  const [own, homes, known] = await Promise.all([
    ownTies(scene, profile),
    homesOf(scene, profile, most.peopleOfOne),
    acquaintances(scene, profile),
  ])
  const found = await groupsOf(scene, own)
  const groups = found.slice(0, most.groups)
  const web = await webOf(scene, { groups, except: id })
  const [me] = await peopleNamed(scene, [id])
  for (const { to, say } of groups.flatMap((of) => tiesTo(of, own))) web.tie(personKey(id), to, say)
  const shownHomes = homes.slice(0, most.homes)
  for (const { key, name, total, people } of shownHomes) {
    web.add({ key, kind: 'address', label: 'Address', name, people: total })
    web.tie(personKey(id), key, 'Reached at')
    for (const { profile: other, isFamily } of people)
      web.person(other, key, isFamily ? 'Same last name' : 'Same address')
  }
  for (const { profile: other, say } of known.people) web.person(other, personKey(id), say)
  const drawn = await web.draw(me === undefined ? [] : [{ ...me, people: known.total }])
  return {
    ...drawn,
    groups_not_shown: found.length - groups.length + homes.length - shownHomes.length,
    ways: drawn.ties.length > 0 ? [] : await waysToFill(scene),
  }
}

/** Whom a group has to do with: its people, and the groups above and below it. */
export async function relationsOfGroup(scene: Scene, group: GroupFound): Promise<Relations> {
  const { parts: named, total } = await below(scene, group, most.groups)
  const web = await webOf(scene, { groups: [group] })
  for (const part of await groupsOf(
    scene,
    named.map(({ name }) => name),
  )) {
    web.add(part.node)
    const say = named.find(({ name }) => holds(part, name))?.say ?? ''
    web.tie(part.node.key, group.node.key, say)
  }
  const drawn = await web.draw([])
  return { ...drawn, groups_not_shown: total - named.length, ways: [] }
}

const personKey = (id: string): string => `person ${id}`

interface OwnTie extends GroupName {
  readonly say: string
}

const holds = ({ object, rows }: GroupFound, name: GroupName): boolean =>
  object.key === name.object && rows.some((row) => String(row['_key']) === name.record)

const tiesTo = (of: GroupFound, own: readonly OwnTie[]) => {
  const tie = own.find((one) => holds(of, one))
  return tie === undefined ? [] : [{ to: of.node.key, say: tie.say }]
}

/** What a person is tied to, and how: as a role says, where one does. */
async function ownTies({ engine, ...scene }: Scene, profile: Part): Promise<readonly OwnTie[]> {
  const rows = await engine.rows(sql`select object, ${column('key')},
      coalesce(min(role), min(say)) as say from (${tiesOf({ engine, ...scene })}) t
    where profile = ${profile} group by object, ${column('key')} order by 1, 2 limit ${value(500)}`)
  return rows.map((row) => ({
    object: String(row['object']),
    record: String(row['key']),
    say: String(row['say']),
  }))
}

interface Acquaintance {
  readonly profile: string
  readonly say: string
}

/** People, some of them by name, all counted. */
interface GroupPeople {
  readonly total: number
  readonly people: readonly Acquaintance[]
}

/** People whom a person's record names, or who name the person: by fields of a person that lead to another one. */
async function acquaintances(scene: Scene, profile: Part): Promise<GroupPeople> {
  const object = scene.model.get(on)
  const fields = Object.entries(object.fields).flatMap(([field, { links_to: to }]) =>
    to === on && scene.tables.get(on)?.has(linkColumn(field)) ? [field] : [],
  )
  if (fields.length === 0) return { total: 0, people: [] }
  const each = fields.map((field) => {
    const pairs = sql`select r._profile as one, l.profile as other
      from ${modelTable(on)} r join ${linkTable(on)} l on l.record = ${column(linkColumn(field), 'r')}`
    return sql`select case when one = ${profile} then other else one end as profile,
      ${value(labelOf(object, field))} as say from (${pairs}) pair where ${profile} in (one, other) and one <> other`
  })
  const rows =
    await scene.engine.rows(sql`select profile, min(say) as say, count(*) over () as total
    from (${join(each, sql` union all `)}) known group by profile order by profile limit ${value(most.peopleOfOne)}`)
  return {
    total: Number(rows[0]?.['total'] ?? 0),
    people: rows.map((row) => ({ profile: String(row['profile']), say: String(row['say']) })),
  }
}

/** Ways by which people could be related, and whether anything is mapped to them. */
async function waysToFill(scene: Scene): Promise<Relations['ways']> {
  const filled = await filledWays(scene)
  return waysOf(scene).map((way) => ({
    object: way.via.key,
    label: way.via.label,
    field: way.field,
    field_label: labelOf(way.via, way.field),
    is_filled: [...filled].some(({ via, field }) => via.key === way.via.key && field === way.field),
  }))
}

/** Who is tied to groups, by the key of the group; some of them by name, all counted. */
export async function peopleOf(
  scene: Scene,
  groups: readonly GroupFound[],
  page: { readonly except?: string | undefined; readonly limit: number; readonly offset?: number },
): Promise<ReadonlyMap<string, GroupPeople>> {
  const { except = '0', limit, offset = 0 } = page
  const names = groups.flatMap(({ object, node, rows }) =>
    rows.map(
      (row) => sql`select ${value(object.key)} as object,
        ${value(BigInt(String(row['_key'])))} as record, ${value(node.key)} as name`,
    ),
  )
  if (names.length === 0) return new Map()
  const rows = await scene.engine.rows(sql`select * from (
    select g.name, t.profile, coalesce(min(t.role), min(t.say)) as say,
      count(*) over (partition by g.name) as total,
      row_number() over (partition by g.name order by t.profile) as place
    from (${tiesOf(scene)}) t join (${join(names, sql` union all `)}) g
      on g.object = t.object and g.record = t.${column('key')}
    where t.profile <> ${value(BigInt(except))} group by g.name, t.profile) placed
    where place > ${value(offset)} and place <= ${value(offset + limit)} order by name, place`)
  return new Map(
    [...Map.groupBy(rows, (row) => String(row['name']))].map(([name, of]) => [
      name,
      {
        total: Number(of[0]?.['total'] ?? 0),
        people: of.map((row) => ({ profile: String(row['profile']), say: String(row['say']) })),
      },
    ]),
  )
}

/** People as nodes; those that are no more are left out. */
export async function peopleNamed(
  scene: Scene,
  ids: readonly string[],
): Promise<readonly (Related & { readonly profile: string })[]> {
  if (ids.length === 0) return []
  const rows = await scene.engine.rows(sql`select u.profile, ${nameOf('u')} as name, u.city
    from ${unifiedTable(on)} u where u.profile in (${join(ids.map((id) => value(BigInt(id))))})`)
  const byId = new Map(rows.map((row) => [String(row['profile']), row]))
  return ids.flatMap((profile) => {
    const row = byId.get(profile)
    if (row === undefined) return []
    const city = shown(row['city'])
    return [
      {
        key: personKey(profile),
        kind: 'person' as const,
        label: scene.model.get(on).label,
        name: String(row['name']),
        ...(city === undefined ? {} : { detail: String(city) }),
        profile,
      },
    ]
  })
}

/** A web that is being drawn: groups with those above them and the people of each, to which more is added. */
async function webOf(
  scene: Scene,
  { groups, except }: { readonly groups: readonly GroupFound[]; readonly except?: string },
) {
  const nodes = new Map<string, Related>()
  const ties: Tie[] = []
  // In the order in which they are to be drawn while there is room.
  const people = new Map<string, { readonly group: string; readonly say: string }[]>()
  const add = (node: Related) => {
    if (!nodes.has(node.key)) nodes.set(node.key, node)
  }
  const tie = (from: string, to: string, say: string) => ties.push({ from, to, say })
  const person = (profile: string, group: string, say: string) =>
    people.set(profile, [...(people.get(profile) ?? []), { group, say }])

  const higher = above(scene, groups).slice(0, most.groups)
  const [tied, parents] = await Promise.all([
    peopleOf(scene, groups, { except, limit: most.peopleOfOne }),
    groupsOf(
      scene,
      higher.map(({ name }) => name),
    ),
  ])
  for (const { node } of groups) {
    const of = tied.get(node.key)
    add({ ...node, people: of?.total ?? 0 })
    for (const { profile, say } of of?.people ?? []) person(profile, node.key, say)
  }
  for (const { of, name, say } of higher) {
    const parent = parents.find((one) => holds(one, name))
    if (parent === undefined || parent.node.key === of.node.key) continue
    add(parent.node)
    tie(of.node.key, parent.node.key, say)
  }

  const draw = async (first: readonly Related[]): Promise<Pick<Relations, 'nodes' | 'ties'>> => {
    const room = most.nodes - nodes.size - first.length
    const named = await peopleNamed(scene, [...people.keys()].slice(0, Math.max(0, room)))
    for (const { profile, key } of named)
      for (const { group, say } of people.get(profile) ?? []) tie(key, group, say)
    const drawn = (group: string) => named.filter(({ key }) => isTied(ties, key, group)).length
    return {
      nodes: [...[...first, ...nodes.values()].map((node) => counted(node, drawn)), ...named],
      ties,
    }
  }
  return { add, tie, person, draw }
}

const isTied = (ties: readonly Tie[], from: string, to: string): boolean =>
  ties.some((tie) => tie.from === from && tie.to === to)

/** A node with how many of its people are not drawn. */
const counted = (node: Related, drawn: (group: string) => number): Related =>
  node.people === undefined ? node : { ...node, not_shown: node.people - drawn(node.key) }
