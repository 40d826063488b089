import { column, type Draft, type Engine, every, join, sql, type TableName } from '#engine'
import { againVerdicts, rowsFrom, type Stages } from './again.ts'
import { keysOf, rowsOf, type Work, wholeOrigins } from './arrival.ts'
import { deletedKeys } from './once.ts'
import { mendedShown } from './refused.ts'
import { currentTable, position } from './tables.ts'

/**
 * Compares what arrived with what is there: one row per arrived row with `arrived`, `was` (position of the row it
 * meets), `winner` (position of the last row with its key) and `verdict`. None is needed when nothing can meet.
 */
export async function withVerdicts<T>(
  engine: Engine,
  arrival: Work,
  use: (verdicts: TableName | undefined) => Promise<T>,
): Promise<T> {
  if (arrival.primaryKey.length === 0) return withoutKey(engine, arrival, use)
  const rows = rowsOf(arrival)
  const keys = join(keysOf(arrival))
  const one = arrival.primaryKey.length === 1 ? keys : sql`(${keys})`
  const [found] = await engine.rows(
    sql`select count(*) as n, count(distinct ${one}) as keys from ${rows} t`,
    { lane: 'heavy', signal: arrival.signal },
  )
  const isUnique = found?.['n'] === found?.['keys']
  if (isUnique && arrival.known.length === 0) return use(undefined)
  return engine.staged(verdictsOf(arrival, rows), use, { signal: arrival.signal })
}

/** The same of rows that have no key: what they hold tells them apart, wherever they may have come before. */
export async function withoutKey<T>(
  on: Stages,
  work: Work,
  use: (verdicts: TableName | undefined) => Promise<T>,
): Promise<T> {
  const there = await rowsBefore(on, work)
  if (there === undefined) return use(undefined)
  const ask = { lane: 'heavy', signal: work.signal } as const
  return againVerdicts(on, { ...work, rows: rowsOf(work), there, ask }, use)
}

/** The rows that those of an arrival may be again. */
async function rowsBefore(on: Stages, work: Work): Promise<Draft | undefined> {
  const { stream, known, mode } = work
  if (known.length === 0) return undefined
  const origins = wholeOrigins(work)
  const there =
    mode === 'full'
      ? sql`select * from ${currentTable(stream)}`
      : origins && (await rowsFrom(on, { stream, origins }))
  const mended = there && mendedShown(work)
  // A record that is shown as it was before it was mended is that row; no other one is.
  return mended ? sql`select * from (${there}) t where ${position} not in (${mended})` : there
}

export function verdictsOf(arrival: Work, rows: Draft): Draft {
  const keys = join(keysOf(arrival))
  const winner = sql`max(${position}) over (partition by ${keys})`
  const arrived = sql`(select *, ${winner} as _winner from ${rows} t) i`
  if (arrival.known.length === 0) {
    return sql`select _position as arrived, cast(null as bigint) as was, _winner as winner,
      case when _position < _winner then 'superseded' else 'new' end as verdict from ${arrived}`
  }
  const known = new Set(arrival.known.map(({ name }) => name))
  const same = arrival.fields.map(({ name }) =>
    known.has(name)
      ? sql`i.${column(name)} is not distinct from c.${column(name)}`
      : sql`i.${column(name)} is null`,
  )
  const meets = keysOf(arrival).map((key) => sql`i.${key} = c.${key}`)
  return sql`select i._position as arrived, c._position as was, i._winner as winner,
    case ${staysDeleted(arrival)} when i._position < i._winner then 'superseded'
      when c._position is null then 'new'
      when ${every(same)} then 'unchanged'
      else 'changed' end as verdict
    from ${arrived} left join ${currentTable(arrival.stream)} c on ${every(meets)}`
}

/** Of what comes once, a row that was deleted brings nothing when it comes again. */
function staysDeleted({ mode, stream, primaryKey }: Work): Draft {
  if (mode !== 'append') return sql``
  const keys = join(primaryKey.map((key) => column(key, 'i')))
  const key = primaryKey.length === 1 ? keys : sql`(${keys})`
  return sql`when c._position is null and ${key} in (${deletedKeys(stream, primaryKey)}) then 'unchanged'`
}
