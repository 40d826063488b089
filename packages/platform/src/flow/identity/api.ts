import {
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
import { subjects } from './definition.ts'
import { guardsSchema } from './guards.ts'
import { waterfallSchema } from './model-api.ts'
import { blockCounts } from './model-definition.ts'

const count = whole({ minimum: 0 })

/** What a rule found. */
const ruleResult = object({
  rule: text(),
  label: optional(text()),
  links: count,
  refused: optional(
    whole({
      minimum: 0,
      description: 'Links that were not made: a decision or a guard stands against.',
    }),
  ),
  left_out: list(
    object({
      matched: text({ description: 'The value that too many records share, masked.' }),
      records: count,
      kept: optional(
        whole({ minimum: 2, description: 'How many of them, the oldest, are linked even so.' }),
      ),
    }),
  ),
  left_out_blocks: count,
  candidates: optional(whole({ minimum: 0, description: 'Of a model: pairs that were weighed.' })),
  at_least: optional(
    number({ description: 'Of a model: how probable a match had to be to become a link.' }),
  ),
  blocks: optional(list(blockCounts, { description: 'Of a model: where the pairs came from.' })),
})

/** What a run did. */
export const runSchema = object({
  number: whole(),
  ruleset: text(),
  on: oneOf(subjects),
  started_at: text(),
  duration_ms: count,
  changed: flag(),
  mode: optional(
    oneOf(['full', 'incremental'], {
      description: 'Whether all records were looked at, or only those that a change can reach.',
    }),
  ),
  why: optional(
    text({ description: 'Why all records were looked at; otherwise how many changed.' }),
  ),
  looked_at: optional(whole({ minimum: 0, description: 'How many records were looked at.' })),
  position: count,
  records: count,
  profiles: count,
  consolidation_rate: number({ description: '1 - profiles / records' }),
  created: count,
  merged: count,
  split: count,
  retired: count,
  members: count,
  rows_owned: whole({ description: 'Rows of other objects that were given another profile.' }),
  refused: optional(
    whole({ minimum: 0, description: 'Links that were not made because of a decision.' }),
  ),
  for_review: optional(
    whole({
      minimum: 0,
      description: 'Links that were not made because of a guard, and wait for review.',
    }),
  ),
  rules: list(ruleResult),
  steps: list(object({ step: text(), ms: count })),
})
export type Run = Read<typeof runSchema>
export type RuleResult = Read<typeof ruleResult>

export const rulesetParams = object({ ruleset: text({ minLength: 1 }) })

export const askedRunBody = object({
  full: optional(
    flag({
      description: 'Whether all records are looked at; otherwise those that a change reaches.',
    }),
  ),
  confirm: optional(
    flag({
      description:
        'Publish it all the same; otherwise a run is held back that changes too many profiles, or a rule of which takes strangers for one.',
    }),
  ),
})
export type AskedRunBody = Read<typeof askedRunBody>

export const askedRunAnswer = object({
  job: text({ description: 'The job to follow; its result is the run, with its mode and why.' }),
})

export const runsQuery = object({ limit: optional(whole({ minimum: 1, maximum: 1000 })) })

/** The state of a ruleset: its last run, if there was one. */
export const statusSchema = object({
  ruleset: text(),
  label: optional(text()),
  on: oneOf(subjects),
  guards: guardsSchema,
  last_run: optional(runSchema),
})
export type RulesetStatus = Read<typeof statusSchema>

/** A record as people find it again: its stream, its source and the id there. */
export const recordSchema = object({
  record: text({ description: 'The 64-bit key, as digits.' }),
  space: text(),
  stream: text(),
  source: text(),
  id: text(),
  profile: optional(text()),
})
export type RecordName = Read<typeof recordSchema>

/** A record by the name that it keeps, whatever its key is. */
/** A record as people know it. */
export const namedRecord = object({ space: text(), source: text(), stream: text(), id: text() })
export type NamedRecord = Read<typeof namedRecord>

export const decisionKinds = ['must_link', 'cannot_link'] as const

/** What a person decided about two records; every run heeds it until it is withdrawn. */
export const decisionSchema = object({
  number: whole({ minimum: 1 }),
  kind: oneOf(decisionKinds),
  left: namedRecord,
  right: namedRecord,
  why: text(),
  by: text(),
  at: text(),
  withdrawn: optional(object({ why: text(), by: text(), at: text() })),
})
export type Decision = Read<typeof decisionSchema>

const recordWords = { minLength: 1, description: 'stream:id, or the key of a record' }
const why = text({ minLength: 1, maxLength: 2000, description: 'For those who come after.' })

export const linkBody = object({ left: text(recordWords), right: text(recordWords), why })
export type LinkBody = Read<typeof linkBody>

export const unlinkBody = object({
  record: text(recordWords),
  from: optional(
    text({
      minLength: 1,
      description:
        'A record to keep it apart from, or "profile": from all others of its profile. Without it, from the records that it agrees with.',
    }),
  ),
  why,
})
export type UnlinkBody = Read<typeof unlinkBody>

export const decisionsQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  before: optional(whole({ minimum: 1, description: 'Only decisions with a smaller number.' })),
  record: optional(text({ minLength: 1, description: 'Only decisions about this record.' })),
  standing: optional(flag({ description: 'Only decisions that were not withdrawn.' })),
})
export type DecisionsQuery = Read<typeof decisionsQuery>

