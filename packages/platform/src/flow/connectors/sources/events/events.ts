import { type Connector, defineReceiver } from '../../connector.ts'
import { eventsDefinition, takes } from './definition.ts'
import { fieldsOfEvents, membersOfEvents } from './fields.ts'

/** Senders of events. */
export const makeEvents = (): Connector =>
  defineReceiver({
    ...eventsDefinition,
    offers: () => takes.map((name) => ({ name, source: { takes: name } })),
    receives: ({ source: { takes: taken = 'events' } }) => ({
      fields: fieldsOfEvents(taken),
      ...(taken === 'events' ? { always: membersOfEvents } : {}),
    }),
  })
