import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type {
  AuditEntry,
  DefinitionAnswer,
  GraphAnswer,
  Job,
  Schedule,
  SettingAnswer,
} from '#contract'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, wordsIn } from './console-reading.ts'
import { makeWorld, type Server, type World } from './world.ts'

// Questions in SQL, and how the house is doing, as those who look after it see it.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>

const definitions = `
kind: connection
key: shop
connector: files
settings: { folder: sources }
---
kind: stream
key: sales
connection: shop
source: { path: sales.csv }
mode: full
primary_key: [id]
category: profile
`
const countries = ['IT', 'FR', 'DE']
const sales = Array.from({ length: 1500 }, (_, i) => ({
  id: i,
  country: countries[i % 3] ?? '',
  month: `2026-0${(i % 2) + 1}-01`,
  total: (i % 7) + 0.5,
}))

describe.skipIf(!browser)(`explore and operations in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld({ TESSERA_ALERTS_URL: 'https://alerts.example.com/hook?key=geheim' })
    world.write('definitions/all.yaml', definitions)
    const lines = sales.map(({ id, country, month, total }) => `${id},${country},${month},${total}`)
    world.write('sources/sales.csv', `id,country,month,total\n${lines.join('\n')}\n`)
    await world.tessera('apply')
    await world.tessera('run')
    server = await world.serve()
    const opened = await openConsole(browser!, { world, server, timeoutMs: soon.timeout })
    page = opened.page
    complaints = opened.complaints
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await world?.remove()
  })

  // A text that is not whole yet is refused as one types; the browser tells of each such answer.
  afterEach(() => expect(complaints.take().filter((one) => !one.includes('422'))).toEqual([]))

  test('what fits is offered as one types, by keyboard; Ctrl+Enter asks', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Explore' }).click()
    await page.getByText('No question was asked yet').waitFor()
    await expect.poll(() => page.getByText('lake.sales', { exact: true }).count(), soon).toBe(1)
    await editor().click()
    await page.keyboard.type('select country, cou')
    await expect.poll(() => wordsIn(offered().first()), soon).toContain('count')
    await page.keyboard.press('Escape')
    await page.keyboard.type('nt(*) as sales, sum(total) as total\nfrom lake.sa')
    await expect.poll(() => offered().count(), soon).toBe(1)
    await page.keyboard.press('Tab')
    await page.keyboard.type(' s group by s.cou')
    await expect.poll(() => wordsIn(offered().first()), soon).toContain('country')
    await page.keyboard.press('Enter')
    await page.keyboard.type(' order by country')
    expect(await editor().inputValue()).toBe(
      'select country, count(*) as sales, sum(total) as total\nfrom lake.sales s group by s.country order by country',
    )
    await page.keyboard.press('Control+Enter')
    await page.getByText(/^3 rows in/).waitFor()
    const sumOf = (country: string) =>
      sales.filter((sale) => sale.country === country).reduce((sum, { total }) => sum + total, 0)
    const expected = ['DE', 'FR', 'IT'].map((country) => [country, '500', sumOf(country)])
    expect(await resultRows()).toEqual(
      expected.map(([country, count, sum]) => [
        country,
        count,
        Number(sum).toLocaleString('en', { minimumFractionDigits: Number.isInteger(sum) ? 0 : 2 }),
      ]),
    )
    expect(new URL(page.url()).searchParams.get('sql')).toContain('group by s.country')
  })

  test('a mistake stands at its place in the text, in the words of the server', async () => {
    await ask('select country,\n  totl\nfrom lake.sales')
    const said = page.getByRole('status').filter({ hasText: 'line 2, column 3' })
    expect(await wordsIn(said)).toMatch(/column "totl".*total/)
    await expect
      .poll(() => page.locator('pre [data-bad=true]').allInnerTexts(), soon)
      .toEqual(['totl'])
    expect(await editor().getAttribute('aria-invalid')).toBe('true')
    await ask("select * from read_csv('/etc/passwd')")
    await page.getByRole('status').filter({ hasText: 'read_csv' }).waitFor()
    expect(await resultRows()).toEqual([])
  })

  test('many rows are shown as one scrolls, and it is told that there are more', async () => {
    await ask('select id, country from lake.sales order by id')
    await page.getByText('There are more: only the first 1,000 are shown').waitFor()
    const region = page.getByRole('region', { name: 'Result' })
    expect(await region.locator('tbody tr').count()).toBeLessThan(120)
    await region.focus()
    await region.press('End')
    await expect.poll(() => region.getByText('999', { exact: true }).count(), soon).toBe(1)
    await page.getByRole('combobox', { name: 'Most rows' }).click()
    await page.getByRole('option', { name: 'up to 10,000 rows' }).click()
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText(/^1,500 rows in/).waitFor()
    expect(new URL(page.url()).searchParams.get('limit')).toBe('10000')
  })

  test('a long question is given up, and the engine lets go of it', async () => {
    await editor().fill(
      'select count(*) from lake.sales a, lake.sales b, lake.sales c where a.total + b.total > c.total * 2',
    )
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByText(/Running for/).waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByText('The question was cancelled').waitFor()
    const asked = async () =>
      (await get<Record<string, { running: number }>>('/pressure'))['ask']?.running
    await expect.poll(asked, soon).toBe(0)
  })

  test('an answer is drawn, exported, saved with its chart, opened again, removed and taken back', async () => {
    await ask(
      'select month, country, sum(total) as total from lake.sales group by 1, 2 order by 1, 2',
    )
    await page.getByText(/^6 rows in/).waitFor()
    await page.getByText('Chart', { exact: true }).click()
    await page.getByRole('combobox', { name: 'Apart by' }).click()
    await page.getByRole('option', { name: 'country' }).click()
    for (const country of countries)
      await page.locator('svg text', { hasText: country }).first().waitFor()
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: 'Export as CSV' }).click()
    const lines = readFileSync(await (await coming).path(), 'utf8').split('\r\n')
    expect(lines[0]).toBe('month,country,total')
    expect(lines).toHaveLength(8)
    await page.getByRole('button', { name: 'Save as new' }).click()
    await page.getByRole('textbox', { name: 'Name' }).fill('Totals by month')
    await page.getByRole('button', { name: 'Save it' }).click()
    await page.getByRole('heading', { name: 'Totals by month' }).waitFor()
    const saved = await get<DefinitionAnswer>('/definitions/query/totals_by_month')
    expect(saved.body).toMatchObject({
      label: 'Totals by month',
      chart: { x: 'month', y: ['total'], series: 'country' },
    })
    await open('/explore?saved=totals_by_month')
    expect(await editor().inputValue()).toContain('group by 1, 2')
    await page.getByRole('tab', { name: 'Saved' }).click()
    await page.getByRole('button', { name: 'Remove Totals by month' }).click()
    await page.getByText('“Totals by month” was removed').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByRole('link', { name: 'Totals by month' }).waitFor()
  })

  test('health, jobs, schedules and freshness are those of the API', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Operations' }).click()
    await page.getByText('Everything is well').first().waitFor()
    expect(await wordsIn(page.getByRole('main'))).toContain('free of')
    await page.getByRole('tab', { name: 'Jobs' }).click()
    const [job] = await get<Job[]>('/jobs?limit=1')
    expect(await cellsOf(tableRows('Jobs').first())).toMatchObject({ State: 'Done' })
    expect(await wordsIn(tableRows('Jobs').first())).toContain(job!.kind.replaceAll('_', ' '))
    await page.getByRole('combobox', { name: 'State' }).click()
    await page.getByRole('option', { name: 'Failed' }).click()
    await page.getByText('No job is here').waitFor()
    expect(new URL(page.url()).search).toBe('?tab=jobs&state=failed')
    await page.getByRole('tab', { name: 'Schedules' }).click()
    const schedules = await get<Schedule[]>('/schedules')
    await expect.poll(() => tableRows('Schedules').count(), soon).toBe(schedules.length)
    const [due] = schedules.toSorted((a, b) => a.nextAt.localeCompare(b.nextAt))
    expect(await wordsIn(tableRows('Schedules').first())).toContain(due!.key)
    await page.getByRole('searchbox', { name: 'Search schedules' }).fill('nothing like it')
    await page.getByText('Nothing fits').waitFor()
    await page.getByRole('searchbox', { name: 'Search schedules' }).fill(due!.key)
    await expect.poll(() => tableRows('Schedules').count(), soon).toBeGreaterThan(0)
    await page.getByRole('tab', { name: 'Freshness' }).click()
    const { nodes } = await get<GraphAnswer>('/graph')
    const picture = page.getByRole('region', { name: 'What is made of what' })
    const [stream] = nodes.filter(({ kind }) => kind === 'stream')
    await expect.poll(() => picture.getByRole('button').count(), soon).toBeGreaterThan(nodes.length)
    await page.getByText('Table', { exact: true }).click()
    await expect.poll(() => tableRows('Freshness').count(), soon).toBe(nodes.length)
    await page.getByText('Picture', { exact: true }).click()
    await picture.getByRole('button', { name: stream!.label }).first().click()
    await expect
      .poll(() => new URL(page.url()).pathname, soon)
      .toBe(`/streams/${stream!.key.slice('stream:'.length)}`)
  })

  test('what somebody did is found again; settings are told with where they come from, and no key', async () => {
    await open('/operations?tab=audit')
    const entries = await get<AuditEntry[]>('/audit')
    await expect.poll(() => tableRows('Audit').count(), soon).toBe(entries.length)
    await page.getByRole('searchbox', { name: 'Search the audit' }).fill('QUERY:')
    const found = await get<AuditEntry[]>('/audit?search=query%3A')
    expect(found.length).toBeGreaterThan(0)
    await expect.poll(() => tableRows('Audit').count(), soon).toBe(found.length)
    await page.getByRole('tab', { name: 'Settings' }).click()
    const all = await get<SettingAnswer[]>('/settings')
    await expect.poll(() => tableRows('Settings').count(), soon).toBe(all.length)
    const alerts = await cellsOf(tableRows('Settings').filter({ hasText: 'TESSERA_ALERTS_URL' }))
    expect(alerts).toMatchObject({ From: 'environment' })
    expect(alerts['Value']).toContain('https://alerts.example.com/***')
    expect(await wordsIn(page.getByRole('main'))).not.toContain('geheim')
  })

  test('everything fits on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of [
      '/explore',
      '/operations',
      '/operations?tab=staleness',
      '/operations?tab=jobs',
    ]) {
      await open(path)
      const wide = await page.evaluate('document.documentElement.scrollWidth')
      expect([path, wide]).toEqual([path, 390])
    }
    await page.setViewportSize({ width: 1400, height: 900 })
  })
})

// What an endpoint answers with is the contract's to say.
const get = async <T>(path: string) => (await server.call('GET', path)) as T

async function open(path: string): Promise<void> {
  await page.goto(`${server.address}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

const editor = (): Locator => page.getByRole('textbox', { name: 'SQL' })
const offered = (): Locator => page.getByRole('option')

async function ask(sql: string): Promise<void> {
  await editor().fill(sql)
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+Enter')
}

async function resultRows(): Promise<readonly (readonly string[])[]> {
  const rows = await page.getByRole('region', { name: 'Result' }).locator('tbody tr').all()
  return Promise.all(rows.map((row) => row.locator('td').allInnerTexts()))
}

const tableRows = (label: string): Locator =>
  page.getByRole('table', { name: label, exact: true }).locator('tbody tr')
