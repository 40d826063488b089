import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import type { Catalogue } from '#definitions'
import { memoryEngine } from '#engine/testing'
import { memoryStore } from '#store/testing'
import type { ActivationBody, DestinationBody } from './definition.ts'
import { activationMigrations } from './records.ts'
import { activationsOver, definitionsOf, webhookTo } from './testing/house.ts'
import { type Answerer, factsOf, webhookReceiver } from './testing/receiver.ts'
import { enter, leave, makeTables, profileId } from './testing/world.ts'
import type { Patience } from './work.ts'

const engine = await memoryEngine()
await makeTables(engine)

const signal = () => AbortSignal.timeout(10_000)
const changesOf = (segment: string, destination: string): ActivationBody => ({
  segment,
  destination,
  attributes: [],
  send: 'changes',
})

async function receiverThat(answerer?: Answerer) {
  const receiver = await webhookReceiver(answerer)
  onTestFinished(receiver.close)
  return receiver
}

/** Activations in a store of their own, each named after its segment. */
async function activations(
  of: { outgoing: Awaited<ReturnType<typeof webhookReceiver>>['outgoing']; catalogue: Catalogue },
  patience?: Patience,
) {
  const store = await memoryStore({ activation: activationMigrations })
  const catalogue = { now: of.catalogue }
  const tools = { engine, store, outgoing: of.outgoing, catalogue: () => catalogue.now }
  const made = activationsOver(tools, patience ? { patience } : {})
  onTestFinished(async () => {
    await made.work.stop()
    await store.close()
  })
  return { ...made, catalogue, store }
}

/** One activation of one segment to one receiver. */
async function one(segment: string, answerer?: Answerer, patience?: Patience) {
  const receiver = await receiverThat(answerer)
  const catalogue = definitionsOf({
    destinations: { shop: webhookTo(receiver.url, 2) },
    activations: { [segment]: changesOf(segment, 'shop') },
  })
  const made = await activations({ outgoing: receiver.outgoing, catalogue }, patience)
  const ledger = async () => (await made.get(segment)).ledger
  return { ...made, received: receiver.received, ledger }
}

const people = (ids: readonly unknown[]) =>
  ids.map((id) => Number(BigInt(String(id)) - profileId(0)))
const story = (received: Parameters<typeof factsOf>[0]) =>
  factsOf(received).map(({ profile_id, change }) => `${change} ${people([profile_id])}`)

test('delivers what is queued, in order, and keeps no members afterwards', async () => {
  const { refresh, work, received, ledger, store, deliveries } = await one('orderly')
  await enter(engine, 'orderly', [1, 2, 3])
  await refresh('orderly', signal())
  await leave(engine, 'orderly', [1])
  await refresh('orderly', signal())
  expect(await ledger()).toMatchObject({ queued: 4, delivered: 0, waiting: 4, dead: 0 })
  await work.drain(signal())
  expect(story(received)).toEqual(['entered 1', 'entered 2', 'entered 3', 'left 1'])
  expect(await ledger()).toMatchObject({ queued: 4, delivered: 4, waiting: 0, dead: 0 })
  expect(await deliveries('orderly')).toMatchObject([
    { state: 'delivered', attempts: 1, reason: null, dueAt: null, settledAt: expect.any(String) },
    { state: 'delivered' },
    { state: 'delivered' },
  ])
  const parts = store.as<{ activation_part: { batch: number } }>().selectFrom('activation_part')
  expect(await parts.selectAll().execute()).toEqual([])
})

test('tries again under the same id until it succeeds, and nothing overtakes', async () => {
  let failures = 4
  const stubborn: Answerer = (_, response) => {
    if (failures-- > 0) response.writeHead(503).end()
  }
  const { refresh, work, received, ledger } = await one('stubborn', stubborn)
  await enter(engine, 'stubborn', [1])
  await refresh('stubborn', signal())
  await leave(engine, 'stubborn', [1])
  await refresh('stubborn', signal())
  await work.drain(signal())
  expect(new Set(received.slice(0, 5).map(({ id }) => id)).size).toBe(1)
  expect(story(received)).toEqual(['entered 1', 'left 1'])
  expect(await ledger()).toMatchObject({ queued: 2, delivered: 2 })
})

