import {
  cast,
  column,
  type Draft,
  type Engine,
  every,
  join,
  type Part,
  some,
  sql,
  value,
} from '#engine'
import { currentTable, pastTable } from '#lake'
import { modelTable, systemColumns } from '#model'
import type { RowTrigger, Watch } from './definition.ts'
import { keepMet, noteHeld } from './held.ts'
import type { Ground } from './look.ts'
import { heldTable } from './tables.ts'

const names = ['key', 'position', 'holds', 'was', 'profile', 'account', 'stream', 'data']

/** The columns that are held of rows, in order. */
export const heldColumns: Part = join(names.map((name) => column(name)))

/** Rows as they are held; their values only where some are `kept`. */
export const asHeld = (rows: Part, kept: string): Draft =>
  sql`select key, version as position, holds, was, profile, account, stream,
    ${kept === '' ? cast(value(null), 'text') : sql`data`} as data from ${rows} seen_rows`

/** Rows as they are now, to be compared with those that are held. */
export interface RowNews {
  readonly watch: Watch
  readonly when: RowTrigger
  /** What is asked of the rows of these versions: `key`, `version`. */
  readonly versionsIn: (moved: Part) => Draft
  readonly keysOf: Ground['keysOf']
  readonly print: string
  /** Which values are held from now on, and whether these are others than before. */
  readonly kept: string
  readonly isOther: boolean
}

// `n` is the row as it is now, `h` as it was seen.
const isNew = sql`(m.is_gone or h.key is null or h.position < n.version)`

const changeHolds: Readonly<Record<RowTrigger['change'], Part>> = {
  created: sql`not m.is_gone and h.key is null and n.holds`,
  changed: sql`not m.is_gone and h.key is not null and n.holds and coalesce(h.was, true)`,
  any: sql`not m.is_gone and n.holds`,
  deleted: sql`m.is_gone and h.holds`,
}

/** Compares with what was seen, and keeps what is new of it and what was met, both or neither. */
export async function keepNews(engine: Engine, of: RowNews, signal: AbortSignal): Promise<void> {
  // Most rows are as they were: what a rule asks is asked of the others only.
  await engine.staged(
    movedOf(of),
    async (moved) => {
      if ((await countOf(engine, moved, sql`true`)) === 0 && !of.isOther) return
      await engine.staged(newsOf(of, moved), (news) => keep(engine, of, news), { signal })
    },
    { signal },
  )
}

async function countOf(engine: Engine, rows: Part, where: Part): Promise<number> {
  const [count] = await engine.rows(sql`select count(*) as n from ${rows} where ${where}`)
  return Number(count?.['n'])
}

async function keep(engine: Engine, of: RowNews, news: Part) {
  const { watch, kept, print, isOther } = of
  const key = value(watch.key)
  const { past, current } = await inLake(engine, of, news)
  const isMeant = sql`not (is_gone and ${current})`
  if ((await countOf(engine, news, isMeant)) === 0 && !isOther) return
  await engine.change(`action.${watch.key}`, async (writer) => {
    await writer.run(sql`delete from ${heldTable} where watch = ${key}
      and key in (select key from ${news} where ${isMeant})`)
    const seen = asHeld(sql`(select * from ${news} where not is_gone)`, kept)
    await writer.run(sql`insert into ${heldTable} (watch, ${heldColumns})
      select ${key}, ${heldColumns} from (${seen}) seen`)
    await keepMet(writer, watch.key, {
      met: sql`select key, version, profile, account, change, case when is_gone then before else data end as data,
        case when not is_gone then before end as was from ${news} where is_met and ${isMeant} and (not is_gone or ${past})`,
      more: ['account', 'change', 'was'],
    })
    if (isOther) await noteHeld(writer, { watch: watch.key, print, kept })
  })
}

