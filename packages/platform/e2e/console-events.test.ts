import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type {
  DefinitionAnswer,
  FieldConflict,
  ParkedKey,
  RejectedRecord,
  StreamHours,
  WriteKey,
} from '#contract'
import { buildConsole, soon, startBrowser, watch } from './browser.ts'
import { cellsOf, counted, wordsIn } from './console-reading.ts'
import { makeWorld, type Server, type World } from './world.ts'

// Events as people see them arrive: a sender is set up in the console, and what it sends is followed to the customer.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

let world: World
let server: Server
let page: Page
let writeKey: string
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`events in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld()
    server = await world.serve()
    page = await browser!.newPage({
      viewport: { width: 1400, height: 900 },
      locale: 'en-GB',
      timezoneId: 'UTC',
    })
    complaints = watch(page)
    const token = readFileSync(join(world.data, 'token'), 'utf8').trim()
    await page.goto(`${server.address}/#token=${token}`)
    await page.getByRole('heading', { name: 'Flow', exact: true }).waitFor()
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await world?.remove()
  })

  afterEach(() => expect(complaints.take()).toEqual([]))

  test('where nothing has come, the page says how to begin, and a sender is set up', async () => {
    await goTo('Events')
    await page.getByText('No event has come yet').waitFor()
    await page.getByRole('link', { name: 'Senders and write keys' }).last().click()
    await page.getByText('There is no sender yet').waitFor()
    await page.getByLabel('Name', { exact: true }).fill('Web shop')
    expect(await page.getByLabel('Key', { exact: true }).inputValue()).toBe('web_shop')
    await page.getByRole('button', { name: 'Set up' }).click()
    await page.getByText('The sender web_shop may send now').waitFor()
    const [made] = await get<WriteKey[]>('/write-keys')
    writeKey = made!.key
    const row = page.getByRole('table', { name: 'Write keys' }).locator('tbody tr')
    expect(await cellsOf(row)).toMatchObject({
      Name: 'Web shop',
      Sender: 'web_shop',
      'Write key': writeKey,
      State: 'Open',
    })
    const lines = page.getByRole('region', { name: 'Lines to copy' })
    expect(await lines.textContent()).toContain(
      `tessera.createTessera({ host: '${server.address}', writeKey: '${writeKey}' })`,
    )
  })

  test('a key that is refused is refused in the server’s words', async () => {
    await page.getByLabel('Key', { exact: true }).fill('Not a key')
    await page.getByRole('button', { name: 'Set up' }).click()
    const said = await wordsIn(page.getByRole('alert'))
    expect(said).toBe(await refusalOf('/senders', { key: 'Not a key', sender: 'browser' }))
    // The browser reports the answer 400 on its own.
    expect(complaints.take()).toHaveLength(2)
  })

  test('events appear as they arrive, each with what became of it', async () => {
    await goTo('Events')
    await page.getByText('No event has come yet').waitFor()
    await send(
      { type: 'identify', userId: 'u-1', traits: { email: 'ada@example.org', firstName: 'Ada' } },
      { type: 'track', event: 'Bell Bought', userId: 'u-1', properties: { price: 12.5 } },
      { type: 'track', userId: 'u-1' },
    )
    await expect.poll(() => events().count(), soon).toBe(3)
    const shown = await Promise.all([0, 1, 2].map((i) => wordsIn(events().nth(i))))
    expect(shown[0]).toContain('Rejected track event is missing; a message of type track needs it')
    expect(shown[1]).toContain('Stored track Bell Bought u-1 web_shop')
    expect(shown[2]).toContain('Stored identify email ada@example.org, firstName Ada u-1')
  })

  test('an event that is opened shows its body and its whole way, up to the customer', async () => {
    const event = events().filter({ hasText: 'Bell Bought' })
    await event.getByRole('button', { expanded: false }).click()
    expect(new URL(page.url()).searchParams.get('event')).toMatch(/^\d+$/)
    const body = event.getByRole('region', { name: 'Body' })
    expect(await wordsIn(body)).toContain('price 12.5')
    const steps = event.getByRole('region', { name: 'The way it has gone' }).getByRole('listitem')
    const customer = steps.filter({ hasText: /^Profile/ }).getByRole('link')
    await customer.first().waitFor({ timeout: 30_000 })
    for (const step of ['Received', 'Checked', 'Stored', 'Mapped', 'Profile'])
      expect(await wordsIn(steps.filter({ hasText: new RegExp(`^${step}`) }))).toMatch(
        new RegExp(`^${step} ?done`),
      )
    await customer.first().click()
    await page.getByRole('heading', { level: 1, name: /ada/i }).waitFor(soon)
    await page.goBack()
    await event.getByRole('button', { expanded: true }).click()
    expect(await body.count()).toBe(0)
  })

  test('a rejected event stops at the check, and the stream keeps it with the reason', async () => {
    const reason = 'event is missing; a message of type track needs it'
    await choose('Outcome', 'Rejected')
    await expect.poll(() => events().count(), soon).toBe(1)
    await events().getByRole('button').first().click()
    const stopped = events().locator('li[data-state="stopped"]')
    expect(await wordsIn(stopped)).toContain(`Checked stopped here rejected: ${reason}`)
    await stopped.getByRole('link', { name: 'Open what the stream rejected' }).click()
    await page.getByRole('heading', { name: 'Web shop', exact: true }).waitFor()
    await page.getByRole('tabpanel').getByText(reason, { exact: true }).waitFor(soon)
  })

  test('the ledger by hour adds up and says so', async () => {
    await page.getByRole('tab', { name: 'By hour' }).click()
    const { totals } = await get<StreamHours>('/streams/web_shop/hours')
    expect(totals).toMatchObject({ received: 3, stored: 2, rejected: 1 })
    const together = page.getByRole('table', { name: 'Ledger by hour' }).locator('tbody tr').first()
    expect(await cellsOf(together)).toEqual({
      Hour: 'Together',
      Received: counted(totals.received),
      Stored: counted(totals.stored),
      Rejected: counted(totals.rejected),
    })
    await page.getByText('Balances: in every hour').waitFor()
  })

  test('a value of another type is shown with its example, and accepted', async () => {
    await send({
      type: 'track',
      event: 'Bell Bought',
      userId: 'u-1',
      properties: { price: 'free' },
    })
    await page.getByRole('tab', { name: 'Differences' }).click()
    const difference = page.getByRole('tabpanel').getByRole('listitem').first()
    await expect.poll(() => difference.count(), soon).toBe(1)
    expect(await wordsIn(difference)).toMatch(/^properties\.price.* 1 × text .*Such as free/)
    const does = difference.getByRole('button', { name: 'Do so' })
    expect(await does.isDisabled()).toBe(true)
    await difference.getByRole('radio', { name: 'Accept: the field becomes text' }).check()
    await does.click()
    await page.getByText('properties_price is text now').waitFor(soon)
    await page.getByText('Every value fits its field').waitFor(soon)
    expect(await get<FieldConflict[]>('/streams/web_shop/conflicts')).toEqual([])
  })

  test('events are run again, compared and given up; what was taken stands as it was', async () => {
    const before = await server.call('GET', '/streams/web_shop/rows')
    await page.getByRole('tab', { name: 'Replay' }).click()
    await page.getByRole('button', { name: 'Compare' }).click()
    const replay = page.getByRole('tabpanel').getByRole('listitem').first()
    await replay.getByText('Compared').waitFor(soon)
    const rows = replay.getByRole('table').locator('tbody tr')
    expect(await cellsOf(rows.first())).toMatchObject({
      Where: 'Rows of the stream',
      'As it was': '3',
      Changed: '0',
      Gone: '0',
    })
    await replay.getByRole('button', { name: 'Discard' }).click()
    await replay.getByText('Discarded').waitFor(soon)
    expect(await server.call('GET', '/streams/web_shop/rows')).toEqual(before)
  })

  test('while it is paused nothing moves; then it goes on without a gap', async () => {
    await goTo('Events')
    await expect.poll(() => events().count(), soon).toBe(4)
    await page.getByRole('button', { name: 'Pause' }).click()
    await send({ type: 'page', name: 'Bells', anonymousId: 'a-1' })
    await page.waitForTimeout(1_500)
    expect(await events().count()).toBe(4)
    await page.getByRole('button', { name: 'Go on' }).click()
    await expect.poll(() => events().count(), soon).toBe(5)
    await page.getByRole('searchbox', { name: 'Search events' }).fill('Bells')
    await expect.poll(() => events().count(), soon).toBe(1)
    await page.reload()
    await expect.poll(() => events().count(), soon).toBe(1)
    expect(await wordsIn(events())).toContain('Stored page Bells a-1')
  })

  test('what came with an unknown key is parked, and adopted', async () => {
    await sendWith('mistyped', { type: 'track', event: 'Parked Once', userId: 'u-2' })
    await goTo('Events')
    const event = events().filter({ hasText: 'Parked Once' })
    expect(await wordsIn(event)).toContain('the write key "mistyped" opens nothing')
    await event.getByRole('button').first().click()
    await event.getByRole('link', { name: 'Open what is parked' }).click()
    await page.getByText('mistyped', { exact: true }).waitFor(soon)
    await page.getByRole('button', { name: 'Adopt' }).click()
    await page.getByText('1 event was taken.').waitFor(soon)
    await page.getByText('Nothing is parked').waitFor(soon)
    expect(await get<ParkedKey[]>('/parked')).toEqual([])
    const keys = await get<WriteKey[]>('/write-keys')
    expect(keys.map(({ key }) => key).toSorted()).toEqual([writeKey, 'mistyped'].toSorted())
  })

  test('a key is closed only after one was asked', async () => {
    const row = page
      .getByRole('table', { name: 'Write keys' })
      .locator('tbody tr')
      .filter({ hasText: 'mistyped' })
    await row.getByRole('button', { name: 'Close' }).click()
    await page.getByText('Close this key?').waitFor()
    await page.getByRole('button', { name: 'Close the key' }).click()
    await expect.poll(async () => (await cellsOf(row))['State'], soon).toMatch(/^Closed/)
    await choose('Open or closed', 'Open')
    await expect.poll(() => row.count(), soon).toBe(0)
  })

  test('a rejected row is mended, sent again, and leaves the list', async () => {
    await page.goto(`${server.address}/streams/web_shop?tab=rejected`)
    const [record] = await get<RejectedRecord[]>('/streams/web_shop/rejected')
    await page.getByRole('button', { name: 'Mend' }).click()
    const editor = page.getByRole('textbox', { name: 'The record as it should be' })
    await editor.fill('{ "type": "track" ')
    expect(await page.getByRole('button', { name: 'Send it so' }).isDisabled()).toBe(true)
    await editor.fill('{ "type": "track" }')
    await page.getByRole('button', { name: 'Send it so' }).click()
    await page.getByRole('alert').getByText('Tried again:').waitFor(soon)
    await editor.fill(JSON.stringify({ ...JSON.parse(record!.raw), event: 'Bell Rung' }))
    await page.getByRole('button', { name: 'Send it so' }).click()
    await page.getByText('1 record was taken and left this list.').waitFor(soon)
    await page.getByText('No record was rejected').waitFor(soon)
    expect(await rowsCalled('Bell Rung')).toBe(1)
    expect(await get<StreamHours>('/streams/web_shop/hours')).toMatchObject({
      balanced: true,
      totals: { mended: 1, rejected: 0 },
    })
  })

  test('events that a contract refused are run again without it, compared, and swapped in', async () => {
    const contract = { schema: { type: 'object', required: ['colour'] } }
    await agree(contract, 'rejected')
    const answer = await sendWith(writeKey, { type: 'track', event: 'Bell Dropped', userId: 'u-1' })
    expect(answer.results).toMatchObject([{ status: 'rejected' }])
    await agree({}, 'stored')
    await page.goto(`${server.address}/streams/web_shop?tab=replay`)
    await page.getByRole('checkbox', { name: 'Only events that were rejected' }).check()
    await page.getByRole('button', { name: 'Compare' }).click()
    const replay = page.getByRole('tabpanel').getByRole('listitem').first()
    await replay.getByText('Compared').waitFor(soon)
    const rows = replay.getByRole('table').locator('tbody tr')
    expect(Number((await cellsOf(rows.first()))['New'])).toBeGreaterThan(0)
    expect(await rowsCalled('Bell Dropped')).toBe(0)
    await replay.getByRole('button', { name: 'Swap in' }).click()
    await page.getByRole('button', { name: 'Swap them in' }).click()
    await replay.getByText('Swapped in').waitFor(soon)
    expect(await rowsCalled('Bell Dropped')).toBe(1)
    expect(await get<StreamHours>('/streams/web_shop/hours')).toMatchObject({
      balanced: true,
      totals: { rejected: 0 },
    })
  })
})

