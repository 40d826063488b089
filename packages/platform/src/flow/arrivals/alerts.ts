import { type Engine, join, sql, value } from '#engine'
import type { Alert } from './api.ts'
import { hourTable } from './tables.ts'
import { type Usual, usualAfter, verdictOn } from './volume.ts'

/** What looking for unusual volumes needs. */
export interface AlertTools {
  readonly engine: Engine
  readonly now: () => Date
  /** Lines of a stream that are in the log and not in the lake yet. */
  readonly waitingOf: (stream: string) => number
  /** The streams that are defined, with what people call them. */
  readonly labels: () => Promise<ReadonlyMap<string, string>>
}

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const daysBack = 28
const leastDays = 7

/**
 * Streams that brought far less or far more in the last whole hour than usual at that time of day, or already too much in
 * the one that is running. Streams of less than seven days are left in peace.
 */
export async function alertsOf({ engine, now, ...of }: AlertTools): Promise<readonly Alert[]> {
  const running = Math.floor(now().getTime() / hourMs) * hourMs
  const asked = [running - hourMs, running]
  const [labels, beginnings, volumes] = [
    await of.labels(),
    await beginningsOf(engine),
    await volumesOf(
      engine,
      asked.flatMap((hour) => [hour, ...daysBefore(hour)]),
    ),
  ]
  return [...labels].flatMap(([stream, label]) =>
    asked.flatMap((hour): Alert[] => {
      const volumeAt = (at: number) => volumes.get(`${stream} ${at}`) ?? 0
      const beganAt = beginnings.get(stream) ?? Number.POSITIVE_INFINITY
      const days = daysBefore(hour).filter((at) => at >= beganAt)
      if (days.length < leastDays) return []
      const usual = usualAfter(days.map(volumeAt))
      const received = volumeAt(hour)
      const kind = verdictOn(received, usual)
      // What waits may well belong to the hour, and an hour that runs has not brought everything yet.
      const isEarly = hour === running || received + of.waitingOf(stream) >= usual.low
      if (kind === undefined || (kind === 'low' && isEarly)) return []
      return [alertOn({ stream, label, hour, received, kind, usual })]
    }),
  )
}

const daysBefore = (hour: number): readonly number[] =>
  Array.from({ length: daysBack }, (_, i) => hour - (i + 1) * dayMs)

/** By stream, the hour in which its first event came. */
async function beginningsOf(engine: Engine): Promise<ReadonlyMap<string, number>> {
  const rows = await engine.rows(
    sql`select stream, min(hour) as began from ${hourTable} group by stream`,
  )
  return new Map(rows.map((row) => [String(row['stream']), Date.parse(String(row['began']))]))
}

/** How much came in these hours, by stream and hour. */
async function volumesOf(
  engine: Engine,
  hours: readonly number[],
): Promise<ReadonlyMap<string, number>> {
  const rows =
    await engine.rows(sql`select stream, hour, sum(received) as received from ${hourTable}
    where hour in (${join(hours.map((hour) => value(new Date(hour))))}) group by stream, hour`)
  return new Map(
    rows.map((row) => [
      `${String(row['stream'])} ${Date.parse(String(row['hour']))}`,
      Number(row['received']),
    ]),
  )
}

interface Found {
  readonly stream: string
  readonly label: string
  readonly hour: number
  readonly received: number
  readonly kind: Alert['kind']
  readonly usual: Usual
}

function alertOn({ stream, label, hour, received, kind, usual }: Found): Alert {
  const [expected, low, high] = [usual.expected, usual.low, usual.high].map(Math.round)
  const at = new Date(hour).toISOString()
  const until = new Date(hour + hourMs).toISOString().slice(11, 16)
  const limit = kind === 'low' ? `at least ${low}` : `at most ${high}`
  return {
    stream,
    label,
    hour: at,
    received,
    expected: expected ?? 0,
    low: low ?? 0,
    high: high ?? 0,
    kind,
    say: `${label}: ${received} events from ${at.slice(11, 16)} to ${until} UTC on ${at.slice(0, 10)}; at this hour there are usually ${limit}`,
  }
}
