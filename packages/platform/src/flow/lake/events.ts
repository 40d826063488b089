import {
  type Ask,
  call,
  cast,
  column,
  type Draft,
  type Engine,
  join,
  type Part,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import { keepConflicts } from './conflict-rows.ts'
import {
  eventsName,
  hourMs,
  keepHours,
  keepMarkers,
  makeTally,
  type Round,
  type Tally,
} from './hours.ts'
import { lineColumns, rowKindList, rowKinds } from './lines.ts'
import { keysHad, repeatsOf } from './once.ts'
import type { Arriving } from './opened.ts'
import type { EventCounts, StreamShape } from './shape.ts'
import type { StagedStream } from './staged-rows.ts'
import { stageStream } from './staging.ts'
import {
  currentTable,
  fieldsByStream,
  fieldsOf,
  logTable,
  parkedTable,
  position,
  rejectedTable,
  rowColumns,
  shapeTables,
  widenColumns,
} from './tables.ts'
import { keepVersions } from './versions.ts'

/** Lines of the log that come together. */
export interface EventRound {
  /** A file of lines `position \t at \t stream \t kind \t body`, as the log gives them. */
  readonly path: string
  /** The places in the log of the first and the last line; what is in the file besides is left out. */
  readonly from: number
  readonly to: number
  /** The streams that receive. Lines of other streams are parked. */
  readonly shapes: readonly StreamShape[]
  readonly at: Date
  readonly signal: AbortSignal
}

/** What became of lines that were taken. */
export interface TakenEvents {
  /** By stream. */
  readonly counts: ReadonlyMap<string, EventCounts>
  /** The place in the log of the last of them. */
  readonly to: number
}

/**
 * Takes lines of the log into the lake, in one engine transaction with the place in the log up to which they were taken:
 * whatever dies when, they are in the lake once or not at all. What became of them, by stream.
 */
export const takeEvents = async (
  engine: Engine,
  round: EventRound,
): Promise<ReadonlyMap<string, EventCounts>> => (await take(engine, round, false)).counts

/** The same, of many lines only the first, up to a place with which the tables are cheapest to write. */
export const takeFirstEvents = (engine: Engine, round: EventRound): Promise<TakenEvents> =>
  take(engine, round, true)

async function take(engine: Engine, round: EventRound, mayStop: boolean): Promise<TakenEvents> {
  let isDoubtful = false
  for (;;) {
    try {
      const taken = await takeOnce(engine, { ...round, mayStop, isDoubtful })
      if (taken !== 'moved') return taken
    } catch (thrown) {
      // One line that is no JSON object must not keep all that comes after it out of the lake.
      if (isDoubtful || !(await hasBroken(engine, round))) throw thrown
      isDoubtful = true
    }
  }
}

/** How far the log has been brought into the lake; 0 when nothing was. */
export async function logPositionOf(reader: Pick<Engine, 'rows'>): Promise<number> {
  const [row] = await reader.rows(sql`select position from ${logTable}`)
  return Number(row?.['position'] ?? 0)
}

/** Makes the tables of streams that receive, so that they can be asked before the first event. */
export async function prepareEvents(engine: Engine, shapes: readonly StreamShape[]): Promise<void> {
  const known = await fieldsByStream(
    engine,
    shapes.map(({ key }) => key),
  )
  const lacking = shapes.filter(({ key, fields }) => !known.has(key) && fields.length > 0)
  if (lacking.length === 0) return
  await engine.change('the lake', async (writer) => {
    for (const { key, fields } of lacking) {
      if ((await fieldsOf(writer, key)).length === 0) await shapeTables(writer, key, [], fields)
    }
  })
}

/** That the events of one stream cannot be brought into its table; the others are innocent. */
export class StreamTrouble extends Error {
  readonly stream: string

  constructor(stream: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause })
    this.name = 'StreamTrouble'
    this.stream = stream
  }
}

const isBroken = sql`_kind <> 'duplicate' and not ${call('json_is_object', column('_body'))}`

