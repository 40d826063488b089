import {
  anything,
  either,
  exactly,
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

/** What became of what arrived; `received` is the sum of the others. */
const fates = {
  received: number(),
  stored: number(),
  unchanged: number(),
  duplicate: number(),
  rejected: number(),
  parked: number(),
  deleted: number(),
  mended: number({ description: 'Rejected once, and taken after it was mended.' }),
  waiting: number({ description: 'In the log and not in the lake yet.' }),
}

export const streamParams = object({ key: key() })

/** Which hours are asked for; the last 48 unless said otherwise. */
export const hoursQuery = object({
  from: optional(text({ description: 'ISO 8601.' })),
  to: optional(text({ description: 'ISO 8601.' })),
})

/** What became of what arrived, hour by hour. */
export const streamHours = object({
  stream: text(),
  from: text(),
  to: text(),
  waiting: number({
    description: 'Lines that are in the log and not in the lake yet, whenever they came.',
  }),
  totals: object(fates),
  balanced: flag({ description: 'In every hour, what was received is the sum of its fates.' }),
  hours: list(object({ hour: text(), ...fates })),
})
export type StreamHours = Read<typeof streamHours>

/** An hour in which a stream brought far more or far less than it does at that time of day. */
export const alert = object({
  stream: text(),
  label: text(),
  hour: text(),
  received: number(),
  expected: number({ description: 'The median of the same hour of the four weeks before.' }),
  low: number(),
  high: number(),
  kind: oneOf(['low', 'high']),
  say: text(),
})
export type Alert = Read<typeof alert>

/** What is to be tried again: these records, mended or as they were, or all of which text or reason holds something. */
export const retryBody = either(
  object({
    items: list(
      object({
        id: text({ minLength: 1 }),
        body: optional(
          anything({
            description: 'What it should be instead: an object, or the text of the record.',
          }),
        ),
      }),
      { minItems: 1 },
    ),
  }),
  object({
    all: exactly(true),
    contains: optional(text({ minLength: 1 })),
    reason: optional(text({ minLength: 1, description: 'Only those whose reason holds this.' })),
  }),
)

/** What became of a record that was tried again. */
export const retryResult = object({
  id: text(),
  status: oneOf(['stored', 'unchanged', 'duplicate', 'rejected', 'unknown']),
  reason: optional(text()),
  event: optional(number({ description: 'The place in the log of the event that was sent.' })),
  now: optional(text({ description: 'The rejected record that stands for it now.' })),
})
export type RetryResult = Read<typeof retryResult>

export const retryAnswer = object({
  results: list(retryResult),
  left: number({ description: 'How many rejected records the stream has now.' }),
})
export type RetryAnswer = Read<typeof retryAnswer>

/** A field that differs, with some values as they were and as they would be. */
export const fieldDifference = object({
  field: text(),
  changed: number(),
  examples: list(
    object({
      event: number({ description: 'Its place in the log.' }),
      was: optional(text({ description: 'Left out when there was no value.' })),
      is: optional(text()),
    }),
  ),
})
export type FieldDifference = Read<typeof fieldDifference>

const difference = {
  same: number(),
  changed: number(),
  added: number({ description: 'Only after the replay.' }),
  missing: number({ description: 'Only before the replay.' }),
  fields: list(fieldDifference),
}

/** How rows of the lake would differ. */
export const lakeDifference = object({
  ...difference,
  rejected: number({ description: 'Events that would be rejected.' }),
})
export type LakeDifference = Read<typeof lakeDifference>

/** How rows of one model object would differ. */
export const modelDifference = object({ object: text(), label: text(), ...difference })
export type ModelDifference = Read<typeof modelDifference>

/** Which events are to be run again: a stretch of the log by times or by positions, or those that were rejected. */
export const newReplay = object({
  stream: key(),
  from: optional(
    text({
      description: 'ISO 8601; from the oldest event that the log keeps unless said otherwise.',
    }),
  ),
  to: optional(text({ description: 'ISO 8601; up to the newest event unless said otherwise.' })),
  positions: optional(object({ from: whole({ minimum: 1 }), to: whole({ minimum: 1 }) })),
  rejected: optional(flag({ description: 'Only events that were rejected.' })),
})
export type NewReplay = Read<typeof newReplay>

export const replayStarted = object({ id: text(), job: text() })
export const replayParams = object({ id: text() })

/** Events run again, through the shapes and mappings of today, into a shadow beside what is there. */
export const replay = object({
  id: text(),
  stream: text(),
  state: oneOf(['comparing', 'ready', 'swapped', 'discarded', 'failed']),
  window: object({
    from: number(),
    to: number({ description: 'Places in the log, both ends included.' }),
    rejected: flag(),
  }),
  made_at: text(),
  made_by: text(),
  ended_at: optional(text()),
  job: optional(text()),
  lake: optional(lakeDifference),
  model: optional(list(modelDifference)),
  fault: optional(text()),
})
export type Replay = Read<typeof replay>

/** A field with values that do not fit its column and stand beside it. */
export const fieldConflict = object({
  field: text(),
  label: text(),
  type: oneOf(fieldTypes),
  found: list(
    object({
      type: text({ description: 'What the values are.' }),
      count: number(),
      first_at: text(),
      last_at: text(),
      examples: list(text()),
    }),
  ),
})
export type FieldConflict = Read<typeof fieldConflict>

export const conflictParams = object({ key: key(), field: text({ minLength: 1 }) })
export const castBody = object({
  type: oneOf(['text', 'integer', 'decimal', 'number', 'boolean', 'date', 'timestamp']),
})

/** What a decision has changed. */
export const conflictAnswer = object({
  changed: number({ description: 'Values that found their place, or rows that were taken out.' }),
  left: number({ description: 'Values that still do not fit.' }),
  say: text(),
})
export type ConflictAnswer = Read<typeof conflictAnswer>

/** One step of an event's way. */
export const wayStep = object({
  step: oneOf(['received', 'checked', 'stored', 'mapped', 'profile']),
  state: oneOf(['done', 'waiting', 'stopped', 'none']),
  at: optional(text()),
  say: text(),
  details: optional(anything()),
})
export type WayStep = Read<typeof wayStep>

/** An event's whole way. */
export const eventWay = object({
  position: number(),
  stream: text(),
  kind: text(),
  received_at: text(),
  body: anything(),
  steps: list(wayStep),
})
export type EventWay = Read<typeof eventWay>

export const positionParams = object({ position: whole({ minimum: 1 }) })
