import { call, column, type Draft, join, type Part, sql, value } from '#engine'
import { modelTable, peopleMark } from '#model'
import { personTable, type Subjects } from '#segments'
import { passes, type Question } from './questions.ts'
import { dueTable } from './tables.ts'

/** A time of a person or of one of their rows, and how long after it (or before) a condition may change sides. */
export interface Flip {
  /** The object whose rows have the time; people themselves are named as their marks are. */
  readonly object: string
  readonly field: string
  readonly offsetsMs: readonly number[]
}

/** When a segment's members change with time alone: some time after times that rows have, or where a day begins somewhere. */
export interface Clocked {
  readonly flips: readonly Flip[]
  /** Zones at whose midnight everybody may change sides. */
  readonly zones: readonly string[]
}

/** What the clock does to a segment, or why the moment cannot be told. */
export type ClockAnswer = Clocked | { readonly why: string }

const dayMs = 86_400_000

/** Questions whose answer changes a number of days after a time, or before it. */
const byDays: Readonly<Record<string, readonly (-1 | 1)[]>> = {
  within_last_days: [1],
  not_within_last_days: [1],
  within_next_days: [-1],
}
const byUnits: Readonly<Record<string, readonly (-1 | 1)[]>> = {
  within_last: [1],
  not_within_last: [1],
  within_next: [-1],
  more_than_ago: [1],
  more_than_ahead: [-1],
  [passes]: [1],
}
/** Questions to the day of the calendar: their answer changes where a day begins. */
const byCalendar = new Set(
  'today yesterday tomorrow this last next ago from_now anniversary anniversary_within_next_days'.split(
    ' ',
  ),
)

/** Whether an operator asks what time it is. */
const asks = (op: string) => op in byDays || op in byUnits || byCalendar.has(op)

/** When who is meant changes with time alone, by all that is asked. */
export function clockOf(asked: readonly Question[], subjects: Subjects): ClockAnswer {
  const flips: Flip[] = []
  const zones = new Set<string>()
  for (const question of asked) {
    const found = flipOf(question, subjects)
    if (found === undefined) continue
    if ('why' in found) return found
    if ('zone' in found) zones.add(found.zone)
    else flips.push(found.flip)
  }
  return { flips, zones: [...zones] }
}

type Found = { readonly flip: Flip } | { readonly zone: string } | { readonly why: string }

function flipOf(question: Question, subjects: Subjects): Found | undefined {
  const { op, field, zone, object, value: of } = question
  if (!asks(op)) return undefined
  if (field.includes('.'))
    return { why: `it asks "${field}" for the time, which stands in rows of others` }
  const fields = object === undefined ? subjects.person : subjects.objects.get(object)?.fields
  if (fields?.[field] === 'date' || byCalendar.has(op)) return { zone }
  const span = op in byDays ? dayMs : spanOf(question)
  if (span === undefined)
    return { why: `"${op}" counts by the calendar, where not all ${question.unit}s are as long` }
  if (!Number.isFinite(Number(of))) return { why: `"${op}" is given a parameter` }
  const signs = byDays[op] ?? byUnits[op] ?? []
  const offsetsMs = [0, ...signs.map((sign) => sign * span * Number(of))]
  return { flip: { object: object ?? peopleMark, field, offsetsMs } }
}

// Only where a unit is always as long.
function spanOf({ op, unit, zone }: Question): number | undefined {
  if (op === passes) return 1
  if (zone !== 'UTC') return undefined
  return { day: dayMs, week: 7 * dayMs }[unit ?? '']
}

/** The moments at which people may change sides, from a moment on: `profile`, `moment`; of some rows of an object, or of people. */
export function momentsOf(flips: readonly Flip[], rows: Part, now: Date): Draft {
  const [first] = flips
  const owner = first?.object === peopleMark ? column('profile') : column('_profile')
  const fields = [...new Set(flips.map(({ field }) => field))]
  // One reading of the rows for each field, however many segments ask it; of long ago nothing is still to come.
  const each = fields.map((field) => {
    const offsets = new Set(flips.flatMap((flip) => (flip.field === field ? flip.offsetsMs : [])))
    const ascending = [...offsets].toSorted((one, other) => one - other)
    const since = value(new Date(now.getTime() - (ascending.at(-1) ?? 0)))
    // The first that is still to come is the soonest.
    const soonest = ascending.map(
      (offset) => sql`when ms >= ${value(now.getTime() - offset)} then ms + ${value(offset)}`,
    )
    return sql`select profile, case ${join(soonest, sql` `)} end as moment from (
      select ${owner} as profile, ${call('epoch_ms', column(field))} as ms
      from ${rows} where ${column(field)} >= ${since} and ${owner} is not null) times`
  })
  return sql`select profile, min(moment) as moment from (${join(each, sql` union all `)}) moments
    where moment is not null group by profile`
}

/** Flips by the object that they look at, each once. */
export function byObject(flips: readonly Flip[]): ReadonlyMap<string, readonly Flip[]> {
  const all = new Map<string, Map<string, Flip>>()
  for (const flip of flips) {
    const of = all.get(flip.object) ?? new Map<string, Flip>()
    all.set(flip.object, of.set(JSON.stringify(flip), flip))
  }
  return new Map([...all].map(([object, of]) => [object, [...of.values()]]))
}

/** Rows of an object, or people, with what changes sides with their times. */
export interface Timed {
  readonly object: string
  readonly flips: readonly Flip[]
  readonly rows: Part
}

/**
 * When the people of some rows will next change sides, where that is sooner than is written: as rows of what is written. For all objects
 * at once, because what is written is large.
 */
export function soonerDue(timed: readonly Timed[], now: Date): Draft {
  const object = column('object')
  const moments = timed.map(
    ({ object: of, flips, rows }) =>
      sql`select ${value(of)} as ${object}, profile, moment from (${momentsOf(flips, rows, now)}) of_one`,
  )
  return sql`with m as materialized (${join(moments, sql` union all `)})
    select m.${object}, m.profile, m.moment from m
    left join (select ${object}, profile, min(moment) as moment from ${dueTable}
      where moment >= ${value(now.getTime())} and profile in (select profile from m)
      group by ${object}, profile) d on d.${object} = m.${object} and d.profile = m.profile
    where d.moment is null or d.moment > m.moment`
}

/** Writes down such rows. */
export const addDue = (rows: Part): Draft =>
  sql`insert into ${dueTable} (${column('object')}, profile, moment) ${rows}`

/** All rows of an object, or all people. */
export const wholeOf = (object: string): Part =>
  object === peopleMark ? personTable : modelTable(object)
