import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Browser, Page } from 'playwright-core'
import { generateCompany } from '#example'
import type { FoundProfiles, ProfileSummary } from '#profiles/api'
import { buildConsole, startBrowser } from '../e2e/browser.ts'
import { openedAt, pathsOfConsole } from '../e2e/console-pages.ts'
import { type Bench, type Figure, percentile, rounded } from './bench.ts'
import { refreshAll, servePeople } from './console-people.ts'
import { startPlatform } from './events-server.ts'

const company = join(import.meta.dirname, '../../../examples/bicycle-maker')
const listed = 100_000
const scrollMs = 5000

/** How soon the pages of the console are useful, how smoothly long lists scroll, and how soon a search answers. */
export const consoleBench: Bench = {
  name: 'console',
  about:
    'Every page of the console that the demo company has something for, opened in a Chromium of its own until nothing is on its way any more; a list of 100,000 customers scrolled by the wheel for five seconds, drawn by the processor; customers searched over HTTP letter by letter among a million (the short form: 2,000 people and 20,000 profiles).',
  run: async ({ folder, isShort, say }) => {
    const browser = await startBrowser()
    if (!browser) return []
    try {
      buildConsole()
      const pages = await measurePages(browser, join(folder, 'company'), isShort ? 2000 : 20_000)
      for (const { path, ms } of pages.opened) say(`${path}: ${Math.round(ms)} ms`)
      const found = await measureSearch(join(folder, 'people'), isShort ? 20_000 : 1_000_000)
      for (const { q, ms, total } of found) say(`"${q}": ${total} found, ${Math.round(ms)} ms`)
      return [...figuresOfPages(pages), ...figuresOfSearch(found)]
    } finally {
      await browser.close()
    }
  },
}

interface Opened {
  readonly path: string
  readonly ms: number
}

interface Pages {
  readonly opened: readonly Opened[]
  /** The milliseconds between the pictures that were drawn while a long list was scrolled. */
  readonly frames: readonly number[]
}

async function measurePages(browser: Browser, folder: string, people: number): Promise<Pages> {
  await generateCompany({ folder, people, asOf: new Date() })
  const platform = await startPlatform(join(folder, 'data'), [], { TESSERA_FILES: folder })
  try {
    await platform.call('POST', '/definitions/apply', { files: definitions() })
    await refreshAll(platform)
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } })
    const address = `http://127.0.0.1:${platform.port}`
    const token = readFileSync(join(folder, 'data/token'), 'utf8').trim()
    await page.goto(`${address}/#token=${token}`)
    await page.getByRole('navigation').waitFor()
    await page.addInitScript(watchForContent)
    const opened: Opened[] = []
    for (const path of pathsOfConsole()) {
      const place = await openedAt(path, platform).catch(() => undefined)
      // The company has none of what the page is about.
      if (place === undefined) continue
      const times: number[] = []
      for (let n = 0; n < 3; n++) times.push(await opening(page, `${address}${place}`))
      opened.push({ path, ms: percentile(times, 0.5) })
    }
    return { opened, frames: await scrolling(page, `${address}/customers`) }
  } finally {
    await platform.stop()
  }
}

function definitions() {
  const files = readdirSync(company).filter((file) => file.endsWith('.yaml'))
  // What is sent to nobody's address is left out.
  const kept = files.filter((file) => !file.startsWith('6'))
  return kept.map((file) => ({ file, text: readFileSync(join(company, file), 'utf8') }))
}

// In the page: the last moment at which its title was missing or something was on its way.
const watchForContent = `
  window.notYet = 0
  const look = () => {
    const isThere = document.querySelector('main h1') && !document.querySelector('main [aria-busy=true]')
    if (!isThere) window.notYet = performance.now()
    requestAnimationFrame(look)
  }
  look()
`

