import { call, column, type Engine, every, join, type Part, type Row, sql, value } from '#engine'
import { rejectedTable } from './tables.ts'

/** A record that could not be taken. */
export interface Reject {
  /** Its position in the order of arrival, as text. */
  readonly id: string
  /** The file it came in, or `events`. */
  readonly file: string
  readonly record: number
  /** Its place in the log; absent for records of files. */
  readonly event?: number
  /** The id it was sent with, when it was rejected where it came in. */
  readonly sentId?: string
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
  const rows = await engine.rows(sql`select position, name, record, event, sent_id, reason, raw
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
  ...(typeof row['sent_id'] === 'string' ? { sentId: row['sent_id'] } : {}),
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
    await engine.rows(sql`select position, name, record, event, sent_id, reason, raw from ${rejectedTable}
    where stream = ${value(stream)} and event in (${join(events.map((event) => value(event)))})`)
  return new Map(rows.map((row) => [Number(row['event']), rejectFrom(row)]))
}

/** The first and the last place in the log, within a stretch, whose event is on the list; nothing when none is. */
export async function rejectedWithin(
  engine: Engine,
  { stream, from, to }: { readonly stream: string; readonly from: number; readonly to: number },
): Promise<{ readonly from: number; readonly to: number } | undefined> {
  const [row] =
    await engine.rows(sql`select min(event) as first, max(event) as last from ${rejectedTable}
    where stream = ${value(stream)} and event between ${value(from)} and ${value(to)}`)
  const { first, last } = row ?? {}
  return typeof first === 'number' && typeof last === 'number'
    ? { from: first, to: last }
    : undefined
}
