import { as, cast, column, join, made, type Part, type Step, sql, value } from '#engine'
import { linkColumn, type Model, type ModelObject, modelTable } from '#model'
import { contactColumns, linkTo, type ValueColumn } from './contacts.ts'
import { addressOf, askedBy, type Identifier, type Ruleset } from './definition.ts'
import { amongRecords, type Extent } from './extent.ts'
import { type Form, formOf } from './forms.ts'
import { fuzzyKindOf, spelled } from './fuzzy.ts'
import { modelColumns } from './model-columns.ts'
import { cleaned } from './normalise.ts'
import { phones } from './phones.ts'
import { countryKey, countryNames } from './reference.ts'

/** What the column is called in the step of its object. */
export const nameOf = ({ field, by }: Pick<ValueColumn, 'field' | 'by'>): string =>
  `${field}__${by}`

/** A way to a value: what must be joined to the row `r`, and the value itself. */
interface Way {
  readonly joins: Part
  readonly value: Part
}

/** Every column of values that rules, guards and a model look at, and those that people are found by. */
export function valueColumns(
  { on, match, limits, model: weighed }: Ruleset,
  model: Model,
): readonly ValueColumn[] {
  const ofRules = [
    ...match.flatMap(askedBy),
    ...(limits?.identifiers ?? []).flatMap(identifierColumns),
  ]
  const contacts = model.objects.flatMap((object) =>
    linkTo(object, on) === undefined ? [] : contactColumns(object),
  )
  const ofModel = weighed ? modelColumns(on, model) : []
  const all = [...ofRules, ...contacts, ...ofModel].map(({ object, field, by }) => ({
    object,
    field,
    by,
  }))
  return [...new Map(all.map((of) => [`${addressOf(of)}.${of.by}`, of])).values()]
}

const identifierColumns = ({
  object,
  field,
  by = 'exact',
  per,
}: Identifier): readonly ValueColumn[] => [
  { object, field, by },
  ...(per === undefined ? [] : [{ object, field: per, by: 'exact' as const }]),
]

/** The step that holds the values of an object. */
export const valuesName = (object: string): string => `values_${object}`

/** One step per object: the values of its rows, tidied up, by the number of the record: `n`, `space`, `row_key`, values. */
export function valueSteps(
  ruleset: Ruleset,
  model: Model,
  extent: Extent = 'everything',
): readonly Step[] {
  const byObject = Map.groupBy(valueColumns(ruleset, model), ({ object }) => object)
  return [...byObject].map(([object, columns]) => ({
    name: valuesName(object),
    says: `the values of ${object} that are compared, tidied up`,
    query: valuesOf(model.get(object), { on: ruleset.on, columns, extent }),
  }))
}

function valuesOf(
  object: ModelObject,
  { on, columns, extent }: { on: string; columns: readonly ValueColumn[]; extent: Extent },
): Part {
  const record = recordOf(object, on)
  const rows = sql`${modelTable(object.key)} where true${amongRecords(column(record), extent === 'everything' ? undefined : 'record')}`
  const ways = columns.map((of, i) => wayTo(object, of, { i, rows }))
  const values = ways.map((way, i) => as(way.value, column(nameOf(columns[i] ?? never(object)))))
  const names = columns.map((of) => column(nameOf(of)))
  return sql`select n, space, row_key, ${join(names.map((name) => sql`nullif(${name}, '') as ${name}`))} from (
    select k.n, k.space, r._key as row_key, ${join(values)} from ${modelTable(object.key)} r
    join ${made('record')} k on k.record = ${column(record, 'r')}${join(
      ways.map(({ joins }) => joins),
      sql``,
    )}) cleaned`
}

/** The column of an object that holds whose record a row is about. */
export function recordOf(object: ModelObject, on: string): string {
  const link = linkTo(object, on) ?? never(object)
  return link.field === 'own key' ? '_key' : linkColumn(link.field)
}

function never(object: ModelObject): never {
  throw new Error(`a rule over ${object.key} was not checked`)
}

/** Where a value stands among those of its step, and the rows that it is of, ending in a condition. */
interface Place {
  readonly i: number
  readonly rows: Part
}

function wayTo(object: ModelObject, { field, by }: ValueColumn, place: Place): Way {
  const of = object.fields[field] ?? never(object)
  const raw = column(field, 'r')
  if (by === 'exact')
    return { joins: sql``, value: cleaned.exact(of.type === 'text' ? raw : cast(raw, 'text')) }
  if (by === 'fuzzy')
    return {
      joins: sql``,
      value: spelled[fuzzyKindOf(object.key, field, of) ?? never(object)](raw),
    }
  const form: Form = formOf(object.key, field, of) ?? never(object)
  if (form === 'phone') return phoneWay(object, field, place)
  if (form === 'country') return countryWay(raw, place.i)
  return { joins: sql``, value: cleaned[form](raw) }
}

function phoneWay(object: ModelObject, field: string, { i, rows }: Place): Way {
  const [phone, raw] = [`phone_${i}`, column(field)]
  const country = 'country' in object.fields ? column('country') : value(null)
  const numbers = phones(
    sql`select distinct ${raw} as raw, ${country} as country from ${rows} and ${raw} is not null`,
  )
  const ofRow = 'country' in object.fields ? column('country', 'r') : value(null)
  return {
    joins: sql` left join (${numbers}) ${column(phone)} on ${column('raw', phone)} = ${column(field, 'r')}
      and ${column('country', phone)} is not distinct from ${ofRow}`,
    value: column('value', phone),
  }
}

/** The way to the code of a country, whatever it is called. */
export function countryWay(raw: Part, i: number): Way {
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
