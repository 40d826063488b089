import { expect, test } from 'vitest'
import { createTessera, type Fields, type TesseraOptions } from './index.ts'
import { memoryStore } from './store.ts'
import { ada, makeSender } from './testing/sender.ts'
import { startServer } from './testing/server.ts'

const nowhere = 'http://127.0.0.1:9'

test('sends at once when enough events wait, else soon', async () => {
  await using server = await startServer()
  const many = makeSender(server.url, { flushAt: 3 })
  for (const event of ['a', 'b', 'c']) many.track(event, {}, ada)
  await expect.poll(() => server.names()).toEqual(['a', 'b', 'c'])
  expect(server.arrived).toHaveLength(1)

  const few = makeSender(server.url, { flushIntervalMs: 50 })
  few.track('d', {}, ada)
  await expect.poll(() => server.names()).toContain('d')
})

const circle: Record<string, unknown> = {}
circle['self'] = circle
const trap = {
  get price(): number {
    throw new Error('no price today')
  },
}

// The call, why it is refused, what it was given.
const badUses: readonly (readonly [string, RegExp, unknown[]])[] = [
  ['track', /^track needs event$/, []],
  ['track', /^track needs event$/, ['']],
  ['track', /^event must be a text/, [{}]],
  ['track', /^properties must be an object$/, ['a', 'b', ada]],
  ['track', /^properties must be an object$/, ['a', [1], ada]],
  ['track', /^"n" is a bigint, which JSON cannot hold$/, ['a', { n: 10n }, ada]],
  ['track', /^"price" is NaN, which JSON/, ['a', { deep: [{ price: Number.NaN }] }, ada]],
  ['track', /^"go" is a function, which JSON cannot hold$/, ['a', { go: () => 1 }, ada]],
  ['track', /circular/, ['a', circle, ada]],
  ['track', /^no price today$/, ['a', trap, ada]],
  ['track', /^track does not say who: give userId or anonymousId$/, ['a', {}]],
  ['track', /^track does not say who/, ['a', {}, { userId: '' }]],
  ['track', /^timestamp is no time: yesterday$/, ['a', {}, { ...ada, timestamp: 'yesterday' }]],
  ['track', /^messageId must be a text of 1/, ['a', {}, { ...ada, messageId: 'x'.repeat(101) }]],
  ['track', /^context must be an object$/, ['a', {}, { ...ada, context: 'x' }]],
  ['track', /^the event has 34\d\d\d bytes; 32768 are/, ['a', { x: 'é'.repeat(17_000) }, ada]],
  ['identify', /^userId must be a text/, [{ email: 'a@b.c' }]],
  ['identify', /^traits must be an object$/, ['ada', 'x']],
  ['group', /^group needs groupId$/, ['', {}, ada]],
  ['alias', /^alias needs previousId$/, ['ada']],
  ['alias', /^alias needs userId$/, [undefined, 'a1']],
  ['page', /^properties must be an object$/, ['Home', 'x', ada]],
]

test.each(badUses)('%s: %s is told, not thrown', (call, reason, given) => {
  const sender = makeSender(nowhere) as unknown as Record<string, (...given: unknown[]) => void> &
    ReturnType<typeof makeSender>
  sender[call]!(...given)
  expect(sender.drops).toEqual([
    { event: expect.objectContaining({ type: call }), reason: expect.stringMatching(reason) },
  ])
  expect(sender.waiting()).toBe(0)
})

test('what is given is taken as it is at the call', async () => {
  await using server = await startServer()
  const sender = makeSender(server.url)
  const basket = { items: 1, none: undefined }
  sender.track('a', basket, ada)
  basket.items = 2
  await sender.flush()
  expect(server.arrived[0]?.batch[0]?.properties).toEqual({ items: 1 })
})

test.each([
  [{ host: 'cdp.example', writeKey: 'k' }, /^createTessera needs a host such as .*"cdp.example"$/],
  [{ host: 'ftp://x', writeKey: 'k' }, /^createTessera needs a host/],
  [{ writeKey: 'k' }, /^createTessera needs a host/],
  [{ host: nowhere }, /^createTessera needs a writeKey$/],
])('a sender that was set up wrongly says so with each event: %j', async (options, reason) => {
  const reasons: string[] = []
  const onDrop = (_: unknown, said: string) => void reasons.push(said)
  const sender = createTessera({ ...options, onDrop } as unknown as TesseraOptions)
  sender.track('a', {}, ada)
  await sender.flush()
  await sender.close()
  expect(reasons).toEqual([expect.stringMatching(reason)])
})

test('listeners may throw', async () => {
  await using server = await startServer()
  const fail = () => {
    throw new Error('listener')
  }
  const sender = createTessera({ host: server.url, writeKey: 'k', onDrop: fail, onDelivered: fail })
  sender.track('')
  sender.track('a', {}, ada)
  await sender.flush()
  expect([server.names(), sender.waiting()]).toEqual([['a'], 0])
})

test('the same id is the same event', async () => {
  await using server = await startServer()
  const sender = makeSender(server.url)
  sender.track('first', {}, { ...ada, messageId: 'order-1' })
  sender.track('again', {}, { ...ada, messageId: 'order-1' })
  await sender.flush()
  expect(server.names()).toEqual(['first'])
})

test('beyond the most that may wait, the oldest are dropped and told', async () => {
  await using server = await startServer()
  const sender = makeSender(server.url, { mostQueued: 3 })
  for (const event of ['a', 'b', 'c', 'd', 'e']) sender.track(event, {}, ada)
  expect(sender.drops.map(({ event, reason }) => [event.event, reason])).toEqual([
    ['a', 'more than 3 events wait, and this was the oldest'],
    ['b', 'more than 3 events wait, and this was the oldest'],
  ])
  await sender.flush()
  expect(server.names()).toEqual(['c', 'd', 'e'])
})

