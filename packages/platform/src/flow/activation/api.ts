import { anything, list, object, oneOf, optional, record, text, whole } from '#kernel/read.ts'
import { attributeSchema, sendWords } from './definition.ts'
import { destinationDefinitions } from './destinations/definitions.ts'

const states = ['waiting', 'delivered', 'dead'] as const
const absent = { description: 'null when it does not apply' }

/** The key of an activation in a path. */
export const activationParams = object({ key: text() })

/** What has become of the members that were queued. */
export const ledgerAnswer = object({
  queued: whole(),
  delivered: whole(),
  waiting: whole(),
  dead: whole(),
})

/** An activation as it is defined, with its ledger. */
export const activationAnswer = object({
  key: text(),
  label: optional(text()),
  segment: text(),
  destination: text(),
  attributes: list(attributeSchema),
  send: oneOf(sendWords),
  ledger: ledgerAnswer,
})

/** A page of deliveries; `before` is the sequence of the last one seen. */
export const deliveriesQuery = object({
  state: optional(oneOf(states)),
  before: optional(text({ pattern: '^\\d{1,15}$' })),
  limit: optional(text({ pattern: '^\\d{1,3}$' })),
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
  rows: list(record(anything())),
})

/** Which delivery to try again; all that were given up when it names none. */
export const retryBody = object({ id: optional(text()) })
export const retryAnswer = object({ batches: whole() })

/** A destination with what it promises. */
export const destinationAnswer = object({
  key: text(),
  label: text(),
  type: oneOf(destinationDefinitions.map((one) => one.key)),
  about: text(),
  guarantee: text(),
})
