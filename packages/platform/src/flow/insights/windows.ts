import type { Relation } from '#query'
import type { Desk } from './build.ts'
import { secondsOf, type WindowDefinition } from './definition.ts'
import { insightFaults } from './faults.ts'
import type { Ground } from './fields.ts'

/** The names of a window's dimensions. */
export const windowColumns = { start: 'window_start', end: 'window_end' } as const

/** The relation of groups that are computed anew. */
export const touchedGroups = '_touched'
/** The relation of rows that came, changed or went. */
export const changedRelation = '_changed'

/** A window of event time, written. */
export interface WrittenWindow {
  readonly kind: WindowDefinition['kind']
  /** The event time, a field of the rows. */
  readonly time: string
  readonly dimensions: readonly { readonly name: string; readonly text: string }[]
  /** The rows of a select, called `r`, once for each window that they lie in; those of touched groups only, where so asked. */
  readonly rows: (select: string, which?: 'touched') => string
  /** The same of rows that an earlier row, among those that changed, may have made too late, or no longer makes so. */
  readonly overtaken: (select: string) => string
  /** The same of the rows that changed. */
  readonly changed: (select: string) => string
  /** Whether a row lies in the window at all. */
  readonly isIn: string
  /** Whether it came before the window was closed. */
  readonly isInTime: string
}

/** The most windows that one event may lie in. */
const mostWindows = 500

/**
 * Writes a window. It is closed by the first event that came with a time far enough after its end. So whether another is late is
 * told by the order of arrival alone: it does not matter in which portions events come, and computing everything anew, or
 * only some windows, gives the same.
 */
export function windowOf(
  of: WindowDefinition | undefined,
  { start, ground, desk }: { start: Relation; ground: Ground; desk: Desk },
): WrittenWindow | undefined {
  if (!of) return undefined
  const object = ground.model.find(start.name)
  const time = of.time ?? object?.time
  if (start.table.schema !== 'model' || time === undefined)
    throw insightFaults.no_event_time({ object: start.name })
  const type = desk.fields.use(time)
  if (type !== 'timestamp') throw insightFaults.no_time({ field: time, type })
  desk.fields.use('_position')
  const size = secondsOf(of.size)
  const every = of.kind === 'tumbling' ? size : secondsOf(of.every ?? of.size)
  assertFits(of, size, every)
  const lateness = of.lateness === undefined ? 0 : secondsOf(of.lateness)
  return writeWindow({ kind: of.kind, relation: start.name, time, size, every, lateness })
}

interface Spans {
  readonly kind: WindowDefinition['kind']
  readonly relation: string
  readonly time: string
  /** In seconds, as the two below. */
  readonly size: number
  readonly every: number
  readonly lateness: number
}

function writeWindow({ kind, relation, time, size, every, lateness }: Spans): WrittenWindow {
  const seconds = (count: number) => `to_seconds(${count})`
  const bucket = (at: string) => `time_bucket(${seconds(every)}, ${at})`
  const series = `generate_series(0, ${Math.ceil(size / every) - 1}) as w("i")`
  const wait = seconds(size + lateness)
  const touched = (bound: string) => `(select ${bound} from "${touchedGroups}" as t)`
  const first = touched(`min(t."${windowColumns.start}")`)
  const last = touched(`max(t."${windowColumns.end}")`)
  const after = `o."_position" > (select min(c."_position") from "${changedRelation}" as c)`
  // Each row once for each window that may hold it; what is said to happen in the future waits until its time has come.
  const spread = (select: string, when = '') =>
    `(select r.*, ${bucket(`r."${time}"`)} - ${seconds(every)} * w."i" as "_begin" from (${select}) as r, ${series} where r."${time}" <= now()${when}) as r`
  const begins = (rows: string) =>
    `select h."_head" - ${seconds(every)} * w."i" as "_begin", cast(null as bigint) as "_closed" from (select distinct ${bucket(`o."${time}"`)} as "_head" from ${rows}) as h, ${series}`
  const due = `o."${time}" <= now()`
  // By window, the position at which it was closed: the first of those that close it or one that begins later.
  const closings = (closers: string, windows: string) =>
    ` join (select b."_begin" as "_begin", min(b."_closed") over (order by b."_begin" desc rows between unbounded preceding and current row) as "_closed" from (select u."_begin" as "_begin", min(u."_closed") as "_closed" from (select ${bucket(`o."${time}" - ${wait}`)} as "_begin", o."_position" as "_closed" from ${closers} union all ${windows}) as u group by 1) as b) as c on c."_begin" = r."_begin"`
  const all = `"${relation}" as o where ${due}`
  const end = `(r."_begin" + ${seconds(size)})`
  return {
    kind,
    time,
    dimensions: [
      { name: windowColumns.start, text: 'r."_begin"' },
      { name: windowColumns.end, text: end },
    ],
    rows: (select, which) => {
      if (which === undefined) return `${spread(select)}${closings(all, begins(all))}`
      const near = ` and r."${time}" >= ${first} and r."${time}" < ${last}`
      const closers = `${all} and o."${time}" >= ${first} + ${wait}`
      const windows = `select distinct t."${windowColumns.start}", cast(null as bigint) from "${touchedGroups}" as t`
      return `${spread(select, near)}${closings(closers, windows)}`
    },
    overtaken: (select) => {
      const later = `${all} and ${after}`
      const changed = `"${changedRelation}" as o where ${due}`
      const rows = spread(`${select} where ${after}`)
      return `${rows}${closings(changed, begins(later))} and r."_position" > c."_closed"`
    },
    changed: (select) => spread(select),
    isIn: `r."${time}" < ${end}`,
    isInTime: `(c."_closed" is null or r."_position" <= c."_closed")`,
  }
}

function assertFits({ kind, every: given }: WindowDefinition, size: number, every: number): void {
  if (kind === 'tumbling' && given !== undefined)
    throw insightFaults.bad_window({
      why: 'tumbling windows begin where the last one ended; leave `every` out',
    })
  if (kind === 'sliding' && given === undefined)
    throw insightFaults.bad_window({
      why: 'sliding windows need `every`: how far apart they begin',
    })
  if (every > size)
    throw insightFaults.bad_window({
      why: 'between the windows events would be lost; `every` must not be longer than `size`',
    })
  if (size / every > mostWindows)
    throw insightFaults.bad_window({
      why: `each event would lie in ${Math.ceil(size / every)} windows; ${mostWindows} is the most`,
    })
}
