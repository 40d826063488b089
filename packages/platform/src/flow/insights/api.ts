import {
  anything,
  flag,
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

export const insightParams = object({ key: text() })
export const profileParams = object({ profile: text({ pattern: '^\\d{1,19}$' }) })
export const rowsQuery = object({ limit: optional(whole({ minimum: 1, maximum: 1000 })) })
export const previewBody = object({ sql: text({ minLength: 1 }) })

/** A measure over all rows of an insight; amounts only once it has been computed. */
export const measureOverview = object({
  name: text(),
  type: optional(oneOf(fieldTypes)),
  min: optional(number()),
  max: optional(number()),
  average: optional(number()),
})
export type MeasureOverview = Read<typeof measureOverview>

/** An insight at a glance; rows and position once it has been computed. */
export const insightOverview = object({
  key: text(),
  label: text(),
  about: optional(text()),
  on: optional(oneOf(['individual'])),
  dimensions: list(text()),
  measures: list(measureOverview),
  rows: optional(whole()),
  position: optional(whole()),
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

/** What SQL would give: columns in order, and the first rows. */
export const preview = object({
  columns: list(object({ name: text(), type: oneOf(fieldTypes) })),
  rows: list(row),
})

/** What a refresh did. */
export const refreshed = object({ position: whole(), rows: whole(), changed: flag() })

type Row = Readonly<Record<string, unknown>>
