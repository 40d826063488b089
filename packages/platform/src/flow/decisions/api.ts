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
  recursive,
  shape,
  text,
  whole,
} from '#kernel/read.ts'
import { liveQuery } from '#live/api'
import { decisionSchema, outcomes } from './definition.ts'

export const decisionParams = object({ key: key() })
export const recordParams = object({ id: text() })

/** Whom it is about, what the moment is, and how many offers are wanted. */
export const decideBody = object({
  identifier: liveQuery,
  context: optional(record(anything())),
  limit: optional(whole({ minimum: 1, maximum: 20 })),
})
export type DecideBody = Read<typeof decideBody>

/** Why an offer was chosen or left out. */
export const reasons = [
  'chosen',
  'enough_chosen',
  'not_begun',
  'over',
  'not_meant',
  'not_certain',
  'no_consent',
  'limit',
  'held_out',
] as const
export type Reason = (typeof reasons)[number]

const chosen = object({ key: text(), payload: record(anything()), reason: oneOf(reasons) })
const leftOut = object({
  key: text(),
  reason: oneOf(reasons),
  why: optional(
    text({ description: 'The limit that was reached, or what was refused, in words.' }),
  ),
})

export const states = ['offers', 'fallback', 'held_out'] as const

const ignored = list(text(), {
  description: 'What was told of the moment and does not count, with the reason.',
})

/** What was decided, with the reason for every offer. */
export const decidedSchema = object({
  id: text({ description: 'What was shown and clicked is reported with it.' }),
  decision: text(),
  state: oneOf(states),
  profile: optional(text()),
  offers: list(chosen),
  left_out: list(leftOut),
  fallback: optional(record(anything())),
  ignored: optional(ignored),
})
export type Decided = Read<typeof decidedSchema>

/** Whom it is tried for, and the definition if it is not the one that is published. */
export const tryBody = object({
  ...decideBody.properties,
  body: optional(decisionSchema),
})
export type TryBody = Read<typeof tryBody>

/** A condition with its answer; none where one event does not tell as the engine would. */
export const answeredCondition = recursive(
  {
    answered: object({
      says: text({ description: 'What is asked, as a sentence.' }),
      holds: optional(flag()),
      value: optional(either(text(), number(), flag())),
      parts: optional(list(shape('answered'))),
    }),
  },
  'answered',
)
export type AnsweredCondition = Read<typeof answeredCondition>

/** What would be decided now, with everything that speaks for or against each offer; nothing is recorded. */
export const triedSchema = object({
  decision: text(),
  state: oneOf(states),
  person: oneOf(['known', 'new', 'nobody'], {
    description: 'new: only events name them so far; nobody: they get what everybody gets.',
  }),
  profile: optional(text()),
  offers: list(
    object({
      key: text(),
      label: optional(text()),
      priority: whole(),
      reason: oneOf(reasons),
      why: optional(text()),
      payload: record(anything()),
      asked: optional(answeredCondition),
    }),
    { description: 'In the order in which they are looked at.' },
  ),
  fallback: optional(record(anything())),
  ignored: optional(ignored),
})
export type DecisionTried = Read<typeof triedSchema>

/** Which of the chosen offers; all of them unless said. */
export const outcomeBody = object({ offers: optional(list(text())) })
export type OutcomeBody = Read<typeof outcomeBody>
export const outcomeAnswer = object({
  counted: whole({ description: 'How many offers; 0 when it had been reported before.' }),
})

const overview = object({
  key: text(),
  label: text(),
  enabled: flag(),
  public: flag(),
  offers: list(text()),
  chosen: whole(),
  shown: whole(),
  clicked: whole(),
})
/** One decision with its figures. */
export type DecisionOverview = Read<typeof overview>
export const decisionsAnswer = list(overview)

export const reportQuery = object({
  days: optional(whole({ minimum: 1, maximum: 366, description: 'How far back; 30 unless set.' })),
})
const counts = { chosen: whole(), shown: whole(), clicked: whole() }
export const reportSchema = object({
  decision: text(),
  offers: list(object({ offer: text(), ...counts })),
  days: list(object({ day: text(), offer: text(), ...counts })),
})
export type Report = Read<typeof reportSchema>

export const recordedQuery = object({
  profile: optional(text()),
  person: optional(text({ description: 'An id in events.' })),
  decision: optional(key()),
  offer: optional(key({ description: 'An offer that was chosen, or had the outcome.' })),
  outcome: optional(oneOf(outcomes)),
  state: optional(oneOf(states)),
  before: optional(text({ description: 'The id of the last one of the page before.' })),
  limit: optional(whole({ minimum: 1, maximum: 500 })),
})
export type RecordedQuery = Read<typeof recordedQuery>
export const recordedAnswer = list(
  object({
    id: text(),
    decision: text(),
    at: text(),
    person: optional(text()),
    profile: optional(text()),
    state: oneOf(states),
    chosen: list(text()),
    left_out: list(leftOut),
    shown: list(text()),
    clicked: list(text()),
  }),
)
export type Recorded = Read<typeof recordedAnswer>[number]
