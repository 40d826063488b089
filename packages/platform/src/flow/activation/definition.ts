import { consentSchema } from '#consent/definition'
import {
  anything,
  either,
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
import { destinationDefinitions } from './destinations/definitions.ts'

const seconds = { minimum: 0.001, maximum: 1_000_000 }

/** How fast a destination is given something, and how much of it. */
export const limitsSchema = object({
  requests_per_second: optional(number(seconds)),
  members_per_second: optional(number(seconds)),
  /** What is more waits for the next day (UTC). */
  members_per_day: optional(whole({ minimum: 1 })),
})
export type Limits = Read<typeof limitsSchema>

/** Where members are sent. The settings are read by the schema of the type. */
export const destinationSchema = object({
  type: oneOf(destinationDefinitions.map((one) => one.key)),
  label: optional(text()),
  settings: record(anything()),
  limits: optional(limitsSchema),
  /** What must be known of whoever is sent here, unless the activation or the action says otherwise. */
  consent: optional(consentSchema),
})
export type DestinationBody = Read<typeof destinationSchema>

// What a value is called where it arrives. Others want `Email` or `Mobile Phone`, so it is no key of ours.
const as = text({
  pattern: '^[A-Za-z][A-Za-z0-9_ -]{0,62}$',
  expected: 'a name such as First name: letters, digits, blanks, _ and -, a letter first',
})

/** How a person is reached. */
export const contactPoints = ['email', 'phone'] as const
export type ContactPoint = (typeof contactPoints)[number]

// Members without it are not sent, and counted with the reason.
const required = optional(flag())

/** One value that goes along with a member. */
export const attributeSchema = either(
  object({ as, required, field: key() }),
  object({
    as,
    required,
    insight: text({
      pattern: '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$',
      expected: 'an insight and its measure, such as lifetime_value.total',
    }),
  }),
  object({
    as,
    required,
    contact_point: oneOf(contactPoints),
    /** Source systems, the most trusted first; all others come after them. */
    sources: optional(list(text())),
    /** Only of this usage, such as `work`. */
    purpose: optional(text({ minLength: 1 })),
    /** Only those that opted in. */
    consent: optional(flag()),
  }),
  /** Computed from the fields of the profile. */
  object({ as, required, formula: text({ minLength: 1 }) }),
  /** A list of rows of a related object. */
  object({
    as,
    required,
    related: key(),
    fields: list(object({ as, field: key() }), { minItems: 1 }),
    /** A formula over the fields of the related object. */
    where: optional(text({ minLength: 1 })),
    order: optional(object({ field: key(), descending: optional(flag()) })),
    limit: optional(whole({ minimum: 1, maximum: 100 })),
  }),
)
export type Attribute = Read<typeof attributeSchema>
export type ContactAttribute = Extract<Attribute, { contact_point: ContactPoint }>
export type RelatedAttribute = Extract<Attribute, { related: string }>

/** Who came and who left since the last time; or everybody, whenever something about them is new. */
export const sendWords = ['changes', 'everything'] as const
export type Send = (typeof sendWords)[number]

/** Sends the members of a segment, with attributes, to a destination. */
export const activationSchema = object({
  label: optional(text()),
  segment: key(),
  destination: key(),
  /** Nothing is queued and nothing delivered; what is new and what waits is dealt with afterwards. */
  paused: optional(flag()),
  attributes: list(attributeSchema),
  send: oneOf(sendWords),
  /** With `changes`: members whose attributes are others than those sent before are sent as `updated`. */
  updates: optional(flag()),
  /** A formula over the fields of the profile; who it does not hold for is not sent. */
  filter: optional(text({ minLength: 1 })),
  /** What must be known of whoever is sent; what the destination says unless set. */
  consent: optional(consentSchema),
  /** More than so many are never sent at once. */
  most_members: optional(whole({ minimum: 1 })),
  /** More than so many are sent only after somebody confirmed the count. */
  confirm_above: optional(whole({ minimum: 0 })),
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

/** How many related rows go along unless said otherwise. */
export const usualRelated = 25
