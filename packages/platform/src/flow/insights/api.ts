import {
  anything,
  either,
  flag,
  idText,
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
  whole,
} from '#kernel/read.ts'
import { fieldTypes } from '#kernel/scalar.ts'
import { grains, insightSchema, rollups } from './definition.ts'

export type { BehindAnswer, BehindBody, BehindRow } from './rows-api.ts'

export const insightParams = object({ key: text() })
export const templateParams = object({ template: text() })
export const profileParams = object({ profile: idText() })
export const rowsQuery = object({ limit: optional(whole({ minimum: 1, maximum: 1000 })) })

const limit = optional(whole({ minimum: 1, maximum: 10_000 }))

/** SQL, or a whole definition that is not kept. */
export const previewBody = object({
  sql: optional(text({ minLength: 1 })),
  definition: optional(insightSchema),
  limit,
})
export type PreviewBody = Read<typeof previewBody>

/** A version of an insight to be compared; what is defined unless given. */
export const comparisonBody = object({ definition: optional(insightSchema) })

/** A question to an insight: fewer dimensions, coarser times. */
export const rollupQuestion = object({
  dimensions: optional(list(either(text(), object({ name: text(), by: oneOf(grains) })))),
  measures: optional(list(text(), { minItems: 1 })),
  /** An expression over dimensions and measures, before rows are put together. */
  where: optional(text({ minLength: 1, maxLength: 2000 })),
  order: optional(list(object({ by: text(), descending: optional(flag()) }))),
  limit,
})
export type RollupQuestion = Read<typeof rollupQuestion>

/** A measure over all rows of an insight; amounts only once it has been computed. */
export const measureOverview = object({
  name: text(),
  type: optional(oneOf(fieldTypes)),
  /** How it can be put together from smaller groups; absent when it cannot. */
  rollup: optional(oneOf(rollups)),
  min: optional(number()),
  max: optional(number()),
  average: optional(number()),
})
export type MeasureOverview = Read<typeof measureOverview>

/** What the last refresh did. */
const lastRun = object({
  at: text(),
  tookMs: whole(),
  how: optional(oneOf(['full', 'changes'])),
  why: optional(text()),
  groups: optional(whole()),
  tooLate: optional(whole()),
  missingRates: optional(whole()),
})

/** An insight at a glance; rows and position once it has been computed. */
export const insightOverview = object({
  key: text(),
  label: text(),
  about: optional(text()),
  on: optional(text()),
  dimensions: list(text()),
  measures: list(measureOverview),
  rows: optional(whole()),
  position: optional(whole()),
  lastRun: optional(lastRun),
  /** Why the rows are older than they should be, and since when they stand. */
  stale: optional(object({ code: text(), why: text(), goodAt: optional(text()) })),
  /** Why it is not refreshed although what it reads has moved, and until when. */
  waits: optional(object({ why: text(), until: optional(text()) })),
  /** Everything that had come by then is in the rows. */
  as_of: optional(text()),
  /** How far the rows are behind what has come; 0 when nothing waits. */
  staleness_ms: optional(whole()),
  nextAt: optional(text({ description: 'When its schedule comes round next.' })),
})
export type InsightOverview = Read<typeof insightOverview>

export const row = record(anything())

/** What one insight says about one person: one row, or one per further dimension. */
export const insightValues = object({ insight: text(), label: text(), rows: list(row) })
export interface InsightValues {
  readonly insight: string
  readonly label: string
  readonly rows: readonly Row[]
}

/** Columns in order, what each is for a chart, and the first rows. */
export const preview = object({
  columns: list(
    object({
      name: text(),
      type: oneOf(fieldTypes),
      is: optional(oneOf(['dimension', 'time', 'measure'])),
    }),
  ),
  rows: list(row),
  problems: optional(
    list(object({ code: text(), at: text(), say: text() }), {
      description:
        'Of a definition that is tried: why publishing it would fail, though these rows can be computed.',
    }),
  ),
})
export type Preview = Read<typeof preview>

/** What a refresh did. */
export const refreshed = object({
  position: whole(),
  rows: whole(),
  changed: flag(),
  run: lastRun,
})

const size = object({ rows: whole(), sums: record(number()) })

/** A version of an insight beside the one that is kept. */
export const comparison = object({
  before: optional(size),
  after: size,
  measures: list(object({ name: text(), before: optional(number()), after: optional(number()) })),
  added: optional(whole()),
  gone: optional(whole()),
  different: optional(whole()),
  biggest: list(
    object({
      of: row,
      measure: text(),
      before: optional(number()),
      after: optional(number()),
    }),
  ),
  note: optional(text()),
})
export type Comparison = Read<typeof comparison>

/** The SQL of an insight, and what it may be shown as. */
export const insightSql = object({ sql: text(), written: oneOf(['by hand', 'by parts']) })

/** Of each column, the fields it is made of. */
export const lineageAnswer = object({
  columns: list(
    object({
      name: text(),
      is: oneOf(['dimension', 'measure']),
      from: list(object({ relation: text(), column: text() })),
    }),
  ),
  /** All that is read, also for joins and conditions. */
  reads: list(object({ relation: text(), columns: either(list(text()), oneOf(['all'])) })),
})
export type LineageAnswer = Read<typeof lineageAnswer>

/** A ready-made insight, and what the model lacks for it. */
export const templateOverview = object({
  key: text(),
  label: text(),
  about: text(),
  /** What is missing; it can be made when there is nothing. */
  lacks: list(text()),
  definition: optional(anything()),
  /** Whether an insight of this key is defined. */
  isDefined: flag(),
})
export type TemplateOverview = Read<typeof templateOverview>

/** Under which key a ready-made insight is to be defined; its own unless given. */
export const templateBody = object({ key: optional(key()) })
export const templateMade = object({ key: text() })

type Row = Readonly<Record<string, unknown>>
