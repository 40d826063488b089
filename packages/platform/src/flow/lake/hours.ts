import { type Engine, join, type Row, sql, value, type Writer } from '#engine'
import { type EventCounts, noEvents, plus } from './shape.ts'
import { batchTable, hourTable, logTable } from './tables.ts'

/** How long an hour of the ledger is. */
export const hourMs = 3_600_000

/** What became of the events of streams, by the hour (in milliseconds) in which they came. */
export interface Tally {
  readonly add: (stream: string, hour: number, counts: Partial<EventCounts>) => void
  readonly streams: () => ReadonlyMap<string, EventCounts>
  readonly hours: () => readonly { stream: string; hour: number; counts: EventCounts }[]
}

/** An empty tally. */
export function makeTally(): Tally {
  const tally = new Map<string, Map<number, EventCounts>>()
  return {
    add: (stream, hour, counts) => {
      const hours = tally.get(stream) ?? new Map<number, EventCounts>()
      hours.set(hour, plus(hours.get(hour) ?? noEvents, counts))
      tally.set(stream, hours)
    },
    streams: () =>
      new Map([...tally].map(([stream, hours]) => [stream, [...hours.values()].reduce(plus)])),
    hours: () =>
      [...tally].flatMap(([stream, hours]) =>
        [...hours].map(([hour, counts]) => ({ stream, hour, counts })),
      ),
  }
}

/** Adds a tally to the ledger of hours. */
export async function keepHours(writer: Writer, tally: Tally): Promise<void> {
  for (const { stream, hour, counts } of tally.hours()) {
    const { received, stored, unchanged, duplicate, rejected, parked, deleted } = counts
    const at = value(new Date(hour))
    const changed =
      await writer.run(sql`update ${hourTable} set received = received + ${value(received)},
        stored = stored + ${value(stored)}, unchanged = unchanged + ${value(unchanged)},
        duplicate = duplicate + ${value(duplicate)}, rejected = rejected + ${value(rejected)},
        parked = parked + ${value(parked)}, deleted = deleted + ${value(deleted)}
      where stream = ${value(stream)} and hour = ${at}`)
    if (changed > 0) continue
    await writer.run(sql`insert into ${hourTable} (stream, hour, received, stored, unchanged, duplicate, rejected, parked, deleted, mended)
      values (${value(stream)}, ${at}, ${value(received)}, ${value(stored)}, ${value(unchanged)}, ${value(duplicate)},
        ${value(rejected)}, ${value(parked)}, ${value(deleted)}, 0)`)
  }
}

/** The name of the batches that come from the log. */
export const eventsName = 'events'

/** A round: lines of the log that were taken together. */
export interface Round {
  readonly from: number
  readonly to: number
  /** A line's place in the log plus this is its position in the order of arrival. */
  readonly shift: number
  readonly at: Date
}

/**
 * Writes what became of a round into the ledger of each stream. Rounds of the same hour that follow each other share one
 * marker, or there would be a dozen a second.
 */
export async function keepMarkers(writer: Writer, tally: Tally, round: Round): Promise<void> {
  const streams = tally.streams()
  const markers = await lastMarkers(writer, [...streams.keys()])
  for (const [stream, counts] of streams) {
    const last = markers.get(stream)
    if (last && isSameHour(last, round)) await extend(writer, { stream, counts, last }, round)
    else await begin(writer, { stream, counts }, round)
  }
}

async function lastMarkers(
  writer: Writer,
  streams: readonly string[],
): Promise<ReadonlyMap<string, Row>> {
  if (streams.length === 0) return new Map()
  const rows =
    await writer.rows(sql`select stream, name, fingerprint, first_position, taken_at from ${batchTable}
    where (stream, first_position) in (select stream, max(first_position) from ${batchTable}
      where stream in (${join(streams.map((stream) => value(stream)))}) group by stream)`)
  return new Map(rows.map((row) => [String(row['stream']), row]))
}

const isSameHour = (last: Row, { at }: Round) =>
  last['name'] === eventsName &&
  Math.floor(Date.parse(String(last['taken_at'])) / hourMs) === Math.floor(at.getTime() / hourMs)

interface Marked {
  readonly stream: string
  readonly counts: EventCounts
}

async function extend(
  writer: Writer,
  { stream, counts, last }: Marked & { readonly last: Row },
  { to, shift, at }: Round,
): Promise<void> {
  const [from] = String(last['fingerprint']).split('-')
  await writer.run(sql`update ${batchTable} set fingerprint = ${value(`${from}-${to}`)}, last_position = ${value(to + shift)},
      received = received + ${value(counts.received)}, stored = stored + ${value(counts.stored)},
      unchanged = unchanged + ${value(counts.unchanged)}, rejected = rejected + ${value(counts.rejected)},
      duplicate = duplicate + ${value(counts.duplicate)}, parked = parked + ${value(counts.parked)},
      deleted = deleted + ${value(counts.deleted)}, taken_at = ${value(at)}
    where stream = ${value(stream)} and name = ${value(eventsName)} and first_position = ${value(Number(last['first_position']))}`)
}

const begin = (
  writer: Writer,
  { stream, counts }: Marked,
  { from, to, shift, at }: Round,
): Promise<number> =>
  writer.run(sql`insert into ${batchTable} (stream, fingerprint, name, first_position, last_position, received, stored,
      unchanged, rejected, removed, duplicate, parked, deleted, mended, taken_at)
    values (${value(stream)}, ${value(`log:${from}-${to}`)}, ${value(eventsName)}, ${value(from + shift)}, ${value(to + shift)},
      ${value(counts.received)}, ${value(counts.stored)}, ${value(counts.unchanged)}, ${value(counts.rejected)}, 0,
      ${value(counts.duplicate)}, ${value(counts.parked)}, ${value(counts.deleted)}, 0, ${value(at)})`)

/** What became of the events of a stream in an hour; `received` is the sum of the others. */
export interface Hour extends EventCounts {
  /** When it begins, as ISO 8601. */
  readonly hour: string
  /** Rejected once, and taken back when they were mended and sent again. */
  readonly mended: number
}

/** The hours of a stream in which something came, oldest first, and how far the lake had got in the log at that moment. */
export async function hoursOf(
  engine: Engine,
  stream: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<{ readonly position: number; readonly hours: readonly Hour[] }> {
  const rows = await engine.rows(sql`select l.position as _position, h.* from ${logTable} l
    left join (select * from ${hourTable}
      where stream = ${value(stream)} and hour >= ${value(from)} and hour < ${value(to)}) h on true order by h.hour`)
  const hours = rows.flatMap((row) =>
    row['hour'] === null
      ? []
      : [
          {
            hour: String(row['hour']),
            received: Number(row['received']),
            stored: Number(row['stored']),
            unchanged: Number(row['unchanged']),
            duplicate: Number(row['duplicate']),
            rejected: Number(row['rejected']),
            parked: Number(row['parked']),
            deleted: Number(row['deleted']),
            mended: Number(row['mended']),
          },
        ],
  )
  return { position: Number(rows[0]?.['_position'] ?? 0), hours }
}
