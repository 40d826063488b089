import { call, type Draft, join, type Part, sql, value } from '#engine'
import {
  dayOfWall,
  instantAt,
  monthAndDay,
  shifted,
  standsForLeapDay,
  startOfUnit,
  type WallMs,
  wallOf,
} from './calendar.ts'
import type { Comparison, Operator, Unit } from './definition.ts'
import { daysFrom, instantOf, isDay, startOf } from './values.ts'

/** A day or an instant, and what is asked of it. */
export interface TimeQuestion {
  readonly of: Part
  readonly type: 'date' | 'timestamp'
  readonly asked: Comparison
  readonly now: Date
  readonly zone: string
}

/** From the first instant (or day) to the one that no longer belongs to it; an instant has no end. */
interface Span {
  readonly from: Part
  readonly next?: Part
}

/** A checked question to a time as SQL; null where there is no value, except for those that say "not". */
export function compareTime(question: TimeQuestion): Part {
  const answer = answers[question.asked.op]
  if (!answer) throw new Error(`an operator was not checked: ${question.asked.op}`)
  return answer(question)
}

const trueWhereEmpty = (condition: Part): Draft => sql`coalesce(${condition}, true)`
const negated = (condition: Part): Draft => trueWhereEmpty(sql`not (${condition})`)

type Answer = (question: TimeQuestion) => Part

const isOn: Answer = (q) => isIn(q.of, spanOf(q.asked.value, q))
const isBefore: Answer = (q) => sql`${q.of} < ${spanOf(q.asked.value, q).from}`
const isLater: Answer = (q) => isAfter(q.of, spanOf(q.asked.value, q))
const inUnit =
  (n: number): Answer =>
  (q) =>
    isIn(q.of, unitSpan(n, unitOf(q.asked), q))
const onDay =
  (sign: -1 | 0 | 1, by?: { readonly n: number; readonly unit: Unit }): Answer =>
  (q) => {
    const { n, unit } = by ?? { n: Number(q.asked.value), unit: unitOf(q.asked) }
    return isIn(q.of, daySpan(dayOfWall(shifted(wallOf(q.now, q.zone), sign * n, unit)), q))
  }
const part =
  (name: Draft): Answer =>
  (q) =>
    sql`extract(${name} from ${dayIn(q)}) in (${join([q.asked.value].flat().map((n) => value(Number(n))))})`

const answers: Readonly<Partial<Record<Operator, Answer>>> = {
  '=': isOn,
  on: isOn,
  '<>': (q) => negated(isOn(q)),
  '<': isBefore,
  before: isBefore,
  '>=': (q) => sql`${q.of} >= ${spanOf(q.asked.value, q).from}`,
  '<=': (q) => isUpTo(q.of, spanOf(q.asked.value, q)),
  '>': isLater,
  after: isLater,
  between: (q) => {
    const [first, second] = Array.isArray(q.asked.value) ? q.asked.value : []
    return sql`(${q.of} >= ${spanOf(first, q).from} and ${isUpTo(q.of, spanOf(second, q))})`
  },
  within_last_days: (q) => isWithinDays(q, -Number(q.asked.value)),
  not_within_last_days: (q) => negated(isWithinDays(q, -Number(q.asked.value))),
  within_next_days: (q) => isWithinDays(q, Number(q.asked.value)),
  today: onDay(0, { n: 0, unit: 'day' }),
  yesterday: onDay(-1, { n: 1, unit: 'day' }),
  tomorrow: onDay(1, { n: 1, unit: 'day' }),
  this: inUnit(0),
  last: inUnit(-1),
  next: inUnit(1),
  within_last: (q) => isWithinUnits(q, -1),
  not_within_last: (q) => negated(isWithinUnits(q, -1)),
  within_next: (q) => isWithinUnits(q, 1),
  more_than_ago: (q) => sql`${q.of} < ${unitsFromNow(q, -1)}`,
  more_than_ahead: (q) => sql`${q.of} > ${unitsFromNow(q, 1)}`,
  ago: onDay(-1),
  from_now: onDay(1),
  anniversary: (q) => hasAnniversary(q, todayOf(q), 0),
  anniversary_of: (q) => hasAnniversary(q, wallDayOf(q.asked.value, q), 0),
  anniversary_within_next_days: (q) => hasAnniversary(q, todayOf(q), Number(q.asked.value)),
  day_of_month: part(sql`day`),
  month: part(sql`month`),
  year: part(sql`year`),
  is_empty: ({ of }) => sql`${of} is null`,
  is_filled: ({ of }) => sql`${of} is not null`,
}

