import {
  anything,
  key,
  list,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
} from '#kernel/read.ts'
import { fieldTypes } from '#kernel/scalar.ts'

/** A connector with its settings. What the settings are is the connector's to say. */
export const connectionSchema = object({
  label: optional(text()),
  connector: key(),
  settings: record(anything()),
})
export type ConnectionDefinition = Read<typeof connectionSchema>

/**
 * What a batch is: all rows there are, rows that replace those of the same key, or rows that only come once. Only of what is
 * received: `merge`, whose members replace those of the row with the same key, while what is absent stays.
 */
export const modes = ['full', 'upsert', 'append', 'merge'] as const

/** What the sender and the house have agreed on. */
export const contractSchema = object({
  schema: optional(
    record(anything(), {
      description:
        'The shape of what comes, as JSON Schema: of a body that is received, of a record by the names that the source has.',
    }),
  ),
  /** Members that the schema does not name: taken, taken and shown, or rejected with the whole. */
  unknown: optional(oneOf(['allow', 'warn', 'reject'])),
  /** A value that does not fit its column: kept beside it and shown, or rejected with the whole. */
  conflict: optional(oneOf(['side', 'reject'])),
})

/** What is taken from a connection, into one lake object. */
export const streamSchema = object({
  label: optional(text()),
  connection: key(),
  /** What to take; the connector says how that is written. */
  source: record(anything()),
  mode: oneOf(modes),
  primary_key: optional(list(key(), { minItems: 1 })),
  category: oneOf(['profile', 'engagement', 'other']),
  space: optional(key()),
  /** When to look by itself, as a cron expression. */
  schedule: optional(text({ minLength: 1 })),
  /** Types that are not to be inferred. */
  fields: optional(record(object({ type: oneOf(fieldTypes) }))),
  contract: optional(contractSchema),
  same_file: optional(
    oneOf(['skip', 'again'], {
      description:
        'Of rows without a key that only come once: the rows of a file that holds just what another one has brought come again (`again`, unless set), or it is left out (`skip`). Either is told.',
    }),
  ),
})
export type StreamDefinition = Read<typeof streamSchema>

/** The data space of a stream. */
export const spaceOf = (stream: StreamDefinition): string => stream.space ?? 'default'