export const withdrawBody = object({ decisions: list(whole({ minimum: 1 }), { minItems: 1 }), why })
export type WithdrawBody = Read<typeof withdrawBody>

/** Why a link was not made. */
export const refusals = [
  'kept_apart',
  'identifiers_differ',
  'too_many_records',
  'clean_source',
  'weak_link',
] as const

export const reviewQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 500, description: '50 unless given.' })),
  offset: optional(whole({ minimum: 0 })),
})
export type ReviewQuery = Read<typeof reviewQuery>

const reviewSide = object({ profile: text(), records: count })

/** Two profiles that rules would make one, were it not for a guard. */
const reviewItem = object({
  left: reviewSide,
  right: reviewSide,
  why: text({ description: 'What the guard says, in words.' }),
  reason: oneOf(refusals),
  about: optional(text({ description: 'The identifier whose values differ, as object.field.' })),
  links: whole({ minimum: 1, description: 'How many links of rules lead from one to the other.' }),
  examples: list(
    object({
      rule: text(),
      label: optional(text()),
      matched: text({ description: 'Masked.' }),
      left: recordSchema,
      right: recordSchema,
    }),
  ),
  decided: optional(whole({ description: 'The decision about them that the next run will heed.' })),
})
export type ReviewItem = Read<typeof reviewItem>

/** What waits for review, the pairs with the most links first. */
export const reviewSchema = object({ pairs: count, links: count, items: list(reviewItem) })
export type Review = Read<typeof reviewSchema>

const profileId = idText({ pattern: '^-?[0-9]{1,19}$', description: 'The id of a profile.' })

export const settleBody = object({
  decide: oneOf(['join', 'keep_apart']),
  pairs: list(object({ left: profileId, right: profileId }), {
    minItems: 1,
    description: 'Pairs of profiles from the list.',
  }),
  why,
})
export type SettleBody = Read<typeof settleBody>

const weighed = {
  weight: optional(number({ description: 'Of a link of a model: what it weighs, in bits.' })),
  probability: optional(number({ minimum: 0, maximum: 1 })),
}

export const explainQuery = object({
  left: text({ minLength: 1, description: 'stream:id, or the key of a record' }),
  right: text({ minLength: 1, description: 'stream:id, or the key of a record' }),
})

/** Why two records are one profile, or that they are not. */
export const explanationSchema = object({
  left: recordSchema,
  right: recordSchema,
  same_profile: flag(),
  path: list(
    object({
      from: recordSchema,
      to: recordSchema,
      rule: text(),
      label: optional(text()),
      matched: text(),
      ...weighed,
      decision: optional(decisionSchema),
    }),
  ),
  model: optional(waterfallSchema),
  refused: optional(
    list(
      object({
        from: recordSchema,
        to: recordSchema,
        rule: text(),
        label: optional(text()),
        matched: text(),
        reason: oneOf(refusals),
        about: optional(text()),
      }),
      { description: 'Links between the two profiles that rules offer and that were not made.' },
    ),
  ),
  decisions: optional(
    list(decisionSchema, { description: 'Decisions that keep records of the two profiles apart.' }),
  ),
})
export type Explanation = Read<typeof explanationSchema>

