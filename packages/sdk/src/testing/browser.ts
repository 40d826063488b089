import packaged from '@sparticuz/chromium'
import { type Browser, chromium, type LaunchOptions } from 'playwright-core'

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-sync',
  // A page that a test serves without a network counts as a public one, which may not ask this machine.
  '--disable-features=LocalNetworkAccessChecks',
]

// The one that came with the packages, else one that somebody installed.
const places: readonly (() => Promise<LaunchOptions>)[] = [
  async () => ({ executablePath: await packaged.executablePath() }),
  async () => ({ channel: 'chrome' }),
  async () => ({ executablePath: '/usr/bin/chromium' }),
]

/** Starts a real Chromium without a window; nothing where none can be started. */
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
