import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTessera } from '@tessera/sdk/decisions'
import { expect, test } from 'vitest'
import { startShopPage } from '../src/doors/cli/shop-page.ts'
import { addSite } from './senders.ts'
import { examples, worldOfTest } from './world.ts'

// What a visitor of a web site is shown, from the sender script to the store, through the program as it is started.

test('a click, a segment and an order change what a page shows', { timeout: 180_000 }, async () => {
  const world = worldOfTest()
  const server = await world.serve()
  const writeKey = await addSite(server)
  cpSync(join(examples, 'web-shop'), join(world.folder, 'definitions'), { recursive: true })
  await world.tessera('apply')
  const page = createTessera({ host: server.address, writeKey, identity: 'remembered' })
  const shown = async () => {
    const decision = await page.decide('home_banner', { withinMs: 10_000 })
    await page.shown(decision)
    return decision.offers[0]?.key ?? decision.state
  }
  const until = async (key: string) => {
    for (const since = Date.now(); (await shown()) !== key; await sleep(300))
      if (Date.now() - since > 60_000) throw new Error(`${key} was not decided`)
  }
  // Counters are read anew a moment after they were defined.
  await sleep(500)
  expect(await shown()).toBe('fallback')
  page.page('Home')
  page.track('Product Viewed', { product_id: 'a' })
  // The segment is entered a moment later, by the tick; counters are there at once.
  await until('welcome_back')
  page.track('Product Viewed', { product_id: 'b' })
  page.track('Product Viewed', { product_id: 'c' })
  expect(await shown()).toBe('still_thinking')
  await page.clicked(await page.decide('home_banner'))
  expect(await shown()).toBe('welcome_back')
  page.track('Order Completed', { order_id: 'o1', total: 10 })
  expect(await shown()).toBe('thank_you')

  const who = page.anonymousId() ?? ''
  expect(await world.json('live-profile', who, '--by', 'anonymous')).toMatchObject({
    state: 'known',
    counters: { bikes_seen: 3, web_orders: 1 },
    segments: [{ key: 'browsing_now' }],
    events: [{ name: 'Order Completed' }, ...Array(4).fill({ stream: 'site' })],
  })
  const [last] = await world.json<unknown[]>('decisions', '--person', who, '--limit', '1')
  expect(last).toMatchObject({ chosen: ['thank_you'], shown: ['thank_you'], clicked: [] })
  expect(await world.tessera('decide', 'home_banner', who)).toContain('thank_you')
  const [decision] = await world.json<unknown[]>('decisions')
  expect(decision).toMatchObject({ key: 'home_banner', public: true, clicked: 1 })
  expect(await world.tessera('live-profile', who)).toContain('bikes_seen')

  // After a restart it is the same: nothing of it lived in memory alone.
  await page.close()
  await server.stop()
  await world.serve()
  expect(await world.json('live-profile', who)).toMatchObject({
    counters: { bikes_seen: 3, web_orders: 1 },
  })
})

test('the page of the demo names its server and its key', async () => {
  const page = await startShopPage({ host: 'http://127.0.0.1:9', writeKey: 'key-of-site' })
  const html = await (await fetch(page.address)).text()
  await page.close()
  expect(html).toContain('src="http://127.0.0.1:9/tessera-decisions.js"')
  expect(html).toContain('"key-of-site"')
})