export const profileParams = object({
  ruleset: text({ minLength: 1 }),
  id: profileId,
})

const graphLink = object({
  left: text({ description: 'The key of a record.' }),
  right: text({ description: 'The key of a record.' }),
  rule: text(),
  label: optional(text()),
  matched: text({ description: 'Masked.' }),
  ...weighed,
  decision: optional(decisionSchema),
  bridge: flag({ description: 'Whether the profile falls apart without what ties these two.' }),
})

/** The records of a profile and what holds them together. */
export const profileGraphSchema = object({
  profile: text(),
  records: list(recordSchema),
  links: list(graphLink),
  refused: list(
    object({
      left: recordSchema,
      right: recordSchema,
      rule: text(),
      label: optional(text()),
      matched: text({ description: 'Masked.' }),
      reason: oneOf(refusals),
      about: optional(text()),
    }),
    { description: 'Links to other profiles that were not made.' },
  ),
  weakest: optional(
    object(
      {
        left: text(),
        right: text(),
        links: whole({ minimum: 1, description: 'How many links tie these two.' }),
        weight: optional(number({ description: 'In bits, where a model alone ties them.' })),
        probability: optional(number({ minimum: 0, maximum: 1 })),
        parts: list(whole({ minimum: 1 }), { description: 'How many records each side has.' }),
      },
      { description: 'The bridge that the profile hangs on by least.' },
    ),
  ),
})
export type ProfileGraph = Read<typeof profileGraphSchema>

export const changesQuery = object({
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
  before: optional(whole({ minimum: 1, description: 'Only changes before this position.' })),
})

/** One thing that happened to a profile. */
export const changeSchema = object({
  position: count,
  at: text(),
  kind: oneOf(['created', 'merged', 'split', 'retired', 'members']),
  profile: text(),
  other: optional(
    text({ description: 'merged: the one that took it in; split: the one it was part of' }),
  ),
})
export type ProfileChange = Read<typeof changeSchema>

/** Where the known answers are: a stream of the lake, and its columns. */
export const truthSchema = object({
  stream: text({ minLength: 1 }),
  source: text({ minLength: 1, description: 'The column with the stream of the record.' }),
  record: text({ minLength: 1, description: 'The column with the id of the record.' }),
  entity: text({ minLength: 1, description: 'The column that says who it really is.' }),
})
export type Truth = Read<typeof truthSchema>

const share = number({ minimum: 0, maximum: 1 })
const quality = { precision: share, recall: share, f1: share }
const agreement = oneOf(['same', 'different', 'missing'])
const agreements = { email: agreement, phone: agreement, name: agreement }
const maskedRecord = object({
  stream: text(),
  id: text(),
  email: list(text()),
  phone: list(text()),
  name: list(text()),
})

/** How good the profiles are, against known answers. */
export const measureSchema = object({
  labelled: object({ records: count, entities: count, unknown: count }),
  pairs: object({ true: count, found: count, right: count, ...quality }),
  b_cubed: object(quality),
  missed: object({
    pairs: count,
    out_of_reach: whole({
      description: 'Pairs that agree on no criterion of any rule: exact rules cannot find them.',
    }),
    groups: list(object({ ...agreements, pairs: count, out_of_reach: count })),
    examples: list(object({ ...agreements, left: maskedRecord, right: maskedRecord })),
  }),
})
export type Measure = Read<typeof measureSchema>
export type Agreement = Read<typeof agreement>

export type { ModelStatus, WaterfallAnswer } from './model-api.ts'
export type { SimulateBody, SimulatedLink, Simulation } from './simulate-api.ts'
export type { Sizes, Thresholds, ThresholdsBody } from './thresholds-api.ts'
