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
import { personSummary } from '#segments/api'
import { activationSchema, attributeSchema, destinationSchema, sendWords } from './definition.ts'
import { destinationDefinitions } from './destinations/definitions.ts'

const states = ['waiting', 'delivered', 'dead', 'cancelled'] as const
const absent = { description: 'null when it does not apply' }

/** The key of an activation in a path. */
export const activationParams = object({ key: text() })

/** The key of a destination in a path. */
export const destinationParams = object({ key: text() })

/** What has become of the members: members = delivered + filtered + waiting + dead. */
export const ledgerAnswer = object({
  members: whole(),
  queued: whole(),
  delivered: whole(),
  filtered: record(whole(), { description: 'Not sent, by the reason.' }),
  waiting: whole(),
  dead: whole(),
})

/** An activation as it is defined, with its ledger. */
export const activationAnswer = object({
  key: text(),
  label: optional(text()),
  segment: text(),
  destination: text(),
  paused: optional(flag()),
  attributes: list(attributeSchema),
  send: oneOf(sendWords),
  updates: optional(flag()),
  filter: optional(text()),
  most_members: optional(whole()),
  confirm_above: optional(whole()),
  ledger: ledgerAnswer,
  awaiting: anything({
    description: 'How many members wait for a confirmation; null when none do',
  }),
  deliveredAt: anything({ description: 'When something was last delivered; null before that' }),
})

/** A page of deliveries; `before` is the sequence of the last one seen. */
export const deliveriesQuery = object({
  state: optional(oneOf(states)),
  before: optional(text({ pattern: '^\\d{1,15}$', expected: 'a number in digits such as 120' })),
  limit: optional(text({ pattern: '^\\d{1,3}$', expected: 'a number up to 999' })),
})

/** One batch on its way, or at its end. */
export const deliveryAnswer = object({
  id: text(),
  sequence: whole(),
  destination: text(),
  send: oneOf(sendWords),
  from: whole(),
  to: whole(),
  number: whole(),
  of: whole(),
  members: whole(),
  state: oneOf(states),
  attempts: whole(),
  queuedAt: text(),
  dueAt: anything(absent),
  settledAt: anything(absent),
  reason: anything(absent),
})

/** The first rows that would be sent. */
export const previewAnswer = object({
  columns: list(text()),
  members: whole(),
  filtered: record(whole()),
  in_segment: whole({
    description: 'How many the segment has, whether there is anything to tell of them or not.',
  }),
  undivided: record(whole(), {
    description:
      'How many would be sent an attribute that is empty because its formula divided by zero, by its name.',
  }),
  rows: list(record(anything())),
})

/** An activation that is being written; with the key of one that is published, what that one sent is known. */
export const previewBody = object({ key: optional(key()), body: activationSchema })

const profile = idText({ description: 'Id of a profile, in digits.' })

/** Which of those a destination has, or who are held back, are asked for. */
export const reachedQuery = object({
  state: optional(oneOf(['sent', 'held'])),
  reason: optional(text({ minLength: 1, description: 'Only those held back for this reason.' })),
  /** Only this one: whether they were sent, or why not. */
  profile: optional(profile),
  /** The last profile of the page before. */
  after: optional(profile),
  limit: optional(whole({ minimum: 1, maximum: 1000 })),
})

/** People with what became of them; `next` asks for the page after it. */
export const reachedAnswer = object({
  people: list(
    object({
      ...personSummary.properties,
      reason: anything({
        description: 'Why they are held back; null of those who were queued or sent.',
      }),
    }),
  ),
  sent: whole(),
  held: record(whole(), { description: 'Held back, by the reason.' }),
  next: optional(profile),
})
export type ReachedPage = Read<typeof reachedAnswer>

/** What was given up for one reason. */
export const deadAnswer = object({
  reason: text(),
  batches: whole(),
  members: whole(),
  since: text({ description: 'When the first of them was given up.' }),
  until: text({ description: 'When the last of them was given up.' }),
})

/** Which of those that were given up are meant: all, unless something is named; all that is named must hold. */
export const deadBody = object({
  id: optional(text()),
  since: optional(instant({ description: 'Given up at this time or later.' })),
  until: optional(instant({ description: 'Given up before this time.' })),
  reason: optional(text({ minLength: 1, description: 'A part of the reason.' })),
})
export const batchesAnswer = object({ batches: whole() })

/** The count that somebody looked at. */
export const confirmBody = object({ members: whole({ minimum: 1 }) })
export const confirmAnswer = object({ members: whole() })

/** The types of destination, each with the schema of its settings. */
export const destinationTypesAnswer = list(
  object({ type: text(), label: text(), about: text(), guarantee: text(), settings: anything() }),
)

/** A destination with what it promises. */
export const destinationAnswer = object({
  key: text(),
  label: text(),
  type: oneOf(destinationDefinitions.map((one) => one.key)),
  about: text(),
  guarantee: text(),
  waiting: whole(),
  dead: whole(),
  circuit: oneOf(['closed', 'open', 'half-open']),
  failures: whole(),
  until: anything(absent),
  reason: anything(absent),
})

/** A destination that is being written. */
export const testBody = object({ body: destinationSchema })

/** What a test of a connection has found: what went well, in order, and what did not. */
export const testedAnswer = object({
  works: flag(),
  seen: list(text()),
  problems: list(object({ code: text(), at: text(), say: text() })),
})
