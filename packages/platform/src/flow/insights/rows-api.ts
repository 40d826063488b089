import { anything, list, object, optional, type Read, record, text, whole } from '#kernel/read.ts'

/** One row of an insight by its dimensions (null for an empty one), and which of its measures is asked about. */
export const behindBody = object({
  dimensions: record(anything()),
  /** Only the rows that count for this measure; each tells the value that it brings. */
  measure: optional(text()),
  /** With SQL: which of the tables that it reads, as `tables` of the answer calls them; the first unless given. */
  table: optional(text()),
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  offset: optional(whole({ minimum: 0 })),
})
export type BehindBody = Read<typeof behindBody>

const cells = record(anything())

/** A row that a group was computed from. */
const behindRow = object({
  /** The 64-bit key of the row, its stream and what the source calls it; of rows of model objects. */
  key: optional(text()),
  stream: optional(text()),
  id: optional(text()),
  /** The fields that the insight reads, by their paths. */
  fields: cells,
  /** What it brings to the measure that was asked about. */
  value: optional(anything()),
  /** How often it was counted, where more than once: it was joined to several rows. */
  times: optional(whole()),
})
export type BehindRow = Read<typeof behindRow>

/** The rows behind one row of an insight, newest first, as they are now; and its measures as they were computed last. */
export const behindAnswer = object({
  from: text(),
  /** With SQL: the table that is shown, and all that were read, with how many of their rows are behind. */
  table: optional(text()),
  tables: optional(list(object({ name: text(), from: text(), rows: whole() }))),
  /** With SQL: relations that only conditions and sub-queries for a value ask, of which it is not told which rows decided. */
  asked: optional(list(text())),
  kept: optional(cells),
  rows: list(behindRow),
  total: whole(),
})
export type BehindAnswer = Read<typeof behindAnswer>
