import type { Message } from '#collect'
import { type IngestField, type IngestObject, type IngestType, needsValue } from '../object.ts'

/** A record that was sent: as it is to be kept, or everything that is wrong with it, in the words of the wire. */
export type Checked =
  | { readonly value: Message; readonly problems?: undefined }
  | { readonly value?: undefined; readonly problems: readonly string[] }

/** Checks one record against its object. */
export function check(object: IngestObject, record: unknown): Checked {
  if (!isObject(record))
    return { problems: [`#: expected type: JSONObject, found: ${named(record)}`] }
  const known = new Set(object.fields.map(({ label }) => label))
  const problems: string[] = []
  const value: Record<string, unknown> = {}
  for (const field of object.fields) {
    const { label } = field
    if (!Object.hasOwn(record, label)) {
      if (!mayLack(object, field)) problems.push(`#: required key [${label}] not found`)
      continue
    }
    const given = record[label]
    const problem = problemOf(field, given, needsValue(object, field))
    if (problem !== undefined) problems.push(`#/${label}: ${problem}`)
    value[label] = isBlank(field, given) ? null : given
  }
  for (const label of Object.keys(record))
    if (!known.has(label)) problems.push(`#: extraneous key [${label}] is not permitted`)
  return problems.length > 0 ? { problems } : { value }
}

const mayLack = ({ partial, primaryKey }: IngestObject, { name }: IngestField) =>
  partial && !primaryKey.includes(name)

// Fields without a value may be sent blank, whatever their type; only in a text is a blank a value.
const isBlank = ({ type }: IngestField, value: unknown) =>
  value === null || (value === '' && type !== 'text')

function problemOf(field: IngestField, value: unknown, isNeeded: boolean): string | undefined {
  const { type } = field
  const wrongType = `expected type: ${wireTypes[type]}, found: ${named(value)}`
  if (value === '' || isBlank(field, value)) return isNeeded ? wrongType : undefined
  if (!isOfType[type](value)) return wrongType
  if (type === 'date' && !isDate(value))
    return `[${value}] is not a valid date. Expected [yyyy-MM-dd]`
  if (type === 'timestamp' && !isInstant(value))
    return `[${value}] is not a valid date-time. Expected [yyyy-MM-dd'T'HH:mm:ss.SSS'Z']`
  return undefined
}

const isText = (value: unknown) => typeof value === 'string'

const isOfType: Readonly<Record<IngestType, (value: unknown) => boolean>> = {
  text: isText,
  number: (value) => typeof value === 'number' || isDigits(value),
  boolean: (value) => typeof value === 'boolean',
  date: isText,
  timestamp: isText,
}

// Whole numbers that no number can hold arrive as text of digits.
const isDigits = (value: unknown) => typeof value === 'string' && /^-?\d{16,}$/.test(value)

const wireTypes = {
  text: 'String',
  number: 'Number',
  boolean: 'Boolean',
  date: 'String',
  timestamp: 'String',
} as const

/** A day that there is in the calendar. */
export function isDate(value: unknown): boolean {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(String(value)) ?? []
  if (year === undefined) return false
  const date = new Date(0)
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day))
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day)
}

/** An instant in UTC, written with a Z; parts of a second may be left out. */
export function isInstant(value: unknown): boolean {
  const time = /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,9})?Z$/.exec(
    String(value),
  )
  return time !== null && isDate(time[1] ?? '')
}

function named(value: unknown): string {
  if (value === null || value === undefined) return 'Null'
  if (Array.isArray(value)) return 'JSONArray'
  if (value === '') return 'blank String'
  const type = typeof value
  return type === 'object' ? 'JSONObject' : type.charAt(0).toUpperCase() + type.slice(1)
}

/** Whether something is a JSON object. */
export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