test('what is on its way is not dropped for what comes', async () => {
  await using server = await startServer()
  const sender = makeSender(server.url, { mostQueued: 2 })
  server.next({ afterMs: 200 })
  for (const event of ['a', 'b']) sender.track(event, {}, ada)
  const sent = sender.flush()
  await expect.poll(() => server.arrived.length).toBe(1)
  for (const event of ['c', 'd']) sender.track(event, {}, ada)
  await sent
  expect(server.names()).toEqual(['a', 'b', 'c', 'd'])
  expect(sender.drops).toEqual([])
})

test('a server serves many people: nobody is remembered from one call to the next', () => {
  const sender = makeSender(nowhere)
  sender.identify('ada', { vip: true })
  sender.track('Order Paid')
  expect([sender.userId(), sender.anonymousId()]).toEqual([undefined, undefined])
  expect(sender.drops.map(({ reason }) => reason)).toEqual([
    'track does not say who: give userId or anonymousId',
  ])
})

test('one person is remembered, linked and forgotten', async () => {
  await using server = await startServer()
  const sender = makeSender(server.url, { identity: 'remembered' })
  const anonymous = sender.anonymousId()
  sender.track('seen')
  sender.identify('ada')
  sender.track('bought')
  sender.alias('ada@work')
  sender.identify('bob')
  const other = sender.anonymousId()
  sender.track('another person')
  sender.reset()
  sender.track('nobody known')
  await sender.flush()
  const told = server.arrived[0]!.batch.map((of) => [of.type, of.anonymousId, of.userId])
  expect(told).toEqual([
    ['track', anonymous, undefined],
    ['identify', anonymous, 'ada'],
    ['track', anonymous, 'ada'],
    ['alias', anonymous, 'ada@work'],
    ['identify', other, 'bob'],
    ['track', other, 'bob'],
    ['track', sender.anonymousId(), undefined],
  ])
  expect(server.arrived[0]!.batch[3]!.previousId).toBe('ada')
  expect(new Set([anonymous, other, sender.anonymousId()]).size).toBe(3)
})

test('before an answer nothing is stored and nothing is sent; a yes releases what waited', async () => {
  await using server = await startServer()
  const storage = memoryStore()
  const options = { storage, identity: 'remembered', consent: 'pending', flushAt: 1 } as const
  const sender = makeSender(server.url, options)
  sender.track('seen')
  sender.identify('ada')
  await sender.flush()
  expect([server.arrived, storage.keys(), sender.waiting()]).toEqual([[], [], 2])
  const id = sender.anonymousId()
  sender.setConsent('granted')
  await expect.poll(() => sender.waiting()).toBe(0)
  expect(server.arrived[0]?.batch.map(({ anonymousId }) => anonymousId)).toEqual([id, id])
  expect([sender.anonymousId(), sender.userId()]).toEqual([id, 'ada'])
})

test('a no takes away what waits and what is remembered, and says so', async () => {
  const storage = memoryStore()
  const sender = makeSender(nowhere, { storage, identity: 'remembered' })
  storage.set('of another program', 'x')
  sender.identify('ada')
  sender.setConsent('denied')
  sender.track('unwanted')
  expect(storage.keys()).toEqual(['of another program'])
  expect([sender.waiting(), sender.userId(), sender.anonymousId()]).toEqual([
    0,
    undefined,
    undefined,
  ])
  expect(sender.drops.map(({ event, reason }) => [event.type, reason])).toEqual([
    ['identify', 'consent was denied'],
    ['track', 'consent was denied'],
  ])
})

test('a no stops the request that is under way', async () => {
  await using server = await startServer()
  server.next({ afterMs: 5000 })
  const sender = makeSender(server.url)
  sender.track('a', {}, ada)
  const sent = sender.flush()
  await expect.poll(() => server.arrived.length).toBe(1)
  sender.setConsent('denied')
  await sent
  expect(sender.waiting()).toBe(0)
})

test('what is no answer to the question of consent counts as none yet', async () => {
  await using server = await startServer()
  const sender = makeSender(server.url, { consent: 'yes' as 'granted' })
  sender.track('a', {}, ada)
  await sender.flush()
  expect([server.arrived.length, sender.waiting()]).toEqual([0, 1])
})

test('ends when everything is sent, also through a failure', async () => {
  await using server = await startServer()
  server.next({ status: 503 })
  const sender = makeSender(server.url)
  sender.track('last', {}, ada)
  await sender.close()
  expect(server.names()).toEqual(['last'])
  sender.track('too late', {}, ada)
  expect(sender.drops.map(({ reason }) => reason)).toEqual(['this sender is closed'])
})

test('ends in time, and says what it could not send', async () => {
  await using server = await startServer()
  server.always(() => ({ afterMs: 5000 }))
  const sender = makeSender(server.url)
  sender.track('lost', {}, ada)
  await sender.close(200)
  expect(sender.drops.map(({ event, reason }) => [event.event, reason])).toEqual([
    ['lost', 'the sender was closed before it could be sent'],
  ])
})

test('a store that is full or broken costs no event', async () => {
  await using server = await startServer()
  const full = (): never => {
    throw new Error('full')
  }
  const storage = { get: full, set: full, remove: full, keys: full }
  const sender = makeSender(server.url, { storage, identity: 'remembered' })
  sender.track('a', { n: 1 } satisfies Fields)
  sender.track('b')
  await sender.flush()
  expect(server.names()).toEqual(['a', 'b'])
  const [first, second] = server.arrived[0]!.batch
  expect(first?.anonymousId).toBe(second?.anonymousId)
})
