import {
  as,
  call,
  cast,
  column,
  join,
  type Part,
  type Row,
  sql,
  value,
  type Workbench,
} from '#engine'
import { type ColumnKind, kindByLooks, kindOf, lookPatterns } from './column-kinds.ts'
import { isList, namesOf, type Records } from './records.ts'

/** What a column can tell. */
export interface ColumnProfile {
  readonly column: string
  readonly kind: ColumnKind
  readonly is_list: boolean
  /** The share of records that have a value. */
  readonly filled: number
  readonly distinct: number
  /** How much a value tells, in bits: its entropy. */
  readonly bits: number
}

/** What all columns can tell. */
export interface RecordsProfile {
  readonly records: number
  readonly columns: readonly ColumnProfile[]
}

/** Looks at every column before anything is decided. */
export async function profileRecords(
  { engine, ask }: Workbench,
  records: Records,
): Promise<RecordsProfile> {
  const [row = {}] = await engine.rows(sql`select count(*) as n from ${records.table}`, ask)
  const all = Number(row['n'])
  const columns: ColumnProfile[] = []
  for (const name of namesOf(records)) {
    const [found = {}] = await engine.rows(counted(name, records), ask)
    const profile = profileOf(name, found, all, isList(records, name))
    if (profile.kind !== 'text') columns.push(profile)
    else {
      const [looks = {}] = await engine.rows(lookedAt(name, records), ask)
      columns.push({ ...profile, kind: kindByLooks(looksOf(looks)) })
    }
  }
  return { records: all, columns }
}

const profileOf = (name: string, row: Row, all: number, list: boolean): ColumnProfile => ({
  column: name,
  kind: kindOf(name),
  is_list: list,
  filled: all === 0 ? 0 : Number(row['filled'] ?? 0) / all,
  distinct: Number(row['distinct_values'] ?? 0),
  bits: Math.max(0, Number(row['bits'] ?? 0)),
})

const looksOf = (row: Row) => {
  const share = (name: string) => Number(row[name] ?? 0)
  const [dates, addresses, digits] = [share('dates'), share('addresses'), share('digits')]
  const [words, mixed, length] = [share('words'), share('mixed'), share('length')]
  return { dates, addresses, digits, words, mixed, length }
}

/** So many different values tell how all of them look. */
const enoughValues = 2000

function lookedAt(name: string, records: Records): Part {
  const looks = Object.entries(lookPatterns).map(([look, pattern]) =>
    as(
      sql`avg(case when ${call('matches', sql`value`, value(pattern))} then 1.0 else 0.0 end)`,
      column(look),
    ),
  )
  return sql`select ${join(looks)}, avg(length(value)) as length from (
      select value from (${valuesOf(name, records)}) v where value is not null group by value
      order by ${call('key64', sql`value`)} limit ${value(enoughValues)}) some_values`
}

function valuesOf(name: string, { table, lists = {} }: Records): Part {
  const of = lists[name]
  return of
    ? sql`select n, nullif(${cast(column('value'), 'text')}, '') as value from ${of}`
    : sql`select n, nullif(${cast(column(name), 'text')}, '') as value from ${table}`
}

function counted(name: string, records: Records): Part {
  const size = cast(sql`size`, 'number')
  return sql`with present as (select distinct n, value from (${valuesOf(name, records)}) v where value is not null),
      counted as (select value, count(*) as size from present group by value)
    select (select count(distinct n) from present) as filled, count(*) as distinct_values,
      (ln(sum(${size})) - sum(${size} * ln(${size})) / sum(${size})) / ln(2) as bits from counted`
}
