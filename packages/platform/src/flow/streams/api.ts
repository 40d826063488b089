import { key, list, number, object, oneOf, optional, type Read, text, whole } from '#kernel/read.ts'
import { fieldTypes } from '#kernel/scalar.ts'

const counts = {
  received: number(),
  stored: number(),
  unchanged: number(),
  rejected: number(),
}

/** One look at a source: what came and what became of it. */
export const streamRun = object({
  id: text(),
  stream: key(),
  started_at: text(),
  finished_at: optional(text()),
  state: oneOf(['running', 'done', 'failed', 'interrupted']),
  ...counts,
  removed: number(),
  /** Columns whose inferred type had to be widened to text. */
  note: optional(text()),
  fault: optional(text()),
})
export type StreamRun = Read<typeof streamRun>

/** A stream with its ledger: received = stored + unchanged + rejected. */
export const streamOverview = object({
  key: key(),
  label: text(),
  connection: key(),
  mode: text(),
  category: text(),
  rows: number(),
  ledger: object({ ...counts, batches: number() }),
  fields: list(object({ name: text(), label: text(), type: oneOf(fieldTypes) })),
  last_run: optional(streamRun),
})
export type StreamOverview = Read<typeof streamOverview>

/** A record that could not be taken. */
export const rejectedRecord = object({
  file: text(),
  record: number(),
  reason: text(),
  raw: text(),
  taken_at: text(),
})
export type RejectedRecord = Read<typeof rejectedRecord>

export const streamParams = object({ key: key() })
export const pageQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  offset: optional(whole({ minimum: 0 })),
})
