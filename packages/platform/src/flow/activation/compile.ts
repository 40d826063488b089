import {
  column,
  type Draft,
  join,
  nothing,
  type Part,
  sql,
  type TableName,
  table,
  value,
} from '#engine'
import { insightTable } from '#insights'
import { modelTable, systemColumns } from '#model'
import { memberTable } from '#segments'
import { type ActivationBody, type Attribute, type ContactPoint, measureOf } from './definition.ts'
import { type Line, receivedBy } from './tables.ts'

/** What the rows are taken from. */
export interface Surroundings {
  /** What the segment is made of: `individual` or `account`. */
  readonly on: string
  /** Names of the tables of model objects; one that nothing is mapped to has none. */
  readonly modelTables: ReadonlySet<string>
}

const newsOnly = sql`
where m.profile is null or r.profile is null`

const presentOnly = sql`
where who.verdict <> 'left'`

/** Who is to be sent, and who went: `profile`, and the `verdict` entered, left or (when everything is sent) stayed. */
export const verdicts = ({ segment, send }: ActivationBody, line: Line): Draft => sql`
select coalesce(m.profile, r.profile) as profile,
  case when r.profile is null then 'entered' when m.profile is null then 'left' else 'stayed' end as verdict
from (
  select profile from ${memberTable} where segment = ${value(segment)}) m
full join (${receivedBy(line)}) r on m.profile = r.profile${send === 'changes' ? newsOnly : nothing}`

/** The rows of an activation from verdicts: `profile_id`, `change` where changes are sent, then `a0`, `a1` ... */
export function payloadOf(
  { attributes, send }: ActivationBody,
  who: TableName,
  of: Surroundings,
): Draft {
  const joins = [...new Set(attributes.map(relationName))].map((name) =>
    relationOf(name, attributes, { ...of, who }),
  )
  const values = attributes.map((attribute, i) => sql`, ${cellOf(attribute)} as ${columnOf(i)}`)
  const change = send === 'changes' ? sql`, who.verdict as change` : nothing
  return sql`select who.profile as profile_id${change}${join(values, nothing)}
from ${who} as who${join(joins, nothing)}${send === 'changes' ? nothing : presentOnly}`
}

/** The column of the attribute at a place in the list. */
export const attributeColumn = (place: number): string => `a${place}`
const columnOf = (place: number) => column(attributeColumn(place))

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

function relationOf(
  relation: string,
  attributes: readonly Attribute[],
  of: Surroundings & { readonly who: TableName },
): Draft {
  const first = attributes.find((one) => relationName(one) === relation)
  if (first !== undefined && 'insight' in first) {
    const { insight } = measureOf(first)
    return leftJoin(insightTable(insight), relation, column('profile_id', relation))
  }
  const profile = column('profile', relation)
  if (first === undefined || 'field' in first) {
    return leftJoin(table('unified', of.on), relation, profile)
  }
  const { object } = valueColumns[first.contact_point]
  const best = of.modelTables.has(object) ? bestContactPoint(first, of.who) : noContactPoint
  return leftJoin(sql`(${best})`, relation, profile)
}

const leftJoin = (relation: Part, name: string, key: Part): Draft =>
  sql`
left join ${relation} as ${column(name)} on ${key} = who.profile`

const noContactPoint = sql`select null as profile, null as contact_point`

function bestContactPoint(
  of: { readonly contact_point: ContactPoint; readonly sources?: readonly string[] },
  who: TableName,
): Draft {
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
      where ${address} <> '' and ${profile} in (select profile from ${who})) ranked
    where place = 1`
}
