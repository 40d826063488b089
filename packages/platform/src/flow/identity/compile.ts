import { as, cast, column, every, join, type Part, sql, value } from '#engine'
import { linkColumn, type Model, type ModelObject, modelTable } from '#model'
import { linkTo } from './check.ts'
import {
  addressOf,
  type Comparison,
  type Criterion,
  type MatchRule,
  type Ruleset,
} from './definition.ts'
import { type Form, formOf } from './forms.ts'
import { cleaned, searchWords, tidied } from './normalise.ts'
import { phones } from './phones.ts'
import { countryKey, countryNames } from './reference.ts'
import { made, type Step } from './steps.ts'
import { linkTable } from './tables.ts'

/** One column of values that records are compared by. */
export interface ValueColumn {
  readonly object: string
  readonly field: string
  readonly by: Comparison
}

const nameOf = ({ field, by }: ValueColumn): string => `${field}__${by}`

/** A way to a value: what must be joined to the row `r`, and the value itself. */
interface Way {
  readonly joins: Part
  readonly value: Part
}

/**
 * The records that are to be unified, numbered from the one that was seen first: `n`, `record`, `space`, `since`. So the
 * smallest number of a group is its oldest record, in every run.
 */
export const recordStep = ({ on }: Ruleset): Step => ({
  name: 'record',
  says: 'every record, numbered from the one that was seen first',
  query: sql`select row_number() over (order by since, record) - 1 as n, record, space, since from (
    select r._key as record, min(r._space) as space, coalesce(min(l.since), min(r._position)) as since
    from ${modelTable(on)} r left join ${linkTable(on)} l on l.record = r._key
    where r._key is not null group by r._key) seen`,
})

/** Every column of values that the rules look at, and those that people are found by. */
export function valueColumns({ on, match }: Ruleset, model: Model): readonly ValueColumn[] {
  const ofRules = match.flatMap(({ all }) => all)
  const findable = model.objects.flatMap((object) =>
    linkTo(object, on) === undefined ? [] : findableFields(object),
  )
  const all = [...ofRules, ...findable].map(({ object, field, by }) => ({ object, field, by }))
  return [...new Map(all.map((of) => [`${addressOf(of)}.${of.by}`, of])).values()]
}

const findableFields = (object: ModelObject): readonly ValueColumn[] =>
  Object.entries(object.fields).flatMap(([field, of]) => {
    const form = formOf(object.key, field, of)
    const isFindable = form === 'email' || form === 'phone'
    return isFindable ? [{ object: object.key, field, by: 'normalised' }] : []
  })

const valuesName = (object: string): string => `values_${object}`

/** One step per object: the values of its rows, tidied up, by the number of the record: `n`, `space` and the columns. */
export function valueSteps(ruleset: Ruleset, model: Model): readonly Step[] {
  const byObject = Map.groupBy(valueColumns(ruleset, model), ({ object }) => object)
  return [...byObject].map(([object, columns]) => ({
    name: valuesName(object),
    says: `the values of ${object} that are compared, tidied up`,
    query: valuesOf(model.get(object), ruleset.on, columns),
  }))
}

function valuesOf(object: ModelObject, on: string, columns: readonly ValueColumn[]): Part {
  const ways = columns.map((of, i) => wayTo(object, of, i))
  const values = ways.map((way, i) => as(way.value, column(nameOf(columns[i] ?? never(object)))))
  const link = linkTo(object, on) ?? never(object)
  const record = link.field === 'own key' ? '_key' : linkColumn(link.field)
  const names = columns.map((of) => column(nameOf(of)))
  return sql`select n, space, ${join(names.map((name) => sql`nullif(${name}, '') as ${name}`))} from (
    select k.n, k.space, ${join(values)} from ${modelTable(object.key)} r
    join ${made('record')} k on k.record = ${column(record, 'r')}${join(
      ways.map(({ joins }) => joins),
      sql``,
    )}) cleaned`
}

function never(object: ModelObject): never {
  throw new Error(`a rule over ${object.key} was not checked`)
}

function wayTo(object: ModelObject, { field, by }: ValueColumn, i: number): Way {
  const of = object.fields[field] ?? never(object)
  const raw = column(field, 'r')
  if (by === 'exact')
    return { joins: sql``, value: cleaned.exact(of.type === 'text' ? raw : cast(raw, 'text')) }
  const form: Form = formOf(object.key, field, of) ?? never(object)
  if (form === 'phone') return phoneWay(object, field, i)
  if (form === 'country') return countryWay(raw, i)
  return { joins: sql``, value: cleaned[form](raw) }
}

function phoneWay(object: ModelObject, field: string, i: number): Way {
  const [phone, raw] = [`phone_${i}`, column(field)]
  const country = 'country' in object.fields ? column('country') : value(null)
  const numbers = phones(
    sql`select distinct ${raw} as raw, ${country} as country from ${modelTable(object.key)} where ${raw} is not null`,
  )
  const ofRow = 'country' in object.fields ? column('country', 'r') : value(null)
  return {
    joins: sql` left join (${numbers}) ${column(phone)} on ${column('raw', phone)} = ${column(field, 'r')}
      and ${column('country', phone)} is not distinct from ${ofRow}`,
    value: column('value', phone),
  }
}

