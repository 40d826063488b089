import type { Target } from '#collect'
import { type Engine, join, sql, value } from '#engine'
import { currentTable, pastTable } from '#lake'
import type { EventLog } from '#log'
import { jsonIn, memberOf } from './fate.ts'
import { type Line, linesBetween } from './lines.ts'
import { objectIn } from './mended-record.ts'
import { parkedTable, rejectedTable } from './tables.ts'

/** Which lines of a stream are run again. */
export interface ReplayWindow {
  readonly stream: string
  /** Places in the log, both ends included. */
  readonly from: number
  readonly to: number
}

/**
 * The lines of a replay, as the log would give them today: what was rejected and is as agreed now comes as what was sent, what is
 * no longer as agreed comes as rejected. Left out is what has gone another way: repetitions, what is parked, what was mended.
 */
export async function* replayLines(
  { engine, events }: { readonly engine: Engine; readonly events: Pick<EventLog, 'read'> },
  target: Target,
  window: ReplayWindow,
): AsyncGenerator<string> {
  const rejected = await rejectedToday({ engine, events }, window)
  const parked = await placesIn(engine, parkedTable, window)
  for await (const line of linesBetween(events, window)) {
    if (line.stream !== window.stream || parked.has(line.position)) continue
    if (line.kind === 'rejected' && !rejected.has(line.position)) continue
    const now = asToday(target, line)
    if (now) yield textOf(now)
  }
}

/** Lines that were rejected where they came in, without those that were mended: they are on the list, or became rows since. */
async function rejectedToday(
  { engine, events }: { readonly engine: Engine; readonly events: Pick<EventLog, 'read'> },
  window: ReplayWindow,
): Promise<ReadonlySet<number>> {
  const listed = await placesIn(engine, rejectedTable, window)
  const others: number[] = []
  for await (const { stream, kind, position } of linesBetween(events, window))
    if (stream === window.stream && kind === 'rejected' && !listed.has(position))
      others.push(position)
  return new Set([...listed, ...(await rowsAmong(engine, window.stream, others))])
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
