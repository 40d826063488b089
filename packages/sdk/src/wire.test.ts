import { expect, test } from 'vitest'
import { ada, makeSender } from './testing/sender.ts'
import { startServer } from './testing/server.ts'

// Against a real server: what is sent arrives in the agreed form, whatever the server does on the way.

test('sends the agreed form', async () => {
  await using server = await startServer()
  const sender = makeSender(`${server.url}/`, {
    clock: () => Date.UTC(2026, 0, 2),
    context: { app: 'shop' },
  })
  const given = { ...ada, timestamp: new Date(0), context: { ip: '::1' } }
  sender.track('Order Paid', { total: 12.5, tags: ['a'] }, given)
  sender.identify('ada', { name: 'Ada', phone: null })
  sender.group('acme', { plan: 'free' }, ada)
  sender.alias('ada', 'a1')
  sender.page('Home', { theme: 'dark' }, ada)
  sender.screen('Start', undefined, { anonymousId: 'a1' })
  await sender.flush()

  const [request] = server.arrived
  expect(request).toMatchObject({
    contentType: 'application/json',
    writeKey: 'key',
    sentAt: '2026-01-02T00:00:00.000Z',
  })
  const library = { name: '@tessera/sdk', version: expect.any(String) }
  const common = { messageId: expect.stringMatching(/^[0-9a-f]{32}$/) }
  const now = {
    ...common,
    timestamp: '2026-01-02T00:00:00.000Z',
    context: { library, app: 'shop' },
  }
  expect(request?.batch).toEqual([
    {
      ...common,
      type: 'track',
      timestamp: '1970-01-01T00:00:00.000Z',
      userId: 'ada',
      event: 'Order Paid',
      properties: { total: 12.5, tags: ['a'] },
      context: { library, app: 'shop', ip: '::1' },
    },
    { ...now, type: 'identify', userId: 'ada', traits: { name: 'Ada', phone: null } },
    { ...now, type: 'group', userId: 'ada', groupId: 'acme', traits: { plan: 'free' } },
    { ...now, type: 'alias', userId: 'ada', previousId: 'a1' },
    { ...now, type: 'page', userId: 'ada', name: 'Home', properties: { theme: 'dark' } },
    { ...now, type: 'screen', anonymousId: 'a1', name: 'Start' },
  ])
  expect(new Set(request?.batch.map(({ messageId }) => messageId)).size).toBe(6)
  expect(sender.waiting()).toBe(0)
  expect(sender.drops).toEqual([])
})

test('waits as long as the server asks, also when told to send now', async () => {
  await using server = await startServer()
  const sender = makeSender(server.url, { flushIntervalMs: 10 })
  server.next({ status: 429, headers: { 'retry-after': '1' } })
  sender.track('Patient', {}, ada)
  await sender.flush()
  await sender.flush()
  expect(server.arrived).toHaveLength(1)
  expect(sender.waiting()).toBe(1)
  await expect.poll(() => server.names()).toEqual(['Patient'])
  const [first, second] = server.arrived
  expect(second!.at - first!.at).toBeGreaterThanOrEqual(1000)
  expect(second!.batch).toEqual(first!.batch)
})

test('a server in trouble gets everything once it is well, in order, by itself', async () => {
  await using server = await startServer()
  server.next({ status: 503 }, { breaks: 'before' }, { status: 500, body: 'oh' }, { status: 408 })
  const sender = makeSender(server.url, { flushIntervalMs: 10 })
  for (const event of ['a', 'b', 'c']) sender.track(event, {}, ada)
  await expect.poll(() => server.names()).toEqual(['a', 'b', 'c'])
  expect(server.arrived).toHaveLength(5)
  const ids = server.arrived.map(({ batch }) => batch.map(({ messageId }) => messageId).join())
  expect(new Set(ids).size).toBe(1)
  expect(sender.drops).toEqual([])
})

test('waits longer after each failure', async () => {
  await using server = await startServer()
  server.always(() => ({ status: 503 }))
  const options = {
    flushIntervalMs: 1,
    firstRetryMs: 60,
    random: (n: number) => new Uint8Array(n).fill(255),
  }
  const sender = makeSender(server.url, options)
  sender.track('a', {}, ada)
  await expect.poll(() => server.arrived.length, { interval: 5 }).toBe(4)
  await sender.close(0)
  const gaps = server.arrived.slice(1).map(({ at }, i) => at - server.arrived[i]!.at)
  // Timers may be late, never early.
  for (const [i, least] of [60, 120, 240].entries())
    expect(gaps[i]).toBeGreaterThanOrEqual(least - 2)
})

