import {
  allows,
  type ConsentAsked,
  type ConsentGround,
  pointOf,
  standingOfAddresses,
  standingOfPeople,
  standingOfPoints,
  standings,
} from '#consent'
import {
  call,
  column,
  type Draft,
  every,
  join,
  jsonNumber,
  nothing,
  type Part,
  sql,
  type TableName,
  table,
  typeName,
  value,
} from '#engine'
import { insightTable } from '#insights'
import type { FieldType } from '#kernel/scalar.ts'
import { type Model, type ModelObject, modelTable, systemColumns } from '#model'
import { compileFormula } from '#query'
import { askOwned, everyoneOf, type Ground, memberTable } from '#segments'
import { type Asking, consentFor, consentOfPeople, pointOfValue } from './asked-consent.ts'
import {
  type ActivationBody,
  type Attribute,
  type ContactAttribute,
  type ContactPoint,
  measureOf,
  type RelatedAttribute,
  usualRelated,
} from './definition.ts'
import { reasons, reasonWithout } from './reasons.ts'
import { type Line, rememberedBy } from './tables.ts'

/** What the rows are taken from. */
export interface Surroundings {
  /** What the segment is made of: people, accounts, or rows of a model object. */
  readonly on: string
  /** Names of the tables of model objects; one that nothing is mapped to has none. */
  readonly modelTables: ReadonlySet<string>
  /** What is known of consent at this moment. */
  readonly consent: ConsentGround
  readonly model: Model
  /** What segments about anything but people are compiled against; nothing where it is people. */
  readonly ground?: Ground
  /** The column that says whose values an insight has, where it is not `profile_id`. */
  readonly insightKeys?: ReadonlyMap<string, string>
}

/** Whether everybody has to be looked at, not only who came and who went. */
const looksAtAll = ({ send, updates, filter, attributes, consent, point }: Asking): boolean =>
  send === 'everything' ||
  updates === true ||
  filter !== undefined ||
  consent !== undefined ||
  point !== undefined ||
  attributes.some(({ required }) => required)

const newsOnly = sql`
where m.profile is null or r.profile is null or r.reason is not null`

/** Whom it is about: `profile`, whether they are members, have been sent, or are held back and why, and what was sent. */
export const peopleOf = (body: Asking, line: Line): Draft => sql`
select coalesce(m.profile, r.profile) as profile, m.profile is not null as is_member,
  r.profile is not null and coalesce(r.reason = ${value(reasons.withdrawn)}, true) as is_sent, r.reason as held_for, r.hash as was
from (
  select profile from ${memberTable} where segment = ${value(body.segment)}) m
full join (${rememberedBy(line)}) r on m.profile = r.profile${looksAtAll(body) ? nothing : newsOnly}`

/**
 * The rows of an activation: `profile_id`, `is_member`, `reason` against sending, `hash` of the values, then `a0`, `a1` ...,
 * and the `verdict`: entered, left, updated, stayed, withheld (held back from now on), known (held back before), forgotten.
 */
export function judgedOf(body: Asking, people: TableName, of: Surroundings): Draft {
  const { attributes } = body
  const relations = new Map(attributes.map((one, i) => [relationName(one, i, body), one] as const))
  // A filter reads the fields of the profile, whether they are sent or not.
  const all = [...relations.keys()].includes(fieldsName) || body.filter === undefined
  const joins = [
    ...(all ? [] : [fieldsJoin(of)]),
    ...joinsOf(relations, { ...of, people, body }),
    ...consentJoin(body, of),
  ]
  const values = attributes.map(
    (one, i) => sql`, ${cellOf(one, i, { ...of, body })} as ${columnOf(i)}`,
  )
  return sql`select *, case
    when not is_member or reason is not null then case
      when is_sent then 'left' when not is_member then 'forgotten' when held_for is null then 'withheld' else 'known' end
    when not is_sent or held_for is not null then 'entered' when hash is distinct from was then 'updated' else 'stayed' end as verdict
from (
select *, ${reasonOf(body, of)} as reason, ${hashOf(body)} as hash
from (
select who.profile as profile_id, who.is_member, who.is_sent, who.held_for, who.was${passing(body, of)}${permitted(body)}${join(contactFlags(body), nothing)}${join(undividedFlags(body, of), nothing)}${join(values, nothing)}
from ${people} as who${join(joins, nothing)}) taken) weighed`
}

/** Who is sent, of the judged rows. */
export const sentOf = (send: ActivationBody['send']): Draft =>
  send === 'changes'
    ? sql`verdict in ('entered', 'left', 'updated')`
    : sql`is_member and reason is null`

