import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { FoundProfiles, Profile, SegmentOverview, Who } from '#contract'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { wordsIn } from './console-reading.ts'
import { makeWorld, type Server, type World } from './world.ts'

// Customers as an agent meets them: found by whatever is known of them, and taken apart when two were taken for one.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

// Eve and Adam share an address and were taken for one; together they spent enough to be a good customer.
const definitions = `kind: connection
key: files
connector: files
settings: { folder: . }
---
kind: stream
key: shop
connection: files
source: { path: shop.csv }
mode: full
primary_key: [id]
category: profile
---
kind: stream
key: orders
connection: files
source: { path: orders.csv }
mode: full
primary_key: [id]
category: engagement
---
kind: stream
key: consents
connection: files
source: { path: consents.csv }
mode: full
primary_key: [id]
category: other
---
kind: mapping
key: shop
stream: shop
qualifier: shop
objects:
  - object: individual
    fields: { id: id, first_name: first, last_name: last, primary_account_id: company }
  - object: contact_point_email
    fields: { id: "concat(id, ':mail')", individual_id: id, email_address: mail }
  - object: contact_point_phone
    where: phone is not null
    fields: { id: "concat(id, ':phone')", individual_id: id, telephone_number: phone }
---
kind: stream
key: companies
connection: files
source: { path: companies.csv }
mode: full
primary_key: [id]
category: profile
---
kind: mapping
key: companies
stream: companies
qualifier: shop
objects:
  - object: account
    fields: { id: id, name: name }
---
kind: mapping
key: orders
stream: orders
qualifier: shop
objects:
  - object: sales_order
    fields: { id: id, individual_id: customer, grand_total_amount: total, purchased_at: at }
---
kind: mapping
key: consents
stream: consents
qualifier: shop
objects:
  - object: contact_point_consent
    fields: { id: id, individual_id: customer, channel: channel, status: status }
---
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
key: good
label: Good customers
on: individual
include: { related: sales_order, measure: sum, of: grand_total_amount, op: '>=', value: 100 }
`
const shop = `id,first,last,mail,phone,company
1,Eve,Stone,stones@example.org,+39 06 1234567,A
2,Adam,Stone,stones@example.org,,
3,Ada,Lovelace,ada@example.org,,A
4,Zoe,Lone,zoe@example.org,,
`
const companies = 'id,name\nA,Acme\n'
const orders = `id,customer,total,at
1,1,60,2026-01-05T10:00:00Z
2,2,60,2026-02-05T10:00:00Z
`
const consents = 'id,customer,channel,status\n1,1,email,opt_out\n'

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`customers in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld()
    world.write('definitions/all.yaml', definitions)
    world.write('shop.csv', shop)
    world.write('companies.csv', companies)
    world.write('orders.csv', orders)
    world.write('consents.csv', consents)
    server = await world.serve()
    await world.tessera('apply')
    await world.json('run')
    const opened = await openConsole(browser!, { world, server, timeoutMs: soon.timeout })
    page = opened.page
    complaints = opened.complaints
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await world?.remove()
  })

  afterEach(() => expect(complaints.take()).toEqual([]))

  test.each([
    ['phone', '?phone=06%201234567&country=IT'],
    ['e-mail, however it is written', '?email=%20STONES@Example.org'],
    ['record', '?record=shop:2'],
    ['anything', '?who=eve%20stone'],
  ])('the page of a customer opens by %s', async (_, query) => {
    const { profile } = (await get<Who>(`/profiles/find${query}`)) as Required<Who>
    await page.goto(`${server.address}/customers${query}`)
    await page.waitForURL(`**/customers/${profile.id}`)
    await page.getByRole('heading', { level: 1, name: /Stone/ }).waitFor()
  })

  test('who is nobody is told in the words of the server', async () => {
    await page.goto(`${server.address}/customers?email=nobody@example.org`)
    expect(await wordsIn(page.getByRole('alert'))).toContain('nobody@example.org')
    expect(complaints.take().every((complaint) => complaint.includes('404'))).toBe(true)
  })

  test('customers are found as one types, also by the name that a source gives a record', async () => {
    await page.goto(`${server.address}/customers`)
    const box = page.getByRole('searchbox', { name: 'Search customers' })
    await box.fill('lovel')
    await page.getByRole('link', { name: /Ada Lovelace/ }).waitFor()
    await expect.poll(() => page.getByRole('link', { name: /Stone/ }).count(), soon).toBe(0)
    await box.fill('shop:3')
    await page.getByRole('link', { name: 'Ada Lovelace', exact: true }).waitFor()
    expect(new URL(page.url()).searchParams.get('q')).toBe('shop:3')
  })

  test('what somebody agreed to and refused stands on their page', async () => {
    await openStones()
    expect(await wordsIn(page.locator('section').filter({ hasText: /^Consent/ }))).toContain(
      'Refused',
    )
  })

  test('whom a customer has to do with is drawn, and each of them has a page', async () => {
    await page.goto(`${server.address}/customers?record=shop:3`)
    await page.getByRole('tab', { name: 'Relations' }).click()
    const picture = page.getByRole('region', { name: 'Relations as a picture' })
    await picture.getByRole('link', { name: /Stone.*Primary account/ }).waitFor()
    await picture.getByRole('link', { name: /Acme.*Primary account/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Acme' }).waitFor()
    await page.getByRole('link', { name: 'Ada Lovelace', exact: true }).waitFor()
    await page.getByRole('link', { name: /Stone/ }).first().click()
    await page.getByRole('heading', { level: 1, name: /Stone/ }).waitFor()
  })

  test('where nobody is related it is told what to map', async () => {
    await page.goto(`${server.address}/customers?record=shop:4`)
    await page.getByRole('tab', { name: 'Relations' }).click()
    const told = page.getByRole('listitem').filter({ hasText: 'mapped' })
    await told.first().waitFor()
    expect(await Promise.all((await told.all()).map(wordsIn))).toEqual([
      'Individual, Primary account mapped, but not for this customer',
      'Individual, Primary household nothing is mapped to it',
      'Account Contact, Account nothing is mapped to it',
    ])
  })

  test('customers are shown in the window of another tool, as long as its token is in use, and of no other', async () => {
    await using desk = await startHost()
    await using stranger = await startHost()
    const { frame, secret } = await makeToken(desk.origin)
    for (const host of [desk, stranger]) host.show(frame.replace('NUMBER', '%2B39061234567'))

    const visitor = await browser!.newPage()
    visitor.setDefaultTimeout(soon.timeout)
    const asked: string[] = []
    visitor.on('request', (request) => asked.push(request.url()))
    await visitor.goto(desk.origin)
    const shown = visitor.frameLocator('iframe')
    await shown.getByRole('heading', { level: 1, name: /Stone/ }).waitFor()
    await shown.getByText('Good customers').waitFor()
    await shown.getByRole('link', { name: 'Why?' }).click()
    await shown.getByRole('heading', { level: 1, name: 'Good customers' }).waitFor()
    const verdict = shown.getByRole('status').filter({ hasText: 'is in' })
    expect(await wordsIn(verdict)).toMatch(/Stone is in A member since/)
    await expect
      .poll(() => wordsIn(shown.getByRole('list', { name: 'Rows' })), soon)
      .toContain('60')
    await shown.getByRole('link', { name: /Stone/ }).first().click()
    await shown.getByRole('tab', { name: 'Relations' }).click()
    await shown.getByRole('link', { name: /Ada Lovelace/ }).click()
    await shown.getByRole('heading', { level: 1, name: 'Ada Lovelace' }).waitFor()
    const frameAsked = asked.find((url) => url.includes('/embed/'))
    expect(frameAsked).toMatch(/\/customers\?phone=%2B39061234567$/)
    expect(asked.filter((url) => url.includes(secret))).toEqual([])
    expect(await shown.locator('body').evaluate('sessionStorage.length')).toBe(0)

    const answerTo = async (path: string, method = 'GET') => {
      const headers = { authorization: `Bearer ${secret}` }
      return (await fetch(`${server.address}/api${path}`, { method, headers })).json()
    }
    const notAllowed = { error: { code: 'access.not_allowed' } }
    const { profile: stone } = (await get<Who>('/profiles/find?record=shop:1')) as Required<Who>
    const { profile: lone } = (await get<Who>('/profiles/find?record=shop:4')) as Required<Who>
    for (const path of [
      '/segments',
      '/tokens',
      '/definitions/ruleset',
      `/segments/good/why/${stone.id}`,
    ])
      expect(await answerTo(path)).toMatchObject(notAllowed)
    expect(await answerTo('/query', 'POST')).toMatchObject(notAllowed)
    expect(await answerTo(`/segments/stays/${stone.id}/why/good`)).toMatchObject({ member: true })
    for (const path of [`${lone.id}/why/good`, `${stone.id}/why/nowhere`])
      expect(await answerTo(`/segments/stays/${path}`)).toMatchObject({
        error: { code: 'segments.not_in' },
      })

    await refusesToShow(visitor, stranger.origin)
    await page.getByRole('button', { name: 'Done' }).click()
    const row = page.getByRole('row').filter({ hasText: 'desk' })
    await row.getByRole('button', { name: 'Take back' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Take it back' }).click()
    await row.getByText('Taken back').waitFor()
    await refusesToShow(visitor, desk.origin)
    await visitor.close()
  })

  test('a wrong merge is taken apart, and the segment follows', async () => {
    expect(await members()).toBe(1)
    await openStones()
    await page.getByText('Good customers').waitFor()
    await page.getByRole('tab', { name: 'Source records' }).click()
    await page.getByRole('button', { name: 'Not this person: take shop 2 out' }).click()
    const ask = page.getByRole('dialog')
    await ask.getByRole('button', { name: 'Not this person' }).click()
    await ask.getByText('Give a reason first').waitFor()
    await ask.getByRole('textbox', { name: 'Reason' }).fill('two people at one address')
    await ask.getByRole('button', { name: 'Not this person' }).click()
    await page.getByText('shop 2 was taken out').waitFor()
    // Neither of them spent enough alone.
    await expect.poll(members, soon).toBe(0)
    await expect.poll(() => page.getByRole('columnheader').count(), soon).toBe(2)
    await page.getByRole('tab', { name: 'Overview' }).click()
    await page.getByText('In no segment.').waitFor()
    const { total } = await get<FoundProfiles>('/profiles?q=stones@example.org')
    expect(total).toBe(2)
  })

  test('what was taken apart is put back where it was done, and the segment follows', async () => {
    const { profiles } = await get<FoundProfiles>('/profiles?q=stones@example.org')
    const decisions = await get<{ number: number }[]>('/identity/people/decisions?standing=true')
    expect(decisions).toHaveLength(1)
    await server.call('POST', '/identity/people/decisions/withdraw', {
      decisions: decisions.map(({ number }) => number),
      why: 'to begin again',
    })
    await expect.poll(members, soon).toBe(1)
    const joined = await get<Profile>(`/profiles/${profiles[0]!.id}`)
    await page.goto(`${server.address}/customers/${joined.id}?tab=records`)
    await page.getByRole('button', { name: 'Not this person: take shop 1 out' }).click()
    await page.getByRole('dialog').getByRole('textbox', { name: 'Reason' }).fill('a slip')
    await page.getByRole('dialog').getByRole('button', { name: 'Not this person' }).click()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('It was put back').waitFor()
    await expect.poll(members, soon).toBe(1)
    expect(await get('/identity/people/decisions?standing=true')).toEqual([])
  })
})

const get = async <T>(path: string) => (await server.call('GET', path)) as T

const members = async (): Promise<number | undefined> =>
  (await get<SegmentOverview>('/segments/good')).members

async function openStones(): Promise<void> {
  await page.goto(`${server.address}/customers?record=shop:1`)
  await page.getByRole('heading', { level: 1, name: /Stone/ }).waitFor()
}

/** A page of another tool, at an origin of its own, that shows what it is given. */
async function startHost() {
  let contents = ''
  const host = createServer((_, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.end(`<!doctype html><title>Desk</title>${contents}`)
  })
  await once(host.listen(0, '127.0.0.1'), 'listening')
  // A server that listens at a port has an address.
  const { port } = host.address() as AddressInfo
  return {
    origin: `http://localhost:${port}`,
    show: (given: string) => {
      contents = given
    },
    [Symbol.asyncDispose]: async () => {
      host.closeAllConnections()
      host.close()
    },
  }
}