/** The rows that are new, have changed or are missing: `key`, `version`, `is_gone`. */
function movedOf({ watch, when, isOther }: RowNews): Draft {
  const { key, position, profile } = systemColumns
  // Of a row that goes it is asked whose it was, which is often known later than the row.
  const isOwned = when.change === 'deleted'
  const owner = isOwned ? sql`, max(${column(profile)}) as profile` : sql``
  const isFound = isOwned
    ? sql`or (n.profile is not null and n.profile is distinct from h.profile)`
    : sql``
  // What was seen before streams were held gets its stream.
  const isFilled = sql`or (n.key is not null and h.lacks_stream)`
  const isMoved = sql`n.key is null or h.key is null or h.position < n.version ${isFilled} ${isFound}`
  return sql`select coalesce(n.key, h.key) as key, n.version, n.key is null as is_gone from (
      select ${column(key)} as key, max(${column(position)}) as version ${owner} from ${modelTable(when.row)} group by 1
    ) n full outer join (
      select key, position, profile, stream is null as lacks_stream from ${heldTable} where watch = ${value(watch.key)}
    ) h on h.key = n.key ${isOther ? sql`` : sql`where ${isMoved}`}`
}

/** One row for each of them, with what it is and what it was; what has changed once more in between is looked at the next time. */
function newsOf({ watch, when, versionsIn }: RowNews, moved: Part): Draft {
  const turned = watch.action.body.often === 'first' && watch.withinMs === undefined
  const notYet = turned ? sql`and (m.is_gone or not coalesce(h.holds, false))` : sql``
  return sql`select m.key, m.is_gone, coalesce(n.version, h.position) as version,
      n.holds, n.was, coalesce(n.profile, h.profile) as profile, coalesce(n.account, h.account) as account,
      coalesce(n.stream, h.stream) as stream, n.data, h.data as before,
      case when m.is_gone then 'deleted' when h.key is null then 'created' else 'changed' end as change,
      ${isNew} and ${changeHolds[when.change]} ${notYet} as is_met
    from ${moved} m left join (${versionsIn(moved)}) n on n.key = m.key left join (
      select key, position, holds, was, profile, account, stream, data from ${heldTable}
      where watch = ${value(watch.key)} and key in (select key from ${moved})
    ) h on h.key = m.key
    where m.is_gone or n.key is not null`
}

/**
 * Where the lake has the version of a missing row. In the past: it was taken away. In what is current, or replaced by what is: only the
 * mapping makes nothing of it any more, which is no news. In neither: it was erased, and nobody is told.
 */
async function inLake(
  engine: Engine,
  { keysOf }: Pick<RowNews, 'keysOf'>,
  staged: Part,
): Promise<{ readonly past: Part; readonly current: Part }> {
  const rows = await engine.rows(
    sql`select distinct stream from ${staged} where is_gone and stream is not null`,
  )
  const lake = new Map((await engine.tables('lake')).map(({ name, columns }) => [name, columns]))
  const past: Part[] = []
  const current: Part[] = []
  for (const stream of rows.map((row) => String(row['stream']))) {
    const columns = lake.get(currentTable(stream).name)
    if (columns === undefined) continue
    const isOf = sql`stream = ${value(stream)}`
    past.push(sql`(${isOf} and version in (select _position from ${pastTable(stream)}))`)
    current.push(sql`(${isOf} and version in (select _position from ${currentTable(stream)}))`)
    const keys = await keysOf(stream)
    if (keys.length === 0 || !keys.every((key) => columns.some(({ name }) => name === key)))
      continue
    const gone = sql`select version from ${staged} where is_gone and ${isOf}`
    current.push(sql`(${isOf} and version in (${replacedIn({ stream, keys, gone })}))`)
  }
  // Of what was seen before streams were held, nothing can be told: it stays as it is.
  return { past: some(past), current: sql`(stream is null or ${some(current)})` }
}

interface Replaced {
  readonly stream: string
  readonly keys: readonly string[]
  /** The versions that are asked about. */
  readonly gone: Part
}

/** Past versions of which the source has the row still: `_until` does not tell, as a snapshot ends all that it lacks at its last row. */
const replacedIn = ({ stream, keys, gone }: Replaced): Draft =>
  sql`select p._position from ${pastTable(stream)} p
    join ${currentTable(stream)} c on ${every(keys.map((key) => sql`${column(key, 'c')} = ${column(key, 'p')}`))}
    where p._position in (${gone})`