test('gives up what is refused, goes on with the rest, and tries again when asked', async () => {
  let isStrict = true
  const strict: Answerer = ({ members }, response) => {
    const isBad = members.some(({ profile_id }) => people([profile_id])[0] === 1)
    if (isStrict && isBad) response.writeHead(422).end('who is that?')
  }
  const { refresh, retry, work, received, ledger, deliveries } = await one('strict', strict)
  await enter(engine, 'strict', [1, 2, 3])
  await refresh('strict', signal())
  await work.drain(signal())
  expect(await ledger()).toMatchObject({ queued: 3, delivered: 1, waiting: 0, dead: 2 })
  const [dead] = await deliveries('strict', { state: 'dead' })
  expect(dead).toMatchObject({ attempts: 1, reason: 'answered 422: who is that?', members: 2 })
  await expect(retry({ activation: 'strict', id: 'strict:1:2:3' })).rejects.toThrow(
    'no failed delivery',
  )
  isStrict = false
  expect(await retry({ activation: 'strict', ...(dead && { id: dead.id }) })).toBe(1)
  await work.drain(signal())
  expect(await ledger()).toMatchObject({ queued: 3, delivered: 3, waiting: 0, dead: 0 })
  expect(factsOf(received)).toHaveLength(3)
  expect(await retry({ activation: 'strict' })).toBe(0)
})

test('what was given up is told by its reason, the most members first', async () => {
  const picky: Answerer = ({ members }, response) => {
    const isFirst = members.some(({ profile_id }) => people([profile_id])[0] === 1)
    response.writeHead(isFirst ? 400 : 422).end()
  }
  const { refresh, work, dead } = await one('picky', picky)
  await enter(engine, 'picky', [1, 2, 3, 4, 5, 6])
  await refresh('picky', signal())
  await work.drain(signal())
  const moment = expect.stringMatching(/^\d{4}-.*Z$/)
  expect(await dead('picky')).toEqual([
    { reason: 'answered 422', batches: 2, members: 4, since: moment, until: moment },
    { reason: 'answered 400', batches: 1, members: 2, since: moment, until: moment },
  ])
})

test('while it is paused nothing is queued and nothing delivered; afterwards everything is', async () => {
  const { refresh, work, received, ledger, catalogue } = await one('resting')
  const usual = catalogue.now
  const body = { ...changesOf('resting', 'shop'), paused: true }
  const paused = definitionsOf({
    destinations: { shop: usual.get<DestinationBody>('destination', 'shop').body },
    activations: { resting: body },
  })
  await enter(engine, 'resting', [1])
  await refresh('resting', signal())
  catalogue.now = paused
  await enter(engine, 'resting', [2])
  expect(await refresh('resting', signal())).toMatchObject({ changed: false, note: 'paused' })
  await work.drain(signal())
  expect(received).toEqual([])
  expect(await ledger()).toMatchObject({ queued: 1, waiting: 1 })
  catalogue.now = usual
  await refresh('resting', signal())
  await work.drain(signal())
  expect(story(received)).toEqual(['entered 1', 'entered 2'])
  expect(await ledger()).toMatchObject({ queued: 2, delivered: 2, waiting: 0 })
})

test('gives up after so many attempts, and says why', async () => {
  const patience = { attempts: 3, firstMs: 1, mostMs: 1 }
  const down: Answerer = (_, response) => void response.writeHead(500).end()
  const { refresh, work, received, deliveries } = await one('down', down, patience)
  await enter(engine, 'down', [1])
  await refresh('down', signal())
  await work.drain(signal())
  expect(received).toHaveLength(3)
  expect(await deliveries('down')).toMatchObject([
    { state: 'dead', attempts: 3, reason: 'answered 500' },
  ])
})

test('waits as long as the receiver asks', async () => {
  const busy: Answerer = (_, response) => {
    if (received.length === 1) response.writeHead(429, { 'retry-after': '1' }).end()
  }
  const { refresh, work, received } = await one('busy', busy)
  await enter(engine, 'busy', [1])
  await refresh('busy', signal())
  const startedAt = performance.now()
  await work.drain(signal())
  expect(received).toHaveLength(2)
  expect(performance.now() - startedAt).toBeGreaterThan(950)
})

test('a destination that asks for patience is well, and its last trouble is told until it takes something', async () => {
  const busy: Answerer = (_, response) => {
    if (received.length === 1) response.writeHead(429, { 'retry-after': '1' }).end()
  }
  const { refresh, work, received, destinations } = await one('patient', busy)
  await enter(engine, 'patient', [1])
  work.start()
  await refresh('patient', signal())
  const fares = async () => (await destinations())[0]
  while ((await fares())?.reason === null) await wait(5)
  expect(await fares()).toMatchObject({ circuit: 'closed', failures: 0, reason: 'answered 429' })
  await work.drain(signal())
  expect(await fares()).toMatchObject({ circuit: 'closed', reason: null })
})

test('a destination that hangs holds up nobody but itself', async () => {
  const hanging = await receiverThat((_, response) => {
    response.writeHead(200)
    return new Promise(() => {})
  })
  const quick = await receiverThat()
  const outgoing = {
    send: (request: Parameters<typeof quick.outgoing.send>[0]) =>
      (request.url === quick.url ? quick : hanging).outgoing.send(request),
  }
  const catalogue = definitionsOf({
    destinations: { hangs: webhookTo(hanging.url), quick: webhookTo(quick.url) },
    activations: { a: changesOf('hung', 'hangs'), b: changesOf('hung', 'quick') },
  })
  const { refresh, work, get } = await activations({
    outgoing: { ...quick.outgoing, ...outgoing },
    catalogue,
  })
  await enter(engine, 'hung', [1, 2])
  work.start()
  await refresh('a', signal())
  await refresh('b', signal())
  while ((await get('b')).ledger.waiting > 0) await wait(5)
  expect((await get('a')).ledger).toMatchObject({ queued: 2, waiting: 2 })
  expect((await get('b')).ledger).toMatchObject({ queued: 2, delivered: 2 })
  await expect(work.drain(AbortSignal.timeout(50))).rejects.toThrow('timeout')
})

