import {
  anything,
  flag,
  idText,
  instant,
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
import { actionSchema } from './definition.ts'

/** Where a firing stands. */
export const firingStates = [
  'waiting',
  'sent',
  'suppressed',
  'no_consent',
  'repeated',
  'cooled',
  'quiet',
  'capped',
  'dead',
  'denied',
  'cancelled',
] as const
export type FiringState = (typeof firingStates)[number]

/** What became of what a trigger watches; events only come, and insights turn true. */
const changes = ['created', 'changed', 'deleted', 'entered', 'left', 'merged', 'split'] as const
export type Change = (typeof changes)[number]

/** The key of an action in a path. */
export const actionParams = object({ key: text() })

const counts = object({
  met: whole({ description: 'How often the rule was met; the sum of all others.' }),
  waiting: whole(),
  sent: whole(),
  suppressed: whole(),
  no_consent: whole({ description: 'They may not be reached; asked as it was to be sent.' }),
  repeated: whole({ description: 'It held for this person already.' }),
  cooled: whole({ description: 'The person was to be left alone.' }),
  quiet: whole({ description: 'It fell into quiet hours that drop.' }),
  capped: whole(),
  dead: whole(),
  denied: whole({ description: 'Fired as the event came; the set lane does not agree.' }),
  cancelled: whole(),
})
export type Ledger = Read<typeof counts>

/** An action with what has become of it. */
export const actionAnswer = object({
  key: text(),
  label: text(),
  enabled: anything({ description: 'true or false' }),
  when: text({ description: 'What it waits for, in words.' }),
  lane: oneOf(['live', 'set']),
  why_not_live: optional(text({ description: 'Why it does not fire as events arrive.' })),
  target: text(),
  held_up_until: optional(text({ description: 'The target fails; it is tried again then.' })),
  ledger: counts,
})
export type ActionView = Read<typeof actionAnswer>

/** Which firings; `before` is the sequence of the last one seen. */
export const firingsQuery = object({
  action: optional(text()),
  state: optional(oneOf(firingStates)),
  person: optional(text({ description: 'A profile, or an id as the cause names it.' })),
  before: optional(text({ pattern: '^\\d{1,15}$', expected: 'a number in digits such as 120' })),
  limit: optional(text({ pattern: '^\\d{1,3}$', expected: 'a number up to 999' })),
})

/** One firing with what became of it. */
export const firingAnswer = object({
  id: text(),
  sequence: whole(),
  action: text(),
  trigger: text(),
  lane: text(),
  person: optional(text()),
  profile: optional(text()),
  occurrence: text(),
  state: oneOf(firingStates),
  reason: optional(text()),
  attempts: whole(),
  happened_at: text(),
  met_at: text(),
  due_at: optional(text()),
  sent_at: optional(text()),
  change: optional(oneOf(changes, { description: 'What became of what the trigger watches.' })),
  data: anything(),
  was: optional(anything({ description: 'Values before the change, as attributes ask for them.' })),
})
export type FiringView = Read<typeof firingAnswer>

/** Which firings to try again, or to cancel: all unless it says less. */
export const chosenBody = object({
  action: optional(text()),
  id: optional(text()),
  person: optional(text()),
  from: optional(instant()),
  until: optional(instant()),
})
export type Chosen = Read<typeof chosenBody>

export const changedAnswer = object({ firings: whole() })

/** A rule to be tried, as a definition has it. */
export const tryBody = object({
  key: optional(key()),
  body: actionSchema,
  days: optional(whole({ minimum: 1, maximum: 90, description: 'How far back; 7 unless set.' })),
  profile: optional(idText({ description: 'Only of this profile.' })),
})

/** What a rule would have done. */
export const triedAnswer = object({
  met: whole({ description: 'How often it was met; the sum of all states.' }),
  states: record(whole(), { description: '`sent` would have been.' }),
  more: flag({ description: 'More was met than a trial looks at.' }),
  over: oneOf(['the past', 'now'], {
    description: 'now: what triggers it leaves no trace in time, so all that holds is shown.',
  }),
  told: list(text(), { description: 'What this trial does not know.' }),
  firings: list(
    object({
      person: optional(text()),
      profile: optional(text()),
      occurrence: text(),
      happened_at: text(),
      state: oneOf(firingStates),
      reason: optional(text()),
      due_at: text(),
      body: optional(text({ description: 'What would be sent.' })),
    }),
    { description: 'The newest 100.' },
  ),
})
export type TriedAnswer = Read<typeof triedAnswer>
