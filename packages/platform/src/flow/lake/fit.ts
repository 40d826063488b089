import {
  call,
  cast,
  column,
  type Draft,
  isPlainNumber,
  join,
  type Part,
  some,
  sql,
  tryCast,
  value,
  writtenLike,
} from '#engine'
import type { FieldType } from '#kernel/scalar.ts'

/** What stands in JSON where a value is looked for, as `json_kind` says. */
export type Kind = 'text' | 'integer' | 'number' | 'boolean' | 'object' | 'list'

/** The types of side columns: what a value is when it does not fit. */
export const sideTypes = ['text', 'integer', 'number', 'boolean', 'json'] as const
/** What a value can be that stands beside its column. */
export type SideType = (typeof sideTypes)[number]

/** The kinds that a side column holds. */
export const kindsOf = (type: SideType): readonly Kind[] =>
  type === 'json' ? ['object', 'list'] : [type]

/** What a type is called where a value does not fit it. */
export const typeWords: Readonly<Record<FieldType, string>> = {
  text: 'text',
  integer: 'a whole number',
  decimal: 'a decimal number',
  number: 'a number',
  boolean: 'true or false',
  date: 'a day (YYYY-MM-DD)',
  timestamp: 'a time (ISO 8601)',
  json: 'JSON',
}

const like = (text: Part, pattern: string) => call('matches', text, value(pattern))

const written = (text: Part, type: FieldType) => like(text, writtenLike[type] ?? '')

const printsBack = (text: Part, type: FieldType) =>
  sql`cast(${tryCast(text, type)} as varchar) is not distinct from ${text}`

/** Milliseconds since 1970, until the year 5138. */
const epochPattern = '^-?[0-9]{1,14}$'
const dayMs = 86_400_000
/** What is beyond these no calendar of JavaScript knows, so that nobody could be shown it as an instant. */
const [firstInstant, lastInstant] = [new Date(-8.64e15), new Date(8.64e15)]

const isWholeDay = (text: Part) =>
  sql`case when ${like(text, epochPattern)} then ${tryCast(text, 'integer')} % ${value(dayMs)} = 0 else false end`

/**
 * Whether a value, as the text it is taken out of JSON with, surely fits a type and prints back as it was written. It answers
 * yes only where that is sure; what it refuses is looked at again by its kind. Never no for null.
 */
export function surelyFits(text: Part, type: FieldType): Draft {
  switch (type) {
    // Objects and lists begin like this; as ranges, because that is the quickest question.
    case 'text':
      return sql`((${text} < '[' or ${text} >= '\\') and (${text} < '{' or ${text} >= '|'))`
    case 'json':
      return sql`true`
    case 'integer':
      return printsBack(text, 'integer')
    case 'number':
      // Its own words for what is no number the engine prints back, too.
      return sql`(${written(text, 'number')} or (${printsBack(text, 'number')} and coalesce(${isPlainNumber(tryCast(text, 'number'))}, true)))`
    case 'decimal':
      return sql`${written(text, 'decimal')}`
    case 'boolean':
      return sql`lower(${text}) in ('true', 'false')`
    case 'date':
      return sql`(${text} is null or (${written(text, 'date')} and ${tryCast(text, 'date')} is not null) or ${isWholeDay(text)})`
    // A day alone is no instant: whoever wrote it did not mean midnight.
    case 'timestamp':
      return sql`(${text} is null or (length(${text}) >= 16 and coalesce(${tryCast(text, 'timestamp')} between ${value(firstInstant)} and ${value(lastInstant)}, false)) or ${like(text, epochPattern)})`
  }
}

/** The value that a text stands for, where it surely fits. */
export function typed(text: Part, type: FieldType): Part {
  switch (type) {
    case 'text':
    case 'json':
      return text
    case 'date':
    case 'timestamp':
      // The pattern is the dearer question.
      return sql`case when length(${text}) < 16 and ${like(text, epochPattern)} then ${cast(call('from_epoch_ms', tryCast(text, 'integer')), type)} else ${tryCast(text, type)} end`
    default:
      return tryCast(text, type)
  }
}

