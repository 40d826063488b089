import { call, column, type Engine, every, join, type Part, type Row, sql, value } from '#engine'
import { batchTable } from '#lake'
import { hourTable, rejectedTable } from './tables.ts'

/** A record that could not be taken. */
export interface Reject {
  /** Its position in the order of arrival, as text. */
  readonly id: string
  /** The file it came in, or `events`. */
  readonly file: string
  readonly record: number
  /** Its place in the log; absent for records of files. */
  readonly event?: number
  readonly reason: string
  readonly raw: string
}

/** Which rejected records are meant: these, or all whose text or reason holds something. */
export interface RejectFilter {
  readonly ids?: readonly string[]
  readonly contains?: string | undefined
  readonly reason?: string | undefined
}

/** The rejected records of a stream that are meant, oldest first. */
export async function rejectsOf(
  engine: Engine,
  stream: string,
  { ids, contains, reason, limit }: RejectFilter & { readonly limit: number },
): Promise<readonly Reject[]> {
  if (ids?.length === 0) return []
  const holds = (name: string, text: string | undefined): readonly Part[] =>
    text === undefined ? [] : [call('contains', column(name), value(text))]
  const isMeant = every([
    sql`stream = ${value(stream)}`,
    ...(ids === undefined ? [] : [isOneOf(ids)]),
    ...holds('raw', contains),
    ...holds('reason', reason),
  ])
  const rows = await engine.rows(sql`select position, name, record, event, reason, raw
    from ${rejectedTable} where ${isMeant} order by position limit ${value(limit)}`)
  return rows.map(rejectFrom)
}

const isOneOf = (ids: readonly string[]) =>
  sql`position in (${join(ids.map((id) => value(Number(id))))})`

const rejectFrom = (row: Row): Reject => ({
  id: String(row['position']),
  file: String(row['name']),
  record: Number(row['record']),
  ...(row['event'] === null ? {} : { event: Number(row['event']) }),
  reason: String(row['reason']),
  raw: String(row['raw']),
})

/** How many rejected records a stream has. */
export async function countRejects(engine: Engine, stream: string): Promise<number> {
  const [row] = await engine.rows(
    sql`select count(*) as n from ${rejectedTable} where stream = ${value(stream)}`,
  )
  return Number(row?.['n'] ?? 0)
}

/** The places in the log, among these, whose events the lake has rejected, with their records. */
export async function rejectsAmong(
  engine: Engine,
  stream: string,
  events: readonly number[],
): Promise<ReadonlyMap<number, Reject>> {
  if (events.length === 0) return new Map()
  const rows =
    await engine.rows(sql`select position, name, record, event, reason, raw from ${rejectedTable}
    where stream = ${value(stream)} and event in (${join(events.map((event) => value(event)))})`)
  return new Map(rows.map((row) => [Number(row['event']), rejectFrom(row)]))
}

/** Takes records off the list because something mended has taken their place; the ledgers count them as mended. */
export async function takeBack(
  engine: Engine,
  stream: string,
  ids: readonly string[],
): Promise<number> {
  if (ids.length === 0) return 0
  const isGone = sql`stream = ${value(stream)} and ${isOneOf(ids)}`
  return engine.change(`lake.${stream}`, async (writer) => {
    const batches =
      await writer.rows(sql`select b.first_position as place, count(*) as n from ${rejectedTable} r
      join ${batchTable} b on b.stream = r.stream and r.position between b.first_position and b.last_position
      where r.stream = ${value(stream)} and r.${isOneOf(ids)} group by 1`)
    for (const row of batches)
      await writer.run(sql`update ${batchTable} set ${asMended(row)}
        where stream = ${value(stream)} and first_position = ${value(Number(row['place']))}`)
    const hours = await writer.rows(sql`select date_trunc('hour', taken_at) as place, count(*) as n
      from ${rejectedTable} where ${isGone} and event is not null group by 1`)
    for (const row of hours)
      await writer.run(sql`update ${hourTable} set ${asMended(row)}
        where stream = ${value(stream)} and hour = ${value(new Date(String(row['place'])))}`)
    return writer.run(sql`delete from ${rejectedTable} where ${isGone}`)
  })
}

const asMended = (row: Row) =>
  sql`rejected = rejected - ${value(Number(row['n']))}, mended = coalesce(mended, 0) + ${value(Number(row['n']))}`
