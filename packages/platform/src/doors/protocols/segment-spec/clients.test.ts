import { jitsuAnalytics } from '@jitsu/js'
import RudderAnalytics from '@rudderstack/rudder-sdk-node'
import { Analytics } from '@segment/analytics-node'
// @ts-expect-error: the package says nothing of its types.
import ClassicAnalytics from 'analytics-node'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { busy, type OpenWire, openWire, trouble } from '#wire/testing'
import { makeSegmentSpecFront } from './segment-spec.ts'

// The published packages, unmodified, against a real socket and a real log.

const bought = { userId: 'ada', event: 'Bought', properties: { price: 9.5, tags: ['a', 'b'] } }
const signedUp = { userId: 'ada', traits: { email: 'ada@example.com', age: 36 } }
const joined = { userId: 'ada', groupId: 'acme', traits: { employees: 3 } }
const renamed = { userId: 'ada', previousId: 'anon' }
const happenedAt = new Date(Date.now() - 3_600_000)

async function open() {
  const wire = await openWire(makeSegmentSpecFront)
  onTestFinished(() => wire[Symbol.asyncDispose]())
  return wire
}

/** What was stored, by type; each message once, with an id of its own and times that agree. */
async function storedIn(wire: OpenWire) {
  const kept = await wire.kept()
  expect(kept.map(({ kind, stream }) => `${kind} ${stream}`)).toEqual(kept.map(() => 'put events'))
  expect(new Set(kept.map(({ body }) => body.messageId)).size).toBe(kept.length)
  for (const { body } of kept) {
    expect(body).toMatchObject({ wire: 'segment' })
    expect(body).not.toHaveProperty('flags')
    expect(body).not.toHaveProperty('writeKey')
    expect(body).not.toHaveProperty('other')
    const [at, original, sent, received] = [
      body.timestamp,
      body.originalTimestamp,
      body.sentAt,
      body.receivedAt,
    ].map(Date.parse)
    expect(at).toBe(Math.min(received!, original! + received! - sent!))
  }
  return Object.fromEntries(kept.map(({ body }) => [body.type, body]))
}

const everyCall = {
  identify: signedUp,
  track: bought,
  page: { userId: 'ada', name: 'Start', properties: { url: 'https://shop.example/' } },
  screen: { userId: 'ada', name: 'Home', properties: { variant: 2 } },
  group: joined,
  alias: renamed,
}

describe('@segment/analytics-node', () => {
  const connect = (host: string) =>
    new Analytics({ writeKey: 'server', host, flushAt: 3, flushInterval: 20 })

  test('every call arrives in full', async () => {
    const wire = await open()
    const client = connect(wire.url)
    client.identify(everyCall.identify)
    client.track({ ...everyCall.track, timestamp: happenedAt, messageId: 'my own' })
    client.page({ ...everyCall.page, category: 'docs', anonymousId: 'anon' })
    client.screen(everyCall.screen)
    client.group({ ...everyCall.group, integrations: { All: true, Shop: { id: 1 } } })
    client.alias(everyCall.alias)
    await client.closeAndFlush()
    const stored = await storedIn(wire)
    expect(stored).toMatchObject(everyCall)
    expect(stored['track']).toMatchObject({
      messageId: 'my own',
      originalTimestamp: happenedAt.toISOString(),
      context: { library: { name: '@segment/analytics-node' } },
    })
    expect(stored['page']).toMatchObject({ category: 'docs', anonymousId: 'anon' })
    expect(stored['group']).toMatchObject({ integrations: { All: true, Shop: { id: 1 } } })
  })

  test('waits as long as it is told, then sends again, and nothing is doubled', async () => {
    const wire = await open()
    wire.troubles.push(busy(0.2), trouble())
    const client = connect(wire.url)
    const begun = performance.now()
    client.track(bought)
    await client.closeAndFlush({ timeout: 30_000 })
    // A second for Retry-After: 1. The client may come a little early.
    expect(performance.now() - begun).toBeGreaterThan(900)
    expect(await storedIn(wire)).toMatchObject({ track: bought })
  })
})

describe('analytics-node', () => {
  test('every call arrives in full', async () => {
    const wire = await open()
    const client = new ClassicAnalytics('server', { host: wire.url })
    const first = new Promise((settle) => client.identify(everyCall.identify, settle))
    client.track({ ...everyCall.track, timestamp: happenedAt, context: { direct: true } })
    client.page(everyCall.page)
    client.screen(everyCall.screen)
    client.group(everyCall.group)
    client.alias(everyCall.alias)
    await Promise.all([first, client.flush()])
    const stored = await storedIn(wire)
    expect(stored).toMatchObject(everyCall)
    expect(stored['track']).toMatchObject({
      originalTimestamp: happenedAt.toISOString(),
      context: { direct: true, ip: '127.0.0.1' },
    })
    expect(stored['page'].context).not.toHaveProperty('ip')
  })

  test('sends again after trouble', async () => {
    const wire = await open()
    wire.troubles.push(trouble(), busy(1))
    const client = new ClassicAnalytics('server', { host: wire.url, retryCount: 3 })
    // The first goes out by itself, and `flush` does not wait for it.
    await new Promise((settle) => client.track({ userId: 42, event: 'Bought' }, settle))
    expect(await storedIn(wire)).toMatchObject({ track: { userId: '42', event: 'Bought' } })
  })
})

describe('@rudderstack/rudder-sdk-node', () => {
  test.each([true, false])('every call arrives in full (gzip: %s)', async (gzip) => {
    const wire = await open()
    const packings: unknown[] = []
    wire.server.on('request', ({ headers }) => packings.push(headers['content-encoding']))
    const client = new RudderAnalytics('server', { dataPlaneUrl: wire.url, gzip, flushAt: 6 })
    client.identify(everyCall.identify)
    client.track({ ...everyCall.track, timestamp: happenedAt })
    client.page(everyCall.page)
    client.screen(everyCall.screen)
    client.group(everyCall.group)
    client.alias(everyCall.alias)
    await client.flush()
    const stored = await storedIn(wire)
    expect(stored).toMatchObject(everyCall)
    expect(stored['track']).toMatchObject({
      channel: 'server',
      originalTimestamp: happenedAt.toISOString(),
    })
    expect(packings).toContain(gzip ? 'gzip' : undefined)
  })

  test('sends again after trouble', async () => {
    const wire = await open()
    // It says so in the console.
    const said = vi.spyOn(console, 'error').mockImplementation(() => {})
    onTestFinished(() => said.mockRestore())
    wire.troubles.push(busy(1))
    const client = new RudderAnalytics('server', { dataPlaneUrl: wire.url, logLevel: 'silent' })
    client.track(bought)
    await client.flush()
    expect(await storedIn(wire)).toMatchObject({ track: bought })
  })
})

describe('@jitsu/js', () => {
  test.each([true, false])('every call arrives in full (s2s: %s)', async (s2s) => {
    const wire = await open()
    const client = jitsuAnalytics({ host: wire.url, writeKey: 'server:secret', s2s })
    await client.identify('ada', signedUp.traits)
    await client.track('Bought', bought.properties)
    await client.page({ name: 'Start' })
    await client.group('acme', joined.traits)
    expect(await storedIn(wire)).toMatchObject({
      identify: { userId: 'ada', anonymousId: expect.any(String), traits: signedUp.traits },
      track: bought,
      page: { userId: 'ada', properties: { name: 'Start' } },
      group: joined,
    })
  })
})