const hasBroken = (engine: Engine, { path, signal }: EventRound): Promise<boolean> =>
  engine.stagedLines(
    { path, columns: lineColumns },
    async (lines) => {
      const rows = await engine.rows(sql`select _event from ${lines} where ${isBroken} limit 1`)
      return rows.length > 0
    },
    { lane: 'tick', signal },
  )

/** What is being taken. */
interface Taking {
  readonly lines: TableName
  /** Which lines. */
  readonly where: Draft
  readonly marker: number
  readonly from: number
  readonly to: number
  readonly groups: readonly Group[]
  readonly at: Date
}

/** Once; `moved` when somebody else changed the streams meanwhile. */
async function takeOnce(
  engine: Engine,
  round: EventRound & { readonly mayStop: boolean; readonly isDoubtful: boolean },
): Promise<TakenEvents | 'moved'> {
  const { path, shapes, at, signal, isDoubtful } = round
  const ask: Ask = { lane: 'tick', signal }
  const marker = await logPositionOf(engine)
  const from = Math.max(round.from, marker + 1)
  if (from > round.to) return { counts: new Map(), to: round.to }
  const takeFrom = async (lines: TableName) => {
    const all = { lines, where: between(from, round.to), ask, shapes }
    const found = await groupsOf(engine, all)
    const to = (round.mayStop && (await stopIn(engine, all, found))) || round.to
    const where = between(from, to)
    const groups = to === round.to ? found : await groupsOf(engine, { ...all, where })
    const taking: Taking = { lines, where, marker, from, to, groups, at }
    const arriving = await arrivingOf(engine, { taking, shapes, ask })
    return stageAll(engine, arriving, (staged) =>
      engine.change('events', (writer) => write(writer, taking, staged), ask),
    )
  }
  return engine.stagedLines(
    { path, columns: lineColumns },
    (lines) => (isDoubtful ? engine.staged(checked(lines), takeFrom, ask) : takeFrom(lines)),
    ask,
  )
}

const between = (from: number, to: number) => sql`_event between ${value(from)} and ${value(to)}`

/** Where to stop so that the stream with most rows gets a multiple of what the engine keeps together; nowhere when they are few. */
async function stopIn(
  engine: Engine,
  { lines, where, ask }: Pick<Taking, 'lines' | 'where'> & { ask: Ask },
  groups: readonly Group[],
): Promise<number | undefined> {
  const counts = new Map<string, number>()
  for (const { stream, kind, count } of groups)
    if (rowKinds.includes(kind)) counts.set(stream, (counts.get(stream) ?? 0) + count)
  const [largest] = [...counts].toSorted(([, a], [, b]) => b - a)
  if (!largest) return undefined
  const [stream, rows] = largest
  const most = rows - (rows % engine.groupedRows)
  if (most === 0 || most === rows) return undefined
  const [last] = await engine.rows(
    sql`select _event from ${lines} where ${where} and _stream = ${value(stream)} and _kind in (${rowKindList})
      order by _event limit 1 offset ${value(most - 1)}`,
    ask,
  )
  return last && Number(last['_event'])
}

const checked = (lines: TableName) =>
  sql`select _event, _at, _stream, case when ${isBroken} then 'broken' else _kind end as _kind, _body from ${lines}`

/** Lines of the same stream, kind and hour; what is parked has the kind `parked`, whatever it was. */
interface Group {
  readonly stream: string
  readonly kind: string
  readonly hour: number
  readonly count: number
}

/** The hour in which a row came. */
const itsHour = sql`_at - _at % ${value(hourMs)}`

const otherKinds = ['duplicate', 'rejected', 'broken']

async function groupsOf(
  engine: Engine,
  of: Pick<Taking, 'lines' | 'where'> & { ask: Ask; shapes: readonly StreamShape[] },
): Promise<readonly Group[]> {
  const rows = await engine.rows(
    sql`select _stream, _kind, ${itsHour} as hour, count(*) as n
      from ${of.lines} where ${of.where} group by 1, 2, 3 order by 1, 2, 3`,
    of.ask,
  )
  const known = new Set(of.shapes.map(({ key }) => key))
  return rows.map((row) => {
    const [stream, kind] = [String(row['_stream']), String(row['_kind'])]
    const isTaken = otherKinds.includes(kind) || (rowKinds.includes(kind) && known.has(stream))
    return {
      stream,
      kind: isTaken ? kind : 'parked',
      hour: Number(row['hour']),
      count: Number(row['n']),
    }
  })
}

