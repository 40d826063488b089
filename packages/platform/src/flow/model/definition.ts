import { key, list, object, oneOf, optional, type Read, record, text } from '#kernel/read.ts'
import { fieldTypes } from '#kernel/scalar.ts'

/** What kind of thing an object holds: who there is, what happened (with a time), or anything else. */
export const categories = ['profile', 'engagement', 'other'] as const
export type Category = (typeof categories)[number]

const field = object({
  type: oneOf(fieldTypes),
  label: optional(text()),
  about: optional(text()),
  /** The object whose `id` this field holds. */
  links_to: optional(key()),
  /** Many rows of this object for one of the other, or at most one. */
  cardinality: optional(oneOf(['many_to_one', 'one_to_one'])),
})

/** One concept of the shared data model. Every object has an `id`; the one given by its source. */
export const modelObjectSchema = object({
  label: text({ minLength: 1 }),
  about: optional(text()),
  subject_area: key(),
  category: oneOf(categories),
  fields: record(field),
  /** The field that says when it happened; engagement objects need one. */
  time: optional(key()),
  /** Fields that tell a person at a glance what a row is, for timelines and lists. */
  shows: optional(list(key())),
})

export type ModelObjectDefinition = Read<typeof modelObjectSchema>
export type ModelFieldDefinition = Read<typeof field>

/** A model object with its key, and what else is known about it. */
export interface ModelObject extends ModelObjectDefinition {
  readonly key: string
  /** Whether it comes with the product or was defined by a user. */
  readonly origin: 'standard' | 'custom'
}

/** Declares a standard object; the types are checked where it is written. */
export const standardObject = (objectKey: string, of: ModelObjectDefinition): ModelObject => ({
  key: objectKey,
  origin: 'standard',
  ...of,
})