/** Makes a token in the console; what may be put into a page of that origin. */
async function makeToken(origin: string): Promise<{ frame: string; secret: string }> {
  await page.goto(`${server.address}/operations?tab=tokens`)
  await page.getByRole('button', { name: 'Make a token' }).click()
  await page.getByRole('textbox', { name: 'Name' }).fill('desk')
  const origins = page.getByRole('textbox', { name: /Origins/ })
  await origins.fill('https://*.example.com')
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByText('is no origin').waitFor()
  expect(complaints.take().every((complaint) => complaint.includes('422'))).toBe(true)
  await origins.fill(origin)
  await page.getByRole('button', { name: 'Make it' }).click()
  await page.getByText('It is shown just this once').waitFor()
  const [secret = '', frame = ''] = await page.locator('pre').allInnerTexts()
  expect(frame).toContain(`#token=${secret}"`)
  const search = page.getByRole('searchbox', { name: 'Search tokens' })
  await search.fill('nobody of that name')
  await page.getByText('Nothing fits').waitFor()
  await search.fill(`desk ${origin}`)
  await page.getByRole('table', { name: 'Tokens' }).getByRole('cell', { name: origin }).waitFor()
  expect(new URL(page.url()).searchParams.get('q')).toContain('desk')
  return { frame, secret }
}

/** Opens a page of another tool, and waits until the browser says that it does not show the frame in it. */
async function refusesToShow(visitor: Page, origin: string): Promise<void> {
  const said: string[] = []
  visitor.on('console', (message) => said.push(message.text()))
  await visitor.goto(origin)
  await expect.poll(() => said.join('\n'), soon).toContain('frame-ancestors')
  const framed = visitor.frames().find((frame) => frame !== visitor.mainFrame())
  expect(framed?.url()).toMatch(/^chrome-error:/)
  visitor.removeAllListeners('console')
}