/** The value that a text stands for when its kind was looked at: whole numbers may be written as 5.0 or 1e3. */
const typedByKind = (text: Part, type: FieldType): Part =>
  type === 'integer'
    ? sql`coalesce(${tryCast(text, 'integer')}, ${tryCast(tryCast(text, 'number'), 'integer')})`
    : typed(text, type)

/** A cell of an event: its text, and what it is where that was looked at. */
export interface Judged {
  readonly text: Part
  /** Null where there is no value. */
  readonly kind: Part
  /** Whether the line was looked at. */
  readonly isJudged: Draft
  /** The types that the value must fit: one, or two for a column that was widened later. */
  readonly fits: Draft
}

/** Whether JSON holds a value at any depth, and not only nulls and empty objects. */
export const holdsValue = (json: Part): Part => call('matches', json, value('":("|\\[|[-0-9tf])'))

/** JSON, unless it is an object without any value. */
export const jsonCell = (text: Part): Draft =>
  sql`case when ${text} < '{' or ${holdsValue(text)} then ${text} end`

const isKind = ({ kind }: Pick<Judged, 'kind'>, ...kinds: readonly Kind[]) =>
  sql`${kind} in (${join(kinds.map((one) => value(one)))})`

/** Whether a text fits, with blanks around it left out; a text of blanks is no value and fits everywhere. */
export const textFits = (text: Part, type: FieldType): Draft =>
  sql`(trim(${text}) = '' or coalesce(${surelyFits(sql`trim(${text})`, type)}, false))`

/** Whether a value of a known kind fits a type. */
export function fits(of: Pick<Judged, 'text' | 'kind'>, type: FieldType): Draft {
  const { text } = of
  switch (type) {
    case 'json':
      return sql`true`
    case 'text':
      return sql`not ${isKind(of, 'object', 'list')}`
    case 'integer':
      return some([isKind(of, 'integer'), sql`(${isKind(of, 'text')} and ${textFits(text, type)})`])
    case 'number':
      return some([
        isKind(of, 'number'),
        sql`(${isKind(of, 'integer')} and ${isExact(text)})`,
        sql`(${isKind(of, 'text')} and ${textFits(text, type)})`,
      ])
    case 'boolean':
      return some([isKind(of, 'boolean'), sql`(${isKind(of, 'text')} and ${textFits(text, type)})`])
    default:
      return sql`(${isKind(of, 'text', 'integer', 'number')} and ${textFits(text, type)})`
  }
}

/** Whether a whole number keeps all its digits as a number. */
const isExact = (text: Part) =>
  sql`coalesce(${tryCast(tryCast(text, 'number'), 'integer')} = ${typedByKind(text, 'integer')}, false)`

/** The cell of a side column: the value when it is one of its kinds and does not fit. */
export const sideCell = (of: Judged, side: SideType): Draft =>
  sql`case when ${isKind(of, ...kindsOf(side))} and not ${of.fits} then ${typedByKind(of.text, side)} end`

/** The cell of a column: the value where it fits. Lines that were not looked at fit. */
export const mainCell = (of: Judged, type: FieldType): Draft =>
  sql`case when not ${of.isJudged} then ${typed(of.text, type)}
    when ${of.kind} is not null and ${of.fits} then ${typedByKind(type === 'text' ? of.text : sql`trim(${of.text})`, type)} end`

/** Why a cell does not fit, for people; nothing when it does. */
export const misfitReason = (
  of: Judged,
  { name, type }: { name: string; type: FieldType },
): Draft =>
  sql`case when ${of.kind} is not null and not ${of.fits}
    then ${value(`${name}: `)} || substr(${of.text}, 1, 200) || ${value(` is not ${typeWords[type]}; `)} else '' end`

/** A column of one letter and a number, for what is looked at side by side. */
export const nth = (letter: string, i: number, of?: string) => column(`_${letter}${i}`, of)
