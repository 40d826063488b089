import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Job } from '#contract'
import { generateCompany } from '#example'
import { isLong } from '#kernel/testing/long.ts'
import { findingsOn } from './axe.ts'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { openedAt, pathsOfConsole } from './console-pages.ts'
import { examples, makeWorld, type Server, type World } from './world.ts'

// Every page there is, as the router knows them: readable wherever it is read, and honest while the server is away.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'
const dist = join(import.meta.dirname, '../../console/dist')
const widths = isLong ? [400, 1000, 1600] : [400]

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>
/** What becomes of a request to the server before it gets there. */
let meanwhile: (route: Route) => Promise<unknown>
let held: (() => void)[] = []

describe.skipIf(!browser)(`every page of the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld({ TESSERA_LIVE: 'off' })
    const company = { folder: world.folder, people: 300, asOf: new Date() }
    const [started] = await Promise.all([world.serve(), generateCompany(company)])
    server = started
    await server.call('POST', '/definitions/apply', { files: definitions() })
    // The endpoints answer with these shapes.
    const { job } = (await server.call('POST', '/run', {})) as { job: string }
    const state = async () => ((await server.call('GET', `/jobs/${job}`)) as Job).state
    await vi.waitFor(async () => expect(await state()).toBe('done'), {
      timeout: 90_000,
      interval: 200,
    })
    const opened = await openConsole(browser!, { world, server, timeoutMs: soon.timeout })
    page = opened.page
    complaints = opened.complaints
    await page.clock.install()
    meanwhile = goOn
    await page.route('**/api/**', (route) => meanwhile(route))
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await world?.remove()
  })

  test.each(pathsOfConsole())('%s', async (path) => {
    const address = `${server.address}${await openedAt(path, server)}`
    meanwhile = hold
    await page.goto(address)
    await page.getByRole('navigation').waitFor()
    await page.clock.fastForward(6_000)
    await line('The server takes long to answer').waitFor()
    release()
    await settled()
    expect(complaints.take()).toEqual([])
    await isReadable()

    const title = await page.getByRole('heading', { level: 1 }).textContent()
    meanwhile = fail
    await page.reload()
    await line('The server answers with an error').waitFor()
    meanwhile = refuse
    await page.clock.fastForward(6_000)
    await line('The server does not answer').waitFor()
    meanwhile = goOn
    await page.clock.fastForward(6_000)
    await settled()
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe(title)
    for (const complaint of complaints.take())
      expect(complaint).toMatch(/500|ERR_CONNECTION_REFUSED/)
  })

  test('the palette leads to every page that needs no more than its address, by keyboard alone', async () => {
    meanwhile = goOn
    await page.goto(server.address)
    await settled()
    const asked = pathsOfConsole().filter((path) => !path.includes('$'))
    for (const path of asked) {
      await page.keyboard.press('Control+k')
      const box = page.getByRole('combobox', { name: 'Go anywhere' })
      await box.waitFor()
      await expect.poll(() => box.evaluate((of) => of.matches(':focus')), soon).toBe(true)
      await page.keyboard.type(path)
      await page.getByRole('dialog').getByRole('option').first().waitFor()
      await page.keyboard.press('Enter')
      await expect.poll(() => new URL(page.url()).pathname, soon).toBe(path)
      await box.waitFor({ state: 'detached' })
      await page.getByRole('heading', { level: 1 }).waitFor()
    }
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').waitFor()
    await page.keyboard.press('Escape')
    await page.getByRole('dialog').waitFor({ state: 'detached' })
  })

  test('the first load is small, and the code of a page comes with the page', () => {
    const html = readFileSync(join(dist, 'index.html'), 'utf8')
    const first = [...html.matchAll(/"\/(assets\/[^"]+)"/g)].map(([, file = '']) => file)
    expect(first.length).toBeGreaterThan(1)
    const sizes = first.map((file) => gzipSync(readFileSync(join(dist, file))).length)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000)
    const code = readdirSync(join(dist, 'assets')).filter((file) => file.endsWith('.js'))
    expect(code.length - first.length).toBeGreaterThan(pathsOfConsole().length)
  })
})

const outside = `kind: destination
key: agency
label: Files for the agency
type: file
settings: { folder: agency, format: csv }
---
kind: activation
key: win_back_to_agency
label: Win-back list
segment: win_back
destination: agency
send: everything
attributes: [{ as: email, contact_point: email }]
---
kind: action
key: greet
label: Greet them
when: { segment: best_customers, change: entered }
often: first
target: { destination: agency }
---
kind: decision
key: banner
label: Banner
offers: [{ key: club, when: { segment: best_customers }, payload: { headline: Our club } }]
`

function definitions() {
  const folder = join(examples, 'bicycle-maker')
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  const told = files.map((file) => ({ file, text: readFileSync(join(folder, file), 'utf8') }))
  return [
    ...told.filter(({ file }) => !file.startsWith('6')),
    { file: 'outside.yaml', text: outside },
  ]
}

const goOn = (route: Route) => route.continue()
const refuse = (route: Route) => route.abort('connectionrefused')
const fail = (route: Route) =>
  route.fulfill({
    status: 500,
    json: { error: { code: 'server.unexpected', message: 'It broke.' } },
  })
const hold = (route: Route) =>
  new Promise<void>((resolve) => held.push(resolve)).then(() =>
    // The page may have gone on meanwhile.
    route.continue().catch(() => undefined),
  )

function release(): void {
  meanwhile = goOn
  for (const go of held) go()
  held = []
}

const line = (says: string) => page.getByRole('status').filter({ hasText: says })

/** Waits until the page has all that it asked for, and speaks of no trouble. */
async function settled(): Promise<void> {
  await page.getByRole('heading', { level: 1 }).waitFor()
  const left = () =>
    page
      .locator('main')
      .locator(
        '[aria-busy=true], [role=alert], [data-state=lost], [data-state=slow], [data-state=failing]',
      )
      .count()
  await expect.poll(left, soon).toBe(0)
}

async function isReadable(): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
      await page.locator(`html[data-mantine-color-scheme=${colorScheme}]`).waitFor()
      await page.evaluate(
        'new Promise((go) => requestAnimationFrame(() => requestAnimationFrame(go)))',
      )
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
      // What only colours change is all that the dark can break.
      // A button that an answer has just let go of is still drawn as it was for a moment.
      const findings = () =>
        findingsOn(page, colorScheme === 'light' ? undefined : ['color-contrast'])
      await expect.poll(findings, soon).toEqual([])
    }
  }
}
