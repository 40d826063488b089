import { consentSchema } from '#consent/definition'
import { secretRef } from '#definitions/definition'
import {
  either,
  flag,
  key,
  list,
  object,
  oneOf,
  optional,
  type Read,
  text,
  webAddress,
  whole,
} from '#kernel/read.ts'
import { conditionSchema } from '#segments/definition'

const duration = text({
  pattern: '^[1-9][0-9]{0,4} (second|minute|hour|day)s?$',
  expected: 'a number of seconds, minutes, hours or days such as 30 minutes',
  description: 'Such as `30 minutes` or `7 days`.',
})

const clockTime = text({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  expected: 'a time of day such as 09:30',
})

/** When something is done. Conditions ask fields of the event, of the row, or measures of the insight. */
export const triggerSchema = either(
  object({
    /** A stream of events that receives. */
    event: key(),
    /** Which of its events are looked at; the others say nothing, also not that the condition no longer holds. */
    among: optional(conditionSchema),
    where: optional(conditionSchema),
    /** For whom: asks the live profile as the event arrives, its counters, segments, insights and attributes. */
    who: optional(conditionSchema),
    /** The field with the id of the person; the user id, and without one the anonymous id, unless set. */
    person: optional(key()),
  }),
  object({ segment: key(), change: oneOf(['entered', 'left']) }),
  object({
    row: key(),
    /** `any`: created or changed; what was taken away has a word of its own, as it has only the values it had last. */
    change: oneOf(['created', 'changed', 'deleted', 'any']),
    where: optional(conditionSchema),
    /** Asked of the values that the row had before it changed. */
    was: optional(conditionSchema),
  }),
  object({ insight: key(), where: conditionSchema }),
  object({
    /** What identity does with profiles: several become one, or one becomes several. */
    profile: oneOf(['merged', 'split', 'any']),
    /** Of people unless set. */
    on: optional(oneOf(['individual', 'account'])),
  }),
)
export type Trigger = Read<typeof triggerSchema>
export type EventTrigger = Extract<Trigger, { event: string }>
export type SegmentTrigger = Extract<Trigger, { segment: string }>
export type RowTrigger = Extract<Trigger, { row: string }>
export type InsightTrigger = Extract<Trigger, { insight: string }>
export type ProfileTrigger = Extract<Trigger, { profile: string }>

// As for attributes of activations: others want names such as `Mobile Phone`.
const as = text({
  pattern: '^[A-Za-z][A-Za-z0-9_ -]{0,62}$',
  expected: 'a name such as First name: letters, digits, blanks, _ and -, a letter first',
})

const attributeSchema = either(
  object({ as, field: key() }),
  object({ as, profile: key() }),
  /** The value that a field of the row had before. */
  object({ as, was: key() }),
)
export type Attribute = Read<typeof attributeSchema>

const quietSchema = object({
  time_zone: text({ description: 'Such as `Europe/Rome`.' }),
  from: clockTime,
  to: clockTime,
  /** What becomes of what falls into them: it waits for their end, or is dropped and told. */
  meanwhile: oneOf(['wait', 'drop']),
})
export type QuietHours = Read<typeof quietSchema>

const webhookSchema = object({
  /** The address, or the secret that holds it. */
  url: either(webAddress(), secretRef),
  secret: secretRef,
  /** The key before, as long as receivers may still check with it. */
  previous_secret: optional(secretRef),
  /** How the body is written: `tessera`, or a form that a door has registered. */
  form: optional(text()),
  /** The most firings in one request; 200 unless set. */
  batch_size: optional(whole({ minimum: 1, maximum: 500 })),
})
export type WebhookTarget = Read<typeof webhookSchema>

/** Does something outside when a rule is met. */
export const actionSchema = object({
  label: optional(text()),
  about: optional(text()),
  enabled: optional(flag()),
  when: triggerSchema,
  /** Once per person while it holds and again after it did not; or each time. */
  often: oneOf(['first', 'each']),
  /** How long the same person is left alone after a firing. */
  cool_down: optional(duration),
  /** How long is waited before it is sent; what suppresses it can come meanwhile. */
  after: optional(duration),
  suppress: optional(list(object({ when: triggerSchema, within: duration }), { minItems: 1 })),
  quiet_hours: optional(quietSchema),
  attributes: optional(list(attributeSchema)),
  /** What must be known of the person as it is sent; what the destination says unless set. */
  consent: optional(
    object({
      ...consentSchema.properties,
      /** The attribute with the address or number that will be used. */
      contact_point: optional(as),
    }),
  ),
  /** The most firings in an hour of the clock, as a safety; 100,000 unless set. */
  at_most_per_hour: optional(whole({ minimum: 1, maximum: 10_000_000 })),
  target: either(object({ webhook: webhookSchema }), object({ destination: key() })),
})
export type ActionBody = Read<typeof actionSchema>

/** An action with its key. */
export interface Action {
  readonly key: string
  readonly body: ActionBody
}

/** Whether it is looked at; disabled actions see nothing of what happens meanwhile. */
export const isEnabled = ({ body }: Action): boolean => body.enabled !== false

/** The cap of an action that sets none. */
export const usualCap = 100_000

const unitMs = { second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 } as const

/** The milliseconds of a duration; 0 for none. */
export function durationMs(written: string | undefined): number {
  if (written === undefined) return 0
  const [count, unit = ''] = written.split(' ')
  // The pattern of the schema allows only these words.
  return Number(count) * unitMs[unit.replace(/s$/, '') as keyof typeof unitMs]
}

/** One trigger that is watched: that of an action, or one that suppresses what it fired. */
export interface Watch {
  /** `action`, or `action/number` of what suppresses. */
  readonly key: string
  readonly action: Action
  readonly when: Trigger
  /** Set for what suppresses: how far back. */
  readonly withinMs?: number
}

/** Everything that is watched for an action: its own trigger first. */
export const watchesOf = (action: Action): readonly Watch[] => [
  { key: action.key, action, when: action.body.when },
  ...(action.body.suppress ?? []).map(({ when, within }, i) => ({
    key: `${action.key}/${i}`,
    action,
    when,
    withinMs: durationMs(within),
  })),
]
