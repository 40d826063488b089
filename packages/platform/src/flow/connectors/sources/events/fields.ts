import { columnNames } from '#kernel/names.ts'
import type { FieldType } from '#kernel/scalar.ts'
import type { ReceivedField } from '../../connector.ts'
import type { Takes } from './definition.ts'

type Group = Readonly<Partial<Record<FieldType, readonly string[]>>>

// Only what mappings rely on; whatever else comes becomes a column when it comes.
const traits = [
  'traits.email',
  'traits.phone',
  'traits.firstName',
  'traits.lastName',
  'traits.name',
  'traits.title',
  'traits.gender',
  'traits.birthday',
  'traits.address.street',
  'traits.address.city',
  'traits.address.state',
  'traits.address.postalCode',
  'traits.address.country',
]

const fields: Readonly<Record<Takes, Group>> = {
  events: {
    text: [
      'type',
      'messageId',
      'userId',
      'anonymousId',
      'groupId',
      'previousId',
      'event',
      'name',
      'category',
      'channel',
      'wire',
      'properties.url',
      'properties.title',
      'properties.referrer',
      'properties.product_id',
      'context.page.url',
      'context.page.title',
      'context.page.referrer',
      'context.userAgent',
      'context.ip',
      'context.sessionId',
      'context.app.name',
      'context.device.id',
    ],
    timestamp: ['timestamp', 'originalTimestamp', 'sentAt', 'receivedAt'],
    json: ['integrations', 'flags'],
  },
  people: {
    text: ['id', 'userId', 'anonymousId', ...traits],
    boolean: ['isAnonymous'],
    timestamp: ['identifiedAt'],
  },
  identities: { text: ['id', 'personId', 'type', 'number'] },
  accounts: {
    text: [
      'id',
      'traits.name',
      'traits.industry',
      'traits.website',
      'traits.phone',
      'traits.address.street',
      'traits.address.city',
      'traits.address.postalCode',
      'traits.address.country',
    ],
    integer: ['traits.employees'],
    timestamp: ['changedAt'],
  },
  members: { text: ['id', 'personId', 'groupId'] },
  orders: {
    text: ['id', 'personId', 'status', 'currency', 'affiliation', 'coupon'],
    number: ['total', 'tax', 'shipping', 'discount'],
    json: ['products'],
    timestamp: ['purchasedAt', 'changedAt'],
  },
}

/** The fields that lake objects of events have before the first one has come. */
export function fieldsOfEvents(takes: Takes): readonly ReceivedField[] {
  const typed = Object.entries(fields[takes]).flatMap(([type, labels]) =>
    // The entries of a group are its own types.
    labels.map((label) => ({ label, type: type as FieldType })),
  )
  const names = columnNames(typed.map(({ label }) => label))
  return typed.map((field, i) => ({ ...field, name: names[i] ?? field.label }))
}

/** The members that an event may have by the rules of its wire. */
export const membersOfEvents: readonly string[] = [
  ...new Set(
    Object.values(fields.events)
      .flat()
      .map((label) => label.split('.', 1)[0] ?? label),
  ),
  'traits',
]
