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
  recursive,
  shape,
  text,
} from '#kernel/read.ts'
import type { FieldType } from '#kernel/scalar.ts'

const texts = ['text', 'json'] as const
const numbers = ['integer', 'decimal', 'number'] as const
const times = ['date', 'timestamp'] as const
const amounts = [...numbers, ...times] as const
const anyType = [...texts, ...amounts, 'boolean'] as const

/** What an operator takes: nothing, one value of the field's type, two, several, or a number of days. */
export type Takes = 'nothing' | 'one' | 'two' | 'several' | 'days'

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
  starts_with: { takes: 'one', for: texts },
  ends_with: { takes: 'one', for: texts },
  is_empty: { takes: 'nothing', for: anyType },
  is_filled: { takes: 'nothing', for: anyType },
  before: { takes: 'one', for: times },
  after: { takes: 'one', for: times },
  on: { takes: 'one', for: times },
  within_last_days: { takes: 'days', for: times },
  not_within_last_days: { takes: 'days', for: times },
  within_next_days: { takes: 'days', for: times },
} as const satisfies Readonly<Record<string, OperatorKind>>

export type Operator = keyof typeof operatorKinds

// The names of the table above, in its order.
const operators = Object.keys(operatorKinds) as [Operator, ...Operator[]]

/** The operators that fit a type. */
export const operatorsFor = (type: FieldType): readonly Operator[] =>
  operators.filter((op) => (operatorKinds[op] as OperatorKind).for.includes(type))

/** How the rows that belong to a person become one value. */
export const measures = ['count', 'sum', 'min', 'max', 'avg'] as const
export type Measure = (typeof measures)[number]

const comparison = {
  op: oneOf(operators),
  value: optional(either(text(), number(), flag(), list(either(text(), number())))),
  /** Text is compared whatever its case unless this is true. */
  case_sensitive: optional(flag()),
}

const group = <const N extends string>(name: N) =>
  [
    object({ all: list(shape(name)) }),
    object({ any: list(shape(name)) }),
    object({ not: shape(name) }),
    object({ field: key(), ...comparison }),
  ] as const

const shapes = {
  /** What is asked of a person. */
  condition: either(
    ...group('condition'),
    object({ insight: text({ pattern: '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$' }), ...comparison }),
    object({ segment: key() }),
    object({
      related: key(),
      where: optional(shape('row_condition')),
      measure: oneOf(measures),
      of: optional(key()),
      ...comparison,
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
export type Related = Extract<Condition, { related: string }>

/** Who is in: those for whom `include` holds and `exclude` does not. */
export const membershipSchema = object({
  include: conditionSchema,
  exclude: optional(conditionSchema),
})
export type Membership = Read<typeof membershipSchema>

/** A segment: who, by a condition. */
export const segmentSchema = object({
  label: text({ minLength: 1 }),
  about: optional(text()),
  on: oneOf(['individual']),
  ...membershipSchema.properties,
})
export type SegmentDefinition = Read<typeof segmentSchema>

/** A segment with its key. */
export interface Segment {
  readonly key: string
  readonly body: SegmentDefinition
}