test('an answer that was lost costs nothing: the server knows the ids again', async () => {
  await using server = await startServer()
  const heard: string[] = []
  const sender = makeSender(server.url, {
    onDelivered: (results) => void heard.push(...results.map(({ status }) => status)),
  })
  server.next({ breaks: 'after' })
  sender.track('Once', {}, ada)
  await sender.flush()
  expect([sender.waiting(), server.kept.size]).toEqual([1, 1])
  await sender.flush()
  expect([sender.waiting(), server.kept.size, heard]).toEqual([0, 1, ['duplicate']])
})

test('gives up on a request that takes too long, not on its events', async () => {
  await using server = await startServer()
  server.next({ afterMs: 2000 })
  const sender = makeSender(server.url, { timeoutMs: 100 })
  sender.track('Slow', {}, ada)
  await sender.flush()
  expect(sender.waiting()).toBe(1)
  await sender.flush()
  expect(server.names()).toContain('Slow')
})

test('splits what is too large, and drops only the one that is too large by itself', async () => {
  await using server = await startServer()
  const isLarge = (bytes: number) => bytes > 2000
  server.always(({ bytes }) => (isLarge(bytes) ? { status: 413 } : {}))
  const sender = makeSender(server.url)
  for (let i = 0; i < 30; i++) sender.track(`e${i}`, { x: 'x'.repeat(i === 11 ? 3000 : 10) }, ada)
  await sender.flush()
  const others = Array.from({ length: 30 }, (_, i) => `e${i}`).filter((name) => name !== 'e11')
  expect(server.names()).toEqual(others)
  expect(sender.drops).toEqual([
    { event: expect.objectContaining({ event: 'e11' }), reason: 'the server finds it too large' },
  ])
  expect(sender.waiting()).toBe(0)
})

test.each([400, 401, 403, 404])('%i drops the events and says why', async (status) => {
  await using server = await startServer()
  server.next({ status, body: 'no such key' })
  const sender = makeSender(server.url)
  sender.track('a', {}, ada)
  sender.track('b', {}, ada)
  await sender.flush()
  const reason = `the server refused it: ${status} no such key`
  expect(sender.drops.map((drop) => [drop.event.event, drop.reason])).toEqual([
    ['a', reason],
    ['b', reason],
  ])
  expect(sender.waiting()).toBe(0)
})

test.each(['<html>Welcome to our hotel', '{"success":true}', 'null', '{"results":[]}'])(
  'an answer that says nothing of the events is none: %s',
  async (body) => {
    await using server = await startServer()
    server.next({ body, verdict: () => undefined })
    const sender = makeSender(server.url)
    sender.track('Kept', {}, ada)
    await sender.flush()
    expect([sender.waiting(), sender.drops]).toEqual([1, []])
    await sender.flush()
    expect(server.names()).toEqual(['Kept'])
  },
)

test('what the server rejects is told; what it forgets to name is sent again', async () => {
  await using server = await startServer()
  server.next({
    verdict: ({ event, messageId }) => {
      if (event === 'bad') return { messageId, status: 'rejected', reason: 'no such event' }
      return event === 'odd' ? { messageId, status: 'parked' } : undefined
    },
  })
  const heard: string[] = []
  const sender = makeSender(server.url, {
    onDelivered: (results) => void heard.push(...results.map(({ status }) => status)),
  })
  for (const event of ['bad', 'odd', 'forgotten']) sender.track(event, {}, ada)
  await sender.flush()
  expect(sender.drops.map(({ event, reason }) => [event.event, reason])).toEqual([
    ['bad', 'the server rejected it: no such event'],
  ])
  expect(heard).toEqual(['rejected', 'parked', 'stored'])
  expect(server.names()).toEqual(['forgotten'])
})

test('no request is larger than the server takes', async () => {
  await using server = await startServer()
  const sender = makeSender(server.url)
  for (let i = 0; i < 40; i++) sender.track(`é${i}`, { x: 'é'.repeat(15_000) }, ada)
  for (let i = 0; i < 1100; i++) sender.track(`small ${i}`, {}, ada)
  await sender.flush()
  expect(server.kept.size).toBe(1140)
  expect(Math.max(...server.arrived.map(({ bytes }) => bytes))).toBeLessThanOrEqual(500_000)
  expect(Math.max(...server.arrived.map(({ batch }) => batch.length))).toBe(500)
})