async function arrivingOf(
  engine: Engine,
  { taking, shapes, ask }: { taking: Taking; shapes: readonly StreamShape[]; ask: Ask },
): Promise<readonly Arriving[]> {
  const { lines, groups } = taking
  const kindsIn = (stream: string) =>
    groups.filter((group) => group.stream === stream).map(({ kind }) => kind)
  const receiving = shapes.filter(({ key }) => kindsIn(key).some((kind) => rowKinds.includes(kind)))
  const known = await fieldsByStream(
    engine,
    receiving.map(({ key }) => key),
  )
  return receiving.map((shape) => {
    const kinds = kindsIn(shape.key)
    return {
      lines,
      shape,
      ask,
      where: sql`${taking.where} and _stream = ${value(shape.key)} and _kind in (${rowKindList})`,
      hasDeletes: kinds.includes('delete'),
      hasMerges: kinds.includes('merge') || (shape.mode === 'merge' && kinds.includes('put')),
      known: known.get(shape.key) ?? [],
    }
  })
}

/**
 * Stages all streams side by side: a small round spends most of its time in making statements ready. Their tables are there as
 * long as `use` runs.
 */
async function stageAll<T>(
  engine: Engine,
  arriving: readonly Arriving[],
  use: (staged: readonly StagedStream[]) => Promise<T>,
): Promise<T> {
  const used = Promise.withResolvers<T>()
  const ready: Promise<StagedStream>[] = []
  const ended = arriving.map((one) => {
    const { promise, resolve, reject } = Promise.withResolvers<StagedStream>()
    ready.push(promise)
    const end = stageStream(engine, one, (staged) => {
      resolve(staged)
      return used.promise
    })
    end.catch((thrown) => reject(new StreamTrouble(one.shape.key, thrown)))
    return end
  })
  // Whoever stands still at their own table does not listen yet when another fails.
  used.promise.catch(() => {})
  Promise.all(ready).then(use).then(used.resolve, used.reject)
  // Whatever goes wrong, nothing of it is still under way afterwards.
  await Promise.allSettled(ended)
  return used.promise
}

async function write(
  writer: Writer,
  taking: Taking,
  staged: readonly StagedStream[],
): Promise<TakenEvents | 'moved'> {
  if (await hasMoved(writer, taking, staged)) return 'moved'
  const { from, to, at } = taking
  const shift = (await writer.positions(to - from + 1)) - from
  const round: Round = { from, to, shift, at }
  const tally = tallyOf(taking)
  for (const stream of staged)
    await keepStream(writer, { taking, round, tally }, stream).catch((thrown) => {
      throw new StreamTrouble(stream.shape.key, thrown)
    })
  await keepRefused(writer, taking, round)
  await keepParked(writer, taking)
  await keepHours(writer, tally)
  await keepMarkers(writer, tally, round)
  await writer.run(sql`update ${logTable} set position = ${value(to)}`)
  return { counts: tally.streams(), to }
}

async function hasMoved(
  writer: Writer,
  { marker }: Taking,
  staged: readonly StagedStream[],
): Promise<boolean> {
  if ((await logPositionOf(writer)) !== marker) return true
  const now = await fieldsByStream(
    writer,
    staged.map(({ shape }) => shape.key),
  )
  return staged.some(
    ({ shape, known }) => JSON.stringify(now.get(shape.key) ?? []) !== JSON.stringify(known),
  )
}

/** What can be told of lines before their rows are kept. */
function tallyOf({ groups }: Taking): Tally {
  const tally = makeTally()
  for (const { stream, kind, hour, count } of groups) {
    tally.add(stream, hour, { received: count })
    if (kind === 'duplicate') tally.add(stream, hour, { duplicate: count })
    if (kind === 'parked') tally.add(stream, hour, { parked: count })
    if (kind === 'rejected' || kind === 'broken') tally.add(stream, hour, { rejected: count })
  }
  return tally
}

