import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { build } from '../build.ts'
import type { Tessera, TesseraOptions } from './index.ts'
import { startBrowser } from './testing/browser.ts'
import { type EventServer, startServer } from './testing/server.ts'

// The script as a shop would put it into its pages: a real browser, the shop on one address, the events on another.

declare global {
  interface Window {
    readonly tessera: { readonly createTessera: (options: Partial<TesseraOptions>) => Tessera }
    sender: Tessera
    readonly drops: string[]
  }
}

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'
const folder = mkdtempSync(join(tmpdir(), 'tessera-sdk-'))

let script: string
let shop: string
const site = createServer((request, response) => {
  const isScript = request.url === '/tessera.js'
  response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html; charset=utf-8')
  response.end(
    isScript ? script : '<!doctype html><title>Shop</title><script src="/tessera.js"></script>',
  )
})

beforeAll(async () => {
  await build(folder)
  script = readFileSync(join(folder, 'tessera.js'), 'utf8')
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve))
  // A server that listens on TCP has an address of this form.
  shop = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
})
afterAll(async () => {
  await browser?.close()
  site.closeAllConnections()
  site.close()
  rmSync(folder, { recursive: true })
})

/** A visitor with a browser of their own. */
async function visitor(): Promise<BrowserContext> {
  const context = await browser!.newContext({ locale: 'de-DE', timezoneId: 'Europe/Berlin' })
  onTestFinished(() => context.close())
  return context
}

/** Opens a page of the shop, with a sender in it. */
async function open(context: BrowserContext, path: string, options: PageOptions): Promise<Page> {
  const page = await context.newPage()
  await page.goto(`${shop}${path}`)
  await begin(page, options)
  return page
}

// What goes into a page is data: no functions.
type PageOptions = Omit<Partial<TesseraOptions>, 'fetch' | 'clock' | 'random' | 'storage'>

const begin = (page: Page, options: PageOptions) =>
  page.evaluate((given) => {
    const drops: string[] = []
    const onDrop = (_: unknown, reason: string) => void drops.push(reason)
    const sender = window.tessera.createTessera({ writeKey: 'web', onDrop, ...given })
    Object.assign(window, { sender, drops })
  }, options)

const track = (page: Page, event: string) =>
  page.evaluate((name) => window.sender.track(name), event)
const waiting = (page: Page) => page.evaluate(() => window.sender.waiting())

/** The names of all events that came, twice if they came twice. */
const came = ({ arrived }: EventServer) =>
  arrived.flatMap(({ batch }) => batch.map(({ event = '' }) => event)).sort()

// Serves the shop while the network is gone, as the browser's own store of pages would.
const serveOffline = (page: Page) =>
  page.route(`${shop}/**`, (route) =>
    route.request().url().endsWith('.js')
      ? route.fulfill({ contentType: 'text/javascript', body: script })
      : route.fulfill({
          contentType: 'text/html',
          body: '<title>Shop</title><script src="/tessera.js"></script>',
        }),
  )

