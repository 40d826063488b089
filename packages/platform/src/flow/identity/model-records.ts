import {
  as,
  column,
  every,
  join,
  type Made,
  made,
  makeAll,
  type Part,
  placed,
  type Step,
  some,
  sql,
  type TableName,
  type Workbench,
} from '#engine'
import type { Records } from '#matching'
import type { Model } from '#model'
import { blockedValues } from './blocked.ts'
import { addressOf, type Ruleset, type Subject } from './definition.ts'
import { isPlaceholder } from './guards.ts'
import { type RecordColumn, recordColumns } from './model-columns.ts'
import { tidied } from './normalise.ts'
import { nameOf, valuesName } from './values.ts'

const recordsName = 'weighed'
const listName = (name: string): string => `weighed_${name}`

/** The lists: who has which values of a column, tidied up, without what says nothing. */
const listSteps = (ruleset: Ruleset, model: Model): readonly Step[] =>
  recordColumns(ruleset.on, model)
    .filter(({ isList }) => isList)
    .map((of) => ({
      name: listName(of.name),
      says: `who has which ${of.name}`,
      query: listQuery(ruleset, of),
    }))

const recordsStep = (ruleset: Ruleset, model: Model, single: readonly string[]): Step => ({
  name: recordsName,
  says: 'the records as a model weighs them, one value to a column',
  query: recordsQuery(ruleset, recordColumns(ruleset.on, model), single),
})

/** The steps that make the table of records and its lists, for people who read the plan. */
export const recordsSteps = (ruleset: Ruleset, model: Model): readonly Step[] => [
  ...listSteps(ruleset, model),
  recordsStep(ruleset, model, []),
]

/** Records as matching takes them. */
export interface Weighed {
  /** Every list as a list: what can be asked of a column does not depend on who has how many values. */
  readonly listed: Records
  /** The same, with lists of which nobody has two values as columns, which weigh the same and cost less. */
  readonly records: Records
}

/**
 * Makes the table of records and its lists out of the values that were tidied up. What the ruleset blocks, and what people
 * write where they have nothing, is no value.
 */
export function withWeighed<T>(
  bench: Workbench,
  {
    ruleset,
    model,
    found,
  }: { readonly ruleset: Ruleset; readonly model: Model; readonly found: Made },
  use: (weighed: Weighed) => Promise<T>,
): Promise<T> {
  const { on } = ruleset
  return makeAll(bench, listSteps(ruleset, model), found, async (lists) => {
    const single = await singleIn(bench, recordColumns(on, model), lists)
    return makeAll(bench, [recordsStep(ruleset, model, single)], lists, (where) =>
      use({
        listed: recordsIn(on, model, (name) => placeOf(where, name)),
        records: recordsIn(on, model, (name) => placeOf(where, name), single),
      }),
    )
  })
}

/** The lists of which nobody has two values. */
async function singleIn(
  { engine, ask }: Workbench,
  columns: readonly RecordColumn[],
  where: Made,
): Promise<readonly string[]> {
  const lists = columns.filter(({ isList }) => isList)
  if (lists.length === 0) return []
  const cells = lists.map(
    ({ name }) =>
      sql`(select count(*) = count(distinct n) from ${made(listName(name))}) as ${column(name)}`,
  )
  const [row = {}] = await engine.rows(placed(sql`select ${join(cells)}`, where), ask)
  return lists.flatMap(({ name }) => (row[name] === true ? [name] : []))
}

function placeOf(where: Made, name: string): TableName {
  const found = where.get(name)
  if (!found) throw new Error(`the step "${name}" has not been made`)
  return found
}

// Several rows may tell of one record; the first of their values stands for all, in the order of values.
function recordsQuery(
  ruleset: Ruleset,
  columns: readonly RecordColumn[],
  single: readonly string[],
): Part {
  const own = columns.filter(({ isList }) => !isList)
  const told = own.map((of) => as(meant(ruleset, of), column(of.name)))
  const first = own.map((of) => {
    const name = sql`min(${column(of.name, 'v')})`
    return sql`, ${of.name === 'person_name' ? unlessTold(name, own) : name} as ${column(of.name)}`
  })
  const records = sql`select k.n, min(k.space) as space${join(first, sql``)} from ${made('record')} k
    left join (select ${join([sql`n`, ...told])} from ${made(valuesName(ruleset.on))}) v on v.n = k.n group by k.n`
  const more = single.map((name, i) => as(column('value', `l${i}`), column(name)))
  const joins = single.map(
    (name, i) =>
      sql` left join ${made(listName(name))} ${column(`l${i}`)} on ${column('n', `l${i}`)} = r.n`,
  )
  return sql`select ${join([sql`r.*`, ...more])} from (${records}) r${join(joins, sql``)}`
}

/** A value, unless it says nothing. */
function meant(ruleset: Ruleset, of: RecordColumn): Part {
  const name = column(nameOf(of))
  const listed = ruleset.limits?.blocked?.[addressOf(of)] ?? []
  const placeholder = isPlaceholder(ruleset, of, name)
  const nothing = [
    ...(placeholder ? [placeholder] : []),
    ...(listed.length === 0 ? [] : [sql`${name} in (${blockedValues(of, listed)})`]),
  ]
  return nothing.length === 0 ? name : sql`case when not ${some(nothing)} then ${name} end`
}

// A full name says what its parts say; it counts where they are not told, or the same evidence would count twice.
function unlessTold(name: Part, columns: readonly RecordColumn[]): Part {
  const parts = columns.filter((of) => of.name === 'first_name' || of.name === 'last_name')
  return sql`case when ${every(parts.map((of) => sql`min(${column(of.name, 'v')}) is null`))} then ${name} end`
}

function listQuery(ruleset: Ruleset, of: RecordColumn): Part {
  const kind =
    of.per === undefined
      ? sql``
      : sql`coalesce(${column(nameOf({ field: of.per, by: 'exact' }))}, '') || ' ' || `
  return sql`select distinct n, ${kind}value as value from (
    select *, ${as(meant(ruleset, of), column('value'))} from ${made(valuesName(of.object))}) v where value is not null`
}

/** The records as matching takes them, where their tables stand. */
export function recordsIn(
  on: Subject,
  model: Model,
  tableOf: (name: string) => TableName,
  single: readonly string[] = [],
): Records {
  const columns = recordColumns(on, model)
  const isList = (of: RecordColumn) => of.isList && !single.includes(of.name)
  return {
    table: tableOf(recordsName),
    columns: columns.filter((of) => !isList(of)).map(({ name }) => name),
    lists: Object.fromEntries(
      columns.filter(isList).map(({ name }) => [name, tableOf(listName(name))]),
    ),
    tidyName: (of) => tidied('name', of),
  }
}
