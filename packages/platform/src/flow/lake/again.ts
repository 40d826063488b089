import {
  type Ask,
  call,
  column,
  type Draft,
  type Engine,
  every,
  type Part,
  some,
  sql,
  type TableName,
  typeName,
  value,
} from '#engine'
import type { Origin } from './arrival.ts'
import { batchTable, currentTable, type LakeField, position } from './tables.ts'

/** Whoever can compute a table to go on with: an engine, or a writer in the middle of a change. */
export interface Stages {
  readonly rows: Engine['rows']
  readonly staged: <T>(query: Part, use: (table: TableName) => Promise<T>, ask?: Ask) => Promise<T>
}

/** Rows without a key, and those they may be again. */
export interface Again {
  readonly stream: string
  /** The fields of what arrives. */
  readonly fields: readonly LakeField[]
  /** The fields of the stream so far. */
  readonly known: readonly LakeField[]
  /** Fields and `_position` of what arrives. */
  readonly rows: Draft
  /** The rows that were there before. */
  readonly there: Draft
  readonly ask: Ask
}

/**
 * Tells rows without a key by what they hold, and by which of those that hold the same they are: the second of two equal rows meets
 * the second of those that are there. One row per arrived row, as for rows with a key: `arrived`, `was`, `winner`, `verdict`.
 */
export function againVerdicts<T>(
  on: Stages,
  of: Again,
  use: (verdicts: TableName) => Promise<T>,
): Promise<T> {
  const { stream, fields, known, rows, there, ask } = of
  const all = [...fields, ...known.filter(({ name }) => !hasField(fields, name))]
  const codes = sql`
    select ${codeOf(all, fields, 'i')} as code, ${position} as place, true as is_new from ${rows} i
    union all
    select ${codeOf(all, known, 'c')} as code, ${position} as place, false as is_new from (${there}) c`
  // Codes may be equal by chance; what is not equal is another row.
  const isSame = every(
    all.map(
      (field) =>
        sql`${cellOf(fields, field, 'i')} is not distinct from ${cellOf(known, field, 'c')}`,
    ),
  )
  const verdictsOf = (pairs: TableName) => sql`
    select p.arrived, e.was, p.arrived as winner,
      case when e.was is null then 'new' else 'unchanged' end as verdict
    from ${pairs} p left join (select p.arrived, p.was from ${pairs} p
      join ${rows} i on i.${position} = p.arrived
      join ${currentTable(stream)} c on c.${position} = p.was where ${isSame}) e on e.arrived = p.arrived`
  const staged = <R>(query: Draft, then: (table: TableName) => Promise<R>) =>
    on.staged(query, then, ask)
  return staged(codes, (coded) =>
    staged(groupsOf(coded), (groups) =>
      staged(pairsOf(coded, groups), (pairs) => staged(verdictsOf(pairs), use)),
    ),
  )
}

const hasField = (fields: readonly LakeField[], name: string) =>
  fields.some((field) => field.name === name)

const cellOf = (has: readonly LakeField[], { name, type }: LakeField, of: string): Part =>
  hasField(has, name) ? column(name, of) : sql`cast(null as ${typeName(type)})`

const codeOf = (all: readonly LakeField[], has: readonly LakeField[], of: string): Part =>
  call('code64', ...all.map((field) => cellOf(has, field, of)))

const groupsOf = (coded: TableName): Draft => sql`
  select code, sum(case when is_new then 1 else 0 end) as came, sum(case when is_new then 0 else 1 end) as was,
    min(case when is_new then place end) as arrived, min(case when not is_new then place end) as stood
  from ${coded} group by code`

/** Each arrived row and the one it meets. Most are the only ones of their kind, so that few have to be numbered. */
function pairsOf(coded: TableName, groups: TableName): Draft {
  const several = sql`select code from ${groups} where came > 1 or (came = 1 and was > 1)`
  const numbered = (which: Draft) => sql`(select code, place,
    row_number() over (partition by code order by place) as nth from ${coded}
    where ${which} and code in (${several}))`
  return sql`select arrived, stood as was from ${groups} where came = 1 and was <= 1
    union all
    select n.place as arrived, o.place as was from ${numbered(sql`is_new`)} n
      left join ${numbered(sql`not is_new`)} o on o.code = n.code and o.nth = n.nth`
}

/** A query for the rows of a stream that came from some origins before; nothing where none did. */
export async function rowsFrom(
  reader: Pick<Stages, 'rows'>,
  { stream, origins }: { readonly stream: string; readonly origins: readonly Origin[] },
): Promise<Draft | undefined> {
  const hasRows = sql`stream = ${value(stream)} and stored > 0`
  const [found] = await reader.rows(sql`
    select count(*) as batches, min(first_position) as first, max(last_position) as last from ${batchTable}
    where ${hasRows} and ${isFrom(origins)}`)
  if (Number(found?.['batches']) === 0) return undefined
  const isBetween = (of: Part) =>
    sql`${of} between ${value(Number(found?.['first']))} and ${value(Number(found?.['last']))}`
  const [others] = await reader.rows(sql`select count(*) as n from ${batchTable}
    where ${hasRows} and not ${isFrom(origins)} and ${isBetween(column('first_position'))}`)
  const all = sql`select c.* from ${currentTable(stream)} c`
  if (Number(others?.['n']) === 0) return sql`${all} where ${isBetween(position)}`
  const own = sql`select first_position, last_position from ${batchTable} where ${hasRows} and ${isFrom(origins)}`
  return sql`${all} join (${own}) b on c.${position} between b.first_position and b.last_position
    where ${isBetween(position)}`
}

/** Whether a batch was taken from one of these. */
export const isFrom = (origins: readonly Origin[]): Draft =>
  among(origins, { name: sql`coalesce(origin, name)`, place: column('first_position') })

/** Whether something is of one of these, by the name of its origin and its place. */
export const among = (
  origins: readonly Origin[],
  { name, place }: { readonly name: Part; readonly place: Part },
): Draft =>
  some(
    origins.map((origin) =>
      origin.before === undefined
        ? sql`${name} = ${value(origin.name)}`
        : sql`(${name} = ${value(origin.name)} and ${place} < ${value(origin.before)})`,
    ),
  )