describe.skipIf(!browser)(`in a browser${leftOut}`, () => {
  test('what happens offline survives a reload and arrives once', async () => {
    const before = await startServer()
    const options = { host: before.url, flushIntervalMs: 50, firstRetryMs: 50 }
    const context = await visitor()
    const page = await open(context, '/sale?utm_campaign=May&q=1#secret', options)
    const anonymousId = await page.evaluate(() => window.sender.anonymousId())
    await track(page, 'Before')
    await expect.poll(() => came(before)).toEqual(['Before'])
    await expect.poll(() => waiting(page)).toBe(0)

    // What a page sends as it closes is not held back by the browser's switch, so the server is away too.
    await before[Symbol.asyncDispose]()
    await context.setOffline(true)
    await track(page, 'Offline')
    await page.waitForTimeout(200)
    expect(await waiting(page)).toBe(1)

    await serveOffline(page)
    await page.reload()
    await begin(page, options)
    await track(page, 'Offline, after a reload')
    await page.waitForTimeout(200)
    expect(await waiting(page)).toBe(2)

    await using server = await startServer(Number(new URL(before.url).port))
    await context.setOffline(false)
    await expect.poll(() => waiting(page)).toBe(0)
    expect(came(server)).toEqual(['Offline', 'Offline, after a reload'])
    expect(await page.evaluate(() => window.drops)).toEqual([])

    const requests = [...before.arrived, ...server.arrived]
    const events = requests.flatMap(({ batch }) => batch)
    expect(new Set(events.map((event) => event.anonymousId))).toEqual(new Set([anonymousId]))
    expect(requests[0]).toMatchObject({ contentType: 'text/plain', writeKey: 'web' })
    expect(events[0]?.context).toEqual({
      library: { name: '@tessera/sdk', version: expect.any(String) },
      page: {
        url: `${shop}/sale?utm_campaign=May&q=1`,
        path: '/sale',
        search: '?utm_campaign=May&q=1',
        referrer: '',
        title: 'Shop',
      },
      campaign: { name: 'May' },
      locale: 'de-DE',
      timezone: 'Europe/Berlin',
      userAgent: expect.stringContaining('Chrome'),
      screen: { width: 1280, height: 720, density: 1 },
    })
  })

  test('two tabs that come back at once send each event once', async () => {
    await using server = await startServer()
    const options = { host: server.url, flushIntervalMs: 100, firstRetryMs: 50 }
    const context = await visitor()
    const tabs = [await open(context, '/', options), await open(context, '/', options)]
    await context.setOffline(true)
    for (const [i, tab] of tabs.entries())
      for (let n = 0; n < 5; n++) await track(tab, `Tab ${i}, event ${n}`)
    await tabs[0]!.waitForTimeout(300)
    server.always(() => ({ afterMs: 100 }))
    await context.setOffline(false)
    await expect.poll(() => server.kept.size).toBe(10)
    for (const tab of tabs) await expect.poll(() => waiting(tab)).toBe(0)
    expect(came(server)).toHaveLength(10)
  })

  test('what waits when the page is left goes with it, and counts once when the visitor returns', async () => {
    await using server = await startServer()
    const context = await visitor()
    const page = await open(context, '/', { host: server.url, flushIntervalMs: 60_000 })
    await track(page, 'Left')
    await page.goto('about:blank')
    await expect.poll(() => came(server)).toEqual(['Left'])
    const again = await open(context, '/', { host: server.url, flushIntervalMs: 10 })
    await expect.poll(() => waiting(again)).toBe(0)
    expect([server.kept.size, server.arrived.length]).toEqual([1, 2])
    expect(server.arrived[0]?.contentType).toMatch(/^text\/plain/)
  })

  test('a page that was left and is shown again goes on', async () => {
    await using server = await startServer()
    const page = await open(await visitor(), '/', { host: server.url, flushIntervalMs: 50 })
    const tell = (sign: string) => page.evaluate((name) => dispatchEvent(new Event(name)), sign)
    await tell('pagehide')
    await track(page, 'Kept')
    await page.waitForTimeout(200)
    expect([server.arrived.length, await waiting(page)]).toEqual([0, 1])
    await tell('pageshow')
    await expect.poll(() => came(server)).toEqual(['Kept'])
  })

  test('sends what waits when the tab goes into the background', async () => {
    await using server = await startServer()
    const page = await open(await visitor(), '/', { host: server.url, flushIntervalMs: 60_000 })
    await track(page, 'Hidden')
    await page.evaluate(() => {
      Object.defineProperty(document, 'visibilityState', { value: 'hidden' })
      document.dispatchEvent(new Event('visibilitychange'))
    })
    await expect.poll(() => came(server)).toEqual(['Hidden'])
    await expect.poll(() => waiting(page)).toBe(0)
  })

  test('hears how long a server of another site wants to be left alone', async () => {
    await using server = await startServer()
    server.next({ status: 429, headers: { 'retry-after': '1' } })
    const options = { host: server.url, flushIntervalMs: 10, firstRetryMs: 10 }
    const page = await open(await visitor(), '/', options)
    await track(page, 'Patient')
    await expect.poll(() => server.names()).toEqual(['Patient'])
    expect(server.arrived[1]!.at - server.arrived[0]!.at).toBeGreaterThanOrEqual(1000)
  })

  test('before consent the device keeps nothing; a page that forbids storage still sends', async () => {
    await using server = await startServer()
    const context = await visitor()
    const page = await open(context, '/', { host: server.url, consent: 'pending', flushAt: 1 })
    await track(page, 'Asked')
    await page.waitForTimeout(100)
    expect(await page.evaluate(() => Object.keys(localStorage))).toEqual([])
    expect(server.arrived).toEqual([])
    await page.evaluate(() => window.sender.setConsent('granted'))
    await expect.poll(() => came(server)).toEqual(['Asked'])

    await context.addInitScript(() => {
      Object.defineProperty(window, 'localStorage', {
        get() {
          throw new DOMException('forbidden', 'SecurityError')
        },
      })
    })
    const closed = await open(context, '/', { host: server.url, flushAt: 1 })
    await track(closed, 'Without a store')
    await expect.poll(() => came(server)).toEqual(['Asked', 'Without a store'])
  })
})
