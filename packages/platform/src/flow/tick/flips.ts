import { call, column, type Draft, join, type Part, sql, value } from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { modelTable, peopleMark } from '#model'
import { type Condition, type Membership, personTable, type Subjects } from '#segments'
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
}
/** Questions to the day of the calendar: their answer changes where a day begins. */
const byCalendar = new Set(
  'today yesterday tomorrow this last next ago from_now anniversary anniversary_within_next_days'.split(
    ' ',
  ),
)

/** Whether an operator asks what time it is. */
const asks = (op: string) => op in byDays || op in byUnits || byCalendar.has(op)

interface Walk {
  readonly subjects: Subjects
  readonly zone: string
  /** The object whose rows are asked; none for people. */
  readonly object?: string
}

/** When who is meant changes with time alone. */
export function clockOf(of: Membership, subjects: Subjects): ClockAnswer {
  const zone = of.time_zone ?? 'UTC'
  const conditions = [of.include, ...(of.exclude ? [of.exclude] : [])]
  try {
    const found = conditions.flatMap((condition) => walk(condition, { subjects, zone }))
    return {
      flips: found.flatMap((one) => ('flip' in one ? [one.flip] : [])),
      zones: [...new Set(found.flatMap((one) => ('zone' in one ? [one.zone] : [])))],
    }
  } catch (thrown) {
    if (thrown instanceof CannotTell) return { why: thrown.message }
    throw thrown
  }
}

class CannotTell extends Error {}

type Found = { readonly flip: Flip } | { readonly zone: string }

/** What conditions may hold whose clock can be told. */
const known = new Set(
  'all any not field op value unit case_sensitive time_zone segment insight related where measure of'.split(
    ' ',
  ),
)

function walk(condition: Condition, at: Walk): readonly Found[] {
  const strange = Object.keys(condition).find((key) => !known.has(key))
  if (strange !== undefined)
    throw new CannotTell(`it asks the clock beside "${strange}", whose next change cannot be told`)
  if ('all' in condition) return condition.all.flatMap((inner) => walk(inner, at))
  if ('any' in condition) return condition.any.flatMap((inner) => walk(inner, at))
  if ('not' in condition) return walk(condition.not, at)
  if ('field' in condition) return asked(condition, condition.field, at)
  if (!('related' in condition)) return []
  const rows = { ...at, object: condition.related }
  const where = condition.where === undefined ? [] : walk(condition.where, rows)
  return condition.of === undefined ? where : [...where, ...asked(condition, condition.of, rows)]
}

interface Asked {
  readonly op?: string | undefined
  readonly value?: unknown
  readonly unit?: string | undefined
  readonly time_zone?: string | undefined
}

function asked(
  { op = '', value: of, unit, time_zone }: Asked,
  field: string,
  { subjects, zone: own, object }: Walk,
): readonly Found[] {
  if (!asks(op)) return []
  const zone = time_zone ?? own
  const fields = object === undefined ? subjects.person : subjects.objects.get(object)
  const type: FieldType | undefined = fields?.[field]
  if (type === 'date' || byCalendar.has(op)) return [{ zone }]
  const span = op in byDays ? dayMs : spanOf(op, unit, zone)
  const signs = byDays[op] ?? byUnits[op] ?? []
  const offsetsMs = [0, ...signs.map((sign) => sign * span * Number(of))]
  return [{ flip: { object: object ?? peopleMark, field, offsetsMs } }]
}

// Only where a unit is always as long.
function spanOf(op: string, unit: string | undefined, zone: string): number {
  if (zone === 'UTC' && unit === 'day') return dayMs
  if (zone === 'UTC' && unit === 'week') return 7 * dayMs
  throw new CannotTell(
    `"${op}" counts ${unit ?? 'unit'}s of the calendar, which are not all as long`,
  )
}

/** The moments at which people may change sides, from a moment on: `profile`, `moment`; of some rows of an object, or of people. */
function momentsOf(flips: readonly Flip[], rows: Part, now: Date): Draft {
  const [first] = flips
  const owner = first?.object === peopleMark ? column('profile') : column('_profile')
  const each = flips.flatMap(({ field, offsetsMs }) =>
    offsetsMs.map(
      (offset) =>
        sql`select ${owner} as profile, ${call('epoch_ms', column(field))} + ${value(offset)} as moment
          from ${rows} where ${column(field)} is not null and ${owner} is not null`,
    ),
  )
  return sql`select profile, min(moment) as moment from (${join(each, sql` union all `)}) moments
    where moment >= ${value(now.getTime())} group by profile`
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

/** Writes down when the people of some rows will next change sides, where that is sooner than is written. */
export const addDue = (object: string, flips: readonly Flip[], rows: Part, now: Date): Draft =>
  sql`insert into ${dueTable} (${column('object')}, profile, moment)
    select ${value(object)}, m.profile, m.moment from (${momentsOf(flips, rows, now)}) m
    left join (select profile, min(moment) as moment from ${dueTable}
      where ${column('object')} = ${value(object)} and moment >= ${value(now.getTime())} group by profile) d on d.profile = m.profile
    where d.moment is null or d.moment > m.moment`

/** All rows of an object, or all people. */
export const wholeOf = (object: string): Part =>
  object === peopleMark ? personTable : modelTable(object)
