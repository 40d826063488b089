import type { Unit } from './definition.ts'

/**
 * The digits on a clock on the wall: the milliseconds since 1970 that the same digits would be in UTC. All work on days,
 * months and years is done on them; only the instants that come out depend on the time zone.
 */
export type WallMs = number

const dayMs = 86_400_000

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known) return known
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'iso8601',
    hourCycle: 'h23',
    era: 'short',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  clocks.set(zone, made)
  return made
}

/** Whether this is the name of a time zone; offsets such as +02:00 are none. */
export function isTimeZone(zone: string): boolean {
  if (!/^[A-Za-z][\w+\-/]*$/.test(zone)) return false
  try {
    clockOf(zone)
    return true
  } catch (thrown) {
    if (thrown instanceof RangeError) return false
    throw thrown
  }
}

/** The names of time zones, for suggestions. */
export const timeZones = (): readonly string[] => ['UTC', ...Intl.supportedValuesOf('timeZone')]

/** What a clock in this zone shows. */
export function wallOf(at: Date, zone: string): WallMs {
  if (zone === 'UTC') return at.getTime()
  const parts = clockOf(zone).formatToParts(at)
  const part = (type: string) => Number(parts.find((one) => one.type === type)?.value)
  const digits = [part('month') - 1, part('day'), part('hour'), part('minute'), part('second')]
  const [month = 0, ...rest] = digits
  return Date.UTC(part('year'), month, ...rest) + (((at.getTime() % 1000) + 1000) % 1000)
}

/** The instant at which a clock in this zone shows this: the first of two; where the clock jumps over it, the jump. */
export function instantAt(wall: WallMs, zone: string): Date {
  if (zone === 'UTC') return new Date(wall)
  const offsetNear = (ms: number) => wallOf(new Date(ms), zone) - ms
  const offsets = [offsetNear(wall - dayMs), offsetNear(wall + dayMs)]
  const found = offsets.map((offset) => wall - offset).toSorted((a, b) => a - b)
  const exact = found.find((ms) => wallOf(new Date(ms), zone) === wall)
  return new Date(exact ?? wall - (offsets[0] ?? 0))
}

const offsetAt = (ms: number, zone: string) => wallOf(new Date(ms), zone) - ms

/** The instant, less than a day away from this one, at which clocks in the zone are put forward or back; there is at most one. */
export function turnNear(ms: number, zone: string): number | undefined {
  let [low, high] = [ms - dayMs, ms + dayMs]
  const before = offsetAt(low, zone)
  if (zone === 'UTC' || before === offsetAt(high, zone)) return undefined
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle, zone) === before) low = middle
    else high = middle
  }
  return high
}

/** Every instant at which a clock in the zone shows this or jumps over it, and perhaps one near by. */
export function instantsNear(wall: WallMs, zone: string): readonly number[] {
  const turn = turnNear(wall, zone)
  if (turn === undefined) return [wall - offsetAt(wall, zone)]
  return [turn, wall - offsetAt(turn - 1, zone), wall - offsetAt(turn, zone)]
}

/** The same time of day, some units later (or earlier); the last day of the month where the month is too short. */
export function shifted(wall: WallMs, n: number, unit: Unit): WallMs {
  if (unit === 'day') return wall + n * dayMs
  if (unit === 'week') return wall + n * 7 * dayMs
  const at = new Date(wall)
  const months = n * monthsIn[unit]
  const first = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months, 1)
  const next = Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months + 1, 1)
  const lastDay = Math.round((next - first) / dayMs)
  const day = Math.min(at.getUTCDate(), lastDay)
  return first + (day - 1) * dayMs + timeOfDay(wall)
}

const monthsIn = { month: 1, quarter: 3, year: 12 } as const

const timeOfDay = (wall: WallMs) => wall - dayOfWall(wall)

/** The beginning of the day. */
export const dayOfWall = (wall: WallMs): WallMs => Math.floor(wall / dayMs) * dayMs

/** The first day of the unit in which this lies. */
export function startOfUnit(wall: WallMs, unit: Unit): WallMs {
  const at = new Date(wall)
  const [year, month] = [at.getUTCFullYear(), at.getUTCMonth()]
  switch (unit) {
    case 'day':
      return dayOfWall(wall)
    case 'week':
      return dayOfWall(wall) - ((at.getUTCDay() + 6) % 7) * dayMs
    case 'month':
      return Date.UTC(year, month, 1)
    case 'quarter':
      return Date.UTC(year, month - (month % 3), 1)
    case 'year':
      return Date.UTC(year, 0, 1)
  }
}

/** Month and day as one number: 31 January is 131. */
export const monthAndDay = (wall: WallMs): number => {
  const at = new Date(wall)
  return (at.getUTCMonth() + 1) * 100 + at.getUTCDate()
}

/** Whether those born on a 29 February celebrate on this day although it is another: the 28th of years without one. */
export const standsForLeapDay = (wall: WallMs): boolean =>
  monthAndDay(wall) === 228 && monthAndDay(shifted(wall, 1, 'day')) !== 229