function countryWay(raw: Part, i: number): Way {
  const country = `country_${i}`
  return {
    joins: sql` left join ${countryNames} ${column(country)} on ${column('name', country)} = ${countryKey(raw)}`,
    value: sql`coalesce(${column('iso2', country)}, ${countryKey(raw)})`,
  }
}

/** Every criterion once: the step that holds its values, and the column. */
export const criteriaOf = ({ match }: Ruleset): readonly { step: string; name: string }[] => {
  const all = match.flatMap((rule) => rule.all)
  const once = new Map(all.map((of) => [`${addressOf(of)}.${of.by}`, of]))
  return [...once.values()].map((of) => ({ step: valuesName(of.object), name: nameOf(of) }))
}

const evidenceName = (rule: string): string => `evidence_${rule}`

/** The relation that a rule's step makes: `first`, `n`, `matched`, `size`. */
export const evidenceOf = ({ key }: MatchRule): Part => made(evidenceName(key))

/** One step per rule: each record of a block tied to the oldest of it, so that a block costs what it holds, not its square. */
export const evidenceSteps = ({ match, limits }: Ruleset): readonly Step[] =>
  match.map((rule) => ({
    name: evidenceName(rule.key),
    says: `records that "${rule.label ?? rule.key}" takes for one`,
    query: evidenceQuery(rule, limits?.blocked ?? {}),
  }))

function evidenceQuery(
  rule: MatchRule,
  blocked: Readonly<Record<string, readonly string[]>>,
): Part {
  const agreed = agreedOf(rule, blocked)
  const values = join(rule.all.map((_, i) => column(`v${i}`)))
  const matched = join(
    rule.all.map((_, i) => column(`v${i}`, 'a')),
    sql` || ' · ' || `,
  )
  const same = every(
    ['space', ...rule.all.map((_, i) => `v${i}`)].map(
      (name) => sql`${column(name, 'a')} = ${column(name, 'b')}`,
    ),
  )
  return sql`with agreed as (${agreed}),
    block as (select space, ${values}, min(n) as first, count(*) as size from agreed
      group by space, ${values} having count(*) > 1)
    select b.first, a.n, ${matched} as matched, b.size from agreed a join block b on ${same} where a.n <> b.first`
}

// Criteria on one object are met by one and the same row of it: a street and its own city, not that of another address.
function agreedOf(rule: MatchRule, blocked: Readonly<Record<string, readonly string[]>>): Part {
  const objects = [...new Set(rule.all.map(({ object }) => object))]
  const alias = (object: string) => `o${objects.indexOf(object)}`
  const values = rule.all.map((of, i) => as(column(nameOf(of), alias(of.object)), column(`v${i}`)))
  const tables = objects.map((object, i) =>
    i === 0
      ? sql`${made(valuesName(object))} o0`
      : sql`join ${made(valuesName(object))} ${column(alias(object))} on ${column('n', alias(object))} = o0.n`,
  )
  const present = rule.all.map((of) => {
    const name = column(nameOf(of), alias(of.object))
    const listed = blocked[addressOf(of)] ?? []
    return listed.length === 0
      ? sql`${name} is not null`
      : sql`${name} is not null and ${name} not in (${blockedValues(of, listed)})`
  })
  return sql`select distinct o0.n, o0.space, ${join(values)} from ${join(tables, sql` `)} where ${every(present)}`
}

/** Blocked values, tidied up like the values that they are compared with. */
function blockedValues({ object, field, by }: Criterion, listed: readonly string[]): Part {
  const raw = join(
    listed.map((one) => sql`select ${value(one)} as raw, ${value(null)} as country`),
    sql` union all `,
  )
  const form = by === 'exact' ? undefined : formOf(object, field, { type: 'text' })
  if (form === 'phone') return sql`select value from (${phones(raw)}) p where value is not null`
  if (form === 'country') {
    const { joins, value: v } = countryWay(sql`raw`, 0)
    return sql`select ${v} from (${raw}) listed${joins} where ${v} is not null`
  }
  return sql`select v from (select ${tidied(form ?? 'exact', sql`raw`)} as v from (${raw}) listed) b where v is not null`
}

/** What records can be found by: `record`, `kind`, `value`. */
export function termStep(ruleset: Ruleset, model: Model): Step {
  const ofContacts = valueColumns(ruleset, model).flatMap((of) => {
    const form = formOf(
      of.object,
      of.field,
      model.get(of.object).fields[of.field] ?? { type: 'json' },
    )
    if (of.by !== 'normalised' || (form !== 'email' && form !== 'phone')) return []
    const name = column(nameOf(of), 'v')
    return [
      sql`select k.record, ${value(form)} as kind, ${name} as value from ${made(valuesName(of.object))} v
        join ${made('record')} k on k.n = v.n where ${name} is not null`,
    ]
  })
  return {
    name: 'term',
    says: 'what records can be found by',
    query: join([...ofContacts, namesOf(ruleset)], sql` union all `),
  }
}

const namesOf = ({ on }: Ruleset): Part =>
  sql`select record, 'name' as kind, ${searchWords(sql`value`)} as value from (
    select _key as record, ${fullName[on]} as value from ${modelTable(on)} where _key is not null) named
    where value is not null`

const fullName: Readonly<Record<Ruleset['on'], Part>> = {
  individual: sql`coalesce(nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), person_name)`,
  account: sql`name`,
}
