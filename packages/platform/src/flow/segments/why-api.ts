import {
  either,
  flag,
  idText,
  key,
  list,
  number,
  object,
  oneOf,
  optional,
  type Read,
  record,
  recursive,
  shape,
  text,
  whole,
} from '#kernel/read.ts'
import { givenSchema, membershipSchema } from './definition.ts'

const profile = idText({ description: 'Id of a profile, in digits.' })

export const whyParams = object({ key: text(), profile })
/** A segment that somebody is in. */
export const whyStayParams = object({ profile, key: text() })
/** Values of parameters, as a JSON object such as {"city":"Paris"}. */
export const whyQuery = object({ given: optional(text()) })

const about = { profile, on: optional(key()), given: optional(givenSchema) }

/** A condition that is not kept, and the person who is asked about. */
export const whyBody = either(
  object({ ...about, ...membershipSchema.properties }),
  object({ ...about, sql: text({ minLength: 1 }) }),
  object({ ...about, waterfall: list(key(), { minItems: 2 }) }),
)
export type WhyBody = Read<typeof whyBody>

const cell = either(text(), number(), flag())

/** A row that an answer rests on. */
const evidenceRow = object({
  object: text(),
  /** The 64-bit key of the row, as digits. */
  key: text(),
  stream: optional(text()),
  /** What the source calls it. */
  id: optional(text()),
  /** The fields that the condition reads, as far as they are filled. */
  fields: record(cell),
  /** Whether it counted; a row that did not is the latest that comes near. */
  counts: flag(),
  /** Of a sequence: which step it is, from 1. */
  step: optional(whole({ minimum: 1 })),
})
export type EvidenceRow = Read<typeof evidenceRow>

/** Of a condition on membership: whether they are a member, and since when, or until when they were. */
const membershipFound = object({
  segment: text(),
  member: flag(),
  entered_at: optional(text()),
  left_at: optional(text()),
})
export type MembershipFound = Read<typeof membershipFound>

/** How a sequence went: how many of its steps were taken. */
const progressFound = object({ taken: whole(), steps: whole() })

/** One condition of the tree. */
export const whyNode = recursive(
  {
    node: object({
      /** Its place in the definition, such as `include.all[1]`. */
      at: text(),
      kind: oneOf([
        'all',
        'any',
        'not',
        'field',
        'insight',
        'segment',
        'related',
        'sequence',
        'consent',
        'sql',
        'waterfall',
      ]),
      /** What is asked, as a sentence. */
      says: text(),
      holds: flag(),
      /** The value that was found; absent where there is none. */
      value: optional(cell),
      membership: optional(membershipFound),
      progress: optional(progressFound),
      evidence: optional(list(evidenceRow)),
      /** When the answer will next be another with time alone; absent when it will not, as far as the data goes now. */
      flips_at: optional(text()),
      /** What cannot be said, and why. */
      note: optional(text()),
      /** The conditions inside; of a segment that is used by its definition, those of that segment. */
      parts: optional(list(shape('node'))),
    }),
  },
  'node',
)
export type WhyNode = Read<typeof whyNode>

/** The place of somebody among those who are ranked. */
const rankFound = object({
  says: text(),
  /** How many are in. */
  first: whole(),
  /** The group that is ranked by itself; absent when everybody is ranked together, or the value is empty. */
  group: optional(cell),
  /** Their place, from 1; absent when the conditions do not hold for them. */
  place: optional(whole()),
  value: optional(cell),
  /** How many are ranked with them; absent where others are not told of. */
  among: optional(whole()),
  /** Whoever is the last that is in, in their group; absent where others are not told of. */
  last: optional(object({ profile: text(), place: whole(), value: optional(cell) })),
  holds: flag(),
})
export type RankFound = Read<typeof rankFound>

/** Of a part of a waterfall: the waterfall, and which part took them. */
const waterfallFound = object({
  waterfall: text(),
  /** The first part that fits them; absent when none does. */
  taken_by: optional(text()),
  holds: flag(),
})
export type WaterfallFound = Read<typeof waterfallFound>

/** Why somebody is in a segment or not. */
export const whyAnswer = object({
  profile: text(),
  /** The id that was asked for, where it has become another. */
  asked_for: optional(text()),
  segment: optional(text()),
  label: optional(text()),
  /** Whether they are a member as it was published last; absent where nothing was published. */
  published: optional(membershipFound),
  /** Whether the definition means them at `as_of`. */
  member: flag(),
  as_of: text(),
  include: whyNode,
  exclude: optional(whyNode),
  rank: optional(rankFound),
  waterfall: optional(waterfallFound),
  /** The values that stood for parameters. */
  given: optional(givenSchema),
  /** When membership will next be another with time alone. */
  flips_at: optional(text()),
  /** Up to when it was looked at; absent when nothing that is known now changes later. */
  looked_until: optional(text()),
  /** What could not be said, such as when the condition depends on others. */
  notes: list(text()),
})
export type WhyAnswer = Read<typeof whyAnswer>
