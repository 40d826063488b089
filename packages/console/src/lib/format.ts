const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const fraction = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 })

/** A count with its thousands apart. */
export const formatCount = (count: number): string => whole.format(count)

/** A count in few signs, for small places: 12.3K. */
export const formatShort = (count: number): string =>
  count < 10_000 ? whole.format(count) : short.format(count)

/** How much a file holds. */
export function formatSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const amount = bytes / 1000 ** step
  return `${amount.toFixed(step === 0 || amount >= 100 ? 0 : 1)} ${units[step]}`
}

/** A share of one as per cent. */
export const formatShare = (share: number): string => fraction.format(share)

/** A count with the right word: 1 row, 2 rows. */
export const counted = (count: number, one: string, many: string): string =>
  `${formatCount(count)} ${count === 1 ? one : many}`

/** How long something took. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`
  const minutes = Math.floor(ms / 60_000)
  const seconds = Math.round((ms % 60_000) / 1_000)
  if (minutes < 60) return seconds === 0 ? `${minutes} min` : `${minutes} min ${seconds} s`
  const rest = minutes % 60
  return rest === 0 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / 60)} h ${rest} min`
}

const steps = [
  { under: 60, unit: 's', seconds: 1 },
  { under: 3_600, unit: 'min', seconds: 60 },
  { under: 86_400, unit: 'h', seconds: 3_600 },
  { under: 2_592_000, unit: 'd', seconds: 86_400 },
  { under: 31_536_000, unit: 'months', seconds: 2_592_000 },
  { under: Number.POSITIVE_INFINITY, unit: 'years', seconds: 31_536_000 },
] as const

// Clocks differ by seconds, and the time that is shown is up to five seconds old.
const mostAheadS = 10

/** How long ago, or how far ahead, a time is. */
export function formatAgo(time: string, now: number): string {
  const seconds = (Date.parse(time) - now) / 1_000
  if (Number.isNaN(seconds)) return time
  const size = Math.abs(seconds)
  if (seconds > -5 && seconds < mostAheadS) return 'just now'
  const step = steps.find(({ under }) => size < under) ?? steps[0]
  const amount = `${Math.trunc(size / step.seconds)} ${step.unit}`
  return seconds < 0 ? `${amount} ago` : `in ${amount}`
}

/** A point in time, to the minute, in the time zone of the reader. */
export function formatTime(time: string, timeZone?: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date)
}

/** An hour of a day, without the year. */
export function formatHour(time: string, timeZone?: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date)
}

/** The time of day to the second, for what has just happened. */
export function formatClock(time: string, timeZone?: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  return new Intl.DateTimeFormat('en-GB', {
    timeStyle: 'medium',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date)
}

/** A day, for values that have no time. */
function formatDay(time: string, timeZone?: string): string {
  const date = new Date(time)
  if (Number.isNaN(date.getTime())) return time
  return new Intl.DateTimeFormat('en-GB', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(date)
}

/** A value of any field, ready to be shown; nothing when there is none. */
export function formatValue(value: unknown, type?: string): string {
  if (value === null || value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'object') return JSON.stringify(value)
  const text = String(value)
  if ((type === 'decimal' || type === 'number') && /^-?\d+(\.\d+)?$/.test(text))
    // Checked just here; text keeps every digit of a large decimal.
    return formatNumber(text as `${number}`)
  if (type === 'timestamp') return formatTime(text)
  if (type === 'date') return formatDay(text, 'UTC')
  return text
}

// Amounts such as 24.9 read better as 24.90; whole numbers stay whole.
function formatNumber(number: number | `${number}`): string {
  const isWhole = Number.isInteger(Number(number))
  return (isWhole ? numberAsWritten : amountAsWritten).format(number)
}

const numberAsWritten = new Intl.NumberFormat('en', { maximumFractionDigits: 6 })
const amountAsWritten = new Intl.NumberFormat('en', {
  minimumFractionDigits: 2,
  maximumFractionDigits: 6,
})

/** One or two letters that stand for a name. */
export function initialsOf(name: string): string {
  const words = name.split(/[\s.@_-]+/).filter((word) => /^\p{L}/u.test(word))
  const first = words[0]?.at(0) ?? ''
  const last = words.length > 1 ? (words.at(-1)?.at(0) ?? '') : ''
  return (first + last).toUpperCase()
}
