import { describeReceiver } from '../../testing/index.ts'
import { makeEvents } from './events.ts'

describeReceiver('events', {
  connector: makeEvents(),
  settings: { sender: 'server' },
  source: { takes: 'people' },
  wrong: {
    settings: { sender: 'robot', key: 'x' },
    places: ['settings.key', 'settings.sender'],
  },
})
