import { call, column, type Engine, type Row, sql, value } from '#engine'
import { batchTable, type Hour, hoursOf } from '#lake'
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
  const at = new Date(text)
  if (Number.isNaN(at.getTime())) throw arrivalFaults.bad_time({ name, text })
  return at
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
] as const
type Fates = Readonly<Record<(typeof fates)[number], number>>

/** What became of what arrived in a stream, hour by hour: events by when they came, files by when they were taken. */
export async function streamHours(
  engine: Engine,
  of: { readonly stream: string; readonly span: Span; readonly waiting: number },
): Promise<StreamHours> {
  const { stream, span, waiting } = of
  const [events, files] = [
    await hoursOf(engine, stream, span),
    await fileHours(engine, stream, span),
  ]
  const hours = [...Map.groupBy([...events, ...files], ({ hour }) => hour)]
    .map(([hour, parts]) => ({ hour, ...parts.map(fatesOf).reduce(plus) }))
    .toSorted((a, b) => (a.hour < b.hour ? -1 : 1))
  return {
    stream,
    from: span.from.toISOString(),
    to: span.to.toISOString(),
    waiting,
    totals: hours.reduce<Fates>(plus, nothing),
    balanced: hours.every(isBalanced),
    hours,
  }
}

/** Files that were taken, as the markers of their batches say. */
async function fileHours(
  engine: Engine,
  stream: string,
  { from, to }: Span,
): Promise<readonly Hour[]> {
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

const fatesOf = ({ hour: _, ...counts }: Hour): Fates => counts

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
    fate.mended
