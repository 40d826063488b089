import { reach, standings } from '#consent/definition'
import {
  either,
  flag,
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  recursive,
  shape,
  text,
  whole,
} from '#kernel/read.ts'
import { type FieldType, fieldTypes } from '#kernel/scalar.ts'

const texts = ['text', 'json'] as const
const numbers = ['integer', 'decimal', 'number'] as const
const times = ['date', 'timestamp'] as const
const amounts = [...numbers, ...times] as const
const anyType = [...texts, ...amounts, 'boolean'] as const

/** Spans of the calendar; a week begins on Monday. */
export const units = ['day', 'week', 'month', 'quarter', 'year'] as const
export type Unit = (typeof units)[number]

/**
 * What an operator takes: nothing, one value of the field's type, two, several, a number of days, a unit of the calendar,
 * a number of such units, or a part of a day's date (or several).
 */
export type Takes =
  | 'nothing'
  | 'one'
  | 'two'
  | 'several'
  | 'days'
  | 'unit'
  | 'span'
  | 'day_of_month'
  | 'month'
  | 'year'

/** What can be asked of a value: what each operator takes, and the types it is for. */
export interface OperatorKind {
  readonly takes: Takes
  readonly for: readonly FieldType[]
}

/** Every operator there is. Those that say "not" are true where there is no value; all others are false there. */
export const operatorKinds = {
  '=': { takes: 'one', for: anyType },
  '<>': { takes: 'one', for: anyType },
  '<': { takes: 'one', for: amounts },
  '<=': { takes: 'one', for: amounts },
  '>': { takes: 'one', for: amounts },
  '>=': { takes: 'one', for: amounts },
  in: { takes: 'several', for: [...texts, ...numbers] },
  'not in': { takes: 'several', for: [...texts, ...numbers] },
  between: { takes: 'two', for: amounts },
  contains: { takes: 'one', for: texts },
  not_contains: { takes: 'one', for: texts },
  starts_with: { takes: 'one', for: texts },
  ends_with: { takes: 'one', for: texts },
  whole_word: { takes: 'one', for: texts },
  not_whole_word: { takes: 'one', for: texts },
  matches: { takes: 'one', for: texts },
  not_matches: { takes: 'one', for: texts },
  has_any: { takes: 'several', for: ['json'] },
  has_all: { takes: 'several', for: ['json'] },
  has_none: { takes: 'several', for: ['json'] },
  is_empty: { takes: 'nothing', for: anyType },
  is_filled: { takes: 'nothing', for: anyType },
  before: { takes: 'one', for: times },
  after: { takes: 'one', for: times },
  on: { takes: 'one', for: times },
  within_last_days: { takes: 'days', for: times },
  not_within_last_days: { takes: 'days', for: times },
  within_next_days: { takes: 'days', for: times },
  today: { takes: 'nothing', for: times },
  yesterday: { takes: 'nothing', for: times },
  tomorrow: { takes: 'nothing', for: times },
  this: { takes: 'unit', for: times },
  last: { takes: 'unit', for: times },
  next: { takes: 'unit', for: times },
  within_last: { takes: 'span', for: times },
  not_within_last: { takes: 'span', for: times },
  within_next: { takes: 'span', for: times },
  more_than_ago: { takes: 'span', for: times },
  more_than_ahead: { takes: 'span', for: times },
  ago: { takes: 'span', for: times },
  from_now: { takes: 'span', for: times },
  anniversary: { takes: 'nothing', for: times },
  anniversary_of: { takes: 'one', for: times },
  anniversary_within_next_days: { takes: 'days', for: times },
  day_of_month: { takes: 'day_of_month', for: times },
  month: { takes: 'month', for: times },
  year: { takes: 'year', for: times },
} as const satisfies Readonly<Record<string, OperatorKind>>

export type Operator = keyof typeof operatorKinds

// The names of the table above, in its order.
const operators = Object.keys(operatorKinds) as [Operator, ...Operator[]]

/** The operators that fit a type. */
export const operatorsFor = (type: FieldType): readonly Operator[] =>
  operators.filter((op) => (operatorKinds[op] as OperatorKind).for.includes(type))

/** How the rows that belong to a person become one value; first and last go by the time of the row. */
const measures = ['count', 'count_distinct', 'sum', 'min', 'max', 'avg', 'first', 'last'] as const
export type Measure = (typeof measures)[number]

const name = '[a-z][a-z0-9_]{0,62}'
/** A field of a row, or of what it leads to over up to five links, such as `product_id.category`. */
const path = () =>
  text({
    pattern: `^${name}(\\.${name}){0,5}$`,
    expected: 'a field, or the way to one, such as product.category',
  })

/** A number of units, such as seven days. */
const span = <const U extends readonly string[]>(of: U) =>
  object({ value: whole({ minimum: 1, maximum: 10_000 }), unit: oneOf(of) })
/** Spans between two rows, where hours matter and months have no length. */
export const gapUnits = ['minute', 'hour', 'day', 'week'] as const

