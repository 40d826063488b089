import fc from 'fast-check'
import { expect, test } from 'vitest'
import { personIn, statementsOf } from './derive.ts'

const said = (message: Parameters<typeof statementsOf>[0], about: string) =>
  statementsOf(message)
    .filter((one) => one.about === about)
    .map(({ value }) => value)

const identify = {
  type: 'identify',
  userId: 'u1',
  anonymousId: 'a1',
  timestamp: '2026-01-02T00:00:00.000Z',
  traits: { email: 'ada@example.com', phone: null },
}

test('an identify says who somebody is, and by which ids they go', () => {
  expect(said(identify, 'people')).toEqual([
    {
      id: 'u1',
      userId: 'u1',
      isAnonymous: false,
      traits: { email: 'ada@example.com', phone: null },
      identifiedAt: identify.timestamp,
    },
  ])
  expect(said(identify, 'identities')).toEqual([
    { id: '["u1","user_id","u1"]', personId: 'u1', type: 'user_id', number: 'u1' },
    { id: '["u1","anonymous_id","a1"]', personId: 'u1', type: 'anonymous_id', number: 'a1' },
  ])
})

test('traits in the context of an identify count, those of a track do not', () => {
  const context = { traits: { plan: 'pro' } }
  expect(said({ ...identify, traits: {}, context }, 'people')[0]?.['traits']).toEqual({
    plan: 'pro',
  })
  const track = { type: 'track', event: 'X', userId: 'u1', context }
  expect(said(track, 'people')).toEqual([{ id: 'u1', userId: 'u1', isAnonymous: false }])
})

test('somebody who has not signed in is a person too, by the id of the device', () => {
  expect(said({ type: 'page', anonymousId: 'a1' }, 'people')).toEqual([
    { id: 'a1', anonymousId: 'a1', isAnonymous: true },
  ])
  expect(said({ type: 'page' }, 'people')).toEqual([])
})

test('a group says what an account is, and who belongs to it', () => {
  const group = {
    type: 'group',
    userId: 'u1',
    groupId: 'g1',
    traits: { name: 'Acme' },
    timestamp: 't',
  }
  expect(said(group, 'accounts')).toEqual([{ id: 'g1', traits: { name: 'Acme' }, changedAt: 't' }])
  expect(said(group, 'members')).toEqual([{ id: '["u1","g1"]', personId: 'u1', groupId: 'g1' }])
})

test('order events say what an order is worth and what has become of it', () => {
  const event = (name: string, properties: object) => ({
    type: 'track',
    event: name,
    userId: 'u1',
    timestamp: 't',
    properties,
  })
  expect(said(event('Order Completed', { order_id: 7, revenue: 10, tax: 2 }), 'orders')).toEqual([
    {
      id: '7',
      personId: 'u1',
      status: 'completed',
      tax: 2,
      total: 10,
      currency: 'USD',
      purchasedAt: 't',
      changedAt: 't',
    },
  ])
  const back = { order_id: '7', total: 3, tax: 1, products: [{ product_id: 'p1' }] }
  expect(said(event('Order Refunded', back), 'orders')).toEqual([
    { id: '7', personId: 'u1', status: 'refunded', changedAt: 't' },
  ])
  expect(said(event('Order Completed', { revenue: 10 }), 'orders')).toEqual([])
  expect(said(event('Product Viewed', { order_id: 7 }), 'orders')).toEqual([])
})

test('events that are called like something every object has are no orders', () => {
  const names = Object.getOwnPropertyNames(Object.prototype)
  expect(names).toContain('constructor')
  for (const event of names) {
    const track = { type: 'track', event, userId: 'u1', properties: { order_id: 'o1' } }
    expect(said(track, 'orders')).toEqual([])
    expect(personIn(track)).toBe('2:u1')
  }
})

test('external ids are ids of the person, unless they are those of an account', () => {
  const externalIds = [
    { type: 'loyalty', id: 'L1', collection: 'users', encoding: 'none' },
    { type: 'vat', id: 'V1', collection: 'accounts' },
    { type: 'broken' },
  ]
  const ids = said({ type: 'track', userId: 'u1', context: { externalIds } }, 'identities')
  expect(ids.map(({ type }) => type)).toEqual(['user_id', 'loyalty'])
})

test('whatever a message holds, it says something or nothing, and every key is a text', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (extra) => {
      const message = { ...extra, type: 'identify', userId: 'u' }
      for (const { value } of statementsOf(message)) expect(value.id).not.toBe('')
    }),
  )
})
