import { expect, test } from 'vitest'
import { type ConsentState, createConsent } from './consent.ts'
import { rememberedIdentity } from './identity.ts'
import { memoryStore } from './store.ts'

/** A visit that begins without an answer, on a device that may remember somebody. */
function visit(known: Readonly<Record<string, string>>, first: ConsentState = 'pending') {
  const device = memoryStore()
  for (const [key, value] of Object.entries(known)) device.set(`p.${key}`, value)
  const taken: string[] = []
  const consent = createConsent({
    device,
    prefix: 'p.',
    first,
    taken: (text) => void taken.push(text),
  })
  const identity = rememberedIdentity(consent.store, 'p.', () => 'new')
  const see = () => {
    const [anonymousId, userId] = [identity.anonymousId(), identity.userId()]
    consent.store().set('p.q.1', JSON.stringify({ messageId: 'm', anonymousId, userId }))
  }
  const stored = () => Object.fromEntries(device.keys().map((key) => [key, device.get(key)]))
  return {
    consent,
    identity,
    see,
    stored,
    taken,
    event: () => JSON.parse(stored()['p.q.1'] ?? '{}'),
  }
}

const known = { anonymous: 'old', user: 'ada' }

test('who is known to the device is also who was here before the answer', () => {
  const { consent, see, stored, event } = visit(known)
  see()
  consent.set('granted')
  expect(event()).toEqual({ messageId: 'm', anonymousId: 'old', userId: 'ada' })
  expect(stored()).toMatchObject({ 'p.anonymous': 'old', 'p.user': 'ada' })
})

test('a visitor who was known without a name and gives one now stays the same', () => {
  const { consent, identity, see, stored, event } = visit({ anonymous: 'old' })
  see()
  identity.know('ada')
  consent.set('granted')
  expect(event()).toEqual({ messageId: 'm', anonymousId: 'old' })
  expect(stored()).toMatchObject({ 'p.anonymous': 'old', 'p.user': 'ada' })
})

test('another user than the known one is another person', () => {
  const { consent, identity, see, stored, event } = visit(known)
  identity.know('bob')
  see()
  consent.set('granted')
  expect(event()).toEqual({ messageId: 'm', anonymousId: 'new', userId: 'bob' })
  expect(stored()).toMatchObject({ 'p.anonymous': 'new', 'p.user': 'bob' })
})

test('who was forgotten before the answer stays forgotten', () => {
  const { consent, identity, see, stored, event } = visit(known)
  identity.forget()
  consent.forget()
  see()
  consent.set('granted')
  expect(event()).toEqual({ messageId: 'm', anonymousId: 'new' })
  expect(stored()).not.toHaveProperty('p.user')
})

test('a no at the start takes away what earlier visits left', () => {
  const { stored, taken } = visit({ ...known, 'q.1': '{"messageId":"m"}', turn: 'x' }, 'denied')
  expect([stored(), taken]).toEqual([{}, ['{"messageId":"m"}']])
})

test('a yes that is taken back leaves the device alone until there is an answer', () => {
  const { consent, identity, stored } = visit(known, 'granted')
  consent.set('pending')
  expect(identity.userId()).toBe(undefined)
  identity.know('bob')
  expect(stored()).toEqual({ 'p.anonymous': 'old', 'p.user': 'ada' })
})
