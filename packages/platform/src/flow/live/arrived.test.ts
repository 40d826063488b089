import { expect, test } from 'vitest'
import { arrivedFrom, type Watched } from './arrived.ts'

const fields = { event: { path: ['event'], type: 'text' as const } }
const counter = (key: string, event?: string) => ({
  key,
  body: {
    event: 'site',
    window: 'total',
    ...(event === undefined ? {} : { where: { field: 'event', op: '=' as const, value: event } }),
  },
})
const site: Watched = {
  stream: 'site',
  source: 'site',
  fields,
  counters: [counter('all'), counter('viewed', 'Viewed'), counter('turkish', 'İstanbul')],
}
const read = (said: object | string) =>
  arrivedFrom(site, 7, typeof said === 'string' ? said : JSON.stringify(said))

test('an event belongs to its user, and was never later than it arrived', () => {
  const arrived = read({
    type: 'track',
    event: 'Viewed',
    userId: 'u',
    anonymousId: 'a',
    timestamp: '2030-01-01T00:00:00.000Z',
    receivedAt: '2026-01-01T00:00:00.000Z',
    properties: { price: 5, list: [1], deep: { color: 'red' }, none: null },
  })
  expect(arrived).toMatchObject({
    key: 'site\tu',
    event: {
      position: 7,
      at: Date.parse('2026-01-01T00:00:00Z'),
      name: 'Viewed',
      values: { price: 5, 'deep.color': 'red' },
    },
    // Engines and JavaScript do not agree on the small letters of one of the words.
    isUnsure: true,
  })
  expect(arrived?.counters.map(({ key }) => key)).toEqual(['all', 'viewed'])
  expect(read({ anonymousId: 'a', type: 'page', name: 'Home' })).toMatchObject({
    key: 'site\ta',
    event: { at: undefined, name: 'Home' },
  })
})

test.each(['{', '[1]', '{}', '{"userId":""}', '{"userId":5}'])('%s names nobody', (body) => {
  expect(read(body)).toBeUndefined()
})
