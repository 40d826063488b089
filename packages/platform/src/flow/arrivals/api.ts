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
} from '#kernel/read.ts'

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
  waiting: number({ description: 'Lines that are in the log and not in the lake yet.' }),
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
