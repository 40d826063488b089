import { as, call, column, type Draft, type Engine, join, type Row, sql, value } from '#engine'
import type { Counts } from './arrival.ts'
import {
  batchTable,
  currentTable,
  mendedFingerprint,
  pastTable,
  position,
  remadeTable,
} from './tables.ts'

/**
 * The ledger of a stream: sums over all its batches. `received` is the sum of `stored`, `unchanged`, `rejected`, `duplicate`,
 * `parked`, `deleted` and `mended`; the last four are of events only.
 */
export interface Ledger {
  readonly received: number
  readonly stored: number
  readonly unchanged: number
  readonly rejected: number
  readonly duplicate: number
  readonly parked: number
  readonly deleted: number
  /** Rejected once, and taken back when they were mended and sent again. */
  readonly mended: number
  readonly batches: number
  /** The last position that was taken; 0 before the first batch. */
  readonly position: number
}

/** What a stream has received so far, as its batch markers say. */
export async function ledgerOf(engine: Engine, stream: string): Promise<Ledger> {
  const sums = counted.map((name) => as(sql`coalesce(sum(${column(name)}), 0)`, column(name)))
  const [row] = await engine.rows(sql`
    select ${join(sums)}, count(*) as batches, coalesce(max(last_position), 0) as position
    from ${batchTable} where stream = ${value(stream)}`)
  const of = (name: string) => Number(row?.[name] ?? 0)
  return {
    received: of('received'),
    stored: of('stored'),
    unchanged: of('unchanged'),
    rejected: of('rejected'),
    duplicate: of('duplicate'),
    parked: of('parked'),
    deleted: of('deleted'),
    mended: of('mended'),
    batches: of('batches'),
    position: of('position'),
  }
}

const counted = [
  'received',
  'stored',
  'unchanged',
  'rejected',
  'duplicate',
  'parked',
  'deleted',
  'mended',
]

/** The batches of a stream, newest first. */
export const batchesOf = (engine: Engine, stream: string, limit = 100): Promise<readonly Row[]> =>
  engine.rows(sql`select name, fingerprint, received, stored, unchanged, rejected, taken_at from ${batchTable}
    where stream = ${value(stream)} order by first_position desc limit ${value(limit)}`)

/** What became of the records of a file that was taken; nothing when it was not. */
export async function batchCountsOf(
  engine: Engine,
  of: { stream: string; fingerprint: string },
): Promise<Counts | undefined> {
  const [row] =
    await engine.rows(sql`select received, stored, unchanged, rejected, removed from ${batchTable}
    where stream = ${value(of.stream)} and fingerprint = ${value(of.fingerprint)}`)
  if (!row) return undefined
  const count = (name: keyof Counts) => Number(row[name])
  return {
    received: count('received'),
    stored: count('stored'),
    unchanged: count('unchanged'),
    rejected: count('rejected'),
    removed: count('removed'),
  }
}

/**
 * Fingerprints of what a stream has taken, and what each was taken from: all that it ever took, or of each name only the last, so
 * that something that becomes again what it once was is taken again.
 */
export async function takenFrom(
  engine: Engine,
  stream: string,
  which: 'ever' | 'last',
): Promise<ReadonlyMap<string, string>> {
  const all = sql`select fingerprint, coalesce(origin, name) as origin, first_position, max(first_position) over (partition by name) as latest
    from ${batchTable} where stream = ${value(stream)}`
  const rows = await engine.rows(
    sql`select distinct fingerprint, origin from (${all}) b where ${which === 'last' ? sql`first_position = latest` : sql`true`}`,
  )
  return new Map(rows.map((row) => [String(row['fingerprint']), String(row['origin'])]))
}

/**
 * How far a source has been read: the cursor of the batch that was taken last, among those whose fingerprint ends with a mark of
 * how the source is read.
 */
export async function cursorOf(
  engine: Engine,
  of: { stream: string; mark: string },
): Promise<string | undefined> {
  const [row] = await engine.rows(sql`select cursor from ${batchTable}
    where stream = ${value(of.stream)} and cursor is not null and ${call('ends_with', column('fingerprint'), value(of.mark))}
    order by last_position desc limit 1`)
  return row === undefined ? undefined : String(row['cursor'])
}

