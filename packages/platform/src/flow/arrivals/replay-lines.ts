import type { Target } from '#collect'
import { type Engine, join, sql, value } from '#engine'
import { currentTable, pastTable } from '#lake'
import type { EventLog } from '#log'
import { jsonIn, memberOf } from './fate.ts'
import { type Line, linesBetween } from './lines.ts'
import { objectIn } from './mended-record.ts'
import { mendedTable, parkedTable, rejectedTable } from './tables.ts'

/** Which lines of a stream are run again. */
export interface ReplayWindow {
  readonly stream: string
  /** Places in the log, both ends included. */
  readonly from: number
  readonly to: number
}

interface Reading {
  readonly engine: Engine
  readonly events: Pick<EventLog, 'read' | 'knows'>
}

/** What is run again, and what is not because it has come before. */
export interface Replaying {
  readonly lines: AsyncGenerator<string>
  /** Rejected events, by their places, that only repeat one that is a row or becomes one. */
  readonly copies: readonly number[]
}

/**
 * The lines of a replay, as the log would give them today: what was rejected and is as agreed now comes as what was sent, what is
 * no longer as agreed comes as rejected. Left out is what has gone another way: repetitions, what is parked, what was mended.
 */
export async function replayLines(
  reading: Reading,
  target: Target,
  window: ReplayWindow,
): Promise<Replaying> {
  const { again, copies } = await rejectedToday(reading, target, window)
  return { lines: linesAgain(reading, { target, window, again }), copies }
}

async function* linesAgain(
  { engine, events }: Reading,
  of: {
    readonly target: Target
    readonly window: ReplayWindow
    readonly again: ReadonlySet<number>
  },
): AsyncGenerator<string> {
  const { target, window, again: rejected } = of
  const [parked, mended] = [
    await placesIn(engine, parkedTable, window),
    await placesIn(engine, mendedTable, window),
  ]
  for await (const line of linesBetween(events, window)) {
    if (line.stream !== window.stream || parked.has(line.position)) continue
    if (line.kind === 'rejected' ? !rejected.has(line.position) : mended.has(line.position))
      continue
    const now = asToday(target, line)
    if (now) yield textOf(now)
  }
}

/**
 * Lines that were rejected where they came in, without those that were mended: they are on the list, or became rows since. Of
 * those that came with one id the first that is taken today stands for all.
 */
async function rejectedToday(
  { engine, events }: Reading,
  target: Target,
  window: ReplayWindow,
): Promise<{ readonly again: ReadonlySet<number>; readonly copies: readonly number[] }> {
  const listed = await placesIn(engine, rejectedTable, window)
  const ids = new Map<number, unknown>()
  const isTaken = new Set<number>()
  for await (const line of linesBetween(events, window)) {
    if (line.stream !== window.stream || line.kind !== 'rejected') continue
    ids.set(line.position, memberOf(line, 'id'))
    if (asToday(target, line)?.kind === 'put') isTaken.add(line.position)
  }
  const others = [...ids.keys()].filter((position) => !listed.has(position))
  const rows = await rowsAmong(engine, window.stream, others)
  const met = new Set(rows.map((position) => ids.get(position)))
  const again = new Set(rows)
  const copies: number[] = []
  for (const position of listed) again.add(position)
  for (const [position, id] of ids) {
    if (typeof id !== 'string' || !listed.has(position) || !isTaken.has(position)) continue
    if (met.has(id) || events.knows(window.stream, id)) {
      copies.push(position)
      again.delete(position)
    }
    met.add(id)
  }
  return { again, copies }
}

const mostAtOnce = 5000

async function rowsAmong(
  engine: Engine,
  stream: string,
  events: readonly number[],
): Promise<readonly number[]> {
  if (events.length === 0) return []
  const some = join(events.slice(0, mostAtOnce).map((event) => value(event)))
  const looks = [currentTable, pastTable].map(
    (rows) => sql`select _event from ${rows(stream)} where _event in (${some})`,
  )
  const found = await engine.rows(join(looks, sql` union all `))
  const rest = await rowsAmong(engine, stream, events.slice(mostAtOnce))
  return [...found.map((row) => Number(row['_event'])), ...rest]
}

async function placesIn(
  engine: Engine,
  of: typeof rejectedTable,
  { stream, from, to }: ReplayWindow,
): Promise<ReadonlySet<number>> {
  const rows = await engine.rows(sql`select event from ${of}
    where stream = ${value(stream)} and event between ${value(from)} and ${value(to)}`)
  return new Set(rows.map((row) => Number(row['event'])))
}

function asToday({ problemWith, problemWithMended }: Target, line: Line): Line | undefined {
  if (line.kind === 'merge' || line.kind === 'delete') return line
  if (line.kind === 'put' && problemWith === undefined) return line
  if (line.kind !== 'put' && line.kind !== 'rejected') return undefined
  const raw = line.kind === 'put' ? jsonIn(line.body) : memberOf(line, 'raw')
  const sent = objectIn(raw)
  const reason = sent
    ? ((line.kind === 'rejected' ? problemWithMended?.(sent) : undefined) ?? problemWith?.(sent))
    : 'not a JSON object'
  if (reason !== undefined)
    return { ...line, kind: 'rejected', body: JSON.stringify({ reason, raw }) }
  return line.kind === 'put' ? line : { ...line, kind: 'put', body: JSON.stringify(sent) }
}

const textOf = ({ position, at, stream, kind, body }: Line) =>
  `${position}\t${at}\t${stream}\t${kind}\t${body}\n`
