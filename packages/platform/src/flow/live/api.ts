import {
  anything,
  flag,
  list,
  object,
  oneOf,
  optional,
  type Read,
  record,
  text,
  whole,
} from '#kernel/read.ts'

/** Whom somebody asks for: one identifier. */
export const liveQuery = object({
  profile: optional(text({ description: 'The id of a profile, also of one that was merged.' })),
  email: optional(text()),
  phone: optional(text()),
  country: optional(text({ description: 'Where the telephone number was written.' })),
  user: optional(text({ description: 'The user id that events name.' })),
  anonymous: optional(text({ description: 'The anonymous or device id that events name.' })),
  record: optional(text({ description: 'A record as source:id, such as crm:1017.' })),
  identification: optional(text({ description: 'A number by which a party is identified.' })),
  source: optional(text({ description: 'Of ids in events: the sender that they came from.' })),
})
export type LiveQuery = Read<typeof liveQuery>

const liveEvent = object({
  position: whole(),
  at: optional(text()),
  stream: text(),
  type: optional(text()),
  name: optional(text()),
  id: optional(text()),
  values: record(anything()),
})

/** A live profile: what the set lane knows, what has come since, and how old each is. */
export const liveSchema = object({
  profile: optional(text({ description: 'Absent for somebody whom only events name so far.' })),
  state: oneOf(['known', 'new']),
  merged: list(text(), { description: 'The ids of profiles that went into this one.' }),
  attributes: record(anything()),
  contact_points: object({ emails: list(text()), phones: list(text()) }),
  identifications: list(object({ name: optional(text()), number: text() })),
  records: list(object({ source: text(), stream: text(), id: text() })),
  insights: record(record(anything())),
  segments: list(object({ key: text(), since: text() })),
  counters: record(whole()),
  events: list(liveEvent, { description: 'The last ones, newest first by their own time.' }),
  as_of: object({
    read_at: text({ description: 'When what the set lane knows was read.' }),
    is_being_read_again: flag({ description: 'Something of it has changed since.' }),
    unified: whole({ description: 'The position of the published profiles.' }),
    lake: whole({ description: 'The place in the log up to which events are in the lake.' }),
    seen: whole({ description: 'The place in the log up to which events are in this answer.' }),
    accepted: whole({ description: 'The place in the log of the last accepted event.' }),
    waiting: whole({
      description: 'How many places of the log are accepted and not in the lake yet.',
    }),
  }),
})
export type LiveAnswer = Read<typeof liveSchema>

/** How live profiles are kept. */
export const liveStatus = object({
  people: whole({ description: 'In memory.' }),
  bytes: whole(),
  most_bytes: whole(),
  is_resting: flag({
    description: 'Nobody has been asked for lately, so that events are not followed.',
  }),
  waiting_events: whole({ description: 'In memory because they are not in the lake yet.' }),
  read: whole({ description: 'How many times somebody was asked for.' }),
  loaded: whole({ description: 'How many were read from the engine.' }),
  differences: whole({
    description: 'Counters that the lake told otherwise than they had been counted live.',
  }),
  lake: whole(),
  seen: whole(),
  accepted: whole(),
  trouble: optional(text()),
})
export type LiveStatus = Read<typeof liveStatus>
