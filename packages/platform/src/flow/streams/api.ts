import {
  anything,
  flag,
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
  same_files: optional(
    list(
      object({
        name: text(),
        same_as: text({ description: 'What brought the same before.' }),
        records: number(),
        came: flag({ description: 'Whether its records came again, or were left out.' }),
        taken_at: text(),
      }),
      {
        description:
          'Where rows have no key: the last files that hold the same as others that were read before. `same_file: skip` leaves such files out.',
      },
    ),
  ),
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

/** A connector, with the schemas of its settings and sources. */
export const connectorView = object({
  key: key(),
  label: text(),
  about: text(),
  settings: record(anything()),
  source: record(anything()),
  receives: flag({ description: 'Whether it sends by itself, instead of being read.' }),
})
export type ConnectorView = Read<typeof connectorView>

const trying = { connector: key(), settings: record(anything()) }
export const tryBody = object(trying)
export const lookBody = object({ ...trying, source: record(anything()) })

/** What could be taken from a system. */
export const triedConnection = object({
  offers: list(
    object({
      name: text(),
      source: record(anything()),
      rows: optional(number()),
      size_bytes: optional(number()),
      changed_at: optional(text()),
    }),
  ),
  all: whole({ description: 'How many there are; not all may be listed.' }),
})
export type TriedConnection = Read<typeof triedConnection>

/** What the first batch of a source holds. */
export const sourceLook = object({
  batch: text(),
  fields: list(
    object({
      name: text(),
      label: text(),
      type: oneOf(fieldTypes),
      filled: number({ description: 'The share of records that have a value.' }),
      examples: list(text()),
    }),
  ),
})
export type SourceLook = Read<typeof sourceLook>
