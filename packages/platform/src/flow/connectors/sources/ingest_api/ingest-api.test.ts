import { expect, test } from 'vitest'
import { describeReceiver } from '../../testing/index.ts'
import { makeIngestApi } from './ingest-api.ts'

const settings = {
  objects: {
    deals: {
      category: 'engagement',
      fields: { id: { type: 'text' }, 'Closed At': { type: 'timestamp' } },
      primary_key: ['id'],
    },
  },
}

describeReceiver('ingest_api', {
  connector: makeIngestApi(),
  settings,
  source: { object: 'deals' },
  wrong: {
    settings: { objects: { deals: { category: 'sales', fields: {}, primary_key: [] } } },
    places: ['settings.objects.deals.category', 'settings.objects.deals.primary_key'],
  },
})

test('names the nearest object where there is none of that name', () => {
  const received = () => makeIngestApi().receives?.({ settings, source: { object: 'deal' } })
  expect(received).toThrow('did you mean "deals"?')
})
