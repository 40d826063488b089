import { flag, list, object, oneOf, optional, type Read, record, text } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'

const field = object({
  type: oneOf(['text', 'number', 'boolean', 'date', 'timestamp']),
  label: optional(text()),
  required: optional(flag()),
})

const settings = object({
  objects: record(
    object({
      label: optional(text()),
      category: oneOf(['profile', 'engagement', 'other']),
      fields: record(field),
      primary_key: list(text({ minLength: 1 }), { minItems: 1 }),
      event_time: optional(text({ description: 'The field that says when it happened.' })),
    }),
    { description: 'What may be sent, by name, with all of its fields.' },
  ),
})

/** What the connector for the ingestion API says of itself. */
export const ingestApiDefinition = {
  key: 'ingest_api',
  label: 'Ingestion API',
  about: 'Records of a declared shape that programs send, one by one or as files in bulk.',
  settings,
  source: object({
    object: text({ minLength: 1, description: 'One of the objects of the connection.' }),
  }),
} as const satisfies ConnectorDefinition

export type IngestApiSettings = Read<typeof settings>
