import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Explanation, MatchModelStatus, RulesetStatus, Thresholds } from '#contract'
import { madeRecords } from '#identity/testing'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, counted, figuresOn, wordsIn } from './console-reading.ts'
import { peopleModel, sourcesOfPeople, writePeople } from './made-people.ts'
import { makeWorld, type Server, type World } from './world.ts'

// A model as its steward sees it: trained, looked at, measured, explained; another threshold is tried before it is published.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'
const records = madeRecords(250, 42)

const sources = `${sourcesOfPeople}---
${peopleModel}---
kind: ruleset
key: people
label: People
on: individual
match:
  - key: email
    label: Same e-mail
    all: [{ object: contact_point_email, field: email_address, by: normalised }]
reconcile: { default: last_updated }
---
kind: segment
key: everybody
label: Everybody
on: individual
include: { all: [] }
`

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`a model in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld()
    writePeople(world, records)
    world.write('definitions/all.yaml', sources)
    await world.tessera('apply')
    await world.json('run')
    server = await world.serve()
    const opened = await openConsole(browser!, { world, server, timeoutMs: soon.timeout })
    page = opened.page
    complaints = opened.complaints
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await world?.remove()
  })

  afterEach(() => expect(complaints.take()).toEqual([]))

  test('without a model, the tab says how one comes about; with one, it is trained with a press', async () => {
    await open('/identity/people?tab=model')
    await page.getByText('This ruleset uses no model').waitFor()
    world.write('definitions/all.yaml', withModel(0.999))
    await world.feed('', 'apply')
    await page.getByText('The model has not learned yet').waitFor(soon)
    await page.getByRole('button', { name: 'Train' }).click()
    await page.getByText('Trained. The next refresh').waitFor({ timeout: 60_000 })
    const model = await get<Required<MatchModelStatus>>('/identity/models/people_model')
    expect(await figuresOn(page)).toMatchObject({
      'Records learned from': counted(model.trained.records),
      'Pairs that are one': counted(Math.round(model.trained.matches)),
    })
    const rows = page.getByRole('table', { name: 'What agreement weighs' }).locator('tbody tr')
    const levels = model.comparisons.flatMap(({ levels: all }) => all)
    expect(await rows.count()).toBe(levels.length)
    const [first] = levels
    expect(await wordsIn(rows.first())).toContain(`+${first?.weight?.toFixed(1)}`)
  }, 90_000)

  test('known answers draw precision and recall, and tell the best threshold', async () => {
    const form = page.getByRole('form', { name: 'Known answers' })
    await form.getByRole('textbox', { name: 'Stream', exact: true }).fill('truth')
    await form.getByRole('button', { name: 'Measure' }).click()
    const truth = { stream: 'truth', source: 'source', record: 'record', entity: 'person' }
    const measured = await server.call('POST', '/identity/people/measure/thresholds', { truth })
    // The endpoint answers with this shape.
    const { best } = (measured as Thresholds).pairs ?? {}
    await page.getByText(`F1 ${best?.f1.toFixed(3)}`).waitFor(soon)
    expect(best?.b_cubed?.f1).toBeGreaterThan(0.95)
    await page.getByText('B-cubed F1 of groups').waitFor(soon)
    await page
      .getByRole('img', {
        name: 'Precision, recall and F1 of pairs, and B-cubed of groups, at each weight',
      })
      .waitFor()
  }, 60_000)

  test('a lower threshold is tried, then published, and does what was foretold', async () => {
    await world.json('run')
    await page.getByRole('tab', { name: 'Simulate' }).click()
    await page.getByText('Nothing has been simulated yet').waitFor()
    const before = await profiles()
    const slider = page.getByRole('slider', { name: 'Link from this probability on' })
    await slider.focus()
    for (let i = 0; i < 60; i++) await page.keyboard.press('ArrowLeft')
    await page.getByRole('button', { name: 'Simulate' }).click()
    await page.getByText(/^Profiles that would join/).waitFor({ timeout: 60_000 })
    const figures = await figuresOn(page)
    expect(await profiles(), 'nothing was published').toBe(before)
    const segment = page.getByRole('table', { name: 'Segments' }).locator('tbody tr').first()
    expect(await cellsOf(segment)).toMatchObject({
      Members: counted(before),
      Then: figures['Profiles'],
    })
    expect(await wordsIn(panel('Profiles that would join'))).toMatch(/Alike people: [\d.]+ bits/)
    await page.getByRole('button', { name: 'Publish these rules' }).click()
    await page.getByText('Published. The next refresh').waitFor()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Done. Profiles are up to date.').waitFor({ timeout: 60_000 })
    expect(counted(await profiles())).toBe(figures['Profiles'])
    expect(await profiles()).toBeLessThan(before)
  }, 120_000)

  test('two records are explained as a waterfall that ends at their weight', async () => {
    const twice = records.find(({ id }) => id.endsWith('b'))
    const pair = { left: `people:${twice?.entity.slice(1)}a`, right: `people:${twice?.id}` }
    const query = new URLSearchParams(pair)
    const { model } = await get<Explanation>(`/identity/people/explain?${query}`)
    await open(`/identity/people?tab=explain&${query}`)
    const bars = page.getByRole('table', { name: /^The weights of the two records/ }).locator('tr')
    await expect.poll(() => bars.count(), soon).toBe((model?.falls.length ?? 0) + 2)
    expect(await wordsIn(bars.last())).toContain(model?.weight.toFixed(1))
    expect(await wordsIn(bars.first())).toContain(model?.prior.toFixed(1))
  }, 60_000)

  test('on a phone nothing hangs over', async () => {
    const size = page.viewportSize()
    await page.setViewportSize({ width: 390, height: 844 })
    await page.emulateMedia({ colorScheme: 'dark' })
    const twice = records.find(({ id }) => id.endsWith('b'))
    const pair = `left=people:${twice?.entity.slice(1)}a&right=people:${twice?.id}`
    for (const [address, there] of [
      ['tab=model', page.getByRole('img', { name: /^Records that could never/ })],
      ['tab=simulate', page.getByRole('button', { name: 'Simulate' })],
      [`tab=explain&${pair}`, page.getByRole('table', { name: /^The weights/ })],
    ] as const) {
      await open(`/identity/people?${address}`)
      await there.waitFor()
      if (address === 'tab=simulate') {
        await there.click()
        await page.getByRole('table', { name: 'Segments' }).waitFor({ timeout: 60_000 })
      }
      const width = await page.evaluate('document.documentElement.scrollWidth')
      expect({ address, width }).toEqual({ address, width: 390 })
    }
    if (size) await page.setViewportSize(size)
    await page.emulateMedia({ colorScheme: 'light' })
  }, 90_000)

  test('the flow leads from profiles to their ruleset', async () => {
    await open('/?node=unified%3Aindividual')
    await page.getByRole('link', { name: 'Open the ruleset' }).click()
    await page.getByRole('tab', { name: 'Results' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/identity/people')
  })
})

const withModel = (least: number) =>
  sources.replace(
    'reconcile: { default',
    `model: { use: people_model, at_least: ${least} }\nreconcile: { default`,
  )

// What an endpoint answers with is the contract's to say.
const get = async <T>(path: string) => (await server.call('GET', path)) as T

const profiles = async () =>
  (await get<Required<RulesetStatus>>('/identity/people')).last_run.profiles

async function open(path: string): Promise<void> {
  await page.goto(`${server.address}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

const panel = (title: string): Locator =>
  page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: new RegExp(`^${title}`), level: 2 }) })