/** Who is counted as held back, of the judged rows: of changes only once. */
export const heldOf = (send: ActivationBody['send']): Draft =>
  send === 'changes' ? sql`verdict = 'withheld'` : sql`is_member and reason is not null`

/** The column of the attribute at a place in the list. */
export const attributeColumn = (place: number): string => `a${place}`
const columnOf = (place: number) => column(attributeColumn(place))
const flagColumn = (place: number) => column(`has${place}`)

/** The column that says whether a formula divided by zero, so that the attribute at a place in the list is empty. */
export const undividedColumn = (place: number): string => `undivided${place}`

/** The places of the attributes whose formulas divide. */
export const dividingPlaces = (
  attributes: readonly Attribute[],
  { model, on }: Pick<Surroundings, 'model' | 'on'>,
): readonly number[] =>
  attributes.flatMap((one, i) =>
    'formula' in one && compiled(one.formula, model.get(on)).isUndivided ? [i] : [],
  )

/** The type of an attribute's values. */
export function attributeType(
  attribute: Attribute,
  of: {
    readonly on: string
    readonly model: Model
    readonly measures: (insight: string) => ReadonlyMap<string, FieldType | undefined> | undefined
  },
): FieldType {
  if ('field' in attribute) return of.model.get(of.on).fields[attribute.field]?.type ?? 'text'
  if ('related' in attribute) return 'json'
  if ('formula' in attribute) {
    return compiled(attribute.formula, of.model.get(of.on)).type ?? 'text'
  }
  if ('contact_point' in attribute) return 'text'
  const { insight, measure } = measureOf(attribute)
  return of.measures(insight)?.get(measure) ?? 'number'
}

/** A formula over the fields of an object; the id belongs to the source, not to the profile. */
export function compiled(text: string, { fields }: Pick<ModelObject, 'fields'>) {
  const known = Object.entries(fields).map(([name, { type }]) => ({ name, type }))
  return compileFormula(text, { fields: known.filter(({ name }) => name !== 'id') })
}

const valueColumns: Readonly<Record<ContactPoint, { object: string; field: string }>> = {
  email: { object: 'contact_point_email', field: 'email_address' },
  phone: { object: 'contact_point_phone', field: 'telephone_number' },
}

/** The object that addresses of a kind are kept in. */
export const contactObject = (kind: ContactPoint): string => valueColumns[kind].object

// Where formulas stand, the row is called `r`.
const fieldsName = 'r'

// Attributes that come from the same place share one join.
function relationName(attribute: Attribute, place: number, body: Asking): string {
  if ('field' in attribute || 'formula' in attribute) return fieldsName
  if ('insight' in attribute) return `insight ${measureOf(attribute).insight}`
  if ('related' in attribute) return `related ${place}`
  const { contact_point, sources = [], purpose } = attribute
  const asked = consentFor(attribute, body) ?? null
  return `${contact_point} ${JSON.stringify([sources, purpose ?? null, asked])}`
}

function cellOf(attribute: Attribute, place: number, of: Whole): Part {
  const relation = relationName(attribute, place, of.body)
  if ('field' in attribute) return column(attribute.field, relation)
  if ('formula' in attribute) return compiled(attribute.formula, of.model.get(of.on)).part
  if ('insight' in attribute) return column(measureOf(attribute).measure, relation)
  if ('related' in attribute) return column('items', relation)
  return sql`case when ${column('is_allowed', relation)} then ${column('contact_point', relation)} end`
}

// Whether there is any address at all tells no consent from no contact point.
const contactFlags = (body: ActivationBody): readonly Draft[] =>
  body.attributes.flatMap((one, i) =>
    'contact_point' in one && one.required
      ? [
          sql`, ${column('contact_point', relationName(one, i, body))} is not null as ${flagColumn(i)}`,
        ]
      : [],
  )

function passing({ filter }: ActivationBody, of: Surroundings): Draft {
  if (filter === undefined) return nothing
  const { part, isUndivided } = compiled(filter, of.model.get(of.on))
  return sql`, coalesce(${part}, false) as passes${isUndivided ? sql`, ${isUndivided} as is_undivided` : nothing}`
}

const undividedFlags = ({ attributes }: ActivationBody, of: Surroundings): readonly Draft[] =>
  attributes.flatMap((one, i) => {
    const flag = 'formula' in one && compiled(one.formula, of.model.get(of.on)).isUndivided
    return flag ? [sql`, ${flag} as ${column(undividedColumn(i))}`] : []
  })

