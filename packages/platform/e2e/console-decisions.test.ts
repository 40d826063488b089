import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createTessera } from '@tessera/sdk/decisions'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DecisionRecorded, DefinitionAnswer, LiveAnswer } from '#contract'
import { findingsOn } from './axe.ts'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, wordsIn } from './console-reading.ts'
import { addSite } from './senders.ts'
import { examples, makeWorld, type Server, type World } from './world.ts'

// Offers as those who decide about them see them: built, tried for somebody while events of theirs come in, given, told.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

let world: World
let server: Server
let writeKey: string
let page: Page
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`decisions in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld()
    server = await world.serve()
    writeKey = await addSite(server)
    const file = 'personalisation.yaml'
    const text = readFileSync(join(examples, 'web-shop', file), 'utf8')
    // What is counted; the decision itself is built in the console.
    const [counters = ''] = text.split('---\nkind: decision')
    await server.call('POST', '/definitions/apply', { files: [{ file, text: counters }] })
    const opened = await openConsole(browser!, { world, server, timeoutMs: soon.timeout })
    page = opened.page
    complaints = opened.complaints
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await world?.remove()
  })

  afterEach(() => expect(complaints.take()).toEqual([]))

  test('where there is none yet the page says what one is, and leads to making it', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Decisions' }).click()
    await page.getByText('There are no decisions yet').waitFor()
    await page.getByRole('link', { name: 'New decision' }).first().click()
    await page.getByRole('heading', { name: 'New decision', level: 1 }).waitFor()
  })

  test('a decision is built with its offers, faults stand at their fields, and it is tried before it is there', async () => {
    await page.getByLabel('Name', { exact: true }).first().fill('Front banner')
    await page.getByLabel('Pages may ask').check()
    await page.getByRole('button', { name: 'Add an offer' }).click()
    const [first, second] = [offer(1), offer(2)]
    await first.getByLabel('Key').fill('again')
    // What is said of a key that is taken stands at the second of them.
    await second.getByLabel('Key').fill('again')
    await second.getByText('two offers are called "again"').waitFor()
    await second.getByLabel('Key').fill('plain')
    await first.getByLabel('Priority').fill('10')
    await first.getByLabel('Value').fill('Still thinking?')
    // A name that is taken is on the way to a longer one.
    const payload = first.getByRole('group', { name: 'What the page gets' })
    await payload.getByRole('button', { name: 'Add a value' }).click()
    const name = payload.getByLabel('Name').nth(1)
    await name.fill('')
    await name.pressSequentially('headline')
    await payload.getByText('Another value has this name').waitFor()
    await name.pressSequentially('_2')
    expect(await name.inputValue()).toBe('headline_2')
    await payload.getByRole('button', { name: 'Remove' }).nth(1).click()
    await first.getByRole('button', { name: 'Add a condition' }).click()
    await choose(first, 'Field', 'Counter: Bicycles looked at, last hour')
    await choose(first, 'Comparison', 'is at least')
    await first.getByLabel('Value').first().fill('3')
    await first.getByRole('button', { name: 'Add a limit' }).click()
    await choose(first, 'Times it was', 'clicked')
    await choose(page.getByLabel('Whom').locator('xpath=../..'), 'Whom', 'An id in events')
    await page.getByLabel('Who it is').fill('somebody')
    await page.getByText('gets plain').waitFor()
    await page.getByText('counter › bikes seen is at least 3').waitFor()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Front banner', level: 1 }).waitFor()
    const { body } = await get<DefinitionAnswer>('/definitions/decision/front_banner')
    expect(body).toEqual({
      label: 'Front banner',
      public: true,
      offers: [
        {
          key: 'again',
          priority: 10,
          when: { all: [{ field: 'counter.bikes_seen', op: '>=', value: 3 }] },
          limits: [{ most: 1, of: 'clicked', within: 'day' }],
          payload: { headline: 'Still thinking?' },
        },
        { key: 'plain', payload: { headline: '' } },
      ],
    })
  })

  test('while one looks, events of a visitor change what they would get, and nothing is recorded for it', async () => {
    const site = createTessera({ host: server.address, writeKey, identity: 'remembered' })
    site.track('Product Viewed', { product_id: 'a' })
    await site.flush()
    const who = site.anonymousId() ?? ''
    await open(`/decisions/front_banner?tab=try&by=user&who=${who}`)
    await page.getByText('gets plain').waitFor()
    await page.getByText('found 1').waitFor()
    site.track('Product Viewed', { product_id: 'b' })
    site.track('Product Viewed', { product_id: 'c' })
    await site.flush()
    await page.getByText('gets again').waitFor()
    await page.getByText('found 3').waitFor()
    expect(await get('/decisions/recorded')).toEqual([])
    await site.close()
  })

  test('what was decided stands in the log with its reason, narrowed and paged in the address', async () => {
    const site = createTessera({ host: server.address, writeKey, identity: 'remembered' })
    const all = Array.from({ length: 51 }, () => site.decide('front_banner', { withinMs: 10_000 }))
    for (const { state } of await Promise.all(all)) expect(state).toBe('offers')
    for (let i = 0; i < 3; i++) site.track('Product Viewed', { product_id: `p${i}` })
    await site.flush()
    const decision = await site.decide('front_banner', { withinMs: 10_000 })
    expect(decision.offers[0]?.key).toBe('again')
    await site.shown(decision)
    await site.clicked(decision)
    await site.close()
    await open('/decisions/front_banner?tab=log')
    await expect.poll(() => logged().count(), soon).toBe(50)
    expect(await cellsOf(logged().first())).toMatchObject({
      Person: site.anonymousId(),
      Given: 'again',
      'What became of it': 'shown, clicked',
      'Why not the others': 'plain would be given, but others come first',
    })
    await page.getByRole('button', { name: 'Older' }).click()
    await expect.poll(() => logged().count(), soon).toBe(2)
    const records = await get<DecisionRecorded[]>('/decisions/recorded')
    expect(new URL(page.url()).searchParams.get('before')).toBe(records[49]?.id)
    await page.getByRole('button', { name: 'Newest' }).click()
    await choose(page.locator('main'), 'Outcome', 'Clicked')
    await expect.poll(() => logged().count(), soon).toBe(1)
    await choose(page.locator('main'), 'Offer', 'plain')
    await page.getByText('Nothing was decided yet').waitFor()
    await page.goBack()
    await open('/decisions/front_banner?tab=log&person=nobody-like-this')
    await page.getByText('Nothing was decided yet').waitFor()
  })

  test('figures over time are those of the server; the list has them, searched and sorted in the address', async () => {
    await open('/decisions/front_banner')
    await expect.poll(() => page.locator('section svg path').count(), soon).toBeGreaterThan(0)
    const table = page.getByRole('table', { name: 'By offer' }).locator('tbody tr')
    expect(await cellsOf(table.first())).toMatchObject({
      Offer: 'again',
      Decided: '1',
      Shown: '1',
      Clicked: '1',
    })
    expect(await cellsOf(table.nth(1))).toMatchObject({ Offer: 'plain', Decided: '51', Shown: '0' })
    await page.getByText('7 days', { exact: true }).click()
    await expect.poll(() => new URL(page.url()).searchParams.get('days'), soon).toBe('7')
    await open('/decisions')
    const rows = page.getByRole('table', { name: 'Decisions' }).locator('tbody tr')
    expect(await cellsOf(rows.first())).toMatchObject({
      Decision: 'Front banner',
      State: 'On',
      'Asked by': 'pages and callers',
      Offers: 'again, plain',
      Decided: '52',
    })
    await page.getByRole('searchbox').fill('nothing like it')
    await page.getByText('No decision fits').waitFor()
    await page.getByRole('button', { name: 'Show all decisions' }).click()
    await expect.poll(() => rows.count(), soon).toBe(1)
  })

  test('while one looks at a customer, counters, segments and events of this moment come in', async () => {
    const site = createTessera({ host: server.address, writeKey, identity: 'remembered' })
    site.track('Product Viewed', { product_id: 'a' })
    await site.flush()
    const path = `/live/profile?anonymous=${site.anonymousId()}`
    const profile = async () => (await get<LiveAnswer>(path)).profile
    await expect.poll(profile, soon).toBeDefined()
    await open(`/customers/${await profile()}?tab=live`)
    const counters = page.getByRole('region', { name: 'Counters' })
    const events = page.getByRole('table', { name: 'Last events' }).locator('tbody tr')
    await expect.poll(() => wordsIn(counters), soon).toMatch(/Bicycles looked at, last hour 1/)
    await expect.poll(() => events.count(), soon).toBe(1)
    site.track('Product Viewed', { product_id: 'b' })
    await site.flush()
    await expect.poll(() => wordsIn(counters), soon).toMatch(/Bicycles looked at, last hour 2/)
    expect(await cellsOf(events.first())).toMatchObject({ What: 'Product Viewed', Stream: 'site' })
    expect(await events.count()).toBe(2)
    // The segment is entered by the tick, a moment later.
    await page.getByRole('link', { name: 'Browsing now' }).waitFor()
    await page.getByText('every accepted event counts').waitFor()
    expect(await findingsOn(page)).toEqual([])
    await site.close()
  })

  test('every part of the page is readable, narrow and dark too', async () => {
    for (const tab of ['overview', 'try&by=user&who=somebody', 'log', 'edit']) {
      await page.setViewportSize({ width: 400, height: 900 })
      await page.emulateMedia({ colorScheme: 'dark' })
      await open(`/decisions/front_banner?tab=${tab}`)
      await page.getByRole('tabpanel').waitFor()
      await expect.poll(() => page.locator('[aria-busy=true]').count(), soon).toBe(0)
      expect(await findingsOn(page), tab).toEqual([])
      const over = await page.evaluate('document.documentElement.scrollWidth - innerWidth')
      expect(over, tab).toBe(0)
    }
  })
})

async function open(path: string): Promise<void> {
  await page.goto(`${server.address}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

// The endpoint answers with the shape that is asked for.
const get = async <T>(path: string): Promise<T> => (await server.call('GET', path)) as T

const offer = (place: number): Locator => page.getByRole('region', { name: `Offer ${place}` })

const logged = (): Locator => page.getByRole('table', { name: 'Decided' }).locator('tbody tr')

async function choose(of: Locator, label: string, option: string): Promise<void> {
  await of.getByRole('combobox', { name: label, exact: true }).first().click()
  await page.getByRole('option', { name: option, exact: true }).click()
}
