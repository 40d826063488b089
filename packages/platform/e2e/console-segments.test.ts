import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DefinitionAnswer, MemberPage, SegmentOverview, WhyAnswer } from '#contract'
import { generateCompany } from '#example'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, counted, figuresOn, wordsIn } from './console-reading.ts'
import { examples, makeWorld, type Server, type World } from './world.ts'

// Segments as those who build them see them: who is meant, counted while one writes, who is in, and why somebody is not.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`segments in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld({ TESSERA_LIVE: 'off' })
    await generateCompany({ folder: world.folder, people: 300, asOf: new Date() })
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

  test('the list is searched, filtered and sorted in the address, with the sizes of the server', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Segments' }).click()
    const all = await get<SegmentOverview[]>('/segments')
    for (const { label, members, kept } of all)
      expect(await cellsOf(rowNamed(label))).toMatchObject({
        Members: counted(members ?? 0),
        Kept: kept?.lane,
        'Behind by': 'nothing waits',
      })
    expect(all.map(({ kept }) => kept?.staleness_ms)).toEqual(all.map(() => 0))
    await page.getByRole('button', { name: 'Members' }).click()
    const sizes = all.map(({ members = 0 }) => members).toSorted((a, b) => b - a)
    await expect.poll(() => columnOf('Segments', 'Members'), soon).toEqual(sizes.map(counted))
    expect(new URL(page.url()).searchParams.get('sort')).toBe('members')
    await page.getByRole('searchbox').fill('german')
    await expect.poll(() => rowsOf('Segments').count(), soon).toBe(1)
    await page.reload()
    await expect.poll(() => columnOf('Segments', 'Segment'), soon).toHaveLength(1)
    expect(new URL(page.url()).searchParams.get('q')).toBe('german')
  })

  test('nested conditions are built by keyboard and mouse, and every count is that of SQL', async () => {
    const category = await mostSold()
    await open('/segment-new')
    await page.getByLabel('Name', { exact: true }).fill('Friends of bicycles')
    // By keyboard: the menu opens, the second entry is taken, and the new condition has the keyboard.
    await node('include').getByRole('button', { name: 'Add a condition' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('menuitem', { name: 'Related rows' }).waitFor()
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    const bought = node('include.all[0]')
    await expect.poll(() => bought.locator(':focus').count(), soon).toBe(1)
    await page.keyboard.press('Escape')
    await choose(bought, 'Rows of', 'Sales Order Product')
    await bought.getByRole('button', { name: 'Only some rows' }).click()
    const line = node('include.all[0].where.all[0]')
    await choose(line, 'Field', 'Product › Category')
    await line.getByLabel('Value').fill(category)
    // With the mouse: a group in the group.
    await add(node('include'), 'Group: any of')
    const either = node('include.all[1]')
    await add(either, 'Attribute')
    const country = node('include.all[1].any[0]')
    await choose(country, 'Field', 'Country')
    await choose(country, 'Comparison', 'is one of')
    for (const one of ['DE', 'AT']) {
      await country.getByLabel('Values').fill(one)
      await country.getByLabel('Values').press('Enter')
    }
    await add(either, 'Insight')
    const spend = node('include.all[1].any[1]')
    await choose(spend, 'Insight', 'Lifetime spend: total')
    await spend.getByLabel('Value').fill('1000')
    await page.getByRole('button', { name: 'Leave somebody out' }).click()
    await add(node('exclude'), 'Segment')
    await choose(node('exclude.any[0]'), 'Segment', 'Worth winning back')
    const expected = await countsInSql(category)
    for (const [place, count] of Object.entries(expected.each))
      await expect.poll(() => countAt(place), { ...soon, message: place }).toBe(counted(count))
    await expect.poll(() => meansNow(), soon).toBe(counted(expected.whole))
    expect(expected.whole).toBeGreaterThan(0)
    expect(new Set(Object.values(expected.each)).size).toBeGreaterThan(3)
    // A step back and forward.
    await node('include.all[1].any[1]').getByRole('button', { name: 'Remove' }).click()
    await expect.poll(() => node('include.all[1].any[1]').count(), soon).toBe(0)
    await page.keyboard.press('Control+z')
    await expect.poll(() => node('include.all[1].any[1]').count(), soon).toBe(1)
    await expect.poll(() => meansNow(), soon).toBe(counted(expected.whole))
    // A condition is moved with the keyboard, out of its group and back.
    await spend.focus()
    await page.keyboard.press('Alt+ArrowDown')
    await expect.poll(() => node('include.all[2]').count(), soon).toBe(1)
    await page.getByRole('button', { name: 'Step back' }).click()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Friends of bicycles', level: 1 }).waitFor()
    const { body } = await get<DefinitionAnswer>('/definitions/segment/friends_of_bicycles')
    expect(body).toEqual({
      label: 'Friends of bicycles',
      on: 'individual',
      include: {
        all: [
          {
            related: 'sales_order_product',
            where: { all: [{ field: 'product_id.category', op: '=', value: category }] },
          },
          {
            any: [
              { field: 'country', op: 'in', value: ['DE', 'AT'] },
              { insight: 'lifetime_spend.total', op: '>=', value: 1000 },
            ],
          },
        ],
      },
      exclude: { any: [{ segment: 'win_back' }] },
    })
  })

  test('it is published with progress, and its page tells who is meant, its size, and who came', async () => {
    await page.getByText('Included is whoever fits this').waitFor()
    await page.getByText('Country is one of DE, AT').waitFor()
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('The members are those whom the definition means now').waitFor()
    const { members = 0 } = await get<SegmentOverview>('/segments/friends_of_bicycles')
    const { whole } = await countsInSql(await mostSold())
    expect(members).toBe(whole)
    await expect.poll(async () => (await figuresOn(page))['Members'], soon).toBe(counted(members))
    await page.getByRole('tab', { name: 'Members' }).click()
    const listed = await get<MemberPage>('/segments/friends_of_bicycles/members?limit=50')
    await expect.poll(() => rowsOf('Members').count(), soon).toBe(listed.members.length)
    await page.getByRole('tab', { name: 'History' }).click()
    const row = rowsOf('Who came and went').first()
    expect(await wordsIn(row)).toContain('Came in')
    await expect.poll(() => page.locator('section svg path').count(), soon).toBeGreaterThan(0)
  })

  test('why somebody is not in it: what was asked of them, and what was found', async () => {
    // Somebody who spent enough, but never bought of that category.
    const category = await mostSold()
    const [who] = await ask<{ profile_id: string; person_name: string; total: number }>(`
      select u.profile_id, u.person_name, s.total from unified_individual u
      join lifetime_spend s on s.profile_id = u.profile_id
      where s.total >= 1000 and u.country not in ('DE', 'AT') and not exists (
        select 1 from sales_order_product l join product p on p.id = l.product_id
        where l.profile_id = u.profile_id and p.category = '${category}')
      order by u.profile_id limit 1`)
    await open('/segments/friends_of_bicycles?tab=why')
    await page.getByRole('searchbox', { name: 'Choose a person' }).fill(who!.person_name)
    const found = page.getByRole('list', { name: 'People found' }).getByRole('button')
    await found.first().waitFor()
    await found.filter({ hasText: who!.person_name }).first().click()
    await page.getByText('is not in', { exact: true }).waitFor()
    const person = new URL(page.url()).searchParams.get('person')!
    const why = await get<WhyAnswer>(`/segments/friends_of_bicycles/why/${person}`)
    expect(why.member).toBe(false)
    const [never, either] = why.include.parts ?? []
    expect([never?.holds, either?.holds]).toEqual([false, true])
    expect(await wordsIn(answerAt('include.all[0]'))).toContain('does not hold')
    const spent = answerAt('include.all[1].any[1]')
    expect(await wordsIn(spent)).toContain('✓ holds')
    if (person === who!.profile_id) expect(await wordsIn(spent)).toContain(amountOf(who!.total))
    expect(await wordsIn(answerAt('include.all[1].any[0]'))).toContain('does not hold')
    // The same is told of a member.
    // Their own page of why tells the same.
    await open(`/customers/${person}/why/friends_of_bicycles`)
    await page.getByText('is not in', { exact: true }).waitFor()
    const { members } = await get<MemberPage>('/segments/friends_of_bicycles/members?limit=1')
    await open(`/segments/friends_of_bicycles?tab=why&person=${members[0]!.profile}`)
    await page.getByText('is in', { exact: true }).waitFor()
    expect(await wordsIn(answerAt('include.all[0]'))).toContain('✓ holds')
  })

  test('a refusal stands at its field, and what was written as text stands in the form', async () => {
    await open('/segments/friends_of_bicycles?tab=rules&view=yaml')
    const text = page.getByRole('textbox', { name: 'As it would stand' })
    const written = await text.inputValue()
    await text.fill(`${written}parameters:\n  least: { type: integer, default: 1000 }\n`)
    await page.getByText('1 difference', { exact: false }).waitFor()
    await page.getByText('Form', { exact: true }).click()
    const least = page.getByRole('group', { name: '$least' })
    await expect.poll(() => least.getByLabel('Unless given').inputValue(), soon).toBe('1000')
    await node('include.all[1].any[1]').getByLabel('Value').fill('')
    await node('include.all[1].any[1]').getByText('expected a value').waitFor()
    await page.getByText('The count follows as soon as every condition is complete').waitFor()
    await page.getByRole('button', { name: 'Discard the draft' }).click()
    await page.getByText('As it is published').waitFor()
  })

  test('a key that is taken is called so; a draft can be kept over what somebody else published', async () => {
    await open('/segment-new')
    await page.getByLabel('Name', { exact: true }).fill('Friends of bicycles')
    await page.getByText('The key friends_of_bicycles is taken').first().waitFor()
    expect(await page.getByRole('button', { name: 'Create' }).isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Change' }).click()
    await page.getByLabel('Key', { exact: true }).fill('other_friends')
    await page.getByText('Nothing speaks against it').waitFor()
    await page.getByRole('button', { name: 'Discard the draft' }).click()

    await open('/segments/friends_of_bicycles?tab=rules')
    await page.getByLabel('Description', { exact: true }).fill('Mine')
    const apply = page.getByRole('button', { name: 'Apply' })
    await expect.poll(() => apply.isEnabled(), soon).toBe(true)
    const path = '/definitions/segment/friends_of_bicycles'
    const { body } = await get<DefinitionAnswer>(path)
    await server.call('PUT', path, { body: { ...Object(body), about: 'Theirs' } })
    await page.reload()
    await page.getByText('Somebody has published version').waitFor()
    await page.getByRole('table', { name: 'What would change' }).getByText('Theirs').waitFor()
    expect(await apply.isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Keep the draft over it' }).click()
    await expect.poll(() => apply.isEnabled(), soon).toBe(true)
    await apply.click()
    await page.getByText(/^Version \d+ is published/).waitFor()
    expect((await get<DefinitionAnswer>(path)).body).toMatchObject({ about: 'Mine' })
    await server.call('PUT', path, { body })
    await open('/segments/friends_of_bicycles?tab=nothing')
    await page.getByRole('tab', { name: 'Overview', selected: true }).waitFor()
  })

  test('segments laid over each other: every combination is that of SQL', async () => {
    await open('/segment-overlap?of=lapsed_buyers,german_speakers,friends_of_bicycles')
    const regions = await ask<{ of: string; n: number }>(`
      select coalesce(max(case when segment = 'lapsed_buyers' then 'Lapsed buyers + ' end), '')
        || coalesce(max(case when segment = 'german_speakers' then 'German speakers + ' end), '')
        || coalesce(max(case when segment = 'friends_of_bicycles' then 'Friends of bicycles + ' end), '') as "of",
        1 as n
      from segment_member
      where segment in ('lapsed_buyers', 'german_speakers', 'friends_of_bicycles') group by profile_id`)
    const byHand = new Map<string, number>()
    for (const { of } of regions) {
      const name = of.replace(/ \+ $/, '')
      byHand.set(name, (byHand.get(name) ?? 0) + 1)
    }
    await expect.poll(() => rowsOf('Combinations').count(), soon).toBe(byHand.size)
    const shown = await Promise.all((await rowsOf('Combinations').all()).map(cellsOf))
    expect(Object.fromEntries(shown.map((row) => [row['In'], row['Only there']]))).toEqual(
      Object.fromEntries([...byHand].map(([name, n]) => [name, counted(n)])),
    )
    await page.getByRole('img', { name: 'Members of every combination of segments' }).waitFor()
  })

  test('values that are given later are asked for when people are counted, and when it is published', async () => {
    await open('/segment-new')
    await page.getByLabel('Name', { exact: true }).fill('Of a country')
    await page.getByRole('button', { name: 'Add a value that is given later' }).click()
    const name = page
      .getByRole('group', { name: '$value_1' })
      .getByRole('textbox', { name: 'Name' })
    await name.fill('land')
    await name.press('Enter')
    await page.getByRole('group', { name: '$land' }).waitFor()
    await add(node('include'), 'Attribute')
    const country = node('include.all[0]')
    await choose(country, 'Field', 'Country')
    await choose(country, 'What stands here', '$land')
    await page.getByText('The count follows as soon as every value is given').waitFor()
    await page.getByRole('group', { name: 'Given values' }).getByLabel('$land').fill('DE')
    const [byHand] = await ask<{ n: number }>(
      `select count(*) as n from unified_individual where country = 'DE'`,
    )
    await expect.poll(() => meansNow(), soon).toBe(counted(Number(byHand!.n)))
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Of a country', level: 1 }).waitFor()
    expect((await get<DefinitionAnswer>('/definitions/segment/of_a_country')).body).toEqual({
      label: 'Of a country',
      on: 'individual',
      parameters: { land: { type: 'text' } },
      include: { all: [{ field: 'country', op: '=', value: '$land' }] },
    })
    await page.getByRole('button', { name: 'Publish' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Without these values it is published by nobody else').waitFor()
    await dialog.getByLabel('$land').fill('DE')
    await dialog.getByRole('button', { name: 'Publish' }).click()
    await page.getByText(`Published: ${counted(Number(byHand!.n))} members`).waitFor()
    const { members } = await get<SegmentOverview>('/segments/of_a_country')
    expect(members).toBe(Number(byHand!.n))
    // Why somebody is in it is asked with the same values.
    const [first] = (await get<MemberPage>('/segments/of_a_country/members?limit=1')).members
    await open(`/segments/of_a_country?tab=why&person=${first!.profile}`)
    await page.getByText('The answer follows as soon as every value is given').waitFor()
    await page.getByRole('group', { name: 'Given values' }).getByLabel('$land').fill('DE')
    await page.getByText('is in', { exact: true }).waitFor()
  })

  test('a segment in SQL, and a waterfall of segments, are written in the form and counted', async () => {
    const web = "select profile_id from sales_order where channel = 'web' group by profile_id"
    await open('/segment-new')
    await page.getByLabel('Name', { exact: true }).fill('Web buyers')
    await page.getByText('In SQL', { exact: true }).click()
    await page.getByRole('textbox', { name: 'In SQL' }).fill(web)
    const [byHand] = await ask<{ web: number; either: number }>(`
      select count(distinct case when s = 'web' then profile_id end) as web,
        count(distinct profile_id) as "either" from (
          select 'web' as s, profile_id from (${web}) w where profile_id is not null
          union all select 'de' as s, profile_id from unified_individual where country = 'DE') t`)
    await expect.poll(() => meansNow(), soon).toBe(counted(Number(byHand!.web)))
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Web buyers', level: 1 }).waitFor()
    await open('/segment-new')
    await page.getByLabel('Name', { exact: true }).fill('Germans')
    await add(node('include'), 'Attribute')
    await choose(node('include.all[0]'), 'Field', 'Country')
    await node('include.all[0]').getByLabel('Value').fill('DE')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Germans', level: 1 }).waitFor()
    await open('/segment-new')
    await page.getByLabel('Name', { exact: true }).fill('Only once')
    await page.getByText('As a waterfall', { exact: true }).click()
    const parts = page.getByRole('region', { name: 'As a waterfall' })
    await choose(parts, 'Segment 1', 'Web buyers')
    await choose(parts, 'Segment 2', 'Germans')
    await expect.poll(() => meansNow(), soon).toBe(counted(Number(byHand!.either)))
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Only once', level: 1 }).waitFor()
    await page.getByRole('button', { name: 'Publish' }).click()
    await page.getByText('The members are those whom the definition means now').waitFor()
    const sizes = await Promise.all(
      ['only_once', 'web_buyers', 'germans'].map(
        async (key) => (await get<SegmentOverview>(`/segments/${key}`)).members,
      ),
    )
    const [either, first] = [Number(byHand!.either), Number(byHand!.web)]
    expect(sizes).toEqual([either, first, either - first])
  })

  test('everything fits on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 800 })
    for (const path of [
      '/segments',
      '/segments/friends_of_bicycles',
      '/segments/friends_of_bicycles?tab=rules',
      '/segments/of_a_country?tab=rules',
      '/segments/only_once?tab=rules',
      '/segment-overlap?of=lapsed_buyers,german_speakers',
    ]) {
      await open(path)
      const wide = () => page.evaluate('document.documentElement.scrollWidth')
      await expect.poll(wide, { ...soon, message: path }).toBeLessThanOrEqual(390)
    }
    await page.setViewportSize({ width: 1400, height: 900 })
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

/** The row of the segment of this name. */
const rowNamed = (label: string): Locator =>
  rowsOf('Segments').filter({ has: page.getByRole('link', { name: new RegExp(`^${label}`) }) })

const columnOf = async (table: string, title: string) =>
  Promise.all((await rowsOf(table).all()).map(async (row) => (await cellsOf(row))[title]))

/** A condition in the builder, by its place in the definition. */
const node = (place: string): Locator => page.locator(`[data-place="${place}"]`)

/** The answer to a condition, by its place in the definition. */
const answerAt = (place: string): Locator => page.locator(`[data-at="${place}"]`)

async function add(group: Locator, kind: string): Promise<void> {
  await group.getByRole('button', { name: 'Add a condition' }).last().click()
  await page.getByRole('menuitem', { name: kind, exact: true }).click()
  await page.keyboard.press('Escape')
}

async function choose(of: Locator, label: string, option: string): Promise<void> {
  await of.getByRole('combobox', { name: label, exact: true }).first().click()
  await page.getByRole('option', { name: option, exact: true }).click()
}

const countAt = (place: string): Promise<string> =>
  wordsIn(node(place).locator('[title^="Holds for"]').first())

const meansNow = async (): Promise<string> =>
  (await wordsIn(page.getByRole('status').filter({ hasText: / of [\d,]+$/ }))).split(' of ')[0] ??
  ''

/** The category that most people bought from. */
async function mostSold(): Promise<string> {
  const [first] = await ask<{ category: string }>(`
    select p.category from sales_order_product l join product p on p.id = l.product_id
    where l.profile_id is not null group by p.category order by count(distinct l.profile_id) desc, 1 limit 1`)
  return first!.category
}

/** How many each condition means, asked by hand. */
async function countsInSql(category: string) {
  const bought = `u.profile_id in (select l.profile_id from sales_order_product l join product p on p.id = l.product_id
    where p.category = '${category}' and l.profile_id is not null)`
  const country = `coalesce(u.country in ('DE', 'AT'), false)`
  const spent = `u.profile_id in (select profile_id from lifetime_spend where total >= 1000)`
  const back = `u.profile_id in (select profile_id from segment_member where segment = 'win_back')`
  const [row] = await ask<Readonly<Record<string, number>>>(`
    select sum(case when ${bought} then 1 else 0 end) as bought,
      sum(case when ${country} then 1 else 0 end) as country,
      sum(case when ${spent} then 1 else 0 end) as spent,
      sum(case when ${country} or ${spent} then 1 else 0 end) as "either",
      sum(case when ${back} then 1 else 0 end) as back,
      sum(case when ${bought} and (${country} or ${spent}) then 1 else 0 end) as included,
      sum(case when ${bought} and (${country} or ${spent}) and not ${back} then 1 else 0 end) as "whole"
    from unified_individual u`)
  const n = (name: string) => Number(row?.[name])
  return {
    whole: n('whole'),
    each: {
      include: n('included'),
      'include.all[0]': n('bought'),
      'include.all[1]': n('either'),
      'include.all[1].any[0]': n('country'),
      'include.all[1].any[1]': n('spent'),
      'exclude.any[0]': n('back'),
    },
  }
}

const amountOf = (value: number): string =>
  new Intl.NumberFormat('en', { minimumFractionDigits: 2 }).format(value)
