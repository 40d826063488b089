import {
  call,
  column,
  type Draft,
  type Engine,
  every,
  join,
  type Row,
  sql,
  value,
  type Writer,
} from '#engine'
import { hourMs } from './hours.ts'
import { batchTable, hourTable, mendedTable, rejectedTable } from './tables.ts'

/** Which rejected records are meant. */
export interface RejectedFilter {
  /** Part of the reason, in any case. */
  readonly reason?: string
  /** Part of the record as it came. */
  readonly contains?: string
  readonly from?: Date
  readonly to?: Date
}

/** Which of them, newest first; 100 unless set. */
export interface RejectedPage extends RejectedFilter {
  readonly limit?: number
  readonly offset?: number
}

const isMeant = (stream: string, { reason, contains, from, to }: RejectedFilter): Draft =>
  every([
    sql`stream = ${value(stream)}`,
    ...(reason === undefined
      ? []
      : [call('contains', sql`lower(reason)`, value(reason.toLowerCase()))]),
    ...(contains === undefined ? [] : [call('contains', column('raw'), value(contains))]),
    ...(from === undefined ? [] : [sql`taken_at >= ${value(from)}`]),
    ...(to === undefined ? [] : [sql`taken_at < ${value(to)}`]),
  ])

/**
 * Records that could not be taken: `id`, `file` and `record` (of events: `events` and the place in the log, also as `event`),
 * `reason`, `raw`, `taken_at`; newest first.
 */
export const rejectedOf = (
  engine: Engine,
  stream: string,
  { limit = 100, offset = 0, ...filter }: RejectedPage = {},
): Promise<readonly Row[]> =>
  engine.rows(sql`select position as id, name as file, record, event, reason, raw, taken_at from ${rejectedTable}
    where ${isMeant(stream, filter)}
    order by taken_at desc, file, record limit ${value(limit)} offset ${value(offset)}`)

/** How many records could not be taken, by reason without the value that it tells of, the most frequent first. */
export async function rejectedReasons(
  engine: Engine,
  stream: string,
  filter: RejectedFilter = {},
): Promise<readonly { readonly reason: string; readonly count: number }[]> {
  // `age: old is not a whole number` and `age: new is ...` are one reason.
  const kind = call(
    'replace_all',
    sql`reason`,
    value(': .{0,200}? is not '),
    value(': \u2026 is not '),
  )
  const rows = await engine.rows(sql`select ${kind} as kind, count(*) as n from ${rejectedTable}
    where ${isMeant(stream, filter)} group by 1 order by n desc, 1 limit 50`)
  return rows.map((row) => ({ reason: String(row['kind']), count: Number(row['n']) }))
}

/**
 * Takes back rejected records that were mended and sent again: they come once more, as what they are then, and are told of as
 * `mended` where they were rejected. How many there were.
 */
export const takeBack = (engine: Engine, ids: readonly number[]): Promise<number> =>
  ids.length === 0
    ? Promise.resolve(0)
    : engine.change('rejected records', async (writer) => {
        const gone = sql`position in (${join(ids.map((id) => value(id)))})`
        await moveCounts(writer, {
          from: 'rejected',
          to: 'mended',
          rows: sql`(select stream, position, event, taken_at from ${rejectedTable} where ${gone})`,
        })
        const raw = sql`case when event is null then raw end`
        await writer.run(sql`insert into ${mendedTable} (stream, name, origin, raw, position, event)
          select stream, name, ${originOfReject}, ${raw}, position, event from ${rejectedTable} r where ${gone}`)
        return writer.run(sql`delete from ${rejectedTable} where ${gone}`)
      })

/** Where a rejected record `r` came from. */
export const originOfReject = sql`coalesce((select max(coalesce(b.origin, b.name)) from ${batchTable} b
  where b.stream = r.stream and b.fingerprint = r.fingerprint), r.name)`

/** Where the file of a rejected record came from: what it was taken from, as a list or a table is; its name otherwise. */
export async function originOfRejected(
  engine: Engine,
  { stream, position }: { readonly stream: string; readonly position: number },
): Promise<string | undefined> {
  const [row] = await engine.rows(sql`select ${originOfReject} as origin from ${rejectedTable} r
    where stream = ${value(stream)} and position = ${value(position)}`)
  return row === undefined ? undefined : String(row['origin'])
}

/** Takes events off the list of rejected ones that turned out to be repetitions, and counts them as such. */
export const foldRejected = (
  engine: Engine,
  stream: string,
  events: readonly number[],
): Promise<number> =>
  events.length === 0
    ? Promise.resolve(0)
    : engine.change('rejected records', async (writer) => {
        const isCopy = sql`stream = ${value(stream)} and event in (${join(events.map((event) => value(event)))})`
        await moveCounts(writer, {
          from: 'rejected',
          to: 'duplicate',
          rows: sql`(select stream, position, event, taken_at from ${rejectedTable} where ${isCopy})`,
        })
        return writer.run(sql`delete from ${rejectedTable} where ${isCopy}`)
      })

type Count = 'stored' | 'rejected' | 'mended' | 'duplicate'

/** Moves rows (`stream`, `position`, `event`, `taken_at`) from one count of the ledgers to another. */
export async function moveCounts(
  writer: Writer,
  { from, to, rows }: { from: Count; to: Count; rows: Draft },
): Promise<void> {
  const moved = (of: string) =>
    sql`${column(from)} = ${column(from, of)} - m.n, ${column(to)} = ${column(to, of)} + m.n`
  await writer.run(sql`update ${batchTable} as b set ${moved('b')}
    from (select k.stream, k.first_position, count(*) as n from ${rows} r join ${batchTable} k
        on k.stream = r.stream and r.position between k.first_position and k.last_position group by 1, 2) m
    where b.stream = m.stream and b.first_position = m.first_position`)
  const hour = call('from_epoch_ms', sql`${ms} - ${ms} % ${value(hourMs)}`)
  await writer.run(sql`update ${hourTable} as h set ${moved('h')}
    from (select stream, ${hour} as hour, count(*) as n from ${rows} r where event is not null group by 1, 2) m
    where h.stream = m.stream and h.hour = m.hour`)
}

const ms = call('epoch_ms', column('taken_at'))
