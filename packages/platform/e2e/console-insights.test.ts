import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DefinitionAnswer, InsightOverview, InsightTemplate } from '#contract'
import { generateCompany } from '#example'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, counted, figuresOn, wordsIn } from './console-reading.ts'
import { examples, makeWorld, type Server, type World } from './world.ts'

// Insights as those who want numbers see them: added with a click, built from parts or in SQL, drawn, and traced back.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`insights in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld({ TESSERA_LIVE: 'off' })
    await generateCompany({ folder: world.folder, people: 200, asOf: new Date() })
    cpSync(join(examples, 'bicycle-maker'), join(world.folder, 'definitions'), { recursive: true })
    // Nobody listens where members would be sent.
    rmSync(join(world.folder, 'definitions/6-activations.yaml'))
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

  test('the list tells how each stands; a ready-made one is added with a click and computed', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Insights' }).click()
    for (const { label, rows } of await get<InsightOverview[]>('/insights'))
      expect(await cellsOf(rowNamed('Insights', label))).toMatchObject({
        Rows: counted(rows ?? 0),
        State: 'computed',
      })
    const lacking = (await get<InsightTemplate[]>('/insights/templates')).find(
      ({ lacks }) => lacks.length > 0,
    )
    const lacks = rowsOf('Ready-made').filter({ hasText: lacking!.label })
    expect(await wordsIn(lacks)).toContain(lacking!.lacks[0])
    expect(await lacks.getByRole('button', { name: 'Add' }).isDisabled()).toBe(true)
    const ready = rowsOf('Ready-made').filter({ hasText: 'How often a person has ordered' })
    await ready.getByRole('button', { name: 'Add' }).click()
    await page.getByText('Orders is added').waitFor()
    await ready.getByRole('link', { name: 'Open' }).click()
    await page.getByRole('heading', { name: 'Orders', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Done. The rows are computed anew').waitFor()
    const [byHand] = await ask<{ people: number; most: number }>(`
      select count(*) as people, max(n) as most from (
        select profile_id, count(*) as n from sales_order where profile_id is not null group by 1) t`)
    await expect
      .poll(async () => (await figuresOn(page))['Rows'], soon)
      .toBe(counted(Number(byHand!.people)))
    expect(await cellsOf(rowsOf('Measures').first())).toMatchObject({
      Highest: counted(Number(byHand!.most)),
      'Added up by': 'sum',
    })
  })

  test('behind each number stand the rows that it was computed from', async () => {
    await page.getByRole('tab', { name: 'Chart and rows' }).click()
    await expect.poll(() => page.locator('section svg path').count(), soon).toBeGreaterThan(0)
    const first = rowsOf('Rows').first()
    await first.waitFor()
    const [profile = '', orders = ''] = await first.locator('td').allInnerTexts()
    await first.getByRole('button', { name: 'Rows behind it' }).click()
    await page
      .getByText(`${orders} ${orders === '1' ? 'row' : 'rows'} behind this number`)
      .waitFor()
    const [byHand] = await ask<{ n: number }>(
      `select count(*) as n from sales_order where profile_id = ${profile.replaceAll(',', '')}`,
    )
    expect(await rowsOf('Rows behind it').count()).toBe(Number(byHand!.n))
    // As long as those of another are asked for, these do not stand under its title.
    const held = Promise.withResolvers<void>()
    const asking = '**/insights/*/rows'
    await page.route(asking, async (route) => {
      await held.promise
      await route.continue()
    })
    const asked = page.waitForRequest(asking)
    await rowsOf('Rows').nth(1).getByRole('button', { name: 'Rows behind it' }).click()
    await asked
    await expect.poll(() => rowsOf('Rows behind it').count(), soon).toBe(0)
    held.resolve()
    await rowsOf('Rows behind it').first().waitFor()
    await page.unroute(asking)
  })

  test('behind a number of one in SQL they are those of each table that it reads', async () => {
    const from = 'sales_order o join unified_individual p on p.profile_id = o.profile_id'
    await server.call('PUT', '/definitions/insight/spend_of_countries', {
      body: {
        label: 'Spend of countries',
        sql: `select p.country, sum(o.grand_total_amount) as total from ${from} group by p.country`,
        dimensions: ['country'],
      },
    })
    await server.call('POST', '/insights/spend_of_countries/refresh')
    await open('/insights/spend_of_countries?tab=data')
    const first = rowsOf('Rows').first()
    await first.waitFor()
    const [country = ''] = await first.locator('td').allInnerTexts()
    await first.getByRole('button', { name: 'Rows behind it' }).click()
    const [byHand] = await ask<{ orders: number; people: number; most: number }>(
      `select sum(n) as orders, count(*) as people, max(n) as most from (
        select count(*) as n from ${from} where p.country = '${country}' group by p.profile_id) t`,
    )
    const { orders, people, most } = byHand!
    await page.getByText(`${counted(Number(orders))} rows behind this number`).waitFor()
    await page.getByText(`p (${counted(people)})`).click()
    await page.getByText(`${counted(people)} rows behind this number`).waitFor()
    const times = rowsOf('Rows behind it').getByText(`${counted(most)} times`, { exact: true })
    await expect.poll(() => times.count(), soon).toBeGreaterThan(0)
  })

  test('rows that are alike go when another table is shown', async () => {
    await server.call('PUT', '/definitions/insight/orders_beside_people', {
      body: {
        label: 'Orders beside people',
        sql: `select p.country, count(*) as n from unified_individual p cross join sales_order o
          where o.grand_total_amount > 0 group by p.country`,
        dimensions: ['country'],
      },
    })
    await server.call('POST', '/insights/orders_beside_people/refresh')
    await open('/insights/orders_beside_people?tab=data')
    const [byHand] = await ask<{ country: string; people: number; orders: number }>(
      `select country, count(*) as people, (select count(*) from sales_order where grand_total_amount > 0) as orders
        from unified_individual group by country order by people desc limit 1`,
    )
    const { country, people, orders } = byHand!
    expect(people).toBeGreaterThan(1)
    const most = rowsOf('Rows').filter({ hasText: country })
    await most.getByRole('button', { name: 'Rows behind it' }).click()
    await page.getByText(`${counted(people)} rows behind this number`).waitFor()
    expect(await rowsOf('Rows behind it').count()).toBe(Math.min(people, 50))
    await page.getByText(`o (${counted(orders)})`).click()
    await page.getByText(`${counted(orders)} rows behind this number`).waitFor()
    expect(await rowsOf('Rows behind it').count()).toBe(Math.min(orders, 50))
  })

  test('one is built from parts: the first rows follow, the chart is drawn, times are made coarser', async () => {
    await open('/insight-new')
    await page.getByLabel('Name', { exact: true }).first().fill('Sold by month')
    await page.getByRole('button', { name: 'Add a measure' }).click()
    const measure = page.getByRole('group', { name: 'Measure 2', exact: true })
    await choose(measure, 'How', 'sum of')
    await measure.getByRole('textbox', { name: 'Name' }).fill('total')
    await measure.getByLabel('Field or formula').fill('grand_total_amunt')
    await measure.getByText('did you mean "grand_total_amount"').waitFor()
    expect(await page.getByRole('button', { name: 'Create' }).isDisabled()).toBe(true)
    await measure.getByLabel('Field or formula').fill('grand_total_amount')
    await page.getByText('Nothing speaks against it').waitFor()
    await expect.poll(() => rowsOf('First rows').first().locator('td').count(), soon).toBe(3)
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Sold by month', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Done. The rows are computed anew').waitFor()
    await page.getByRole('tab', { name: 'Chart and rows' }).click()
    await choose(page.locator('body'), 'Times by', 'year')
    const years = await ask<{ year: number; total: number }>(`
      select year(purchased_at) as year, sum(grand_total_amount) as total from sales_order
      where purchased_at is not null group by 1`)
    await expect.poll(() => rowsOf('Rows').count(), soon).toBe(years.length)
    const shown = await Promise.all(
      (await rowsOf('Rows').all()).map(async (row) =>
        (await row.locator('td').allInnerTexts()).at(-1),
      ),
    )
    expect(new Set(shown)).toEqual(new Set(years.map(({ total }) => amountOf(Number(total)))))
    expect(new URL(page.url()).searchParams.get('grain')).toBe('year')
  })

  test('what cannot be put together is left out and told; the choice of measures stays', async () => {
    await server.call('PUT', '/definitions/insight/buyers_by_month', {
      body: {
        label: 'Buyers by month',
        build: {
          from: 'sales_order',
          dimensions: [
            { name: 'month', of: 'purchased_at', by: 'month' },
            { name: 'currency', of: 'currency_code' },
          ],
          measures: [
            { name: 'buyers', how: 'count_distinct', of: 'profile_id' },
            { name: 'orders', how: 'count' },
          ],
        },
      },
    })
    await server.call('POST', '/insights/buyers_by_month/refresh')
    await open('/insights/buyers_by_month?tab=data&by=month')
    await page.getByText('Left out: buyers.').waitFor()
    const months = await ask(`select distinct date_trunc('month', purchased_at) as m
      from sales_order`)
    await expect.poll(() => rowsOf('Rows').count(), soon).toBe(Math.min(200, months.length))
    expect(await page.getByRole('combobox', { name: 'Measures' }).count()).toBe(1)
    await open('/insights/buyers_by_month?tab=data&x=month&y=buyers,orders')
    await page.getByText('Not drawn: buyers.').waitFor()
    await open('/insights/buyers_by_month?tab=data&x=month&y=buyers&series=currency')
    await rowsOf('Rows').first().waitFor()
    await expect.poll(() => page.getByText('Not drawn').count(), soon).toBe(0)
  })

  test('values of each product are chosen in the form: the dimension that leads to it comes with it', async () => {
    await open('/insight-new')
    await page.getByLabel('Name', { exact: true }).first().fill('Sold of each')
    await choose(page.locator('body'), 'Rows of', 'Sales Order Product')
    const measure = page.getByRole('group', { name: 'Measure 1', exact: true })
    await measure.getByRole('textbox', { name: 'Name' }).fill('lines')
    await choose(page.locator('body'), 'Values of each', 'Product')
    await page.getByText('Nothing speaks against it').waitFor()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Sold of each', level: 1 }).waitFor()
    expect((await get<DefinitionAnswer>('/definitions/insight/sold_of_each')).body).toEqual({
      label: 'Sold of each',
      on: 'product',
      build: {
        from: 'sales_order_product',
        dimensions: ['product_id'],
        measures: [{ name: 'lines', how: 'count' }],
      },
    })
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Done. The rows are computed anew').waitFor()
    await expect.poll(async () => (await figuresOn(page))['About'], soon).toBe('Product')
  })

  test('windows of event time are chosen in the form; a currency without rates is refused in words', async () => {
    await open('/insight-new')
    await page.getByLabel('Name', { exact: true }).first().fill('Orders by the week')
    await page.getByRole('button', { name: 'Remove this dimension' }).click()
    const measure = page.getByRole('group', { name: 'Measure 1', exact: true })
    await choose(measure, 'How', 'sum of')
    await measure.getByLabel('Field or formula').fill('grand_total_amount')
    await measure.getByRole('button', { name: 'Turn into one currency' }).click()
    await measure.getByLabel('Its currency').fill('currency_code')
    await measure.getByLabel('At the rate of').fill('purchased_at')
    // This company keeps no rates.
    await page.getByText('amounts cannot be converted').first().waitFor()
    await measure.getByRole('button', { name: 'As it is, whatever the currency' }).click()
    await page.getByRole('button', { name: 'By windows of event time' }).click()
    const windows = page.getByRole('region', { name: 'Windows of event time' })
    await choose(windows, 'Windows', 'overlapping (sliding)')
    await windows.getByLabel('Length', { exact: true }).fill('14')
    await choose(windows, 'Length: unit', 'days')
    await windows.getByLabel('A new one every', { exact: true }).fill('7')
    await choose(windows, 'A new one every: unit', 'days')
    await windows.getByLabel('Late by at most', { exact: true }).fill('30')
    await page.getByText('Nothing speaks against it').waitFor()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Orders by the week', level: 1 }).waitFor()
    expect((await get<DefinitionAnswer>('/definitions/insight/orders_by_the_week')).body).toEqual({
      label: 'Orders by the week',
      build: {
        from: 'sales_order',
        dimensions: [],
        measures: [{ name: 'orders', how: 'sum', of: 'grand_total_amount' }],
        window: { kind: 'sliding', size: '14 days', every: '7 days', lateness: '30 minutes' },
      },
    })
  })

  test('SQL is completed and refused at its place; a version is compared before it is published, and taken back', async () => {
    const before = await get<DefinitionAnswer>('/definitions/insight/lifetime_spend')
    await open('/insights/lifetime_spend?tab=rules')
    const sql = page.getByRole('textbox', { name: 'SQL' })
    const written = await sql.inputValue()
    await sql.fill(
      written.replace('sum(grand_total_amount) as total', 'sum(grand_total_amunt) as total'),
    )
    await page.getByText('did you mean "grand_total_amount"').first().waitFor()
    expect(await page.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true)
    await sql.fill('select profile_id from sales_ord')
    await sql.press('Control+Space')
    await page.getByRole('option', { name: /sales_order_product/ }).waitFor()
    await sql.press('Escape')
    await sql.fill(written.replace("status <> 'cancelled' and ", ''))
    await page.getByText('1 difference').first().waitFor()
    await page.getByRole('button', { name: 'Compare with what is published' }).click()
    const totals = rowsOf('Difference to what is published').filter({ hasText: 'total' })
    const [byHand] = await ask<{ kept: number; all: number }>(`
      select sum(case when status <> 'cancelled' then grand_total_amount end) as kept,
        sum(grand_total_amount) as "all" from sales_order where profile_id is not null`)
    expect(await cellsOf(totals)).toMatchObject({
      Kept: amountOf(Number(byHand!.kept)),
      Draft: amountOf(Number(byHand!.all)),
    })
    // Nothing has been kept so far.
    expect(await get('/definitions/insight/lifetime_spend')).toMatchObject({ body: before.body })
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText(`Version ${before.version + 1} is published`).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('The change was taken back').waitFor()
    expect(await get('/definitions/insight/lifetime_spend')).toMatchObject({ body: before.body })
    await page.getByText('YAML', { exact: true }).click()
    const text = page.getByRole('textbox', { name: 'As it would stand' })
    await expect.poll(() => text.inputValue(), soon).toContain('sql: |\n  select')
  })

  test('of each column the fields are told that it is made of', async () => {
    await open('/insights/lifetime_spend?tab=lineage')
    const column = rowsOf('What each column is made of').filter({ hasText: 'last_order_at' })
    expect(await cellsOf(column)).toMatchObject({
      Is: 'measure',
      'Made of': 'sales_order.purchased_at',
    })
    await page.setViewportSize({ width: 390, height: 800 })
    for (const path of ['/insights', '/insights/lifetime_spend?tab=rules']) {
      await open(path)
      const wide = () => page.evaluate('document.documentElement.scrollWidth')
      await expect.poll(wide, { ...soon, message: path }).toBeLessThanOrEqual(390)
    }
  })
})

// What an endpoint answers with is the contract's to say.
const get = async <T>(path: string) => (await server.call('GET', path)) as T

async function ask<Row>(sql: string): Promise<readonly Row[]> {
  // The columns are those of the question.
  const { rows } = (await server.call('POST', '/query', { sql })) as { rows: readonly Row[] }
  return rows
}

async function open(path: string): Promise<void> {
  await page.goto(`${server.address}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

const rowsOf = (name: string): Locator =>
  page.getByRole('table', { name, exact: true }).locator('tbody tr')

const rowNamed = (table: string, label: string): Locator =>
  rowsOf(table).filter({ has: page.getByRole('link', { name: new RegExp(`^${label}`) }) })

async function choose(of: Locator, label: string, option: string): Promise<void> {
  await of.getByRole('combobox', { name: label, exact: true }).first().click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

// As the console writes amounts: whole ones without a point.
const amountOf = (value: number): string =>
  new Intl.NumberFormat('en', {
    minimumFractionDigits: Number.isInteger(value) ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(value)
