import { column, type Engine, join, type Row, sql, value } from '#engine'
import { batchTable, currentTable, logPositionOf, pastTable } from '#lake'
import type { Line } from './lines.ts'
import { parkedTable, rejectedTable } from './tables.ts'

/** What has become of a line of the log in the lake. */
export type Fate =
  | { readonly is: 'waiting' }
  | { readonly is: 'duplicate'; readonly id: string }
  | { readonly is: 'rejected'; readonly reason: string; readonly isListed: boolean }
  | { readonly is: 'parked'; readonly writeKey: string; readonly isListed: boolean }
  | { readonly is: 'row'; readonly row: KeptRow }
  | { readonly is: 'unchanged' }
  | { readonly is: 'deleted' }

/** A row that an event has become. */
export interface KeptRow {
  readonly stream: string
  readonly position: number
  /** The position at which it was replaced or removed; absent while it stands. */
  readonly until?: number
}

/** What has become of a line that the log still keeps. */
export async function fateOf(engine: Engine, line: Line): Promise<Fate> {
  if (line.kind === 'duplicate') return { is: 'duplicate', id: String(memberOf(line, 'id') ?? '') }
  const isWaiting = line.position > (await logPositionOf(engine))
  if (line.kind === 'rejected') {
    const isListed = isWaiting || (await refusalOf(engine, line.position)) !== undefined
    return { is: 'rejected', reason: String(memberOf(line, 'reason') ?? 'rejected'), isListed }
  }
  if (line.kind === 'parked') {
    const isListed = isWaiting || (await parkedAt(engine, line.position)) !== undefined
    return { is: 'parked', writeKey: String(memberOf(line, 'writeKey') ?? ''), isListed }
  }
  if (isWaiting) return { is: 'waiting' }
  return (
    (await keptFate(engine, line.position, [line.stream])) ??
    (line.kind === 'delete' ? { is: 'deleted' } : { is: 'unchanged' })
  )
}

/** What the lake itself knows of an event: its row, or that it was rejected or parked; nothing when it knows nothing. */
export async function keptFate(
  engine: Engine,
  event: number,
  streams?: readonly string[],
): Promise<Fate | undefined> {
  const row = await rowOf(engine, event, streams)
  if (row) return { is: 'row', row }
  const refused = await refusalOf(engine, event)
  if (refused) return { is: 'rejected', reason: String(refused['reason']), isListed: true }
  const parked = await parkedAt(engine, event)
  if (!parked) return undefined
  return { is: 'parked', writeKey: String(parked['write_key'] ?? ''), isListed: true }
}

/** A member of a line's body; nothing when the body is no JSON object. */
export function memberOf({ body }: Pick<Line, 'body'>, name: string): unknown {
  const read = jsonIn(body)
  return typeof read === 'object' && read !== null ? Reflect.get(read, name) : undefined
}

/** A text as the JSON it holds, or as the text it is. */
export function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

/** The record of an event that was rejected. */
export const refusalOf = async (engine: Engine, event: number): Promise<Row | undefined> =>
  (
    await engine.rows(
      sql`select stream, reason, raw, taken_at from ${rejectedTable} where event = ${value(event)}`,
    )
  )[0]

/** The record of an event that is parked. */
export const parkedAt = async (engine: Engine, event: number): Promise<Row | undefined> =>
  (
    await engine.rows(
      sql`select stream, write_key, body, received_at from ${parkedTable} where event = ${value(event)}`,
    )
  )[0]

/** The row that an event has become, among those that stand and those of the past. */
async function rowOf(
  engine: Engine,
  event: number,
  streams: readonly string[] | undefined,
): Promise<KeptRow | undefined> {
  const tables = new Set((await engine.tables('lake')).filter(hasEvents).map(({ name }) => name))
  const asked = (streams ?? [...tables]).filter(
    (stream) => tables.has(stream) && tables.has(pastTable(stream).name),
  )
  if (asked.length === 0) return undefined
  const looks = asked.flatMap((stream) => [
    sql`select ${value(stream)} as stream, _position as position, cast(null as bigint) as until
      from ${currentTable(stream)} where _event = ${value(event)}`,
    sql`select ${value(stream)}, _position, _until from ${pastTable(stream)} where _event = ${value(event)}`,
  ])
  const [row] = await engine.rows(join(looks, sql` union all `))
  if (!row) return undefined
  return {
    stream: String(row['stream']),
    position: Number(row['position']),
    ...(row['until'] === null ? {} : { until: Number(row['until']) }),
  }
}

const hasEvents = ({ columns }: { columns: readonly { name: string }[] }) =>
  columns.some(({ name }) => name === '_event')

/** The values of a row, without what the lake adds to them. */
export async function valuesOf(
  engine: Engine,
  { stream, position, until }: KeptRow,
): Promise<Readonly<Record<string, unknown>>> {
  const rows = until === undefined ? currentTable(stream) : pastTable(stream)
  const [row] = await engine.rows(
    sql`select * from ${rows} where ${column('_position')} = ${value(position)}`,
  )
  return Object.fromEntries(
    Object.entries(row ?? {}).filter(([name, cell]) => !name.startsWith('_') && cell !== null),
  )
}

/** About when a row came: the time of the round that brought it. */
export async function takenAt(
  engine: Engine,
  { stream, position }: KeptRow,
): Promise<string | undefined> {
  const [row] = await engine.rows(sql`select taken_at from ${batchTable}
    where stream = ${value(stream)} and ${value(position)} between first_position and last_position`)
  return row === undefined ? undefined : String(row['taken_at'])
}
