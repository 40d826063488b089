const secondMs = 1000

/** One day. */
export const dayMs = 86_400 * secondMs

/** As 2025-04-30. */
export const writeDate = (instant: number): string => dateOf(Math.floor(instant / dayMs))

/** As 2025-04-30T09:15:00Z. */
export const writeInstant = (instant: number): string => `${writeDate(instant)}T${timeOf(instant)}Z`

/** As 2025-04-30T09:15:00.250Z. */
export const writeMillis = (instant: number): string =>
  `${writeDate(instant)}T${timeOf(instant)}.${String(instant % secondMs).padStart(3, '0')}Z`

/** As 2025-04-30 09:15:00, which is also UTC. */
export const writeSpaced = (instant: number): string => `${writeDate(instant)} ${timeOf(instant)}`

/** As 2025-04-30T09:15:00+00:00. */
export const writeOffset = (instant: number): string =>
  `${writeDate(instant)}T${timeOf(instant)}+00:00`

// A Date is slow to write, and there are a dozen in every record; but there are not so many days.
const dates = new Map<number, string>()

function dateOf(day: number): string {
  const known = dates.get(day)
  if (known !== undefined) return known
  const written = new Date(day * dayMs).toISOString().slice(0, 10)
  dates.set(day, written)
  return written
}

const twoDigits = Array.from({ length: 60 }, (_, i) => String(i).padStart(2, '0'))

function timeOf(instant: number): string {
  const seconds = Math.floor((((instant % dayMs) + dayMs) % dayMs) / secondMs)
  const hour = twoDigits[Math.floor(seconds / 3600)]
  const minute = twoDigits[Math.floor(seconds / 60) % 60]
  return `${hour}:${minute}:${twoDigits[seconds % 60]}`
}
