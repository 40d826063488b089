import { expect, test } from 'vitest'
import { sayingOf } from './saying.ts'

const wire = 'events'

test.each([
  [
    { type: 'track', event: 'Order Paid', userId: 'u-1', anonymousId: 'a' },
    { kind: 'track', title: 'Order Paid', who: 'u-1' },
  ],
  [
    { type: 'page', name: 'Start', anonymousId: 'a' },
    { kind: 'page', title: 'Start', who: 'a' },
  ],
  [
    { type: 'identify', userId: 7, traits: { email: 'ada@example.org', address: { city: 'Ulm' } } },
    { kind: 'identify', title: 'email ada@example.org', who: '7' },
  ],
  [
    { type: 'group', groupId: 'acme', traits: { employees: 3 } },
    { kind: 'group', title: 'acme: employees 3', who: '' },
  ],
  [
    { sku: 'S-1', stock: 4, places: ['Ulm'], gone: null },
    { kind: 'events', title: 'sku S-1, stock 4, gone null', who: '' },
  ],
])('%j is said as %j', (value, saying) => {
  expect(sayingOf({ value, wire })).toEqual(saying)
})
