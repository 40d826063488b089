import { writtenLike } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'

/** What cannot be said surely of one event by itself; the set lane decides. */
export const unsure = Symbol('unsure')

/**
 * A value of an event as the lake types it: integers as bigint, decimals as bigint of ten thousandths, instants as bigint of
 * microseconds, days as text. Null where the lake has none.
 */
export type EventCell = string | number | bigint | boolean | null | typeof unsure

/** One event whose values are looked up by path. */
export interface EventValues {
  readonly cell: (path: readonly string[], type: FieldType) => EventCell
  /** The value as it was sent; objects and lists as JSON. */
  readonly raw: (path: readonly string[]) => string | number | boolean | null
}

// A number as it is written, because its digits decide what the lake makes of it.
class Written {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

/** The values of an event, given as the JSON text of an object. */
export function valuesOf(json: string): EventValues {
  let parsed: unknown
  const whole = () => {
    parsed ??= JSON.parse(json, keepNumbers)
    return parsed
  }
  return {
    cell: (path, type) => cellOf(memberAt(whole(), path), type),
    raw: (path) => rawOf(memberAt(whole(), path)),
  }
}

function rawOf(found: unknown): string | number | boolean | null {
  if (found === null || found === undefined) return null
  if (found instanceof Written)
    return String(Number(found.text)) === found.text ? Number(found.text) : found.text
  if (typeof found === 'boolean' || typeof found === 'string') return found
  return JSON.stringify(found, (_, of) => (of instanceof Written ? Number(of.text) : of))
}

function keepNumbers(_: string, value: unknown, context?: { readonly source?: string }): unknown {
  return typeof value === 'number' ? new Written(context?.source ?? String(value)) : value
}

function memberAt(whole: unknown, path: readonly string[]): unknown {
  let at = whole
  for (const part of path) {
    if (!isObject(at) || !Object.hasOwn(at, part)) return null
    at = at[part]
  }
  return at
}

const isObject = (of: unknown): of is Record<string, unknown> =>
  typeof of === 'object' && of !== null && !Array.isArray(of) && !(of instanceof Written)

/** What the lake makes of a value for a column of this type. */
function cellOf(found: unknown, type: FieldType): EventCell {
  if (found === null || found === undefined) return null
  if (type === 'json') return unsure
  if (typeof found === 'object' && !(found instanceof Written)) return null
  if (type === 'text') return textCell(found)
  if (typeof found === 'boolean') return type === 'boolean' ? found : null
  if (found instanceof Written) return numberCell(found.text, type)
  const trimmed = String(found).trim()
  return trimmed === '' ? null : writtenCell(trimmed, type)
}

function textCell(found: unknown): EventCell {
  if (!(found instanceof Written)) return String(found)
  // The engine writes numbers its own way; those that everybody writes alike are sure.
  return /^-?\d{1,15}$/.test(found.text) && found.text !== '-0' ? found.text : unsure
}

const matches = (written: string, type: FieldType) =>
  new RegExp(writtenLike[type] ?? '').test(written)
const isWhole = (written: string) => /^-?(0|[1-9]\d{0,17})$/.test(written) && written !== '-0'
const isEpoch = (written: string) => /^-?\d{1,14}$/.test(written)

function numberCell(written: string, type: FieldType): EventCell {
  switch (type) {
    case 'integer':
      return isWhole(written) ? BigInt(written) : unsure
    case 'number':
      return doubleOf(written)
    case 'decimal':
      return matches(written, 'decimal') ? scaledOf(written) : unsure
    case 'timestamp':
      return isEpoch(written) ? BigInt(written) * 1000n : unsure
    case 'date':
      return unsure
    default:
      return null
  }
}

function doubleOf(written: string): EventCell {
  const number = Number(written)
  const isTold = Number.isFinite(number) && (/[.eE]/.test(written) || Number.isSafeInteger(number))
  return isTold && !Object.is(number, -0) ? number : unsure
}

function writtenCell(written: string, type: FieldType): EventCell {
  switch (type) {
    case 'integer':
      return isWhole(written) ? BigInt(written) : numericElse(written)
    case 'number':
      return matches(written, 'number') ? doubleOf(written) : numericElse(written)
    case 'decimal':
      return matches(written, 'decimal') ? scaledOf(written) : null
    case 'boolean':
      return booleanOf(written)
    case 'date':
      return dateOf(written)
    case 'timestamp':
      return timestampOf(written)
    default:
      return null
  }
}

// What no number is at all does not fit; what is one in another form is for the engine to say.
const numericElse = (written: string): EventCell => (/\d|inf|nan/i.test(written) ? unsure : null)

function booleanOf(written: string): EventCell {
  const word = written.toLowerCase()
  if (word === 'true' || word === 'false') return word === 'true'
  return null
}

/** A decimal as a whole number of ten thousandths. */
export function scaledOf(written: string): bigint {
  const [whole = '', part = ''] = written.replace('-', '').split('.')
  const scaled = BigInt(whole) * 10_000n + BigInt(part.padEnd(4, '0'))
  return written.startsWith('-') ? -scaled : scaled
}

function dateOf(written: string): EventCell {
  if (isEpoch(written)) return unsure
  if (!matches(written, 'date')) return null
  return isDay(written) ? written : null
}

function isDay(written: string): boolean {
  const day = new Date(`${written}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(written)
}

const instant =
  /^(?<day>\d{4}-\d\d-\d\d)[T ](?<time>\d\d:\d\d(:\d\d)?)([.](?<part>\d{1,6}))?(?<zone>Z|[+-]\d\d:\d\d)?$/

function timestampOf(written: string): EventCell {
  if (isEpoch(written)) return BigInt(written) * 1000n
  const { day, time, part = '', zone = 'Z' } = instant.exec(written)?.groups ?? {}
  if (day === undefined || time === undefined) return unsure
  if (!isDay(day)) return unsure
  const ms = Date.parse(`${day}T${time}${zone}`)
  return Number.isNaN(ms) ? unsure : BigInt(ms) * 1000n + BigInt(part.padEnd(6, '0'))
}