// Where no contact point is sent that consent could be about, it is that of the person.
function consentJoin(body: Asking, of: Surroundings): readonly Draft[] {
  const asked = consentOfPeople(body)
  if (asked) {
    const known = sql`(${standingOfPeople(asked, of.consent)})`
    return [leftJoin(known, consentName, column('profile', consentName))]
  }
  const point = pointOfValue(body)
  const { attributes } = body
  const place = attributes.findIndex(({ as }) => as === point?.attribute)
  const attribute = attributes[place]
  if (point === undefined || attribute === undefined) return []
  const address = pointOf(cellOf(attribute, place, { ...of, body }))
  return [
    sql`
left join (${standingOfAddresses(point.consent, of.consent)}) as ${column(consentName)} on ${column('point', consentName)} = ${address}`,
  ]
}

const consentName = 'consent'

/** What is asked of members as they are, and not of a contact point of theirs that is sent. */
const askedWhole = (body: Asking): ConsentAsked | undefined =>
  consentOfPeople(body) ?? pointOfValue(body)?.consent

function permitted(body: Asking): Draft {
  const asked = askedWhole(body)
  return asked === undefined
    ? nothing
    : sql`, ${isAllowed(asked.basis, column('standing', consentName))} as is_permitted`
}

/** Whether what is known lets somebody be reached; of whom nothing was said, nothing is known. */
function isAllowed(basis: ConsentAsked['basis'], standing: Part): Part {
  const good = standings.filter((one) => allows(basis, one)).map((one) => value(one))
  return sql`coalesce(${standing}, 'unknown') in (${join(good)})`
}

function reasonOf(body: Asking, { model, on }: Surroundings): Part {
  const { filter, attributes } = body
  const undivided = filter !== undefined && compiled(filter, model.get(on)).isUndivided
  const blocked = [
    ...(undivided ? [when(sql`is_undivided`, reasons.filterUndivided)] : []),
    ...(filter === undefined ? [] : [when(sql`not passes`, reasons.blocked)]),
  ]
  const unpermitted =
    askedWhole(body) === undefined ? [] : [when(sql`not is_permitted`, reasons.noConsent)]
  const missing = attributes.flatMap((one, i) => {
    if (!one.required) return []
    const isMissing = sql`${columnOf(i)} is null`
    const refused = when(sql`${isMissing} and ${flagIf(one, i)}`, reasons.noConsent)
    return [...('contact_point' in one ? [refused] : []), when(isMissing, reasonWithout(one))]
  })
  const all = [...blocked, ...unpermitted, ...missing]
  return all.length === 0
    ? sql`cast(null as ${typeName('text')})`
    : sql`case when is_member then case ${join(all, sql` `)} end end`
}

const flagIf = (one: Attribute, place: number): Part =>
  'contact_point' in one ? flagColumn(place) : sql`false`

const when = (condition: Part, reason: string): Draft =>
  sql`when ${condition} then ${value(reason)}`

function hashOf({ updates, send, attributes }: ActivationBody): Part {
  if (send !== 'changes' || updates !== true) return sql`cast(null as ${typeName('integer')})`
  return contentHash(attributes)
}

/** One number for the values of a row, and for who it is about. */
export function contentHash(attributes: readonly Attribute[]): Part {
  const cells = attributes.flatMap(({ as }, i) => [value(as), columnOf(i)])
  const pairs = [value('profile_id'), column('profile_id'), ...cells]
  return call('key64', call('json_object', ...pairs))
}

type Whole = Surroundings & { readonly body: Asking }
type Staged = Whole & { readonly people: TableName }

const joinsOf = (relations: ReadonlyMap<string, Attribute>, of: Staged): readonly Draft[] =>
  [...relations].map(([name, attribute]) => joinOf(name, attribute, of))

const fieldsJoin = ({ on, ground }: Surroundings): Draft =>
  leftJoin(
    ground ? everyoneOf(ground) : table('unified', on),
    fieldsName,
    column('profile', fieldsName),
  )

function joinOf(name: string, attribute: Attribute, of: Staged): Draft {
  if ('field' in attribute || 'formula' in attribute) return fieldsJoin(of)
  if ('insight' in attribute) {
    const { insight } = measureOf(attribute)
    const owner = of.insightKeys?.get(insight) ?? 'profile_id'
    return leftJoin(insightTable(insight), name, column(owner, name))
  }
  const rows = 'related' in attribute ? relatedRows(attribute, of) : contactRows(attribute, of)
  return leftJoin(sql`(${rows})`, name, column('profile', name))
}

const leftJoin = (relation: Part, name: string, key: Part): Draft =>
  sql`
left join ${relation} as ${column(name)} on ${key} = who.profile`

