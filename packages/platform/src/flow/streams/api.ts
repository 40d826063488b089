import {
  flag,
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  text,
  whole,
} from '#kernel/read.ts'
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

/**
 * A stream with its ledger: received = stored + unchanged + rejected + duplicate + parked + deleted + mended; `waiting` are lines of
 * the log that are not in the lake yet.
 */
export const streamOverview = object({
  key: key(),
  label: text(),
  connection: key(),
  mode: text(),
  category: text(),
  rows: number(),
  ledger: object({
    ...counts,
    duplicate: number(),
    parked: number(),
    deleted: number(),
    mended: number(),
    waiting: number(),
    batches: number(),
  }),
  receives: flag({ description: 'Whether it is sent to, instead of being read.' }),
  fields: list(object({ name: text(), label: text(), type: oneOf(fieldTypes) })),
  last_run: optional(streamRun),
})
export type StreamOverview = Read<typeof streamOverview>

/** A record that could not be taken. */
export const rejectedRecord = object({
  id: text(),
  file: text(),
  record: number(),
  reason: text(),
  raw: text(),
  taken_at: text(),
  event: optional(number({ description: 'The place in the log, where it was an event.' })),
})
export type RejectedRecord = Read<typeof rejectedRecord>

/** Which of the rejected are wanted. */
export const rejectedQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  offset: optional(whole({ minimum: 0 })),
  contains: optional(text({ maxLength: 200, description: 'Only with this text in them.' })),
  reason: optional(text({ maxLength: 500, description: 'Only with this text in the reason.' })),
  from: optional(text({ description: 'Only those since then, as ISO 8601.' })),
  to: optional(text({ description: 'Only those before then, as ISO 8601.' })),
})
export type RejectedQuery = Read<typeof rejectedQuery>

export const streamParams = object({ key: key() })
export const pageQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  offset: optional(whole({ minimum: 0 })),
})
