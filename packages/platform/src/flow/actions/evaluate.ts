import type { FieldType } from '#kernel/scalar.ts'
import type { Condition } from '#segments'
import { type EventCell, type EventValues, scaledOf, unsure } from './cells.ts'

/** A field of an event: where it is found, and the type that the lake gives it. */
export interface EventField {
  readonly path: readonly string[]
  readonly type: FieldType
}

/** The fields of the events of a stream, by the name of their column. */
export type EventFields = Readonly<Record<string, EventField>>

/** Whether a condition holds; undefined where one event alone does not tell, so that the set lane decides. */
export type Answer = boolean | undefined

/** A question to one field. */
type Leaf = Extract<Condition, { field: string }>

const liveOperators: readonly string[] = [
  '=',
  '<>',
  '<',
  '<=',
  '>',
  '>=',
  'in',
  'not in',
  'between',
  'contains',
  'starts_with',
  'ends_with',
  'is_empty',
  'is_filled',
  'before',
  'after',
  'on',
]
const leafMembers = new Set(['field', 'op', 'value', 'case_sensitive'])

/** Why a condition cannot be answered from one event alone; nothing when it can. */
export function whyNotLive(condition: Condition, fields: EventFields): string | undefined {
  if ('all' in condition) return firstWhy(condition.all, fields)
  if ('any' in condition) return firstWhy(condition.any, fields)
  if ('not' in condition) return whyNotLive(condition.not, fields)
  if (!('field' in condition)) return 'it asks for more than fields of the event'
  const { field, op } = condition
  if (!liveOperators.includes(op)) return `"${op}" is not asked of one event`
  const other = Object.keys(condition).find((member) => !leafMembers.has(member))
  if (other !== undefined) return `"${other}" is not asked of one event`
  if (!Object.hasOwn(fields, field)) return `"${field}" has not come yet`
  if (fields[field]?.type === 'json') return `"${field}" is JSON`
  return undefined
}

const firstWhy = (parts: readonly Condition[], fields: EventFields): string | undefined =>
  parts.map((part) => whyNotLive(part, fields)).find((why) => why !== undefined)

/**
 * Answers a condition for one event as its compiled SQL would in the lake. Only for conditions that can be answered live, see
 * `whyNotLive`.
 */
export function evaluate(condition: Condition, fields: EventFields, event: EventValues): Answer {
  const inside = (of: Condition) => evaluate(of, fields, event)
  if ('all' in condition) return allOf(condition.all.map(inside))
  if ('any' in condition) return negated(allOf(condition.any.map((of) => negated(inside(of)))))
  if ('not' in condition) return negated(inside(condition.not))
  if (!('field' in condition)) return undefined
  const field = fields[condition.field]
  if (field === undefined) return undefined
  const cell = event.cell(field.path, field.type)
  return cell === unsure ? undefined : answer(condition, cell, field.type)
}

const negated = (of: Answer): Answer => (of === undefined ? undefined : !of)

function allOf(answers: readonly Answer[]): Answer {
  if (answers.includes(false)) return false
  return answers.includes(undefined) ? undefined : true
}

type Cell = Exclude<EventCell, typeof unsure>

// Questions that say "not" are true where there is no value; all others are false there.
function answer(asked: Leaf, cell: Cell, type: FieldType): Answer {
  const isEmpty = cell === null || cell === ''
  switch (asked.op) {
    case 'is_empty':
      return isEmpty
    case 'is_filled':
      return !isEmpty
    case '<>':
      return isEmpty ? true : negated(answer({ ...asked, op: '=' }, cell, type))
    case 'not in':
      return isEmpty ? true : negated(answer({ ...asked, op: 'in' }, cell, type))
    default:
      if (cell === null) return false
  }
  if (type === 'text') return answerText(asked, String(cell))
  if (type === 'date' || type === 'timestamp') return answerTime(asked, cell, type)
  return answerAmount(asked, cell, type)
}

