import type { QuietHours } from './definition.ts'

const minuteMs = 60_000
const dayMinutes = 1440

/** When the quiet hours end in which an instant lies; nothing when it lies in none. */
export function endOfQuiet({ time_zone, from, to }: QuietHours, at: Date): Date | undefined {
  const minute = minuteIn(time_zone, at)
  const [begin, end] = [minutesOf(from), minutesOf(to)]
  const isIn = begin < end ? minute >= begin && minute < end : minute >= begin || minute < end
  if (!isIn) return undefined
  const start = Math.floor(at.getTime() / minuteMs) * minuteMs
  const guess = new Date(start + after(minute, end) * minuteMs)
  // A clock that was put forward or back in between is met by looking again.
  const off = minuteIn(time_zone, guess) - end
  const nearest = off > dayMinutes / 2 ? off - dayMinutes : off
  const turned = nearest < -dayMinutes / 2 ? nearest + dayMinutes : nearest
  return new Date(guess.getTime() - turned * minuteMs)
}

const after = (minute: number, end: number) => (end - minute + dayMinutes) % dayMinutes

function minutesOf(written: string): number {
  const [hours, minutes] = written.split(':')
  return Number(hours) * 60 + Number(minutes)
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  const clock =
    clocks.get(zone) ??
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    })
  clocks.set(zone, clock)
  return clock
}

const minuteIn = (zone: string, at: Date): number => minutesOf(clockOf(zone).format(at))

/** Whether there is such a time zone. */
export function isTimeZone(zone: string): boolean {
  try {
    clockOf(zone)
    return true
  } catch {
    return false
  }
}
