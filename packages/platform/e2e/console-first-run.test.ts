import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Activation, DefinitionAnswer, SegmentOverview, Summary } from '#contract'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, wordsIn } from './console-reading.ts'
import { makeWorld, type Server, type World } from './world.ts'

// From an empty house to a file with the members of a first segment, with nothing but a browser.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

// Ada is there three times, once with another spelling; Bo has no address; Cy stands alone.
const people = `customer no,first name,last name,e-mail,phone,country
1,Ada,Lovelace,ada@example.org,+39 06 1234567,IT
2,ada,LOVELACE,ADA@example.org,,IT
3,Ada,Lovelace,,06 1234567,IT
4,Bo,Diddley,,,US
5,Cy,Twombly,cy@example.org,,IT
`

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`the first run${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld()
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

  test('an empty house shows the first step, and a file that cannot be read is refused in words', async () => {
    await page.getByRole('list', { name: 'First steps' }).waitFor()
    expect(await page.getByRole('button', { name: 'Run', exact: true }).isDisabled()).toBe(true)
    await choose('notes.docx', 'PK')
    await page.getByRole('alert').filter({ hasText: 'does not tell its format' }).waitFor()
    expect(complaints.take().every((complaint) => complaint.includes('4'))).toBe(true)
  })

  test('a file is taken in: its fields, its types and what they fill are shown', async () => {
    await choose('people.csv', people)
    await page.getByText('people was taken in').waitFor()
    expect(new URL(page.url()).pathname).toBe('/start')
    const fields = step('What is in it').getByRole('row')
    expect(await cellsOf(fields.filter({ hasText: 'first_name' }))).toMatchObject({
      Type: 'text',
      Fills: 'individual.first_name',
    })
    expect(await cellsOf(fields.filter({ hasText: 'e_mail' }))).toMatchObject({
      Fills: 'contact_point_email.email_address',
    })
  })

  test('the run ends, and the customers are those of the server', async () => {
    await step('Through the flow').getByText('Everything ran').waitFor()
    const { profiles, source_records } = (await server.call('GET', '/summary')) as Summary
    expect([source_records, profiles]).toEqual([5, 3])
    await step('Who they are').getByText('5 records turned out to be 3 customers.').waitFor()
    // How far one has come stands in the address.
    await page.reload()
    await step('Who they are').getByText('5 records turned out to be 3 customers.').waitFor()
    await step('What is in it').getByText('6 fields were found').waitFor()
  })

  test('a suggestion becomes a segment with the members that it told', async () => {
    const card = step('A first segment').getByRole('listitem').filter({ hasText: 'e-mail' })
    expect(await wordsIn(card)).toContain('2 of 3 customers')
    await card.getByRole('button', { name: 'Make this segment' }).click()
    await step('A first segment').getByText('is there. 2 members').waitFor()
    const segment = (await server.call('GET', '/segments/reachable_by_email')) as SegmentOverview
    expect(segment.members).toBe(2)
  })

  test('the members are written into a file', async () => {
    const send = step('Put it to use')
    await send.getByLabel('Folder').fill('friends')
    await send.getByRole('button', { name: 'Write the file' }).click()
    await send.getByText('2 members were written into the folder friends').waitFor()
    const { ledger } = (await server.call(
      'GET',
      '/activations/reachable_by_email_to_file',
    )) as Activation
    expect(ledger).toMatchObject({ members: 2, delivered: 2, waiting: 0, dead: 0 })
    const folder = join(world.data, 'out', 'friends')
    const file = readdirSync(folder).find((name) => name.endsWith('.csv'))
    const lines = readFileSync(join(folder, file!), 'utf8').trim().split('\n')
    expect(lines).toHaveLength(3)
    expect(lines.join('\n')).toContain('cy@example.org')
    expect(lines.join('\n')).not.toContain('Diddley')
    await send.getByRole('link', { name: 'See the flow' }).click()
    await page.getByRole('region', { name: 'The flow as a picture' }).waitFor()
  })

  test('another file is taken in and undone', async () => {
    await page.goto(`${server.address}/start`)
    await choose('more.csv', 'id,email\n9,zoe@example.org\n')
    await page.getByText('more was taken in').waitFor()
    await step('Through the flow').getByText('Everything ran').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await step('A file with customers').getByText('Drop a file here').waitFor()
    const streams = (await server.call('GET', '/definitions/stream')) as DefinitionAnswer[]
    expect(streams.map(({ key }) => key)).toEqual(['people'])
  })

  test('on a phone and in the dark nothing hangs over', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of ['/', '/start', '/start?stream=people']) {
      await page.goto(`${server.address}${path}`)
      await page.waitForLoadState('networkidle')
      const width = await page.evaluate('document.documentElement.scrollWidth')
      expect([path, width]).toEqual([path, 390])
    }
  })
})

const choose = (name: string, text: string): Promise<void> =>
  page
    .locator('input[type=file]')
    .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })

const step = (title: string): Locator =>
  page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, level: 2 }) })