const listOf = (of: Leaf['value']): readonly unknown[] => (Array.isArray(of) ? of : [])

function answerText(asked: Leaf, cell: string): Answer {
  const isExact = asked.case_sensitive === true
  const given = Array.isArray(asked.value) ? asked.value.map(String) : [String(asked.value)]
  if (!isExact && [cell, ...given].some(foldsOddly)) return undefined
  const fold = (text: string) => (isExact ? text : text.toLowerCase())
  const of = fold(cell)
  const words = given.map(fold)
  const [word = ''] = words
  switch (asked.op) {
    case '=':
      return of === word
    case 'in':
      return words.includes(of)
    case 'contains':
      return of.includes(word)
    case 'starts_with':
      return of.startsWith(word)
    case 'ends_with':
      return of.endsWith(word)
    default:
      return undefined
  }
}

// Beyond Latin, Greek and Cyrillic letters engines and JavaScript do not always agree on what the small letter is.
const foldsOddly = (text: string): boolean => /[\u0130\u0131\u0180-\u{10ffff}]/u.test(text)

function answerAmount(asked: Leaf, cell: Cell, type: FieldType): Answer {
  const order = (written: unknown) => orderOf(cell, written, type)
  const [first, second] = listOf(asked.value)
  if (asked.op === 'in') return listOf(asked.value).some((written) => order(written) === 0)
  if (asked.op === 'between') return order(first) >= 0 && order(second) <= 0
  return holds(asked.op, order(asked.value))
}

function holds(op: string, order: number): Answer {
  switch (op) {
    case '=':
      return order === 0
    case '<':
      return order < 0
    case '<=':
      return order <= 0
    case '>':
      return order > 0
    case '>=':
      return order >= 0
    default:
      return undefined
  }
}

function orderOf(cell: Cell, written: unknown, type: FieldType): number {
  if (type === 'boolean') return Number(cell) - Number(written === true)
  if (type === 'integer') return sign(cell, BigInt(String(written)))
  const amount = Number(written)
  if (type !== 'decimal') return sign(cell, amount)
  const isExact = Math.abs(amount) < 1e11 && /^-?\d+(\.\d{1,4})?$/.test(`${amount}`)
  return isExact ? sign(cell, scaledOf(`${amount}`)) : sign(Number(cell) / 10_000, amount)
}

function sign(a: Cell, b: Cell): number {
  if (a === b) return 0
  return (a ?? 0) < (b ?? 0) ? -1 : 1
}

/** From the first instant of a day up to the first of the next; an instant has no next. */
interface Span {
  readonly from: string | bigint
  readonly next?: bigint
}

const dayUs = 86_400_000_000n

function spanOf(written: unknown, type: FieldType): Span {
  const text = String(written)
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text)
  if (type === 'date') return { from: text.slice(0, 10) }
  const zoned = isDay || /(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`
  const from = BigInt(Date.parse(zoned.replace(' ', 'T'))) * 1000n
  return isDay ? { from, next: from + dayUs } : { from }
}

function answerTime(asked: Leaf, cell: Cell, type: FieldType): Answer {
  const span = (written: unknown) => spanOf(written, type)
  const [first, second] = listOf(asked.value)
  switch (asked.op) {
    case '=':
    case 'on':
      return !isBefore(cell, span(asked.value)) && isUpTo(cell, span(asked.value))
    case '<':
    case 'before':
      return isBefore(cell, span(asked.value))
    case '>=':
      return !isBefore(cell, span(asked.value))
    case '<=':
      return isUpTo(cell, span(asked.value))
    case '>':
    case 'after':
      return !isUpTo(cell, span(asked.value))
    case 'between':
      return !isBefore(cell, span(first)) && isUpTo(cell, span(second))
    default:
      return undefined
  }
}

const isBefore = (cell: Cell, { from }: Span): boolean => sign(cell, from) < 0

const isUpTo = (cell: Cell, { from, next }: Span): boolean =>
  next === undefined ? sign(cell, from) <= 0 : sign(cell, next) < 0
