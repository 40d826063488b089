import { reconcileRules } from '#identity/definition'
import {
  either,
  flag,
  idText,
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

const count = whole({ minimum: 0 })
const id = text({ description: 'The id of a profile: digits.' })
const cell = either(text(), number(), flag())

/** A record of a source. */
const record = object({
  record: text({ description: 'The 64-bit key, as digits.' }),
  stream: text(),
  source: text(),
  id: text(),
})

/** A record with the file and the row that it came from. */
const origin = object({
  ...record.properties,
  file: optional(text()),
  event: optional(whole({ description: 'The place in the log, where it was an event.' })),
  row: optional(whole({ minimum: 1 })),
})
export type Origin = Read<typeof origin>

/** A profile in a list. */
export const summarySchema = object({
  id,
  name: text(),
  emails: list(text()),
  phones: list(text()),
  city: optional(text()),
  country: optional(text()),
  records: count,
  sources: list(text()),
})
export type ProfileSummary = Read<typeof summarySchema>

export const foundSchema = object({
  total: count,
  more: optional(
    flag({
      description: 'There are more than these: so many fit that only the best were counted.',
    }),
  ),
  profiles: list(summarySchema),
})
export type FoundProfiles = Read<typeof foundSchema>

const value = object({
  field: text(),
  label: text(),
  type: oneOf(fieldTypes),
  value: cell,
  from: origin,
  rule: oneOf(reconcileRules),
  candidates: list(object({ value: cell, from: list(record) }), {
    description: 'Other values that records of this profile have.',
  }),
})
export type ProfileValue = Read<typeof value>

const contactPoint = object({
  value: text({ description: 'As the best source wrote it.' }),
  normalised: optional(text()),
  usage: list(text()),
  rank: whole({
    minimum: 1,
    description: 'Its place among those of its kind; 1 is the primary one.',
  }),
  ranks: list(object({ usage: text(), rank: whole({ minimum: 1 }) }), {
    description: 'Its place among those of its kind that are for the same use.',
  }),
  rule: oneOf(reconcileRules, { description: 'What its place goes by.' }),
  from: list(origin),
})
export type ContactPoint = Read<typeof contactPoint>

/** A value of a row, with what its field is called. */
const field = object({ field: text(), label: text(), type: oneOf(fieldTypes), value: cell })

/** A row of another object that belongs to the profile. */
const relatedRow = object({ ...record.properties, fields: list(field) })
export type RelatedRow = Read<typeof relatedRow>

const history = object({
  position: count,
  at: text(),
  kind: oneOf(['created', 'merged', 'split', 'retired', 'members']),
  profile: id,
  other: optional(id),
})

/** Everything about one profile. */
export const profileSchema = object({
  id,
  asked_for: optional(
    text({ description: 'The id that was asked for, when it has become this one.' }),
  ),
  space: text(),
  name: text(),
  records: count,
  values: list(value),
  emails: list(contactPoint),
  phones: list(contactPoint),
  addresses: list(contactPoint),
  identifications: list(relatedRow),
  accounts: list(relatedRow),
  consents: list(relatedRow, { description: 'What the person agreed to and refused.' }),
  sources: list(object({ ...origin.properties, fields: list(field) }), {
    description: 'The records that are this profile, side by side.',
  }),
  links: list(
    object({ rule: text(), label: optional(text()), matched: text(), left: record, right: record }),
  ),
  history: list(history),
  counts: list(
    object({
      object: text(),
      label: text(),
      rows: count,
      happens: flag({ description: 'Whether its rows have a time, and so stand in the timeline.' }),
    }),
  ),
})
export type Profile = Read<typeof profileSchema>

/** What somebody did, newest first. */
export const timelineSchema = object({
  events: list(
    object({
      at: optional(text()),
      object: text(),
      label: text(),
      ...record.properties,
      shows: list(
        object({
          ...field.properties,
          name: optional(text({ description: 'What the row that a link leads to is called.' })),
        }),
      ),
    }),
  ),
  next: optional(text({ description: 'Give it as `before` for the next page.' })),
})
export type Timeline = Read<typeof timelineSchema>
export type TimelineEvent = Timeline['events'][number]

const related = object({
  key: text({ description: 'What ties name it by.' }),
  kind: oneOf(['person', 'group', 'address']),
  label: text({ description: 'What kind of thing it is: the label of its model object.' }),
  name: text(),
  detail: optional(text()),
  profile: optional(text({ description: 'The id of a person\u2019s profile.' })),
  object: optional(text({ description: 'The model object of a group.' })),
  record: optional(text({ description: 'The key of a record of a group, as digits.' })),
  people: optional(count),
  not_shown: optional(
    whole({
      minimum: 0,
      description: 'How many of the people of a group are not among the nodes.',
    }),
  ),
})
export type Related = Read<typeof related>

const tie = object({
  from: text(),
  to: text(),
  say: text({ description: 'What the one is to the other, such as the role at an account.' }),
})
export type Tie = Read<typeof tie>

/** Whom somebody has to do with: the one asked about first. */
export const relationsSchema = object({
  nodes: list(related),
  ties: list(tie),
  groups_not_shown: count,
  ways: list(
    object({
      object: text({ description: 'The model object whose field relates people.' }),
      label: text(),
      field: text(),
      field_label: text(),
      is_filled: flag(),
    }),
    { description: 'Where nobody is related: what could be mapped for it.' },
  ),
})
export type Relations = Read<typeof relationsSchema>

const member = object({
  profile: text(),
  name: text(),
  detail: optional(text()),
  say: text(),
})

/** Everything about what people have in common: an account, or a group of another object. */
export const groupSchema = object({
  object: text(),
  label: text(),
  name: text(),
  detail: optional(text()),
  sources: list(object({ ...origin.properties, fields: list(field) }), {
    description: 'The records that are it, side by side.',
  }),
  people: object({ total: count, shown: list(member) }),
  relations: relationsSchema,
})
export type Group = Read<typeof groupSchema>

/** Who is meant: one profile, or several that could be. */
export const whoSchema = object({
  profile: optional(profileSchema),
  candidates: list(summarySchema),
})
export type Who = Read<typeof whoSchema>

export const profileParams = object({
  id: text({ pattern: '^\\d{1,19}$', expected: 'an id in digits such as 4711' }),
})

const page = {
  limit: optional(whole({ minimum: 1, maximum: 500 })),
  offset: optional(whole({ minimum: 0 })),
}

export const searchQuery = object({
  q: optional(text({ description: 'A name, an e-mail address, a telephone number or an id.' })),
  ...page,
})

export const findQuery = object({
  who: optional(text({ description: 'An id, e-mail, telephone number, stream:id, or a name.' })),
  email: optional(text()),
  phone: optional(text()),
  country: optional(text({ description: 'For a number without a calling code.' })),
  record: optional(text({ description: 'stream:id or source:id' })),
})

export const timelineQuery = object({
  before: optional(text({ description: 'An instant, or what `next` said.' })),
  limit: optional(whole({ minimum: 1, maximum: 500 })),
  objects: optional(text({ description: 'Keys of model objects, separated by commas.' })),
})

export const groupParams = object({
  object: text(),
  record: idText({ description: 'The key of one of its records.' }),
})

export const groupQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 500 })),
  offset: optional(whole({ minimum: 0 })),
})
