import type { FieldType } from '#kernel/scalar.ts'
import {
  dayOfWall,
  instantsNear,
  shifted,
  startOfUnit,
  turnNear,
  type WallMs,
  wallOf,
} from './calendar.ts'
import type { Comparison, Operator, Unit } from './definition.ts'

const dayMs = 86_400_000

/** A day (its beginning as a clock shows it) or an instant, in milliseconds, where a question is asked. */
interface Time {
  readonly ms: number
  readonly type: 'date' | 'timestamp'
  readonly zone: string
  readonly asked: Comparison
  readonly now: number
}

/** Moments as instants, or as what a clock shows. */
interface Moments {
  readonly instants?: readonly number[]
  readonly walls?: readonly WallMs[]
}

const around = (walls: readonly WallMs[], from: number, to: number): readonly WallMs[] =>
  walls.flatMap((wall) =>
    Array.from({ length: to - from + 1 }, (_, i) => shifted(wall, from + i, 'day')),
  )

const wallIn = ({ ms, type, zone }: Time): WallMs =>
  type === 'date' ? ms : wallOf(new Date(ms), zone)

// What a clock shows at a time; where clocks are put forward or back near by, also what they show then, and what they
// would show at the time had they not been.
function wallsOf(time: Time): readonly WallMs[] {
  const { ms, type, zone } = time
  const wall = wallIn(time)
  const turn = type === 'date' ? undefined : turnNear(ms, zone)
  if (turn === undefined) return [wall]
  const [after, before] = [wallOf(new Date(turn), zone), wallOf(new Date(turn - 1), zone) + 1]
  return [wall, after, before, wall + after - before, wall - after + before]
}

/** The days and times of day some units before and after a time; months that are too short put it off by some days. */
function spanAway(time: Time): Moments {
  const { asked, type, ms } = time
  const [n, unit] = [Number(asked.value), asked.unit ?? 'day']
  const walls = wallsOf(time)
  const bases = walls.flatMap((wall) => [shifted(wall, n, unit), shifted(wall, -n, unit)])
  if (type === 'date') return { walls: [...around(walls, 0, 1), ...around(bases, -1, 4)] }
  if (unit === 'day' || unit === 'week') return { instants: [ms], walls: bases }
  const days = around(bases, -1, 4)
  return { instants: [ms], walls: [...days, ...days.map(dayOfWall)] }
}

function daysAway(time: Time): Moments {
  const n = Number(time.asked.value)
  if (time.type === 'date')
    return {
      walls: around([time.ms], -n, -n + 1).concat(
        around([time.ms], 0, 1),
        around([time.ms], n, n + 1),
      ),
    }
  return { instants: [-n, 0, n].map((days) => time.ms + days * dayMs) }
}

const nearDays = (time: Time): Moments => ({ walls: around([dayOfWall(wallIn(time))], -1, 2) })

function units(time: Time): Moments {
  const unit: Unit = time.asked.unit ?? 'day'
  const start = startOfUnit(wallIn(time), unit)
  return { walls: [-1, 0, 1, 2].map((n) => shifted(start, n, unit)) }
}

function onDay(time: Time): Moments {
  const [n, unit] = [Number(time.asked.value), time.asked.unit ?? 'day']
  const day = dayOfWall(wallIn(time))
  return { walls: around([shifted(day, n, unit), shifted(day, -n, unit)], -1, 4) }
}

// Those of last year, this one and the next ones; a 29 February may be celebrated a day before.
function anniversaries(time: Time): Moments {
  const of = new Date(wallIn(time))
  const year = new Date(wallOf(new Date(time.now), time.zone)).getUTCFullYear()
  const days = Math.min(Number(time.asked.value ?? 0), 366)
  const each = [-1, 0, 1, 2].map((n) => Date.UTC(year + n, of.getUTCMonth(), of.getUTCDate()))
  return { walls: [...around(each, -days - 1, -days + 1), ...around(each, -1, 2)] }
}

const byOperator: Readonly<Partial<Record<Operator, (time: Time) => Moments>>> = {
  within_last_days: daysAway,
  not_within_last_days: daysAway,
  within_next_days: daysAway,
  today: nearDays,
  yesterday: nearDays,
  tomorrow: nearDays,
  this: units,
  last: units,
  next: units,
  within_last: spanAway,
  not_within_last: spanAway,
  within_next: spanAway,
  more_than_ago: spanAway,
  more_than_ahead: spanAway,
  ago: onDay,
  from_now: onDay,
  anniversary: anniversaries,
  anniversary_within_next_days: anniversaries,
}

/** Whether the answer of an operator, to days and instants, changes with time alone. */
export const followsTheClock = (op: string): boolean => op in byOperator

/** Whether the answer to a question changes with time alone. */
export const asksTheTime = ({ op }: Comparison, type: FieldType): boolean =>
  followsTheClock(op) && (type === 'date' || type === 'timestamp')

/**
 * The moments after now at which the answer to a question to a time may change; where it does not, no harm is done. An engine
 * knows finer times than milliseconds, so each is followed by the next one.
 */
export function momentsAfter(time: Time): readonly number[] {
  const { instants = [], walls = [] } = byOperator[time.asked.op]?.(time) ?? {}
  const all = [...instants, ...walls.flatMap((wall) => instantsNear(wall, time.zone))]
  return [...new Set(all.flatMap((ms) => [ms, ms + 1]))].filter((ms) => ms > time.now)
}
