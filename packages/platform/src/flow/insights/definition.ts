import {
  either,
  exactly,
  key,
  list,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
} from '#kernel/read.ts'

/** How a measure is made of the rows of a group. */
export const howMeasured = ['count', 'count_distinct', 'sum', 'min', 'max', 'avg'] as const
export type HowMeasured = (typeof howMeasured)[number]

/** How coarse the time of a dimension is. */
export const grains = ['hour', 'day', 'week', 'month', 'quarter', 'year'] as const
export type Grain = (typeof grains)[number]

/** A field by its path (`channel`, `product_id.category`) or a formula over such paths. */
const expression = () => text({ minLength: 1, maxLength: 2000 })

const measureSchema = object({
  name: key(),
  how: oneOf(howMeasured),
  /** What is counted or added up; a count without it counts rows. */
  of: optional(expression()),
  /** Only rows for which this holds. */
  where: optional(expression()),
  /** Turns an amount into one currency, at the rate of its day. */
  convert: optional(object({ from: expression(), to: expression(), day: expression() })),
})
export type Measure = Read<typeof measureSchema>

const dimensionSchema = object({
  name: key(),
  of: expression(),
  by: optional(oneOf(grains)),
  /** Where days begin, such as `Europe/Rome`; UTC unless set. */
  zone: optional(text()),
})
export type Dimension = Read<typeof dimensionSchema>

const duration = () =>
  text({
    pattern: '^[1-9]\\d{0,5} (second|minute|hour|day)s?$',
    expected: 'a number of seconds, minutes, hours or days such as 15 minutes',
  })

const windowSchema = object({
  kind: oneOf(['tumbling', 'sliding']),
  size: duration(),
  /** How far apart sliding windows begin. */
  every: optional(duration()),
  /** The event time; that of the object unless set. */
  time: optional(text()),
  /** How long after its end a window still takes rows that come late. */
  lateness: optional(duration()),
})
export type WindowDefinition = Read<typeof windowSchema>

/** Measures by dimensions over one model object or insight, and what its links lead to. */
export const builderSchema = object({
  from: text({ minLength: 1 }),
  measures: list(measureSchema, { minItems: 1 }),
  dimensions: optional(list(either(text({ minLength: 1 }), dimensionSchema))),
  where: optional(expression()),
  window: optional(windowSchema),
})
export type Builder = Read<typeof builderSchema>

/** When an insight is refreshed: whenever what it reads has changed, at intervals, by a calendar, or when asked. */
export const refreshSchema = either(
  oneOf(['live', 'on demand']),
  object({
    every: text({
      pattern: '^[1-9]\\d{0,4} (minute|hour|day)s?$',
      expected: 'a number of minutes, hours or days such as 30 minutes',
    }),
  }),
  object({ cron: text({ minLength: 9 }) }),
)
export type RefreshWish = Read<typeof refreshSchema>

/** How a measure of fewer groups is made of those of more; `not` when it cannot. */
export const rollups = ['sum', 'min', 'max'] as const
export type Rollup = (typeof rollups)[number]

/** An insight: measures by dimensions, computed by SQL over the relations of the catalogue, or built from parts. */
export const insightSchema = object({
  label: text({ minLength: 1 }),
  about: optional(text()),
  sql: optional(text({ minLength: 1 })),
  build: optional(builderSchema),
  /**
   * Whose values these are; people, unless set, when the answer has a column `profile_id`. Built ones may be on a model object, such as
   * `product`, by a single dimension that leads to it.
   */
  on: optional(key()),
  /** With SQL: the columns that together tell one row from every other. */
  dimensions: optional(list(key())),
  /** With SQL: the columns that hold values; all that are not dimensions unless set. */
  measures: optional(list(key(), { minItems: 1 })),
  /** With SQL: how measures may be added up over fewer dimensions. Those not named cannot be. */
  rollup: optional(record(either(oneOf(rollups), exactly('not')))),
  refresh: optional(refreshSchema),
})
export type InsightDefinition = Read<typeof insightSchema>

/** An insight with its key. */
export interface Insight {
  readonly key: string
  readonly body: InsightDefinition
}

/** The column by which a row belongs to a person. */
export const personColumn = 'profile_id'

const secondsIn: Readonly<Record<string, number>> = {
  second: 1,
  minute: 60,
  hour: 3600,
  day: 86_400,
}

/** `15 minutes` in seconds. */
export function secondsOf(words: string): number {
  const [count = '', unit = ''] = words.split(' ')
  return Number(count) * (secondsIn[unit.replace(/s$/, '')] ?? 1)
}
