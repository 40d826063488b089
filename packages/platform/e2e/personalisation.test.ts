import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { createTessera } from '@tessera/sdk/decisions'
import { expect, test } from 'vitest'
import type { DecisionRecorded } from '#contract'
import { startShopPage } from '../src/doors/cli/shop-page.ts'
import { startTrickle } from '../src/doors/cli/trickle.ts'
import { randomFrom } from '../src/doors/example/random.ts'
import { clientOf, commandsOn } from './commands.ts'
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

test('while visitors of the demo click, what is decided for one of them changes with what they did', {
  timeout: 180_000,
}, async () => {
  const world = worldOfTest()
  const shoppers = `customer_id,email,first_name,last_name\n7,ada@x.example,Ada,Lark\n`
  await world.tessera('import', world.write('shop_customers.csv', shoppers))
  const server = await world.serve()
  cpSync(join(examples, 'web-shop'), join(world.folder, 'definitions'), { recursive: true })
  await addSite(server)
  await world.tessera('apply')
  // Always the same visitors, doing the same.
  const of = { host: server.address, everyMs: 100, random: randomFrom(7) }
  const trickle = await startTrickle(clientOf(server), of)
  const recorded = async () =>
    (await server.call('GET', '/decisions/recorded?limit=500')) as readonly DecisionRecorded[]
  const isGiven = ({ chosen }: DecisionRecorded) => chosen.includes('electric_ride')
  // Somebody who was shown the offer for electric bicycles, and had another one before.
  const changed = async () => {
    const all = await recorded()
    const [found] = all.flatMap((now, i) => {
      if (!isGiven(now) || now.shown.length === 0) return []
      const earlier = all.slice(i + 1).filter(({ person }) => person === now.person)
      const before = earlier.find((one) => !isGiven(one))
      return before ? [{ now, before }] : []
    })
    return found
  }
  await expect.poll(changed, { timeout: 120_000, interval: 500 }).toBeTruthy()
  await trickle.stop()
  const found = await changed()
  const why = found?.before.left_out.find(({ key }) => key === 'electric_ride')
  expect(why).toMatchObject({ reason: 'not_meant' })
  expect(found?.now.shown).toEqual(['electric_ride'])
  // What speaks for it now is told with the number that was counted.
  const person = found?.now.person ?? ''
  const told = await commandsOn(server).tessera('decide', 'home_banner', person, '--why')
  expect(told).toMatch(/counter › electric seen is at least 3, found [3-9]/)
})

test('the page of the demo names its server and its key', async () => {
  const page = await startShopPage({ host: 'http://127.0.0.1:9', writeKey: 'key-of-site' })
  const html = await (await fetch(page.address)).text()
  await page.close()
  expect(html).toContain('src="http://127.0.0.1:9/tessera-decisions.js"')
  expect(html).toContain('"key-of-site"')
})
