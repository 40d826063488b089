import {
  either,
  flag,
  idText,
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
import { givenSchema, membershipSchema } from './definition.ts'

export type { OverlapAnswer, OverlapBody, Region } from './overlap-api.ts'
export type {
  EvidenceRow,
  MembershipFound,
  RankFound,
  WaterfallFound,
  WhyAnswer,
  WhyBody,
  WhyNode,
} from './why-api.ts'

const profile = idText({ description: 'Id of a profile, in digits.' })

export const segmentParams = object({ key: text() })
export const profileParams = object({ profile })
export const limitQuery = object({ limit: optional(whole({ minimum: 1, maximum: 1000 })) })
export const membersQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  /** The last profile of the page before. */
  after: optional(profile),
  /** The members of that moment, such as 2026-01-31T10:30:00Z; those of now unless given. */
  at: optional(text()),
})
export const changesQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  /** What `next` of the page before said. */
  after: optional(
    text({ pattern: '^\\d+-\\d+-[el]$', expected: 'what `next` of the page before said' }),
  ),
  /** Only those of this profile, and of those who were merged into it. */
  profile: optional(profile),
  from: optional(text()),
  to: optional(text()),
})

/** Spans in which changes are counted; days and weeks are those of UTC, weeks from Monday. */
export const spans = ['hour', 'day', 'week'] as const
export type SizeSpan = (typeof spans)[number]

/** Sizes after each publish, or per span. */
export const sizesQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  per: optional(oneOf(spans)),
  from: optional(text()),
  to: optional(text()),
})
/** Values of parameters, as a JSON object such as {"city":"Paris"}. */
const givenText = optional(text())
export const publishQuery = object({ given: givenText })
export const sampleQuery = object({ ...limitQuery.properties, given: givenText })
export const subjectsQuery = object({ on: optional(key()) })

/** Whom somebody asks for; `each` counts every condition inside, `approximate` on some of the people. */
const question = { on: optional(key()), each: optional(flag()), approximate: optional(flag()) }
export const countBody = either(
  object({ ...question, ...membershipSchema.properties, given: optional(givenSchema) }),
  object({ ...question, sql: text({ minLength: 1 }), given: optional(givenSchema) }),
  object({ ...question, waterfall: list(key(), { minItems: 2 }), given: optional(givenSchema) }),
)

/** How many people a condition means, and how many there are. */
const counted = {
  members: whole(),
  /** Of an approximate count: the true number is less than this away from it, 95 times of 100. */
  error: optional(whole()),
}
export const countAnswer = object({
  ...counted,
  people: whole(),
  /** How many people were looked at, where not all were. */
  sampled: optional(whole()),
  each: optional(list(object({ at: text(), ...counted }))),
})
export type CountAnswer = Read<typeof countAnswer>

/** A person as lists show them. */
export const personSummary = object({
  profile,
  name: optional(text()),
  city: optional(text()),
  country: optional(text()),
})
export type PersonSummary = Read<typeof personSummary>

export const member = object({
  ...personSummary.properties,
  entered_at: text(),
  /** When they left; of members of a moment that is past. */
  left_at: optional(text()),
  /** The profile that this one has become since, by a merge. */
  now: optional(profile),
})
export type Member = Read<typeof member>

/** One page of members, in the order of their ids; `next` asks for the one after it. */
export const memberPage = object({ members: list(member), total: whole(), next: optional(profile) })
export type MemberPage = Read<typeof memberPage>

/** Somebody who entered or left. */
const change = object({
  what: oneOf(['entered', 'left']),
  at: text(),
  position: whole(),
  ...personSummary.properties,
  /** Of somebody who left: when they had entered. */
  entered_at: optional(text()),
  /** The profile that this one has become since, by a merge. */
  now: optional(profile),
})
export type MemberChange = Read<typeof change>

/** Newest first; `next` asks for the page after it. */
export const changesAnswer = object({
  changes: list(change),
  total: whole(),
  next: optional(text()),
})
export type ChangesAnswer = Read<typeof changesAnswer>

/** A stay of a person in a segment; without `left_at` it goes on. */
export const stay = object({
  segment: text(),
  label: optional(text()),
  entered_at: text(),
  left_at: optional(text()),
})
export type Stay = Read<typeof stay>

/** Which segments somebody is in, and was in. */
export const staysAnswer = object({ current: list(stay), past: list(stay) })

/** The size of a segment after a publish; of a span, which begins at `at`, the size at its end. */
export const segmentSize = object({
  at: text(),
  position: whole(),
  members: whole(),
  entered: whole(),
  left: whole(),
})
export type SegmentSize = Read<typeof segmentSize>

/** How a segment is kept up to date, and how well that goes. */
export const segmentKeeping = object({
  /** `live`: by the tick, soon after something changes. `scheduled`: as a whole, in runs. */
  lane: oneOf(['live', 'scheduled']),
  /** Why it is not live. */
  why: optional(text()),
  /** Everything that had come by then is in the members. */
  as_of: optional(text()),
  /** How far the members are behind what has come; 0 when nothing waits. */
  staleness_ms: optional(whole()),
  /** Why it is not published at once although something has changed, and until when: it failed, or it costs much and rests. */
  waits: optional(object({ why: text(), until: optional(text()) })),
  /** The last full run that was compared with the live members, and how many it found in the wrong place. */
  checked_at: optional(text()),
  difference: optional(whole()),
  /** How many all full runs found. */
  differences: optional(whole()),
})
export type SegmentKeeping = Read<typeof segmentKeeping>

/** Why the last publish failed, and since when they do; the members are those of the last time that it went well. */
const segmentTrouble = object({ code: text(), why: text(), since: text() })
export type SegmentTrouble = Read<typeof segmentTrouble>

/** A segment at a glance; what was published last, once something was. */
export const segmentOverview = object({
  key: text(),
  label: text(),
  about: optional(text()),
  on: text(),
  members: optional(whole()),
  /** When the members last changed, and the position of that change. */
  changed_at: optional(text()),
  position: optional(whole()),
  last: optional(segmentSize),
  stale: optional(segmentTrouble),
  kept: optional(segmentKeeping),
})
export type SegmentOverview = Read<typeof segmentOverview>

/** What a publish did. */
export const published = object({
  position: whole(),
  members: whole(),
  entered: whole(),
  left: whole(),
  moved: whole({
    description: 'Members who were merged into another person and stay as that one.',
  }),
  changed: flag(),
})

const fields = record(oneOf(fieldTypes))

/** What conditions can ask: fields of people, of rows that belong to them, measures of insights, segments. */
export const subjectsAnswer = object({
  person: fields,
  objects: record(fields),
  /** Only measures whose type is known, from a first run. */
  insights: record(fields),
  segments: list(text()),
  operators: record(list(text())),
  /** What each operator takes: `nothing`, `one` value, `two`, `several`, a number of `days` ... */
  takes: record(text()),
})
export type SubjectsAnswer = Read<typeof subjectsAnswer>
