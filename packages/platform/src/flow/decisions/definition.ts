import { consentSchema } from '#consent/definition'
import {
  anything,
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
import { fieldTypes } from '#kernel/scalar.ts'
import { conditionSchema } from '#segments/definition'

/** What can be counted of an offer. */
export const outcomes = ['chosen', 'shown', 'clicked'] as const
export type Outcome = (typeof outcomes)[number]

const payload = record(anything(), { description: 'What the page gets; nothing else leaves.' })

const moment = text({
  pattern: '^\\d{4}-\\d\\d-\\d\\d(T\\d\\d:\\d\\d(:\\d\\d)?(\\.\\d{1,3})?(Z|[+-]\\d\\d:\\d\\d))?$',
  expected: 'a day such as 2026-01-31, or an instant such as 2026-01-31T12:00:00Z',
  description: 'A day, which begins in UTC, or an instant with its zone.',
})

const limitSchema = object({
  /** How often; once more is too often. */
  most: whole({ minimum: 1, maximum: 1000 }),
  of: oneOf(outcomes),
  /** The last 24 hours, the last seven times that, or as long as decisions are kept. */
  within: oneOf(['day', 'week', 'total']),
})
export type Limit = Read<typeof limitSchema>

const offerSchema = object({
  key: key(),
  label: optional(text()),
  /** Who comes first; the higher before the lower, equals in the order in which they stand here. */
  priority: optional(whole({ minimum: -1000, maximum: 1000 })),
  /** For whom: asks the live profile; everybody unless set. */
  when: optional(conditionSchema),
  starts: optional(moment),
  ends: optional(moment),
  /** What must be known of the person before they are given it; what the decision says unless set. */
  consent: optional(consentSchema),
  /** How often the same person gets it. */
  limits: optional(list(limitSchema)),
  payload: optional(payload),
})
export type Offer = Read<typeof offerSchema>

/** A place on a page, and what may stand there for whom. */
export const decisionSchema = object({
  label: optional(text()),
  about: optional(text()),
  enabled: optional(flag()),
  /** Whether browsers may ask, with the write key of their source. */
  public: optional(flag()),
  /** What whoever asks may tell of the moment, for conditions on `context.<name>`. */
  context: optional(record(oneOf(fieldTypes))),
  offers: list(offerSchema, { minItems: 1 }),
  /** What must be known of people before they are given an offer; nothing unless set. */
  consent: optional(consentSchema),
  /** How many are given unless fewer are asked for; one unless set. */
  limit: optional(whole({ minimum: 1, maximum: 20 })),
  /** Which share of people gets nothing but the fallback, always the same people. */
  holdout_percent: optional(number({ minimum: 0, maximum: 100 })),
  /** What is given when no offer is. */
  fallback: optional(payload),
})
export type DecisionBody = Read<typeof decisionSchema>

/** A decision with its key. */
export interface Decision {
  readonly key: string
  readonly body: DecisionBody
}
