import { setTimeout as sleep } from 'node:timers/promises'
import type { Collecting, WaitingHour } from '#collect'
import { call, column, type Engine, type Row, sql, value } from '#engine'
import { batchTable, type Hour, hoursOf } from '#lake'
import { timeIn } from '#streams'
import type { StreamHours } from './api.ts'
import { arrivalFaults } from './faults.ts'

/** A stretch of time; the end does not belong to it. */
export interface Span {
  readonly from: Date
  readonly to: Date
}

const hourMs = 3_600_000
const usualHours = 48

/** The span that somebody asks for, from the beginning of an hour to the end of one; the last 48 hours by default. */
export function spanOf(
  of: { from?: string | undefined; to?: string | undefined },
  now: Date,
): Span {
  const to = of.to === undefined ? now : timeOf('to', of.to)
  const from =
    of.from === undefined ? new Date(to.getTime() - usualHours * hourMs) : timeOf('from', of.from)
  if (from >= to)
    throw arrivalFaults.turned_around({ from: from.toISOString(), to: to.toISOString() })
  return {
    from: new Date(Math.floor(from.getTime() / hourMs) * hourMs),
    to: new Date(Math.ceil(to.getTime() / hourMs) * hourMs),
  }
}

/** A time as somebody wrote it. */
export function timeOf(name: string, text: string): Date {
  const at = timeIn(text)
  if (at) return at
  throw arrivalFaults.bad_time({ name, text })
}

const fates = [
  'received',
  'stored',
  'unchanged',
  'duplicate',
  'rejected',
  'parked',
  'deleted',
  'mended',
  'waiting',
] as const
type Fates = Readonly<Record<(typeof fates)[number], number>>

/** What became of what arrived in a stream, hour by hour: events by when they came, files by when they were taken. */
export async function streamHours(
  engine: Engine,
  of: { readonly stream: string; readonly span: Span; readonly collecting: Behind },
): Promise<StreamHours> {
  const { stream, span } = of
  const { events, waiting } = await eventHours(engine, of)
  const files = await fileHours(engine, stream, span)
  const hours = [...Map.groupBy([...events, ...files], ({ hour }) => hour)]
    .map(([hour, parts]) => ({ hour, ...parts.map(fatesOf).reduce(plus) }))
    .toSorted((a, b) => (a.hour < b.hour ? -1 : 1))
  return {
    stream,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    waiting: waiting.reduce((sum, { lines }) => sum + lines, 0),
    totals: hours.reduce<Fates>(plus, nothing),
    balanced: hours.every(isBalanced),
    hours,
  }
}

/** What lies behind the lake. */
type Behind = Pick<Collecting, 'waitingAt'>

type CountedHour = Fates & { readonly hour: string }

const [mostLooks, lookMs] = [200, 10]

/** What became of events, and what of them waits; both of one moment, or what is just under way would be told of twice. */
async function eventHours(
  engine: Engine,
  of: { readonly stream: string; readonly span: Span; readonly collecting: Behind },
) {
  const { stream, span, collecting } = of
  for (let looks = 0; looks < mostLooks; looks++) {
    const { position, hours } = await hoursOf(engine, stream, span)
    const waiting = collecting.waitingAt(stream, position)
    if (waiting) {
      const inSpan = waiting.filter(
        ({ hour }) => hour >= span.from.getTime() && hour < span.to.getTime(),
      )
      return { waiting, events: [...hours.map(taken), ...inSpan.map(still)] }
    }
    await sleep(lookMs)
  }
  throw arrivalFaults.no_quiet({ stream })
}

const taken = (hour: Hour): CountedHour => ({ ...hour, waiting: 0 })

const still = ({ hour, lines }: WaitingHour): CountedHour => ({
  ...nothing,
  hour: new Date(hour).toISOString(),
  received: lines,
  waiting: lines,
})

/** Files that were taken, as the markers of their batches say. */
async function fileHours(
  engine: Engine,
  stream: string,
  { from, to }: Span,
): Promise<readonly CountedHour[]> {
  const isOfLog = call('starts_with', column('fingerprint'), value('log:'))
  const rows = await engine.rows(sql`
    select date_trunc('hour', taken_at) as hour, sum(received) as received, sum(stored) as stored,
      sum(unchanged) as unchanged, sum(rejected) as rejected, coalesce(sum(mended), 0) as mended
    from ${batchTable}
    where stream = ${value(stream)} and taken_at >= ${value(from)} and taken_at < ${value(to)} and not ${isOfLog}
    group by 1`)
  return rows.map((row) => ({ hour: String(row['hour']), ...countsIn(row) }))
}

const countsIn = (row: Row) =>
  // Every name of `fates` is set by the loop, which the type system cannot see through `fromEntries`.
  Object.fromEntries(fates.map((name) => [name, Number(row[name] ?? 0)])) as Fates

const fatesOf = ({ hour: _, ...counts }: CountedHour): Fates => counts

const plus = (a: Fates, b: Fates): Fates =>
  // As above.
  Object.fromEntries(fates.map((name) => [name, a[name] + b[name]])) as Fates

// As above.
const nothing = Object.fromEntries(fates.map((name) => [name, 0])) as Fates

/** Whether what was received is the sum of what became of it. */
const isBalanced = ({ received, ...fate }: Fates & { hour?: string }): boolean =>
  received ===
  fate.stored +
    fate.unchanged +
    fate.duplicate +
    fate.rejected +
    fate.parked +
    fate.deleted +
    fate.mended +
    fate.waiting
