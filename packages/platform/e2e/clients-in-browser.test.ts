import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { makeSegmentSpecFront } from '#segment-spec'
import { busy, type Kept, type OpenWire, openWire, trouble } from '#wire/testing'
import { startBrowser } from './browser.ts'

// The published client libraries, unmodified, in a real browser, on a page of another origin than the server.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no Chromium can be started here)'

const require = createRequire(import.meta.url)
const packageFolder = (name: string, file: string) => join(dirname(require.resolve(name)), file)
const scripts: Readonly<Record<string, string>> = {
  '/segment.js': packageFolder('@segment/analytics-next', '../umd/index.js'),
  '/rudder.js': packageFolder('@rudderstack/analytics-js', '../bundled/umd/index.js'),
}

let shop: Server
let shopUrl = ''
beforeAll(async () => {
  shop = createServer(({ url = '/' }, response) => {
    const file = scripts[url]
    response.writeHead(200, { 'content-type': file ? 'text/javascript' : 'text/html' })
    response.end(file ? readFileSync(file) : '<!doctype html><title>Shop</title>')
  })
  await new Promise<void>((settle) => shop.listen(0, '127.0.0.1', settle))
  // An address with a port, because it listens on one.
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`
})
afterAll(async () => {
  await browser?.close()
  shop.closeAllConnections()
  shop.close()
})

/** A page of the shop with a client library on it, and the wire it sends to. */
async function visit(script: string | undefined) {
  const text = readFileSync(packageFolder('@segment/analytics-next', '../umd/standalone.js'))
  const wire = await openWire((tools) => makeSegmentSpecFront({ ...tools, script: { text } }))
  const asked: string[] = []
  wire.server.on('request', ({ method, url = '' }: IncomingMessage) =>
    asked.push(`${method} ${url.split('?')[0]}`),
  )
  const page = (await browser?.newPage())!
  onTestFinished(async () => {
    await page.close()
    await wire[Symbol.asyncDispose]()
  })
  await page.goto(`${shopUrl}/products?utm_source=news`)
  if (script !== undefined) await page.addScriptTag({ url: `${shopUrl}${script}` })
  return { wire, page, asked }
}

/** What has arrived, once it is so many. */
async function arrived(wire: OpenWire, count: number): Promise<readonly Kept[]> {
  await expect.poll(async () => (await wire.kept()).length, { timeout: 20_000 }).toBe(count)
  const kept = await wire.kept()
  expect(new Set(kept.map(({ body }) => body.messageId)).size).toBe(count)
  expect(kept.map(({ kind }) => kind)).toEqual(kept.map(() => 'put'))
  return kept
}

const byType = (kept: readonly Kept[]) =>
  Object.fromEntries(kept.map(({ body }) => [body.type, body]))

const ofPage = {
  ip: '127.0.0.1',
  userAgent: expect.stringContaining('Chrome'),
  page: { path: '/products', title: 'Shop' },
}

// What runs in the page knows nothing of this file; the libraries are globals there.
declare const AnalyticsNext: {
  AnalyticsBrowser: typeof import('@segment/analytics-next').AnalyticsBrowser
}
declare const rudderanalytics: {
  RudderAnalytics: typeof import('@rudderstack/analytics-js').RudderAnalytics
}

describe.skipIf(!browser)(`@segment/analytics-next${leftOut}`, () => {
  const load = (page: Page, host: string, batching: boolean) =>
    page.evaluate(
      async ({ host, batching }) => {
        const strategy = { strategy: 'batching', config: { size: 6, timeout: 500 } } as const
        const [analytics] = await AnalyticsNext.AnalyticsBrowser.load(
          { writeKey: 'page', cdnURL: `http://${host}` },
          batching ? { integrations: { 'Segment.io': { deliveryStrategy: strategy } } } : {},
        )
        Object.assign(globalThis, { analytics })
        await analytics.page('shop', 'Products', { colour: 'red' })
        const calls = [
          analytics.identify('ada', { email: 'ada@example.com' }),
          analytics.track('Bought', { price: 9.5 }),
          analytics.screen('Home'),
          analytics.group('acme', { employees: 3 }),
          analytics.alias('ada lovelace', 'ada'),
        ]
        await Promise.all(calls)
      },
      { host, batching },
    )

  test.each([false, true])('every call arrives in full (batching: %s)', async (batching) => {
    const { wire, page, asked } = await visit('/segment.js')
    await load(page, new URL(wire.url).host, batching)
    const stored = byType(await arrived(wire, 6))
    expect(stored).toMatchObject({
      page: { name: 'Products', category: 'shop', properties: { colour: 'red' } },
      identify: { userId: 'ada', traits: { email: 'ada@example.com' }, context: ofPage },
      track: { userId: 'ada', event: 'Bought', properties: { price: 9.5 }, context: ofPage },
      screen: { userId: 'ada', name: 'Home' },
      group: { userId: 'ada', groupId: 'acme', traits: { employees: 3 } },
      // The library stamps the identity it knows over the one it was told; the target is lost, and that is said.
      alias: { userId: 'ada', previousId: 'ada', flags: ['alias onto itself'] },
    })
    expect(stored['page']).not.toHaveProperty('userId')
    expect(stored['track'].anonymousId).toBe(stored['page'].anonymousId)
    expect(stored['track'].context.campaign).toEqual({ source: 'news' })
    expect(asked).toContain('GET /v1/projects/page/settings')
    expect(asked).toContain(batching ? 'POST /v1/b' : 'POST /v1/t')
    expect(asked.filter((of) => of.startsWith('OPTIONS')).length).toBeGreaterThan(0)
  })

  test('waits as long as it is told, and sends again after trouble', async () => {
    const { wire, page } = await visit('/segment.js')
    await page.evaluate(async (host) => {
      const [analytics] = await AnalyticsNext.AnalyticsBrowser.load({
        writeKey: 'page',
        cdnURL: `http://${host}`,
      })
      Object.assign(globalThis, { analytics })
    }, new URL(wire.url).host)
    wire.troubles.push(busy(1), trouble())
    const begun = performance.now()
    await page.evaluate('void analytics.track("Bought", { price: 9.5 })')
    const [one] = await arrived(wire, 1)
    expect(performance.now() - begun).toBeGreaterThan(900)
    expect(one?.body).toMatchObject({ event: 'Bought', properties: { price: 9.5 } })
  })
})

