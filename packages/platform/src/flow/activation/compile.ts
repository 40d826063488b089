import { column, type Draft, join, nothing, type Part, sql, table, value } from '#engine'
import { modelTable, systemColumns } from '#model'
import { type ActivationBody, type Attribute, type ContactPoint, measureOf } from './definition.ts'

/** A segment at one place in the order of arrival. */
export interface Moment {
  readonly segment: string
  readonly position: number
}

/** What is sent: everybody who is in the segment then, or how that differs from an earlier moment. */
export interface Scope {
  readonly at: Moment
  /** What the receiver has; nothing when it starts with nobody. */
  readonly since?: Moment
}

/** What the rows are taken from. */
export interface Surroundings {
  /** What the segment is made of: `individual` or `account`. */
  readonly on: string
  /** Names of the tables of model objects; one that nothing is mapped to has none. */
  readonly modelTables: ReadonlySet<string>
}

const member = table('segment', 'member')
const history = table('segment', 'history')

/** The place of the last coming or going in a segment. */
export const lastChange = (segment: string): Draft => sql`
  select coalesce(max(greatest(entered_position, coalesce(left_position, 0))), 0) as position
  from (${staysIn(segment)}) stays`

/** The rows of an activation: `profile_id`, `change` where changes are sent, then `a0`, `a1` ... */
export function payloadOf(
  { attributes, send }: ActivationBody,
  scope: Scope,
  of: Surroundings,
): Draft {
  const joins = [...new Set(attributes.map(relationName))].map((name) =>
    relationOf(name, attributes, of),
  )
  const values = attributes.map((attribute, i) => sql`, ${cellOf(attribute)} as ${columnOf(i)}`)
  const change = send === 'changes' ? sql`, who.change` : nothing
  return sql`with who as (${send === 'changes' ? changes(scope) : membersAt(scope.at)}
)
select who.profile as profile_id${change}${join(values, nothing)}
from who${join(joins, nothing)}`
}

/** The column of the attribute at a place in the list. */
export const attributeColumn = (place: number): string => `a${place}`
const columnOf = (place: number) => column(attributeColumn(place))

const staysIn = (segment: string): Draft => sql`
  select profile, entered_position, null as left_position from ${member} where segment = ${value(segment)}
  union all
  select profile, entered_position, left_position from ${history} where segment = ${value(segment)}`

/** Who was in a segment then; the same answer whenever it is asked. */
const membersAt = ({ segment, position }: Moment): Draft => sql`
  select distinct profile from (${staysIn(segment)}) stays
  where entered_position <= ${value(position)}
    and (left_position is null or left_position > ${value(position)})`

// Who came and went in between is no news.
const changes = ({ at, since }: Scope): Draft =>
  since === undefined
    ? sql`select profile, 'entered' as change from (${membersAt(at)}) a`
    : sql`
  select coalesce(a.profile, b.profile) as profile,
    case when b.profile is null then 'entered' else 'left' end as change
  from (${membersAt(at)}) a full join (${membersAt(since)}) b on a.profile = b.profile
  where a.profile is null or b.profile is null`

const valueColumns: Readonly<Record<ContactPoint, { object: string; field: string }>> = {
  email: { object: 'contact_point_email', field: 'email_address' },
  phone: { object: 'contact_point_phone', field: 'telephone_number' },
}

// Attributes that come from the same place share one join.
function relationName(attribute: Attribute): string {
  if ('field' in attribute) return 'fields'
  if ('insight' in attribute) return `insight ${measureOf(attribute).insight}`
  return `${attribute.contact_point} ${JSON.stringify(attribute.sources ?? [])}`
}

function cellOf(attribute: Attribute): Part {
  const relation = relationName(attribute)
  if ('field' in attribute) return column(attribute.field, relation)
  if ('insight' in attribute) return column(measureOf(attribute).measure, relation)
  return column('contact_point', relation)
}

function relationOf(relation: string, attributes: readonly Attribute[], of: Surroundings): Draft {
  const same = attributes.filter((one) => relationName(one) === relation)
  const [first] = same
  if (first === undefined || 'field' in first) {
    return leftJoin(table('unified', of.on), relation, column('profile', relation))
  }
  if ('contact_point' in first) {
    const { object } = valueColumns[first.contact_point]
    const best = of.modelTables.has(object) ? bestContactPoint(first) : noContactPoint
    return leftJoin(sql`(${best})`, relation, column('profile', relation))
  }
  const insights = same.filter((one) => 'insight' in one).map(measureOf)
  return leftJoin(sql`(${measuresOf(insights)})`, relation, column('profile_id', relation))
}

const leftJoin = (relation: Part, name: string, key: Part): Draft =>
  sql`
left join ${relation} as ${column(name)} on ${key} = who.profile`

// One row per profile, whatever else an insight is counted by.
function measuresOf(of: readonly { readonly insight: string; readonly measure: string }[]): Draft {
  const measures = [...new Set(of.map(({ measure }) => measure))].map(
    (measure) => sql`, max(${column(measure)}) as ${column(measure)}`,
  )
  const insight = table('insight', of[0]?.insight ?? '')
  return sql`select profile_id${join(measures, nothing)} from ${insight} group by profile_id`
}

const noContactPoint = sql`select null as profile, null as contact_point`

function bestContactPoint(of: {
  readonly contact_point: ContactPoint
  readonly sources?: readonly string[]
}): Draft {
  const { object, field } = valueColumns[of.contact_point]
  const address = column(field)
  const profile = column(systemColumns.profile)
  const source = column(systemColumns.source)
  const sources = of.sources ?? []
  const ranks = sources.map((name, i) => sql`when ${source} = ${value(name)} then ${value(i)} `)
  const trust =
    ranks.length === 0
      ? nothing
      : sql`case ${join(ranks, nothing)}else ${value(ranks.length)} end, `
  return sql`select profile, contact_point from (
      select ${profile} as profile, ${address} as contact_point, row_number() over (
        partition by ${profile}
        order by ${trust}case when is_primary then 0 else 1 end,
          ${column(systemColumns.position)} desc, ${column(systemColumns.key)}) as place
      from ${modelTable(object)}
      where ${address} <> '' and ${profile} in (select profile from who)) ranked
    where place = 1`
}