interface Keeping {
  readonly taking: Taking
  readonly round: Round
  readonly tally: Tally
}

async function keepStream(writer: Writer, of: Keeping, staged: StagedStream): Promise<void> {
  const { shape, known, added, widened } = staged
  if (known.length === 0 || added.length > 0) await shapeTables(writer, shape.key, known, added)
  await widenColumns(writer, shape.key, { widened, fields: staged.fields })
  if (shape.mode === 'append') await keepAppended(writer, of, staged)
  else
    await writer.staged(staged.rows(of.round.shift), (rows) =>
      keepKeyed(writer, of, { staged, rows }),
    )
}

/** Rows that only come once; where they have keys, so does each key, and the first row of it stays. */
function keepAppended(writer: Writer, of: Keeping, staged: StagedStream): Promise<void> {
  const { shape, fields } = staged
  const { key: stream, primaryKey: keys } = shape
  const rows = staged.rows(of.round.shift)
  const hasKeys = keys.length > 0 && keys.every((key) => fields.some(({ name }) => name === key))
  if (!hasKeys) return keepRows(writer, of, { staged, rows: sql`${rows} n` })
  const there = keysHad(stream, keys, currentTable(stream))
  return writer.staged(rows, (all) =>
    writer.staged(repeatsOf({ keys, rows: all, there }), async (repeats) => {
      const counts = await writer.rows(
        sql`select ${itsHour} as hour, count(*) as n from ${repeats} group by 1`,
      )
      for (const row of counts) {
        const count = Number(row['n'])
        of.tally.add(stream, Number(row['hour']), { duplicate: count, stored: -count })
      }
      const isNew = sql`${position} not in (select arrived from ${repeats})`
      const kept = counts.length === 0 ? all : sql`(select * from ${all} where ${isNew})`
      await keepRows(writer, of, { staged, rows: sql`${kept} n` })
    }),
  )
}

interface Appended {
  readonly staged: StagedStream
  readonly rows: Draft
}

async function keepRows(writer: Writer, of: Keeping, { staged, rows }: Appended): Promise<void> {
  const { shape, fields, mayRefuse } = staged
  const columns = rowColumns(fields)
  const isSound = mayRefuse ? sql`_problem is null` : sql`true`
  await writer.run(
    sql`insert into ${currentTable(shape.key)} (${columns}) select ${columns} from ${rows} where ${isSound}`,
  )
  for (const { stream, kind, hour, count } of of.taking.groups)
    if (stream === shape.key && rowKinds.includes(kind))
      of.tally.add(stream, hour, { stored: count })
  if (mayRefuse) await refuseRows(writer, of, { staged, rows, was: 'stored' })
  await keepConflicts(writer, { stream: shape.key, sides: staged.sides, rows, isKept: isSound })
}

interface Keyed {
  readonly staged: StagedStream
  readonly rows: TableName
}

/** Rows of which each replaces the one before it with the same key. */
async function keepKeyed(writer: Writer, of: Keeping, { staged, rows }: Keyed): Promise<void> {
  const refused = await refuseRows(writer, of, { staged, rows })
  const { fields, shape } = staged
  // Without a column for the key every row has been refused.
  if (!shape.primaryKey.every((key) => fields.some(({ name }) => name === key))) return
  const keep = (sound: TableName) => keepSound(writer, of, { staged, rows: sound })
  if (refused === 0) await keep(rows)
  else await writer.staged(sql`select * from ${rows} where _problem is null`, keep)
}

