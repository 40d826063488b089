import type { DigitMask, NumberKind } from './formats.ts'

/** The day from which a workbook counts: of 1900, as most do, or of 1904, as those from old Macs. */
export type Epoch = 1900 | 1904

const dayMs = 24 * 60 * 60 * 1000

/** The days for which a year has four digits. */
const daysUntilYear10000 = { 1900: 2_958_466, 1904: 2_957_004 } as const

/**
 * A number of a cell as text: its digits, those that its format puts in front as well, or the day, the time or the time span that it
 * stands for, in ISO 8601. Workbooks know no time zones, so none is written.
 */
export function textOfNumber(raw: string, kind: NumberKind | DigitMask, epoch: Epoch): string {
  if (typeof kind === 'object') return masked(digitsOf(raw), kind)
  const value = Number(raw)
  const isPlain = kind === 'number' || !(value >= 0 && value < daysUntilYear10000[epoch])
  if (isPlain) return digitsOf(raw)
  const ms = Math.round(value * dayMs)
  const isDayless = kind === 'time' || (epoch === 1900 && ms > 0)
  if (kind === 'elapsed' || (isDayless && ms < dayMs)) return clockText(ms)
  const iso = new Date(firstDayMs(epoch, value) + ms).toISOString()
  if (kind === 'date' && ms % dayMs === 0) return iso.slice(0, 10)
  return withoutZeroMs(iso.slice(0, 23))
}

/**
 * Digits as JavaScript prints them, which read back as the same number, unless the file has more of them than a double keeps: the
 * spreadsheet itself writes seventeen at most, other programs what they had.
 */
function digitsOf(raw: string): string {
  const text = raw.trim()
  const value = Number(text)
  if (/^-?\d+$/.test(text))
    return Number.isSafeInteger(value) ? String(value) : String(BigInt(text))
  const [, digits = ''] = /^-?0*\.?0*([\d.]+)$/.exec(text) ?? []
  return digits.replace('.', '').length > 17 ? text : String(value)
}

/** A whole number in the places of a mask, from the right; what has too many digits begins before the first one. */
function masked(text: string, { mask }: DigitMask): string {
  if (!/^\d+$/.test(text)) return text
  const places = mask.replace(/[^0]/g, '').length
  const digits = text.padStart(places, '0')
  const more = digits.slice(0, digits.length - places)
  let next = more.length
  let isFirst = true
  return mask.replace(/0/g, () => {
    const before = isFirst ? more : ''
    isFirst = false
    return before + digits.charAt(next++)
  })
}

// The count of 1900 holds a 29 February that never was, so all days after it are one too high.
function firstDayMs(epoch: Epoch, value: number): number {
  if (epoch === 1904) return Date.UTC(1904, 0, 1)
  return Date.UTC(1899, 11, value < 60 ? 31 : 30)
}

function clockText(ms: number): string {
  const hours = Math.floor(ms / 3_600_000)
  const rest = new Date(ms % 3_600_000).toISOString().slice(14, 23)
  return withoutZeroMs(`${String(hours).padStart(2, '0')}:${rest}`)
}

const withoutZeroMs = (text: string) => text.replace(/\.000$/, '')