test('one that is down and one that may have four requests a second slow no other; later all is there', async () => {
  let isDown = true
  const receiver = await receiverThat(({ body }, response) => {
    if (isDown && body.includes('"activation":"down"')) response.writeHead(503).end()
  })
  const to = (limits = {}) => ({ ...webhookTo(receiver.url, 1), limits })
  const catalogue = definitionsOf({
    destinations: { broken: to(), slow: to({ requests_per_second: 4 }), quick: to() },
    activations: {
      down: changesOf('three', 'broken'),
      slow: changesOf('three', 'slow'),
      quick: changesOf('three', 'quick'),
    },
  })
  const patience = { attempts: 1000, firstMs: 5, mostMs: 20 }
  const breaker = { failures: 3, firstMs: 50, mostMs: 100 }
  const { refresh, work, get, destinations } = await activations(
    { outgoing: receiver.outgoing, catalogue },
    { ...patience, breaker },
  )
  await enter(engine, 'three', [1, 2, 3, 4, 5, 6, 7, 8])
  for (const key of ['down', 'slow', 'quick']) await refresh(key, signal())
  const startedAt = performance.now()
  work.start()
  while ((await get('quick')).ledger.waiting > 0) await wait(5)
  const tookMs = performance.now() - startedAt
  expect((await get('slow')).ledger.waiting, `${tookMs} ms`).toBeGreaterThan(0)
  expect((await get('down')).ledger).toMatchObject({ waiting: 8, delivered: 0 })
  while ((await get('slow')).ledger.waiting > 0) await wait(5)
  // Seven gaps of 250 ms.
  expect(performance.now() - startedAt).toBeGreaterThan(1650)
  const states = (await destinations()).map(({ key, circuit }) => [key, circuit === 'closed'])
  expect(Object.fromEntries(states)).toEqual({ broken: false, slow: true, quick: true })
  isDown = false
  while ((await get('down')).ledger.waiting > 0) await wait(5)
  expect((await get('down')).ledger).toMatchObject({ delivered: 8, dead: 0 })
})

test('one activation that fails holds up no other at the same destination', async () => {
  const { url, outgoing } = await receiverThat(({ body }, response) => {
    if (body.includes('"activation":"a"')) response.writeHead(500).end()
  })
  const catalogue = definitionsOf({
    destinations: { shop: webhookTo(url) },
    activations: { a: changesOf('both', 'shop'), b: changesOf('both', 'shop') },
  })
  const patience = { attempts: 12, firstMs: 60_000, mostMs: 60_000 }
  const { refresh, work, get, deliveries } = await activations({ outgoing, catalogue }, patience)
  await enter(engine, 'both', [1])
  work.start()
  await refresh('a', signal())
  while ((await deliveries('a'))[0]?.attempts === 0) await wait(5)
  await refresh('b', signal())
  while ((await get('b')).ledger.delivered === 0) await wait(5)
  expect((await get('a')).ledger).toMatchObject({ waiting: 1 })
})

test('what is not defined any more is given up, with the reason', async () => {
  const { refresh, work, deliveries, catalogue } = await one('gone')
  await enter(engine, 'gone', [1])
  await refresh('gone', signal())
  catalogue.now = definitionsOf({ destinations: {}, activations: {} })
  await work.drain(signal())
  expect(await deliveries('gone')).toMatchObject([
    { state: 'dead', reason: 'the destination "shop" is not defined any more' },
  ])
  // The activation is not there either, but what became of its members can still be read.
  expect(await deliveries('gone', { state: 'waiting' })).toEqual([])
  await expect(deliveries('gon')).rejects.toMatchObject({ code: 'activation.unknown_activation' })
})

test('stopping breaks off without counting an attempt; the next start takes it up', async () => {
  let isHung = true
  const hung: Answerer = () => (isHung ? new Promise<void>(() => {}) : undefined)
  const { refresh, work, received, deliveries } = await one('stopped', hung)
  await enter(engine, 'stopped', [1])
  work.start()
  await refresh('stopped', signal())
  while (received.length === 0) await wait(5)
  await work.stop()
  expect(await deliveries('stopped')).toMatchObject([{ state: 'waiting', attempts: 0 }])
  isHung = false
  work.start()
  await work.drain(signal())
  expect(story(received)).toEqual(['entered 1'])
})