/** Rows of an object: all that belong to a person, or those that `where` lets through and that lie in the last while. */
const rows = {
  related: key(),
  where: optional(shape('row_condition')),
  look_back: optional(span(units)),
}

const comparison = {
  op: oneOf(operators),
  value: optional(either(text(), number(), flag(), list(either(text(), number())))),
  /** What `value` counts, or which span of the calendar is meant. */
  unit: optional(oneOf(units)),
  /** Text is compared whatever its case unless this is true. */
  case_sensitive: optional(flag()),
  /** Where the day begins and ends, such as Europe/Paris; that of the segment unless set. */
  time_zone: optional(text()),
}

const group = <const N extends string>(of: N) =>
  [
    object({ all: list(shape(of)) }),
    object({ any: list(shape(of)) }),
    object({ not: shape(of) }),
    object({ field: path(), ...comparison }),
  ] as const

const insightPath = () =>
  text({
    pattern: '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$',
    expected: 'an insight and its measure, such as lifetime_value.total',
  })

const shapes = {
  /** What is asked of a person. */
  condition: either(
    ...group('condition'),
    object({ insight: insightPath(), ...comparison }),
    /** Who is a member of another segment, or (by definition) who would be if it were published now. */
    object({ segment: key(), use: optional(oneOf(['members', 'definition'])) }),
    /** What is known of their consent to being reached. */
    object({ consent: object({ ...reach, status: oneOf(standings) }) }),
    object({ ...rows, measure: oneOf(measures), of: optional(path()), ...comparison }),
    /** At least one row. */
    object(rows),
    /** Rows one after the other, each within a span of the one before; the last one may be one that does not come. */
    object({
      sequence: list(
        object({ ...rows, within: optional(span(gapUnits)), never: optional(flag()) }),
        { minItems: 2 },
      ),
    }),
  ),
  /** What is asked of one row that belongs to a person. */
  row_condition: either(...group('row_condition')),
}

/** The shape of a condition on a person: plain data that is stored, compared and sent, and compiled later. */
export const conditionSchema = recursive(shapes, 'condition')
export type Condition = Read<typeof conditionSchema>

/** The shape of a condition on one row of a related object. */
const rowConditionSchema = recursive(shapes, 'row_condition')
export type RowCondition = Read<typeof rowConditionSchema>

/** One question to one value. */
export type Comparison = Pick<Extract<RowCondition, { field: string }>, keyof typeof comparison>

/** A measure over the rows of an object that belong to a person. */
export type Related = Extract<Condition, { measure: string }>

/** A question to what is known of somebody's consent. */
export type ConsentCondition = Extract<Condition, { consent: unknown }>

/** Rows one after the other. */
export type Sequence = Extract<Condition, { sequence: unknown }>

/** A value of one user, given when a segment is asked for. */
const given = either(text(), number(), flag(), list(either(text(), number())))
/** Values of parameters, by their names. */
export const givenSchema = record(given)
export type Given = Read<typeof givenSchema>

/** What stands for `$name` where nothing is given, and what may be given. */
const parameter = object({
  type: oneOf(fieldTypes),
  /** Whether it stands for several values. */
  list: optional(flag()),
  label: optional(text()),
  default: optional(given),
})
export type Parameter = Read<typeof parameter>

/** Only the first ones, of everybody or in each group, in the order of a value; equals go by the id of their profile. */
const rank = object({
  first: whole({ minimum: 1 }),
  /** The first of each group of equal values. */
  per: optional(path()),
  by: either(
    object({ field: path() }),
    object({ insight: insightPath() }),
    object({
      related: key(),
      where: optional(rowConditionSchema),
      look_back: optional(span(units)),
      measure: oneOf(measures),
      of: optional(path()),
    }),
  ),
  order: optional(oneOf(['highest', 'lowest'])),
})
export type Rank = Read<typeof rank>

/** Who is in: those for whom `include` holds and `exclude` does not. */
export const membershipSchema = object({
  include: conditionSchema,
  exclude: optional(conditionSchema),
  /** Where days begin and end, such as Europe/Paris; UTC unless set. */
  time_zone: optional(text()),
  /** What `$name` may stand for as a value. */
  parameters: optional(record(parameter)),
  rank: optional(rank),
})
export type Membership = Read<typeof membershipSchema>

const common = { label: text({ minLength: 1 }), about: optional(text()), on: key() }

/** A segment: who, by a condition; by a query with the one column `profile_id`; or everybody in the first segment that fits. */
export const segmentSchema = either(
  object({ ...common, ...membershipSchema.properties }),
  object({ ...common, sql: text({ minLength: 1 }) }),
  object({ ...common, waterfall: list(key(), { minItems: 2 }) }),
)
export type SegmentDefinition = Read<typeof segmentSchema>

/** The conditions of a segment that has some. */
export const membershipOf = (
  body: SegmentDefinition,
): Extract<SegmentDefinition, Membership> | undefined => ('include' in body ? body : undefined)

/** A segment with its key. */
export interface Segment {
  readonly key: string
  readonly body: SegmentDefinition
}
