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

/** What a batch is: all rows there are, rows that replace those of the same key, or rows that only come once. */
export const modes = ['full', 'upsert', 'append'] as const

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
})
export type StreamDefinition = Read<typeof streamSchema>

/** The data space of a stream. */
export const spaceOf = (stream: StreamDefinition): string => stream.space ?? 'default'
