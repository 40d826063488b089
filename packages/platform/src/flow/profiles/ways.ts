import { as, cast, column, join, type Part, sql, value } from '#engine'
import { linkColumn, type ModelObject, modelTable } from '#model'
import { labelOf, on, type Scene } from './scene.ts'

/** How people are tied to something that several may have in common: by which field of which object. */
export interface Way {
  readonly group: ModelObject
  readonly via: ModelObject
  readonly field: string
}

/** Whether rows of an object are something that people have in common, instead of something of one person. */
export const isGroup = ({ key, category, fields }: ModelObject): boolean =>
  category === 'profile' && key !== on && linkIn(fields, on) === undefined

const linkIn = (fields: ModelObject['fields'], to: string): string | undefined =>
  Object.entries(fields).find(([, { links_to }]) => links_to === to)?.[0]

/** Numbers are a person's or a group's; they tie nobody to anybody. */
const numbers = 'party_identification'

/** Every way of the model, whether anything is mapped to it or not: a person's own field, or a person in a role. */
export function waysOf({ model }: Pick<Scene, 'model'>): readonly Way[] {
  const groups = new Map(model.objects.filter(isGroup).map((object) => [object.key, object]))
  const roles = model.objects.filter(
    ({ key, category, fields }) =>
      key === on || (category === 'profile' && key !== numbers && linkIn(fields, on) !== undefined),
  )
  return roles.flatMap((via) =>
    Object.entries(via.fields).flatMap(([field, { links_to: to = '' }]) => {
      const group = groups.get(to)
      return group === undefined ? [] : [{ group, via, field }]
    }),
  )
}

/** The ways whose columns there are. */
const openWays = (scene: Scene): readonly Way[] =>
  waysOf(scene).filter(({ via, field }) => scene.tables.get(via.key)?.has(linkColumn(field)))

/** Who is tied to what: `profile`, `object`, `key` of a record of it, the `role` where one is told, else what to `say`. */
export function tiesOf(scene: Scene): Part {
  const each = openWays(scene).map(({ group, via, field }) => {
    const key = column(linkColumn(field))
    return sql`select _profile as profile, ${as(value(group.key), column('object'))}, ${as(key, column('key'))},
      ${as(roleIn(via), column('role'))}, ${as(value(labelOf(via, field)), column('say'))}
      from ${modelTable(via.key)} where _profile is not null and ${key} is not null`
  })
  const none = sql`select ${value(0n)} as profile, '' as object, ${value(0n)} as ${column('key')},
    '' as role, '' as say where false`
  return join([none, ...each], sql` union all `)
}

// What a person is for an account says more than that they are one of its contacts.
function roleIn({ key, shows = [] }: ModelObject): Part {
  const [role] = shows
  return key === on || role === undefined
    ? value(null, 'text')
    : sql`nullif(trim(${cast(column(role), 'text')}), '')`
}

/** Which ways anything is mapped to. */
export async function filledWays(scene: Scene): Promise<ReadonlySet<Way>> {
  const open = openWays(scene)
  const asked = open.map(
    ({ via, field }) =>
      sql`exists (select 1 from ${modelTable(via.key)} where ${column(linkColumn(field))} is not null)`,
  )
  if (asked.length === 0) return new Set()
  const named = asked.map((part, i) => as(part, column(`way${i}`)))
  const [row = {}] = await scene.engine.rows(sql`select ${join(named)}`)
  return new Set(open.filter((_, i) => row[`way${i}`] === true))
}
