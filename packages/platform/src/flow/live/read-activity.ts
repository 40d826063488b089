import { matching, typesOf } from '#actions'
import {
  type Ask,
  type Cell,
  call,
  column,
  type Draft,
  type Engine,
  join,
  type Part,
  type Row,
  sql,
  type TableName,
  value,
} from '#engine'
import { currentTable, fieldsOf, type LakeField, logPositionOf, pastTable } from '#lake'
import { type Activity, type LiveEvent, mostEvents, noActivity, pastMs } from './activity.ts'
import { activityKey, nameOf, type Watched } from './arrived.ts'
import { type Counter, windowMs } from './definition.ts'

/** Whose activity is read, as of when. */
export interface ActivityAsked {
  readonly watched: Watched
  readonly ids: readonly string[]
  readonly now: Date
  readonly ask: Ask
  /** Only what stands up to here in the log. */
  readonly upTo?: number
}

/**
 * What the lake knows of the activity of ids on a stream, up to the place in the log that it has reached. The stream is read once
 * for all of them.
 */
export async function readActivity(
  engine: Engine,
  asked: ActivityAsked,
): Promise<ReadonlyMap<string, Activity>> {
  const { watched, ids, now, ask, upTo = Number.POSITIVE_INFINITY } = asked
  const base = Math.min(upTo, await logPositionOf(engine))
  const found = new Map(
    ids.map((id) => [activityKey(watched.stream, id), noActivity(base, now.getTime())]),
  )
  const fields = await fieldsOf(engine, watched.stream)
  if (ids.length === 0 || fields.length === 0) return found
  const activityOf = (row: Row) => found.get(activityKey(watched.stream, String(row['_who'])))
  await engine.staged(
    theirEvents(fields, { ...asked, base }),
    async (table) => {
      const last = engine.rows(lastOf(table), ask)
      const counts = watched.counters.map(async (counter) => {
        const rows = await engine.rows(countedBy(counter, { watched, table, now }), ask)
        for (const row of rows) keepCount(activityOf(row), counter, row)
      })
      const properties = fields.filter(isShown)
      for (const row of await last)
        activityOf(row)?.events.push(eventFrom(row, watched.stream, properties))
      await Promise.all(counts)
    },
    ask,
  )
  return found
}

/** The events of some ids with `_who`, `_at` in milliseconds, and `profile`, by which conditions tell them apart. */
function theirEvents(
  fields: readonly LakeField[],
  { watched, ids, base }: ActivityAsked & { readonly base: number },
): Draft {
  const has = (name: string) => fields.some((field) => field.name === name)
  const text = (name: string): Part =>
    has(name) ? sql`nullif(cast(${column(name)} as varchar), '')` : sql`cast(null as varchar)`
  const instant = (name: string): Part =>
    fields.some((field) => field.name === name && field.type === 'timestamp')
      ? column(name)
      : sql`cast(null as timestamp)`
  const [told, received] = [instant('timestamp'), instant('received_at')]
  const at = sql`least(coalesce(${told}, ${received}), coalesce(${received}, ${told}))`
  const names = join([...fields.map(({ name }) => column(name)), column('_event')])
  const from = (table: TableName) =>
    sql`select ${names} from ${table} where _event is not null and _event <= ${value(base)}
      and coalesce(${text('user_id')}, ${text('anonymous_id')}) in (${join(ids.map((id) => value(id)))})`
  return sql`select *, _event as profile, coalesce(${text('user_id')}, ${text('anonymous_id')}) as _who,
      ${call('epoch_ms', at)} as _at
    from (${from(currentTable(watched.stream))} union all ${from(pastTable(watched.stream))}) e`
}

const lastOf = (table: TableName): Draft =>
  sql`select * from (select *, row_number() over (partition by _who order by coalesce(_at, 0) desc, _event desc) as _rank
    from ${table}) ranked where _rank <= ${value(mostEvents)} order by _who, _rank`

function countedBy(
  { body }: Counter,
  { watched, table, now }: { watched: Watched; table: TableName; now: Date },
): Draft {
  const isCounted =
    body.where === undefined
      ? sql`true`
      : sql`_event in (${matching(body.where, { fields: typesOf(watched.fields), rows: table, now })})`
  const span = windowMs(body)
  return span === undefined
    ? sql`select _who, count(*) as n from ${table} where ${isCounted} group by _who`
    : sql`select _who, _at from ${table} where _at > ${value(now.getTime() - span - pastMs)} and ${isCounted} order by _at`
}

function keepCount(activity: Activity | undefined, { key, body }: Counter, row: Row): void {
  if (!activity) return
  if (windowMs(body) === undefined) {
    activity.totals.set(key, Number(row['n']))
    return
  }
  const times = activity.times.get(key) ?? []
  activity.times.set(key, times)
  times.push(Number(row['_at']))
}

const before = 'properties.'

// What an event says beside who, when and what; lists and objects are left out.
const isShown = ({ label, sideOf, type }: LakeField) =>
  label.startsWith(before) && sideOf === undefined && type !== 'json'

function eventFrom(row: Row, stream: string, properties: readonly LakeField[]): LiveEvent {
  const text = (name: string) => {
    const cell = row[name]
    return typeof cell === 'string' && cell !== '' ? cell : undefined
  }
  const type = text('type')
  return {
    position: Number(row['_event']),
    at: row['_at'] === null ? undefined : Number(row['_at']),
    stream,
    type,
    name: nameOf({ type, event: text('event'), name: text('name') }),
    id: text('message_id'),
    values: Object.fromEntries(
      properties.flatMap(({ name, label }) => {
        const cell = plain(row[name])
        return cell === undefined ? [] : [[label.slice(before.length), cell]]
      }),
    ),
  }
}

function plain(cell: Cell | undefined): string | number | boolean | undefined {
  if (typeof cell === 'bigint') return String(cell)
  return typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean'
    ? cell
    : undefined
}
