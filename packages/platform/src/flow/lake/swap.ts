import {
  as,
  column,
  type Engine,
  every,
  join,
  sql,
  type TableName,
  value,
  type Writer,
} from '#engine'
import { keepConflicts } from './conflict-rows.ts'
import { lakeFaults } from './faults.ts'
import { eventsName } from './hours.ts'
import { moveCounts } from './rejected.ts'
import { pairsOf, type Shadow } from './shadow.ts'
import {
  batchTable,
  currentTable,
  event,
  fieldsOf,
  names,
  pastTable,
  position,
  rejectedTable,
  retire,
  rowColumns,
  shapeTables,
  widenColumns,
} from './tables.ts'

/** What became of rows that were read again. */
export interface Swapped {
  readonly replaced: number
  readonly added: number
  readonly removed: number
}

/** A swap: when it is, and what its rows are found by later. */
export interface SwapNote {
  readonly at: Date
  readonly as: string
}

/**
 * Puts the rows of a shadow in the place of those that differ, in one engine transaction. What they were moves to the past; a row
 * keeps the place of its event in the log. Nothing is counted twice: only what was rejected and is a row now moves in the ledger.
 */
export function swapShadow(engine: Engine, shadow: Shadow, note: SwapNote): Promise<Swapped> {
  const { shape, known, added, widened, fields } = shadow.staged
  const { key: stream } = shape
  return engine.staged(
    pairsOf(shadow),
    (pairs) =>
      engine.change(`lake.${stream}`, async (writer) => {
        const now = await fieldsOf(writer, stream)
        if (JSON.stringify(now) !== JSON.stringify(known)) throw lakeFaults.stream_moved({ stream })
        const [counts] = await writer.rows(sql`select
            coalesce(sum(case when verdict = 'changed' then 1 else 0 end), 0) as replaced,
            coalesce(sum(case when verdict = 'added' then 1 else 0 end), 0) as added,
            coalesce(sum(case when verdict = 'gone' then 1 else 0 end), 0) as removed from ${pairs}`)
        const done: Swapped = {
          replaced: Number(counts?.['replaced']),
          added: Number(counts?.['added']),
          removed: Number(counts?.['removed']),
        }
        const total = done.replaced + done.added + done.removed
        if (total === 0) return done
        if (known.length === 0 || added.length > 0) await shapeTables(writer, stream, known, added)
        await refuseMoved(writer, shadow, pairs)
        await widenColumns(writer, stream, { widened, fields })
        const first = await writer.positions(total)
        await writer.staged(
          sql`select *, ${value(first - 1)} + row_number() over (order by _event) as _position
            from ${pairs} where verdict <> 'same'`,
          (changes) => apply(writer, shadow, changes),
        )
        await keepMarker(writer, shadow, { ...note, first, last: first + total - 1 })
        return done
      }),
    shadow.ask,
  )
}

/** What was compared must still stand: another version of a row, or a row of the same key, may have come meanwhile. */
async function refuseMoved(writer: Writer, { staged }: Shadow, pairs: TableName): Promise<void> {
  const { key: stream, primaryKey } = staged.shape
  const current = currentTable(stream)
  const isGone = sql`p.was is not null and not exists (select 1 from ${current} c where c.${position} = p.was)`
  const meets = every(primaryKey.map((key) => sql`${column(key, 'c')} = ${column(key, 'p')}`))
  // What goes makes room: the first row of a key may be another now.
  const stays = sql`c.${position} not in (select was from ${pairs} where verdict = 'gone')`
  const isTaken =
    primaryKey.length === 0
      ? sql`false`
      : sql`p.verdict = 'added' and exists (select 1 from ${current} c where ${meets} and ${stays})`
  const [found] = await writer.rows(
    sql`select count(*) as n from ${pairs} p where (${isGone}) or (${isTaken})`,
  )
  if (Number(found?.['n']) > 0) throw lakeFaults.stream_moved({ stream })
}

async function apply(writer: Writer, { staged }: Shadow, changes: TableName): Promise<void> {
  const { shape, fields } = staged
  const { key: stream } = shape
  await retire(
    writer,
    { stream, known: fields },
    sql`select was as old, ${as(position, column('by_whom'))} from ${changes} where was is not null`,
  )
  const rows = sql`(select ${names(fields)}, ${position}, ${event}, _at from ${changes} where verdict <> 'gone') n`
  await writer.run(
    sql`insert into ${currentTable(stream)} (${rowColumns(fields)}) select ${rowColumns(fields)} from ${rows}`,
  )
  const sides = fields.filter(({ sideOf }) => sideOf !== undefined)
  await keepConflicts(writer, { stream, sides, rows, isKept: sql`true` })
  const isBack = sql`stream = ${value(stream)} and event in (select _event from ${changes} where verdict <> 'gone')`
  await moveCounts(writer, {
    from: 'rejected',
    to: 'stored',
    rows: sql`(select stream, position, event, taken_at from ${rejectedTable} where ${isBack})`,
  })
  await writer.run(sql`delete from ${rejectedTable} where ${isBack}`)
}

const markOf = ({ from, to, as: name }: Pick<Shadow, 'from' | 'to'> & Pick<SwapNote, 'as'>) =>
  `log:${from}-${to} again ${name}`

/** The places in the log whose events a swap has made rows of. */
export async function eventsOfSwap(
  engine: Engine,
  { stream, ...of }: Parameters<typeof markOf>[0] & { readonly stream: string },
): Promise<ReadonlySet<number>> {
  if ((await fieldsOf(engine, stream)).length === 0) return new Set()
  const looks = [currentTable, pastTable].map(
    (rows) => sql`select ${event} from ${rows(stream)} r join ${batchTable} b
      on r.${position} between b.first_position and b.last_position
      where b.stream = ${value(stream)} and b.fingerprint = ${value(markOf(of))}`,
  )
  const rows = await engine.rows(join(looks, sql` union all `))
  return new Set(rows.map((row) => Number(row['_event'])))
}

/** Tells from where the new positions are, without counting anything. */
const keepMarker = (
  writer: Writer,
  { from, to, staged }: Shadow,
  { first, last, at, as: name }: SwapNote & { first: number; last: number },
): Promise<number> =>
  writer.run(sql`insert into ${batchTable} (stream, fingerprint, name, first_position, last_position, received, stored,
      unchanged, rejected, removed, taken_at)
    values (${value(staged.shape.key)}, ${value(markOf({ from, to, as: name }))}, ${value(`${eventsName} again`)}, ${value(first)}, ${value(last)},
      0, 0, 0, 0, 0, ${value(at)})`)