async function keepSound(writer: Writer, of: Keeping, { staged, rows }: Keyed): Promise<void> {
  const { shape, fields, hasMerges, cleared } = staged
  const { key: stream, primaryKey: keys } = shape
  const there = currentTable(stream)
  await keepVersions(
    writer,
    { stream, keys, fields, rows, there, hasMerges, cleared },
    async (verdicts, merged) => {
      const counts = await writer.rows(sql`select verdict, ${itsHour} as hour, count(*) as n
      from ${verdicts} group by 1, 2`)
      for (const row of counts)
        of.tally.add(stream, Number(row['hour']), { [String(row['verdict'])]: Number(row['n']) })
      const isKept = sql`${position} in (select arrived from ${verdicts} where verdict = 'stored')`
      await keepConflicts(writer, {
        stream,
        sides: hasMerges ? fields.filter(({ sideOf }) => sideOf !== undefined) : staged.sides,
        rows: merged,
        isKept,
      })
    },
  )
}

interface Refusing {
  readonly staged: StagedStream
  readonly rows: Part
  /** What they were counted as. */
  readonly was?: 'stored'
}

/** Keeps the rows that have a problem, as they came; how many. */
async function refuseRows(
  writer: Writer,
  { taking, round, tally }: Keeping,
  { staged, rows, was }: Refusing,
): Promise<number> {
  const { key } = staged.shape
  const counts = await writer.rows(sql`select ${itsHour} as hour, count(*) as n
    from ${rows} where _problem is not null group by 1`)
  if (counts.length === 0) return 0
  for (const row of counts) {
    const count = Number(row['n'])
    tally.add(key, Number(row['hour']), { rejected: count, ...(was ? { [was]: -count } : {}) })
  }
  return writer.run(sql`insert into ${rejectedTable} (${rejectedColumns})
    select ${value(key)}, ${join(aboutRound(round))}, l._event, l._event, l._event + ${value(round.shift)}, b.problem, l._body, ${receivedAt}
    from ${taking.lines} l join (select _event as event, _problem as problem from ${rows} where _problem is not null) b
      on b.event = l._event`)
}

const rejectedColumns = sql`stream, fingerprint, name, record, event, position, reason, raw, taken_at`

const aboutRound = ({ from, to }: Round) => [value(`log:${from}-${to}`), value(eventsName)]

const receivedAt = cast(call('from_epoch_ms', column('_at')), 'timestamp')

/** Lines that were rejected where they came in, or that are no JSON objects. */
async function keepRefused(writer: Writer, { lines, where, groups }: Taking, round: Round) {
  if (!groups.some(({ kind }) => kind === 'rejected' || kind === 'broken')) return
  const member = (name: string) => call('json_text', column('_body'), value(`/${name}`))
  await writer.run(sql`insert into ${rejectedTable} (${rejectedColumns}, sent_id)
    select _stream, ${join(aboutRound(round))}, _event, _event, _event + ${value(round.shift)},
      case when _kind = 'broken' then 'not a JSON object' else coalesce(${member('reason')}, 'rejected') end,
      case when _kind = 'broken' then _body else coalesce(${member('raw')}, _body) end, ${receivedAt},
      case when _kind = 'rejected' then ${member('id')} end
    from ${lines} where ${where} and _kind in ('rejected', 'broken')`)
}

/** Lines that belong to no stream that receives. */
async function keepParked(writer: Writer, { lines, where, groups }: Taking): Promise<void> {
  const streams = new Set(
    groups.filter(({ kind }) => kind === 'parked').map(({ stream }) => stream),
  )
  if (streams.size === 0) return
  const known = join([...otherKinds, ...rowKinds].map((kind) => value(kind)))
  const isParked = sql`(_kind not in (${known}) or (_kind in (${rowKindList}) and ${isOfOthers(groups)}))`
  const writeKey = sql`case when _kind = 'parked' then ${call('json_text', column('_body'), value('/writeKey'))} end`
  await writer.run(sql`insert into ${parkedTable} (event, received_at, write_key, stream, kind, body)
    select _event, ${receivedAt}, ${writeKey}, _stream, _kind, _body from ${lines}
    where ${where} and ${isParked}`)
}

/** Whether a line's stream is none of those that receive. */
function isOfOthers(groups: readonly Group[]): Draft {
  const taken = groups.filter(({ kind }) => rowKinds.includes(kind)).map(({ stream }) => stream)
  if (taken.length === 0) return sql`true`
  return sql`_stream not in (${join([...new Set(taken)].map((stream) => value(stream)))})`
}
