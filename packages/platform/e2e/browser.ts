import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import packaged from '@sparticuz/chromium'
import { type Browser, chromium, type LaunchOptions, type Page } from 'playwright-core'
import type { Server, World } from './world.ts'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

// The one that came with the packages, else one that somebody installed.
const places: readonly (() => Promise<LaunchOptions>)[] = [
  async () => ({ executablePath: await packaged.executablePath() }),
  async () => ({ channel: 'chrome' }),
  async () => ({ executablePath: '/usr/bin/chromium' }),
  async () => ({ executablePath: '/usr/bin/chromium-browser' }),
]

/** How long a page may take for what people would wait for; much longer than it takes, for machines that are busy. */
export const soon = { timeout: 30_000 }

/** Makes the console's files where nobody has made them yet. */
export function buildConsole(): void {
  const repository = join(import.meta.dirname, '../../..')
  if (existsSync(join(repository, 'packages/console/dist/index.html'))) return
  execFileSync('npm', ['run', '-s', 'build'], { cwd: repository, timeout: 60_000 })
}

/** Starts a real Chromium, without a window and with a profile of its own; nothing where none can be started. */
export async function startBrowser(): Promise<Browser | undefined> {
  for (const place of places) {
    try {
      return await chromium.launch({ ...(await place()), args: flags, timeout: 15_000 })
    } catch {
      // Not here; the next place may have one.
    }
  }
  return undefined
}

/** Collects what a page complains of: exceptions, what it says in its console, requests that fail. */
export function watch(page: Page): { readonly take: () => readonly string[] } {
  let complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('console', (message) => {
    const isBad = message.type() === 'error' || message.type() === 'warning'
    if (isBad) complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('requestfailed', (request) => {
    const why = request.failure()?.errorText
    // The page itself gave it up, as when one goes on to another page.
    if (why !== 'net::ERR_ABORTED') complaints.push(`request: ${request.url()} ${why}`)
  })
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`answer: ${response.url()} ${response.status()}`)
  })
  return {
    take: () => {
      const taken = complaints
      complaints = []
      return taken
    },
  }
}

/** Opens the console in a window of a usual size, signed in, and waits for its first page. */
export async function openConsole(
  browser: Browser,
  of: { readonly world: World; readonly server: Server; readonly timeoutMs: number },
): Promise<{ readonly page: Page; readonly complaints: ReturnType<typeof watch> }> {
  const page = await browser.newPage({
    viewport: { width: 1400, height: 900 },
    locale: 'en-GB',
    timezoneId: 'UTC',
    colorScheme: 'light',
  })
  page.setDefaultTimeout(of.timeoutMs)
  const complaints = watch(page)
  const token = readFileSync(join(of.world.data, 'token'), 'utf8').trim()
  await page.goto(`${of.server.address}/#token=${token}`)
  await page.getByRole('heading', { name: 'Flow', exact: true }).waitFor()
  return { page, complaints }
}