/** How many rows of the stream tell of an event. */
async function rowsCalled(event: string): Promise<number> {
  const rows = await get<{ event: string }[]>('/streams/web_shop/rows')
  return rows.filter((row) => row.event === event).length
}

/** Changes the contract, and waits until what is sent fares so. */
async function agree(contract: object, status: string): Promise<void> {
  const path = '/definitions/stream/web_shop'
  // A definition is an object.
  const body = (await get<DefinitionAnswer>(path)).body as object
  await server.call('PUT', path, { body: { ...body, contract } })
  const probe = { type: 'track', event: 'Probe', userId: 'u-1' }
  const fares = async () => (await sendWith(writeKey, probe)).results[0]?.status
  await expect.poll(fares, { ...soon, interval: 200 }).toBe(status)
}

const events = (): Locator => page.getByRole('list', { name: 'The last events' }).locator('> li')

const goTo = (place: string) =>
  page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()

async function choose(label: string, option: string): Promise<void> {
  await page.getByRole('combobox', { name: label }).click()
  await page.getByRole('option', { name: option }).click()
}

const send = (...batch: readonly object[]) => sendWith(writeKey, ...batch)

async function sendWith(
  key: string,
  ...batch: readonly object[]
): Promise<{ readonly results: readonly { readonly status: string }[] }> {
  const body = JSON.stringify({ writeKey: key, batch })
  const answer = await fetch(`${server.address}/events/v1/batch`, { method: 'POST', body })
  expect(answer.status).toBe(200)
  // The wire answers with this shape.
  return (await answer.json()) as Awaited<ReturnType<typeof sendWith>>
}

// What an endpoint answers with is the contract's to say.
const get = async <Answer>(path: string) => (await server.call('GET', path)) as Answer

async function refusalOf(path: string, body: unknown): Promise<string> {
  const token = readFileSync(join(world.data, 'token'), 'utf8').trim()
  const answer = await fetch(`${server.address}/api${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  // Every refusal has this shape.
  return ((await answer.json()) as { error: { message: string } }).error.message
}
