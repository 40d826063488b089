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
import { liveQuery } from '#live/api'

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

/** What was decided, with the reason for every offer. */
export const decidedSchema = object({
  id: text({ description: 'What was shown and clicked is reported with it.' }),
  decision: text(),
  state: oneOf(states),
  profile: optional(text()),
  offers: list(chosen),
  left_out: list(leftOut),
  fallback: optional(record(anything())),
})
export type Decided = Read<typeof decidedSchema>

/** Which of the chosen offers; all of them unless said. */
export const outcomeBody = object({ offers: optional(list(text())) })
export type OutcomeBody = Read<typeof outcomeBody>
export const outcomeAnswer = object({
  counted: whole({ description: 'How many offers; 0 when it had been reported before.' }),
})

export const decisionsAnswer = list(
  object({
    key: text(),
    label: text(),
    enabled: flag(),
    public: flag(),
    offers: list(text()),
    chosen: whole(),
    shown: whole(),
    clicked: whole(),
  }),
)

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