describe.skipIf(!browser)(`the HTML snippet of Segment${leftOut}`, () => {
  test('loads its script from here, and what was called before is sent too', async () => {
    const { wire, page, asked } = await visit(undefined)
    await page.evaluate((host) => {
      // What the snippet does, in short: calls wait in a list until the script has come.
      const waiting: unknown[][] = []
      const analytics = Object.assign(waiting, {
        ...{ _writeKey: 'page', _cdn: host, SNIPPET_VERSION: '5.2.1' },
        page: (...of: unknown[]) => waiting.push(['page', ...of]),
        track: (...of: unknown[]) => waiting.push(['track', ...of]),
      })
      Object.assign(globalThis, { analytics })
      analytics.page('Products')
      analytics.track('Bought', { price: 9.5 })
    }, wire.url)
    await page.addScriptTag({ url: `${wire.url}/analytics.js/v1/page/analytics.min.js` })
    const stored = byType(await arrived(wire, 2))
    expect(stored).toMatchObject({
      page: { name: 'Products' },
      track: { event: 'Bought', properties: { price: 9.5 }, context: ofPage },
    })
    expect(asked).toContain('GET /analytics.js/v1/page/analytics.min.js')
    expect(asked).toContain('GET /v1/projects/page/settings')
  })
})

describe.skipIf(!browser)(`@rudderstack/analytics-js${leftOut}`, () => {
  const load = (page: Page, url: string, more: object = {}) =>
    page.evaluate(
      async ({ url, more }) => {
        const analytics = new rudderanalytics.RudderAnalytics()
        analytics.load('page', url, { configUrl: url, polyfillIfRequired: false, ...more })
        await new Promise<void>((settle) => analytics.ready(() => settle()))
        Object.assign(globalThis, { analytics })
      },
      { url, more },
    )
  const call = (page: Page) =>
    page.evaluate(() => {
      // Put there by `load`.
      const { analytics } = globalThis as unknown as {
        analytics: import('@rudderstack/analytics-js').RudderAnalytics
      }
      analytics.page('shop', 'Products', { colour: 'red' })
      analytics.identify('ada', { email: 'ada@example.com' })
      analytics.track('Bought', { price: 9.5 })
      analytics.group('acme', { employees: 3 })
      analytics.alias('ada lovelace', 'ada')
    })
  const expected = {
    page: { name: 'Products', category: 'shop', properties: { colour: 'red' }, channel: 'web' },
    // The library sends traits in the context only.
    identify: { userId: 'ada', traits: { email: 'ada@example.com' } },
    track: { userId: 'ada', event: 'Bought', properties: { price: 9.5 } },
    group: { userId: 'ada', groupId: 'acme', traits: { employees: 3 } },
    alias: { userId: 'ada lovelace', previousId: 'ada' },
  }

  test('every call arrives in full', async () => {
    const { wire, page, asked } = await visit('/rudder.js')
    await load(page, wire.url)
    await call(page)
    const stored = byType(await arrived(wire, 5))
    expect(stored).toMatchObject(expected)
    expect(stored['page']).not.toHaveProperty('userId')
    expect(stored['track']).toMatchObject({ context: { ip: '127.0.0.1' } })
    expect(stored['track']).not.toHaveProperty('flags')
    expect(asked).toContain('GET /sourceConfig/')
    expect(asked).toContain('POST /v1/track')
  })

  test('sends beacons, which can carry no header', async () => {
    const { wire, page, asked } = await visit('/rudder.js')
    await load(page, wire.url, { useBeacon: true, beaconQueueOptions: { flushQueueInterval: 200 } })
    await call(page)
    expect(byType(await arrived(wire, 5))).toMatchObject(expected)
    expect(asked).toContain('POST /beacon/v1/batch')
  })

  test('sends batches', async () => {
    const { wire, page, asked } = await visit('/rudder.js')
    const batch = { enabled: true, maxItems: 5, flushInterval: 300 }
    await load(page, wire.url, { queueOptions: { batch } })
    await call(page)
    expect(byType(await arrived(wire, 5))).toMatchObject(expected)
    expect(asked).toContain('POST /v1/batch')
  })

  test('sends again after trouble', async () => {
    const { wire, page } = await visit('/rudder.js')
    await load(page, wire.url)
    wire.troubles.push(busy(1), trouble())
    await page.evaluate('analytics.track("Bought", { price: 9.5 })')
    const [one] = await arrived(wire, 1)
    expect(one?.body).toMatchObject({ event: 'Bought' })
  })
})
