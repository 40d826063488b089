import {
  anything,
  flag,
  key,
  list,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
  whole,
} from '#kernel/read.ts'
import { fieldTypes } from '#kernel/scalar.ts'
import { mappingSchema } from './definition.ts'

export const modelAnswer = object({
  subject_areas: record(text()),
  objects: list(record(anything())),
})
export const functionsAnswer = list(
  object({ name: text(), takes: text(), about: text(), example: record(anything()) }),
)

export const previewBody = object({
  ...mappingSchema.properties,
  rows: optional(whole({ minimum: 1, maximum: 100, description: 'How many; 10 unless set.' })),
})
export type PreviewBody = Read<typeof previewBody>

/** What a mapping would make of the first rows of its stream; nothing is kept. */
export const mappingPreview = object({
  objects: list(
    object({
      object: key(),
      fields: list(object({ field: key(), type: oneOf(fieldTypes) })),
      rows: list(
        object({
          /** The place of the row among those that were looked at. */
          row: whole(),
          values: record(anything()),
          /** Fields whose value was there and could not be read as their type. */
          lost: list(text()),
        }),
      ),
    }),
  ),
  /** The rows as they stand in the stream. */
  source: list(record(anything())),
})
export type MappingPreview = Read<typeof mappingPreview>

export const proposeQuery = object({ stream: key() })
export const mappingProposal = object({
  found: flag({ description: 'Whether anything looks like a person.' }),
  mapping: optional(mappingSchema),
})
export type MappingProposal = Read<typeof mappingProposal>