/** The milliseconds from asking for a page until all that it asks for is there. */
async function opening(page: Page, address: string): Promise<number> {
  await page.goto(address)
  await page.locator('main h1').first().waitFor()
  let before = -1
  for (;;) {
    const notYet = Number(await page.evaluate('window.notYet'))
    if (notYet === before) return notYet
    before = notYet
    await sleep(500)
  }
}

async function scrolling(page: Page, address: string): Promise<readonly number[]> {
  const json = { total: listed, profiles: Array.from({ length: listed }, (_, i) => somebody(i)) }
  await page.route('**/api/profiles?*', (route) => route.fulfill({ json }))
  await page.goto(address)
  await page.getByText('Ada 5', { exact: true }).waitFor()
  await page.evaluate(`{
    window.pictures = []
    let last = performance.now()
    const next = (now) => { window.pictures.push(now - last); last = now; requestAnimationFrame(next) }
    requestAnimationFrame(next)
  }`)
  await page.mouse.move(700, 500)
  for (const since = performance.now(); performance.now() - since < scrollMs; )
    await page.mouse.wheel(0, 1200)
  return (await page.evaluate('window.pictures.slice(1)')) as readonly number[]
}

const somebody = (i: number): ProfileSummary => ({
  id: String(1_000_000 + i),
  name: `Ada ${i}`,
  emails: [`ada.${i}@mail.example`],
  phones: [`+49151${1_000_000 + i}`],
  city: 'Bonn',
  country: 'DE',
  records: 1 + (i % 4),
  sources: ['crm'],
})

const questions = ['First12 Last345', 'person.12345@mail', '+49 1510012345']

interface Found {
  readonly q: string
  readonly ms: number
  readonly total: number
}

/** Asks for each text as it grows by a letter; each time the best of three. */
async function measureSearch(folder: string, profiles: number): Promise<readonly Found[]> {
  const platform = await servePeople(folder, profiles)
  try {
    const found: Found[] = []
    for (const text of questions)
      for (let length = 1; length <= text.length; length++) {
        const q = text.slice(0, length)
        const times: number[] = []
        let total = 0
        for (let n = 0; n < 3; n++) {
          const began = performance.now()
          const answer = await platform.call('GET', `/profiles?limit=50&q=${encodeURIComponent(q)}`)
          times.push(performance.now() - began)
          // The endpoint answers with this shape.
          total = (answer as FoundProfiles).total
        }
        found.push({ q, ms: Math.min(...times), total })
      }
    return found
  } finally {
    await platform.stop()
  }
}

function figuresOfPages({ opened, frames }: Pages): readonly Figure[] {
  const slowest = opened.reduce((a, b) => (a.ms > b.ms ? a : b))
  const rough = frames.filter((ms) => ms > 50).length
  return [
    {
      name: `pages until nothing is on its way, median of ${opened.length}`,
      value: Math.round(
        percentile(
          opened.map(({ ms }) => ms),
          0.5,
        ),
      ),
      unit: 'ms',
      target: '< 1,000 ms',
    },
    {
      name: `the slowest of them: ${slowest.path}`,
      value: Math.round(slowest.ms),
      unit: 'ms',
      target: '< 1,000 ms',
    },
    {
      name: `pictures that took more than 50 ms, of ${frames.length} while 100,000 rows are scrolled`,
      value: rounded((100 * rough) / frames.length),
      unit: '%',
    },
  ]
}

function figuresOfSearch(found: readonly Found[]): readonly Figure[] {
  const times = found.map(({ ms }) => ms)
  const slowest = found.reduce((a, b) => (a.ms > b.ms ? a : b))
  return [
    {
      name: 'search, median over the letters',
      value: Math.round(percentile(times, 0.5)),
      unit: 'ms',
      target: '< 200 ms',
    },
    {
      name: `search, the slowest: "${slowest.q}"`,
      value: Math.round(slowest.ms),
      unit: 'ms',
      target: '< 200 ms',
    },
  ]
}