type Where = Pick<TimeQuestion, 'type' | 'zone'>

const unitOf = ({ op, unit }: Comparison): Unit => {
  if (unit === undefined) throw new Error(`the unit of "${op}" was not checked`)
  return unit
}

const todayOf = ({ now, zone }: TimeQuestion): WallMs => dayOfWall(wallOf(now, zone))

/** What a clock in the zone shows at this instant, or this day, as a value of the question's type. */
const timeAt = (wall: WallMs, { type, zone }: Where): Part =>
  type === 'date' ? value(new Date(wall), 'date') : value(instantAt(wall, zone))

const daySpan = (day: WallMs, where: Where): Span =>
  where.type === 'date'
    ? { from: timeAt(day, where) }
    : { from: timeAt(day, where), next: timeAt(shifted(day, 1, 'day'), where) }

function unitSpan(n: number, unit: Unit, question: TimeQuestion): Span {
  const from = shifted(startOfUnit(wallOf(question.now, question.zone), unit), n, unit)
  return { from: timeAt(from, question), next: timeAt(shifted(from, 1, unit), question) }
}

function spanOf(written: unknown, where: Where): Span {
  if (isDay(written)) return daySpan(startOf(written).getTime(), where)
  const at = instantOf(written, where.zone)
  if (at === undefined) throw new Error(`a time was not checked: ${String(written)}`)
  return { from: value(at) }
}

function wallDayOf(written: unknown, { zone }: Where): WallMs {
  if (isDay(written)) return startOf(written).getTime()
  const at = instantOf(written, zone)
  if (at === undefined) throw new Error(`a time was not checked: ${String(written)}`)
  return dayOfWall(wallOf(at, zone))
}

const isIn = (of: Part, { from, next }: Span): Draft =>
  next === undefined ? sql`${of} = ${from}` : sql`(${of} >= ${from} and ${of} < ${next})`

const isUpTo = (of: Part, { from, next }: Span): Draft =>
  next === undefined ? sql`${of} <= ${from}` : sql`${of} < ${next}`

const isAfter = (of: Part, { from, next }: Span): Draft =>
  next === undefined ? sql`${of} > ${from}` : sql`${of} >= ${next}`

const between = (of: Part, ends: readonly [Part, Part], sign: number): Draft =>
  sql`${of} between ${join(sign < 0 ? ends : ends.toReversed(), sql` and `)}`

// Days are counted by the calendar (today is day 0), instants in spans of 24 hours up to now.
function isWithinDays(question: TimeQuestion, days: number): Draft {
  const { of, type, now } = question
  const today = todayOf(question)
  const end = type === 'date' ? timeAt(shifted(today, days, 'day'), question) : daysFrom(now, days)
  const ends = [end instanceof Date ? value(end) : end, nowOf(question)] as const
  return between(of, ends, days === 0 ? -1 : days)
}

const nowOf = (question: TimeQuestion): Part =>
  question.type === 'date' ? timeAt(todayOf(question), question) : value(question.now)

// The same time of day by the clock on the wall, as many units of the calendar away.
const unitsFromNow = (question: TimeQuestion, sign: -1 | 1): Part => {
  const { asked, now, zone } = question
  return timeAt(shifted(wallOf(now, zone), sign * Number(asked.value), unitOf(asked)), question)
}

const isWithinUnits = (question: TimeQuestion, sign: -1 | 1): Draft =>
  between(question.of, [unitsFromNow(question, sign), nowOf(question)], sign)

/** The day of the calendar that the value has where the question is asked. */
function dayIn({ of, type, zone }: TimeQuestion): Part {
  if (type === 'date') return of
  return call('day_of', zone === 'UTC' ? of : call('local_time', of, value(zone)))
}

// Whatever the year; a 29 February is celebrated on the 28th of years without one.
function hasAnniversary(question: TimeQuestion, first: WallMs, days: number): Draft {
  const day = dayIn(question)
  if (days >= 365) return sql`${day} is not null`
  const last = shifted(first, days, 'day')
  const of = sql`(extract(month from ${day}) * 100 + extract(day from ${day}))`
  const [from, to] = [monthAndDay(first), monthAndDay(last)]
  const isInside =
    from <= to
      ? sql`${of} between ${value(from)} and ${value(to)}`
      : sql`(${of} >= ${value(from)} or ${of} <= ${value(to)})`
  return standsForLeapDay(last) ? sql`(${isInside} or ${of} = 229)` : isInside
}
