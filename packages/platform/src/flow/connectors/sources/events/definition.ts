import { object, oneOf, optional } from '#kernel/read.ts'
import type { ConnectorDefinition } from '../../connector.ts'

/**
 * What a stream of a sender of events takes: every event as it came; or what the events say of people, of the ids that people
 * go by, of accounts, of who belongs to which account, and of orders, each with one row per key.
 */
export const takes = ['events', 'people', 'identities', 'accounts', 'members', 'orders'] as const
export type Takes = (typeof takes)[number]

const settings = object({
  sender: optional(
    oneOf(['browser', 'server'], {
      description:
        'Who sends: pages and apps, whose address is that of the visitor, or servers that speak for others.',
    }),
  ),
})

const source = object({
  takes: optional(oneOf(takes, { description: 'All events, or what they say of one thing.' })),
})

/** What the connector for events says of itself. */
export const eventsDefinition = {
  key: 'events',
  label: 'Events',
  about: 'What pages, apps and servers send as it happens: track, identify, page, screen, group.',
  settings,
  source,
  sendsAnything: true,
} as const satisfies ConnectorDefinition
