import { type Connector, defineReceiver } from '../../connector.ts'
import { webhookDefinition } from './definition.ts'

/** Systems that post. */
export const makeWebhook = (): Connector =>
  defineReceiver({
    ...webhookDefinition,
    offers: () => [{ name: 'what is posted', source: {} }],
    receives: () => ({
      fields: [{ label: 'receivedAt', name: 'received_at', type: 'timestamp' }],
      always: ['receivedAt'],
    }),
  })
