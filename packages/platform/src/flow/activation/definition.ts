import {
  anything,
  either,
  key,
  list,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
} from '#kernel/read.ts'
import { destinationDefinitions } from './destinations/definitions.ts'

/** Where members are sent. The settings are read by the schema of the type. */
export const destinationSchema = object({
  type: oneOf(destinationDefinitions.map((one) => one.key)),
  label: optional(text()),
  settings: record(anything()),
})
export type DestinationBody = Read<typeof destinationSchema>

// What a value is called where it arrives. Others want `Email` or `Mobile Phone`, so it is no key of ours.
const as = text({ pattern: '^[A-Za-z][A-Za-z0-9_ -]{0,62}$' })

/** How a person is reached. */
export const contactPoints = ['email', 'phone'] as const
export type ContactPoint = (typeof contactPoints)[number]

/** One value that goes along with a member: a field of the profile, a measure of an insight, or a way to reach them. */
export const attributeSchema = either(
  object({ as, field: key() }),
  object({ as, insight: text({ pattern: '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$' }) }),
  object({
    as,
    contact_point: oneOf(contactPoints),
    /** Source systems, the most trusted first; all others come after them. */
    sources: optional(list(text())),
  }),
)
export type Attribute = Read<typeof attributeSchema>

/** Who came and who left since the last time; or everybody, whenever something about them is new. */
export const sendWords = ['changes', 'everything'] as const
export type Send = (typeof sendWords)[number]

/** Sends the members of a segment, with attributes, to a destination. */
export const activationSchema = object({
  label: optional(text()),
  segment: key(),
  destination: key(),
  attributes: list(attributeSchema),
  send: oneOf(sendWords),
})
export type ActivationBody = Read<typeof activationSchema>

/** The insight and the measure of `insight.measure`. */
export function measureOf(attribute: { readonly insight: string }): {
  readonly insight: string
  readonly measure: string
} {
  const [insight = '', measure = ''] = attribute.insight.split('.')
  return { insight, measure }
}

/** Columns that every row has of its own; no attribute may be called so. */
export const ownColumns = ['profile_id', 'change'] as const