function contactRows(attribute: ContactAttribute, of: Staged): Draft {
  const { contact_point, sources = [], purpose } = attribute
  const { object, field } = valueColumns[contact_point]
  const rows = belonging(object, of)
  if (rows === undefined)
    return sql`select null as profile, null as contact_point, false as is_allowed`
  const cell = (name: string) => column(name, fieldsName)
  const address = cell(field)
  const source = cell(systemColumns.source)
  const ranks = sources.map((name, i) => sql`when ${source} = ${value(name)} then ${value(i)} `)
  const trust =
    ranks.length === 0
      ? nothing
      : sql`case ${join(ranks, nothing)}else ${value(ranks.length)} end, `
  const wanted = [
    sql`${address} <> ''`,
    ...(purpose === undefined
      ? []
      : [sql`lower(${cell('usage_type')}) = ${value(purpose.toLowerCase())}`]),
    sql`${rows.owner} in (select profile from ${of.people})`,
  ]
  const asked = consentFor(attribute, of.body)
  const allowed = asked ? isAllowed(asked.basis, column('standing', consentName)) : sql`true`
  const allowedFirst = asked ? sql`case when ${allowed} then 0 else 1 end, ` : nothing
  const joined = asked ? knownJoin(asked, { rows, point: pointOf(address), wanted }, of) : nothing
  return sql`select profile, contact_point, is_allowed from (
      select ${rows.owner} as profile, ${address} as contact_point, ${allowed} as is_allowed, row_number() over (
        partition by ${rows.owner}
        order by ${allowedFirst}${trust}case when ${cell('is_primary')} then 0 else 1 end,
          ${rows.latestFirst}) as place
      from ${rows.from}${joined}
      where ${every(wanted)}) ranked
    where place = 1`
}

interface Points {
  readonly rows: Belonging
  readonly point: Part
  readonly wanted: readonly Part[]
}

/** What is known of contact points: of those that people have, what they said; of those of others, what whoever has the address said. */
function knownJoin(asked: ConsentAsked, { rows, point, wanted }: Points, of: Staged): Draft {
  const isSame = sql`${column('point', consentName)} = ${point}`
  if (of.ground !== undefined)
    return sql`
      left join (${standingOfAddresses(asked, of.consent)}) ${column(consentName)} on ${isSame}`
  const points = sql`select distinct ${rows.owner} as profile, ${point} as point
        from ${rows.from} where ${every(wanted)}`
  return sql`
      left join (${standingOfPoints(sql`(${points})`, asked, of.consent)}) ${column(consentName)} on ${column('profile', consentName)} = ${rows.owner} and ${isSame}`
}

function relatedRows(attribute: RelatedAttribute, of: Staged): Draft {
  const { related, fields, where, order, limit = usualRelated } = attribute
  const rows = belonging(related, of)
  if (rows === undefined) return sql`select null as profile, null as items`
  const types = of.model.get(related).fields
  const pairs = fields.flatMap((one) => {
    const cell = column(one.field, fieldsName)
    return [value(one.as), types[one.field]?.type === 'number' ? jsonNumber(cell) : cell]
  })
  const sorted =
    order === undefined
      ? nothing
      : sql`${column(order.field, fieldsName)} ${order.descending ? sql`desc` : sql`asc`} nulls last, `
  const wanted = [
    ...(where === undefined ? [] : [compiled(where, of.model.get(related)).part]),
    sql`${rows.owner} in (select profile from ${of.people})`,
  ]
  return sql`select profile, ${call('list_of', column('item'), column('place'))} as items from (
      select ${rows.owner} as profile, ${call('json_object', ...pairs)} as item, row_number() over (
        partition by ${rows.owner} order by ${sorted}${rows.latestFirst}) as place
      from ${rows.from}
      where ${every(wanted)}) ranked
    where place <= ${value(limit)} group by profile`
}

interface Belonging {
  /** Whom a row belongs to. */
  readonly owner: Part
  /** The rows, called as formulas call them. */
  readonly from: Part
  readonly latestFirst: Part
}

/** The rows of an object that belong to members; undefined where there are none. */
function belonging(object: string, { ground, modelTables }: Surroundings): Belonging | undefined {
  if (!modelTables.has(object)) return undefined
  const cell = (name: string) => column(name, fieldsName)
  const latestFirst = sql`${cell(systemColumns.position)} desc, ${cell(systemColumns.key)}`
  if (ground === undefined)
    return {
      owner: cell(systemColumns.profile),
      from: sql`${modelTable(object)} as ${column(fieldsName)}`,
      latestFirst,
    }
  const subject = ground.subjects.objects.get(object)
  const owned = subject && askOwned(subject, ground)
  return owned && { owner: owned.owner, from: owned.from(), latestFirst }
}