/** Where a row came from: a record of a file, or an event, by its place in the log. */
export type RowOrigin =
  | { readonly file: string; readonly record: number }
  | { readonly event: number }

/** Where a row came from. */
export async function originOf(
  engine: Engine,
  of: { stream: string; position: number },
): Promise<RowOrigin | undefined> {
  const [row] = await engine.rows(sql`select name, first_position,
      (select max(e._event) from (
        select _event, _position from ${currentTable(of.stream)} where ${position} = ${value(of.position)}
        union all select _event, _position from ${pastTable(of.stream)} where ${position} = ${value(of.position)}) e) as event
    from ${batchTable} where stream = ${value(of.stream)}
      and ${value(of.position)} between first_position and last_position`)
  if (!row) return undefined
  if (row['event'] !== null) return { event: Number(row['event']) }
  return { file: String(row['name']), record: of.position - Number(row['first_position']) + 1 }
}

/** Rows of a stream as they are now; for previews. */
export const previewOf = (engine: Engine, stream: string, limit = 50): Promise<readonly Row[]> =>
  engine.rows(sql`select * from ${currentTable(stream)} order by _position limit ${value(limit)}`)

/** How many rows a stream has now. */
export async function countOf(engine: Engine, stream: string): Promise<number> {
  const [row] = await engine.rows(sql`select count(*) as n from ${currentTable(stream)}`)
  return Number(row?.['n'] ?? 0)
}

/** The position of the last change of a stream's rows: what came unchanged does not move it. */
export async function changePositionOf(engine: Engine, stream: string): Promise<number> {
  const [row] = await engine.rows(changeOf(stream))
  return Number(row?.['position'] ?? 0)
}

// Besides, `remade`: the position at which rows were last changed where they stand.
const changeOf = (stream: string): Draft =>
  sql`select stream, remade, greatest(remade, come, gone) as position from (select ${value(stream)} as stream,
    coalesce((select max(position) from ${remadeTable} where stream = ${value(stream)}), 0) as remade,
    coalesce((select max(_position) from ${currentTable(stream)}), 0) as come,
    coalesce((select max(_until) from ${pastTable(stream)}), 0) as gone) each_stream`

/** Fingerprints of the files that a stream took the last time it took any; what somebody mended is none of them. */
export async function lastDeliveryOf(engine: Engine, stream: string): Promise<ReadonlySet<string>> {
  const isMended = call('starts_with', column('fingerprint'), value(mendedFingerprint('')))
  const isDelivered = sql`stream = ${value(stream)} and not ${isMended}`
  const rows = await engine.rows(sql`select fingerprint from ${batchTable}
    where ${isDelivered} and taken_at = (select max(taken_at) from ${batchTable} where ${isDelivered})`)
  return new Set(rows.map((row) => String(row['fingerprint'])))
}

/** When the rows of a stream last changed, and when they were last changed where they stand. */
export interface StreamChange {
  readonly position: number
  readonly remade: number
}

/** When the rows of some streams last changed; those that have no tables are left out. */
export async function streamChanges(
  engine: Engine,
  streams: readonly string[],
): Promise<ReadonlyMap<string, StreamChange>> {
  const existing = new Set((await engine.tables('lake')).map(({ name }) => name))
  const known = streams.filter((stream) => existing.has(stream))
  if (known.length === 0) return new Map()
  // Stream by stream: what did not change is not looked at again.
  const rows = await Promise.all(
    known.map((stream) =>
      engine.rows(changeOf(stream), {
        keptWhile: [currentTable(stream), pastTable(stream), remadeTable],
      }),
    ),
  )
  return new Map(
    rows
      .flat()
      .map((row) => [
        String(row['stream']),
        { position: Number(row['position']), remade: Number(row['remade']) },
      ]),
  )
}

/** By stream, the position of the last change of its rows. */
export async function changePositions(
  engine: Engine,
  streams: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const changes = await streamChanges(engine, streams)
  return new Map([...changes].map(([stream, { position }]) => [stream, position]))
}
