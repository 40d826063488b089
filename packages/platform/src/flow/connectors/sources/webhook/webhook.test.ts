import { describeReceiver } from '../../testing/index.ts'
import { makeWebhook } from './webhook.ts'

const secret = { secret: 'hook' }

describeReceiver('webhook', {
  connector: makeWebhook(),
  settings: { signature: { kind: 'timestamped', secret, header: 'Pay-Signature' }, id: 'event.id' },
  source: {},
  wrong: {
    settings: { signature: { kind: 'standard', secret }, id: 1, record: 'items' },
    places: ['settings.id', 'settings.record'],
  },
})
