import type { Relation } from '#query'
import type { Desk } from './build.ts'
import { secondsOf, type WindowDefinition } from './definition.ts'
import { insightFaults } from './faults.ts'
import type { Ground } from './fields.ts'

/** The names of a window's dimensions. */
export const windowColumns = { start: 'window_start', end: 'window_end' } as const

/** A window of event time, written. */
export interface WrittenWindow {
  readonly kind: WindowDefinition['kind']
  readonly dimensions: readonly { readonly name: string; readonly text: string }[]
  /** The rows, called `r`, once for each window that they lie in. */
  readonly rows: (select: string) => string
  /** Whether a row lies in the window at all. */
  readonly isIn: string
  /** Whether it came before the window was closed. */
  readonly isInTime: string
  /** How many came too late. */
  readonly late?: string
}

/** The most windows that one event may lie in. */
const mostWindows = 500

/**
 * Writes a window. How late an event is, is told by the order of arrival alone: the latest event time that had come before
 * it. So it does not matter in which portions events come, and computing everything anew gives the same.
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
  for (const column of ['_position', '_stream', '_key']) desk.fields.use(column)
  const size = secondsOf(of.size)
  const every = of.kind === 'tumbling' ? size : secondsOf(of.every ?? of.size)
  assertFits(of, size, every)
  const lateness = of.lateness === undefined ? 0 : secondsOf(of.lateness)
  const [at, begin] = [
    `r."${time}"`,
    `(time_bucket(to_seconds(${every}), r."${time}") - to_seconds(${every} * w."i"))`,
  ]
  const end = `(${begin} + to_seconds(${size}))`
  const order = 'r."_position", r."_stream", r."_key"'
  return {
    kind: of.kind,
    dimensions: [
      { name: windowColumns.start, text: begin },
      { name: windowColumns.end, text: end },
    ],
    rows: (select) =>
      `(select r.*, max(${at}) over (order by ${order} rows between unbounded preceding and 1 preceding) as "_seen" from (${select}) as r where ${at} <= now()) as r, generate_series(0, ${Math.ceil(size / every) - 1}) as w("i")`,
    isIn: `${at} < ${end}`,
    isInTime: `(r."_seen" is null or ${end} + to_seconds(${lateness}) > r."_seen")`,
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
