import { call, type Draft, join, type Part, sql, value } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import type { Comparison } from './definition.ts'
import { dayOf, daysFrom, instantOf, isDay, startOf } from './values.ts'

/** A value of a row, its type, and what is asked of it. */
export interface Question {
  readonly of: Part
  readonly type: FieldType
  readonly asked: Comparison
  readonly now: Date
}

/**
 * A checked question as SQL. Where there is no value the answer may be null: whoever negates it must take null as
 * false first. Questions that say "not" are true there.
 */
export function compare(question: Question): Part {
  switch (question.type) {
    case 'text':
    case 'json':
      return compareText(question)
    case 'date':
    case 'timestamp':
      return compareTime(question)
    default:
      return compareAmount(question)
  }
}

const trueWhereEmpty = (condition: Part): Draft => sql`coalesce(${condition}, true)`

const listOf = (of: Comparison['value']) => (Array.isArray(of) ? of : [])

function compareText({ of, asked }: Question): Part {
  const isExact = asked.case_sensitive === true
  const fold = (part: Part): Part => (isExact ? part : sql`lower(${part})`)
  const words = listOf(asked.value).map((word) => fold(value(String(word))))
  const word = fold(value(String(asked.value)))
  switch (asked.op) {
    case '=':
      return sql`${fold(of)} = ${word}`
    case '<>':
      return trueWhereEmpty(sql`${fold(of)} <> ${word}`)
    case 'in':
      return sql`${fold(of)} in (${join(words)})`
    case 'not in':
      return trueWhereEmpty(sql`${fold(of)} not in (${join(words)})`)
    case 'contains':
    case 'starts_with':
    case 'ends_with':
      return call(asked.op, fold(of), word)
    case 'is_empty':
      return sql`coalesce(${of}, '') = ''`
    case 'is_filled':
      return sql`${of} <> ''`
    default:
      throw unchecked(asked)
  }
}

function compareAmount({ of, type, asked }: Question): Part {
  const amount = (written: unknown) => amountOf(written, type)
  const [first, second] = listOf(asked.value)
  switch (asked.op) {
    case '=':
      return sql`${of} = ${amount(asked.value)}`
    case '<>':
      return trueWhereEmpty(sql`${of} <> ${amount(asked.value)}`)
    case '<':
      return sql`${of} < ${amount(asked.value)}`
    case '<=':
      return sql`${of} <= ${amount(asked.value)}`
    case '>':
      return sql`${of} > ${amount(asked.value)}`
    case '>=':
      return sql`${of} >= ${amount(asked.value)}`
    case 'between':
      return sql`${of} between ${amount(first)} and ${amount(second)}`
    case 'in':
      return sql`${of} in (${join(listOf(asked.value).map(amount))})`
    case 'not in':
      return trueWhereEmpty(sql`${of} not in (${join(listOf(asked.value).map(amount))})`)
    case 'is_empty':
      return sql`${of} is null`
    case 'is_filled':
      return sql`${of} is not null`
    default:
      throw unchecked(asked)
  }
}

// A decimal keeps 4 digits after the point; a value that needs more is compared as a double, never rounded to fit.
function amountOf(written: unknown, type: FieldType): Part {
  if (type === 'boolean') return value(written === true)
  if (type === 'integer') return value(BigInt(String(written)))
  const amount = Number(written)
  const isExact =
    type === 'decimal' && Math.abs(amount) < 1e11 && /^-?\d+(\.\d{1,4})?$/.test(`${amount}`)
  return isExact ? value(`${amount}`, 'decimal') : value(amount, 'number')
}

/** From the first instant of a day to the first of the next; an instant has no end. */
interface Span {
  readonly from: Part
  readonly next?: Part
}

function compareTime({ of, type, asked, now }: Question): Part {
  const span = (written: unknown) => spanOf(written, type)
  const [first, second] = listOf(asked.value)
  switch (asked.op) {
    case '=':
    case 'on':
      return isIn(of, span(asked.value))
    case '<>':
      return trueWhereEmpty(sql`not (${isIn(of, span(asked.value))})`)
    case '<':
    case 'before':
      return sql`${of} < ${span(asked.value).from}`
    case '>=':
      return sql`${of} >= ${span(asked.value).from}`
    case '<=':
      return isUpTo(of, span(asked.value))
    case '>':
    case 'after':
      return isAfter(of, span(asked.value))
    case 'between':
      return sql`${of} >= ${span(first).from} and ${isUpTo(of, span(second))}`
    case 'within_last_days':
      return isWithin({ of, type, now }, -Number(asked.value))
    case 'not_within_last_days':
      return trueWhereEmpty(sql`not (${isWithin({ of, type, now }, -Number(asked.value))})`)
    case 'within_next_days':
      return isWithin({ of, type, now }, Number(asked.value))
    case 'is_empty':
      return sql`${of} is null`
    case 'is_filled':
      return sql`${of} is not null`
    default:
      throw unchecked(asked)
  }
}

function spanOf(written: unknown, type: FieldType): Span {
  if (isDay(written)) {
    if (type === 'date') return { from: value(written, 'date') }
    const start = startOf(written)
    return { from: value(start), next: value(daysFrom(start, 1)) }
  }
  const at = instantOf(written)
  if (at === undefined) throw new Error(`a time was not checked: ${String(written)}`)
  return { from: value(at) }
}

const isIn = (of: Part, { from, next }: Span): Draft =>
  next === undefined ? sql`${of} = ${from}` : sql`${of} >= ${from} and ${of} < ${next}`

const isUpTo = (of: Part, { from, next }: Span): Draft =>
  next === undefined ? sql`${of} <= ${from}` : sql`${of} < ${next}`

const isAfter = (of: Part, { from, next }: Span): Draft =>
  next === undefined ? sql`${of} > ${from}` : sql`${of} >= ${next}`

// Days are counted by the calendar (today is day 0), instants in spans of 24 hours up to now.
function isWithin({ of, type, now }: Pick<Question, 'of' | 'type' | 'now'>, days: number): Draft {
  const ends = [now, daysFrom(now, days)].toSorted((a, b) => a.getTime() - b.getTime())
  const parts = ends.map((end) => (type === 'date' ? value(dayOf(end), 'date') : value(end)))
  return sql`${of} between ${join(parts, sql` and `)}`
}

const unchecked = ({ op }: Comparison) => new Error(`an operator was not checked: ${op}`)
