import { key, list, object, oneOf, optional, type Read, text } from '#kernel/read.ts'

/** An insight: measures by dimensions, computed by SQL over the relations of the catalogue. */
export const insightSchema = object({
  label: text({ minLength: 1 }),
  about: optional(text()),
  sql: text({ minLength: 1 }),
  /** Whose values these are; people, unless set, when the answer has a column `profile_id`. */
  on: optional(oneOf(['individual'])),
  /** The columns that together tell one row from every other. */
  dimensions: list(key()),
  /** The columns that hold values; all that are not dimensions unless set. */
  measures: optional(list(key(), { minItems: 1 })),
})
export type InsightDefinition = Read<typeof insightSchema>

/** An insight with its key. */
export interface Insight {
  readonly key: string
  readonly body: InsightDefinition
}

/** The column by which a row belongs to a person. */
export const personColumn = 'profile_id'
