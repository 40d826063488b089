import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type {
  ActionView,
  Activation,
  DeadReason,
  DefinitionAnswer,
  Delivery,
  Destination,
} from '#contract'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, counted, factIn, wordsIn } from './console-reading.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { addSite } from './senders.ts'
import { makeWorld, type Server, type World } from './world.ts'

// What is sent where, as those who answer for it see it: what was refused and why, what waits for a yes, what would be sent.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

let world: World
let server: Server
let receiver: Receiver
let page: Page
let complaints: ReturnType<typeof watch>
let isStrict = true

const people = Array.from({ length: 12 }, (_, i) => `${i},Name${i},person${i}@example.com`)

const definitions = (url: string) => `
kind: connection
key: crm
connector: files
settings: { folder: sources }
---
kind: stream
key: people
connection: crm
source: { path: people.csv }
mode: full
primary_key: [id]
category: profile
---
kind: mapping
key: people
stream: people
qualifier: crm
objects:
  - object: individual
    fields: { id: id, first_name: first_name }
  - object: contact_point_email
    fields: { id: id, individual_id: id, email_address: email }
---
kind: ruleset
key: people
on: individual
match:
  - { key: email, all: [{ object: contact_point_email, field: email_address, by: normalised }] }
reconcile: { default: last_updated }
---
kind: segment
key: named
label: Named
on: individual
include: { field: first_name, op: is_filled }
---
kind: destination
key: hook
type: webhook
settings: { url: '${url}', secret: { secret: hook }, batch_size: 5 }
---
kind: destination
key: lists
type: file
settings: { folder: lists, format: csv }
---
kind: activation
key: to_hook
label: To the hook
segment: named
destination: hook
send: changes
attributes: [{ as: mail, contact_point: email }]
---
kind: activation
key: to_lists
segment: named
destination: lists
send: everything
attributes: [{ as: name, field: first_name }]
confirm_above: 3
---
kind: action
key: greet
label: Greet them
when: { segment: named, change: entered }
often: first
target: { destination: lists }
`

describe.skipIf(!browser)(`activations and actions in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    receiver = await startReceiver(() => (isStrict ? 422 : 204))
    world = makeWorld({ TESSERA_ALLOW_PRIVATE: receiver.address })
    world.write('definitions/all.yaml', definitions(receiver.url))
    world.write('sources/people.csv', `id,first_name,email\n${people.join('\n')}\n`)
    await world.feed(`whsec_${Buffer.alloc(32, 3).toString('base64')}`, 'secret-set', 'hook')
    await world.tessera('apply')
    await world.tessera('run')
    server = await world.serve()
    const opened = await openConsole(browser!, { world, server, timeoutMs: soon.timeout })
    page = opened.page
    complaints = opened.complaints
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await receiver?.close()
    await world?.remove()
  })

  afterEach(() => expect(complaints.take()).toEqual([]))

  test('activations stand with what of them wants a hand; the address says what is searched and sorted', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Activations' }).click()
    const rows = tableRows('Activations')
    await expect.poll(() => rows.count(), soon).toBe(2)
    expect(await cellsOf(rows.filter({ hasText: 'To the hook' }))).toMatchObject({
      State: '12 dead',
      Segment: 'named',
      Destination: 'hook',
      'Told so far': '12',
      'Last delivery': 'never',
    })
    expect(await cellsOf(rows.filter({ hasText: 'to_lists' }))).toMatchObject({
      State: 'Wants a confirmation',
    })
    await page.getByRole('searchbox', { name: 'Search activations' }).fill('HOOK')
    await expect.poll(() => rows.count(), soon).toBe(1)
    await page.getByRole('button', { name: 'Told so far' }).click()
    await expect
      .poll(() => new URL(page.url()).search, soon)
      .toBe('?q=HOOK&sort=members&order=down')
    await page.getByRole('searchbox').fill('nobody')
    await page.getByText('Nothing fits').waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
    await expect.poll(() => rows.count(), soon).toBe(2)
  })

  test('what was refused stands with its reason; it is tried again and arrives, and the ledger balances', async () => {
    await page.getByRole('link', { name: 'To the hook' }).click()
    await page.getByRole('heading', { name: 'To the hook', level: 1 }).waitFor()
    await page.getByRole('tab', { name: 'Dead letters' }).click()
    const [reason] = await get<DeadReason[]>('/activations/to_hook/dead')
    const line = page.getByRole('list', { name: 'Dead letters' }).getByRole('listitem')
    expect(await wordsIn(line)).toContain(
      `${reason!.reason} ${reason!.batches} batches, 12 members`,
    )
    // While the receiver still refuses, what is tried again comes back with its reason.
    await line.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('3 batches wait again').waitFor()
    await expect.poll(async () => (await ledgerOf('to_hook')).dead, soon).toBe(12)
    // One of them is let go for good, after one more question.
    await page.getByText('Batches one by one').click()
    const batches = tableRows('Batches one by one')
    await expect.poll(() => batches.count(), soon).toBe(3)
    const small = batches.filter({ hasText: '3 of 3' })
    await small.getByRole('button', { name: 'Let go of this one' }).click()
    await page.getByText('This cannot be taken back').waitFor()
    await page.getByRole('button', { name: 'Let go', exact: true }).last().click()
    await page.getByText('1 batch was let go').waitFor()
    await expect.poll(() => batches.count(), soon).toBe(2)
    isStrict = false
    await page.getByRole('button', { name: 'Try all 2 again' }).click()
    await page.getByText('Nothing was given up').waitFor()
    await expect.poll(async () => (await ledgerOf('to_hook')).delivered, soon).toBe(10)
    expect(receiver.accepted.size).toBe(2)
    await page.getByRole('tab', { name: 'Overview' }).click()
    const ledger = page.getByRole('region', { name: 'Ledger' })
    await expect
      .poll(() => wordsIn(ledger), soon)
      .toContain('12 members = 10 delivered · 83.3% + 2 filtered · 16.7% + 0 waiting + 0 dead')
    expect(await wordsIn(ledger)).toContain('cancelled 2')
    expect(await wordsIn(ledger)).not.toContain('does not balance')
    await page.getByRole('tab', { name: 'Deliveries' }).click()
    const deliveries = await get<Delivery[]>('/activations/to_hook/deliveries')
    await expect.poll(() => tableRows('Deliveries').count(), soon).toBe(deliveries.length)
    await page.getByRole('combobox', { name: 'State' }).click()
    await page.getByRole('option', { name: 'Delivered' }).click()
    await expect.poll(() => tableRows('Deliveries').count(), soon).toBe(2)
    expect(new URL(page.url()).search).toBe('?tab=deliveries&state=delivered')
  })

  test('everybody stands with what became of them', async () => {
    await page.getByRole('tab', { name: 'People' }).click()
    const rows = tableRows('People')
    await expect.poll(() => rows.count(), soon).toBe(12)
    await page.getByText('12 queued or sent, 0 held back').waitFor()
    expect(await cellsOf(rows.filter({ hasText: 'Name7' }))).toMatchObject({
      'What became of them': 'Queued or sent',
    })
    await page.getByRole('combobox', { name: 'State' }).click()
    await page.getByRole('option', { name: 'Held back' }).click()
    await page.getByText('Nobody is here').waitFor()
    expect(new URL(page.url()).search).toBe('?tab=people&people=held')
  })

  test('more members than are sent without a word wait for somebody to confirm the count', async () => {
    await open('/activations/to_lists')
    const line = page.getByRole('status').filter({ hasText: 'wait until somebody confirms' })
    expect(await wordsIn(line)).toContain('12 members')
    await line.getByRole('button', { name: 'Send to 12 members' }).click()
    await expect.poll(async () => (await ledgerOf('to_lists')).delivered, soon).toBe(12)
    const facts = page.getByRole('tabpanel')
    expect(await factIn(facts, 'Limits')).toBe('confirmed above 3 members')
    expect(await factIn(facts, 'Promise')).toBe('once by file name')
  })

  test('it is paused and goes on', async () => {
    await page.getByRole('button', { name: 'Pause' }).click()
    await page.getByText('It is paused: nothing is queued').waitFor()
    expect((await definition('activation', 'to_lists')).body).toMatchObject({ paused: true })
    await page.getByRole('button', { name: 'Go on' }).click()
    await page.getByText('It is paused: nothing is queued').waitFor({ state: 'detached' })
    expect((await definition('activation', 'to_lists')).body).not.toHaveProperty('paused')
  })

  test('a destination is made with the settings of its kind and a secret that is never shown', async () => {
    await open('/new-destination')
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Second hook')
    await page.getByRole('combobox', { name: 'Kind' }).click()
    await page.getByRole('option', { name: 'Webhook' }).click()
    await page.getByText('Promise: once by key').waitFor()
    await page.getByLabel('Url').fill(receiver.url)
    await page.getByLabel('Batch size').fill('100')
    await page.getByRole('button', { name: 'Set a secret: Secret' }).click()
    const ask = page.getByRole('dialog')
    await ask.getByLabel('Name of the secret').fill('second_hook')
    await ask
      .getByLabel('The secret itself')
      .fill(`whsec_${Buffer.alloc(32, 5).toString('base64')}`)
    await ask.getByRole('button', { name: 'Keep it' }).click()
    await ask.waitFor({ state: 'detached' })
    // It is tested before it is kept: the receiver takes a batch of nobody.
    await page.getByRole('button', { name: 'Test the connection' }).click()
    await page.getByText('It works', { exact: true }).waitFor()
    await page.getByText('took a signed batch without members').waitFor()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'second_hook' }).waitFor()
    await page.getByLabel('Url').fill('http://127.0.0.1:1/')
    await page.getByText('The settings have changed since').waitFor({ state: 'detached' })
    await page.getByRole('button', { name: 'Test the connection' }).click()
    await page.getByText('It does not work', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Discard the draft' }).click()
    expect((await definition('destination', 'second_hook')).body).toEqual({
      label: 'Second hook',
      type: 'webhook',
      settings: { url: receiver.url, batch_size: 100, secret: { secret: 'second_hook' } },
    })
    const all = await get<Destination[]>('/destinations')
    await open('/activations?show=destinations')
    await expect.poll(() => tableRows('Destinations').count(), soon).toBe(all.length)
  })

  test('an activation is put together from what there is, looked at before it sends, and created', async () => {
    await open('/new-activation?segment=named')
    const name = page.getByRole('textbox', { name: 'Name' })
    await name.fill('ls')
    // The caret stays where one writes.
    await name.press('Home')
    await page.keyboard.type('Mai')
    expect(await name.inputValue()).toBe('Mails')
    await page.getByRole('combobox', { name: 'Destination' }).click()
    await page.getByRole('option', { name: 'lists' }).click()
    const picker = page.getByRole('combobox', { name: 'Add fields' })
    await picker.fill('First')
    await page.getByRole('option', { name: 'First name' }).click()
    await picker.fill('E-mail')
    await page.getByRole('option', { name: 'E-mail address' }).click()
    await page.keyboard.press('Escape')
    const first = page.getByRole('group', { name: 'What goes along 1: first_name' })
    await first.getByRole('textbox', { name: 'Called' }).fill('First')
    await page.getByRole('textbox', { name: 'Only who' }).fill("first_name <> 'Name3'")
    const preview = page.getByRole('button', { name: 'Preview' })
    await preview.click()
    await page.getByText('11 members would be queued now').waitFor()
    await page.getByText('1 member not: blocked by the filter').waitFor()
    expect(await wordsIn(page.getByRole('region', { name: 'The first 11' }))).toContain(
      'person0@example.com',
    )
    // A mistake stands at its field, in the server's words; nothing can be created with it.
    await page.getByRole('textbox', { name: 'Only who' }).fill('nobody = 1')
    await page
      .getByText(/has no column "nobody"|no field|"nobody"/)
      .first()
      .waitFor()
    expect(await page.getByRole('button', { name: 'Create' }).isDisabled()).toBe(true)
    await page.getByRole('textbox', { name: 'Only who' }).fill("first_name <> 'Name3'")
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Mails', level: 1 }).waitFor()
    expect((await definition('activation', 'mails')).body).toEqual({
      label: 'Mails',
      segment: 'named',
      destination: 'lists',
      send: 'changes',
      filter: "first_name <> 'Name3'",
      attributes: [
        { as: 'First', field: 'first_name' },
        { as: 'email', contact_point: 'email' },
      ],
    })
    expect(await get<Delivery[]>('/activations/mails/deliveries')).toEqual([])
    await page.getByRole('button', { name: 'Look for news' }).click()
    await expect.poll(async () => (await ledgerOf('mails')).delivered, soon).toBe(11)
  })

  test('one is removed and taken back; what others need stays', async () => {
    await open('/destinations/lists')
    await page.getByRole('button', { name: 'Remove', exact: true }).first().click()
    await page.getByRole('button', { name: 'Remove it' }).click()
    const refused = page.getByRole('dialog').getByRole('alert')
    expect(await wordsIn(refused)).toMatch(/cannot be removed.*still needs it/)
    expect(complaints.take().every((complaint) => complaint.includes('422'))).toBe(true)
    await open('/activations/mails')
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('button', { name: 'Remove it' }).click()
    await page.getByText('“Mails” was removed').waitFor()
    await expect.poll(() => tableRows('Activations').count(), soon).toBe(2)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => tableRows('Activations').count(), soon).toBe(3)
    expect((await definition('activation', 'mails')).body).toMatchObject({ label: 'Mails' })
    complaints.take()
  })

  test('an action is told with its rule and lane, switched off, and changed in a form', async () => {
    await open('/actions')
    const row = tableRows('Actions').filter({ hasText: 'Greet them' })
    const [action] = await get<ActionView[]>('/actions')
    expect(await cellsOf(row)).toMatchObject({
      When: action!.when,
      Target: action!.target,
      Met: counted(action!.ledger.met),
    })
    await row.getByRole('link', { name: 'Greet them' }).click()
    await page.getByRole('button', { name: 'Switch off' }).click()
    await page.getByRole('button', { name: 'Switch on' }).waitFor()
    expect((await definition('action', 'greet')).body).toMatchObject({ enabled: false })
    await page.getByRole('tab', { name: 'Edit' }).click()
    // What it would have done is seen before it is published, and nothing is sent for it.
    await page.getByRole('button', { name: 'Try it' }).click()
    await page.getByText('It would have been met 12 times').waitFor()
    const tried = page.getByRole('list', { name: /What would have been met/ }).getByRole('listitem')
    expect(await tried.count()).toBe(12)
    await tried.first().getByText('What would be sent').click()
    expect(await wordsIn(tried.first())).toContain('"change": "entered"')
    expect((await get<ActionView>('/actions/greet')).ledger).toEqual(action!.ledger)
    await page.getByLabel(/Leave the person alone/).fill('soon')
    await page
      .getByText(/cool_down/)
      .first()
      .waitFor()
    await page.getByLabel(/Leave the person alone/).fill('7 days')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText(/Version 3 is published/).waitFor()
    expect((await definition('action', 'greet')).body).toMatchObject({ cool_down: '7 days' })
  })

  test('an action asks fields of a row, one way or the other, as its form says', async () => {
    await open('/new-action')
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Some people')
    const choose = async (name: string, option: string | RegExp, nth = 0) => {
      await page.getByRole('combobox', { name, exact: true }).nth(nth).click()
      await page.getByRole('option', { name: option }).first().click()
    }
    await choose('What happens', 'A row of the model changes')
    await choose('Object', /^Individual$/)
    for (const [i, letters] of ['Name1', 'Name2'].entries()) {
      await page.getByRole('button', { name: 'Add a condition' }).click()
      await choose('Field', /^First name$/i, i)
      await choose('Comparison', /^starts with$/, i)
      await page.getByRole('textbox', { name: 'Value' }).nth(i).fill(letters)
    }
    await choose('How the conditions are joined', 'at least one of these')
    await choose('Destination', 'lists')
    await choose('How often', 'Once per person')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Some people' }).waitFor()
    const where = {
      any: ['Name1', 'Name2'].map((value) => ({ field: 'first_name', op: 'starts_with', value })),
    }
    expect((await definition('action', 'some_people')).body).toMatchObject({
      when: { row: 'individual', change: 'created', where },
    })
    await page.getByRole('tab', { name: 'Edit' }).click()
    await page.getByRole('button', { name: 'Remove this condition' }).first().click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText(/Version 2 is published/).waitFor()
    expect((await definition('action', 'some_people')).body).toMatchObject({
      when: { where: { any: where.any.slice(1) } },
    })
  })

  test('an action asks what a row was and sends it, or waits for merges, as its form says', async () => {
    await open('/new-action')
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Renamed people')
    const choose = async (name: string, option: string | RegExp, within: Locator | Page = page) => {
      await within.getByRole('combobox', { name, exact: true }).first().click()
      await page.getByRole('option', { name: option }).first().click()
    }
    const before = page.getByRole('group', { name: 'Only if it was before' })
    // What is read meanwhile may close the list that is open: then it is chosen again.
    const object = page.getByRole('combobox', { name: 'Object', exact: true }).first()
    const isChosen = () =>
      object.waitFor({ timeout: 5000 }).then(
        () => true,
        () => false,
      )
    for (let tries = 0; tries === 0 || (tries < 4 && !(await isChosen())); tries++)
      await choose('What happens', 'A row of the model changes')
    await choose('Object', /^Individual$/)
    expect(await before.count()).toBe(0)
    await choose('Change', /^changed$/)
    await before.getByRole('button', { name: 'Add a condition' }).click()
    await choose('Field', /^First name$/i, before)
    await choose('Comparison', /^is filled$/, before)
    await page.getByRole('button', { name: 'Add a value' }).click()
    await page.getByRole('textbox', { name: 'Called' }).fill('before')
    await choose('Taken from', 'the row before')
    await page.getByRole('textbox', { name: 'Field', exact: true }).fill('first_name')
    await choose('Destination', 'lists')
    await choose('How often', 'Each time')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Renamed people' }).waitFor()
    const kept = async () => (await definition('action', 'renamed_people')).body
    expect(await kept()).toMatchObject({
      when: {
        row: 'individual',
        change: 'changed',
        was: { all: [{ field: 'first_name', op: 'is_filled' }] },
      },
      attributes: [{ as: 'before', was: 'first_name' }],
    })
    await page.getByRole('tab', { name: 'Edit' }).click()
    await choose('What happens', 'Profiles are merged or split')
    await choose('What becomes of them', 'one or the other')
    // People have no rows that were something before.
    await page
      .getByText(/has nothing that it was before/)
      .first()
      .waitFor()
    await choose('Taken from', 'what triggers it')
    await page.getByRole('textbox', { name: 'Field', exact: true }).fill('after')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText(/Version 2 is published/).waitFor()
    expect(await kept()).toMatchObject({
      when: { profile: 'any' },
      attributes: [{ as: 'before', field: 'after' }],
    })
    await open('/actions')
    await tableRows('Actions').filter({ hasText: 'people merged or split' }).waitFor()
  })

  test('an action asks the live profile, with conditions inside each other, as its form says', async () => {
    await addSite(server)
    const visits = { label: 'Visits', event: 'site', window: '1 day' }
    await server.call('PUT', '/definitions/live_counter/visits', { body: visits })
    await open('/new-action')
    await page.getByRole('textbox', { name: 'Name' }).first().fill('Often here')
    const who = page.getByRole('group', { name: 'Only for whom, by their live profile' })
    const choose = async (name: string, option: string, within: Locator | Page = page) => {
      await within.getByRole('combobox', { name, exact: true }).last().click()
      await page.getByRole('option', { name: option, exact: true }).first().click()
    }
    await choose('What happens', 'An event comes')
    await choose('Stream of events', 'site')
    await who.getByRole('button', { name: 'Add a condition' }).click()
    await choose('Field', 'Is in the segment Named', who)
    await who.getByRole('button', { name: 'Not', exact: true }).click()
    await who.getByRole('button', { name: 'Add a group' }).click()
    await choose('Field', 'Counter: Visits', who)
    await choose('Comparison', 'is at least', who)
    await who.getByRole('textbox', { name: 'Value' }).fill('3')
    await who.getByRole('button', { name: 'Add a condition' }).first().click()
    await choose('Field', 'First name', who)
    await choose('Comparison', 'is filled', who)
    await choose('Destination', 'lists')
    await choose('How often', 'Each time')
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByRole('heading', { name: 'Often here' }).waitFor()
    const any = [
      { field: 'counter.visits', op: '>=', value: 3 },
      { field: 'first_name', op: 'is_filled' },
    ]
    const kept = async () => (await definition('action', 'often_here')).body
    expect(await kept()).toMatchObject({
      when: { event: 'site', who: { all: [{ not: { segment: 'named' } }, { any }] } },
    })
    await page.getByRole('tab', { name: 'Edit' }).click()
    await who.getByRole('button', { name: 'Without “not”' }).click()
    await who.getByRole('button', { name: 'Remove this condition' }).last().click()
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText(/Version 2 is published/).waitFor()
    expect(await kept()).toMatchObject({
      when: { who: { all: [{ segment: 'named' }, { any: any.slice(0, 1) }] } },
    })
  })

  test('everything fits on a phone', async () => {
    await page.setViewportSize({ width: 390, height: 844 })
    for (const path of [
      '/activations',
      '/activations/to_hook',
      '/activations/to_hook?tab=edit',
      '/destinations/hook',
      '/actions/greet?tab=edit',
    ]) {
      await open(path)
      await page.getByText('hook').or(page.getByText('Greet them')).first().waitFor()
      const wide = await page.evaluate('document.documentElement.scrollWidth')
      expect([path, wide]).toEqual([path, 390])
    }
    await page.setViewportSize({ width: 1400, height: 900 })
  })
})

// What an endpoint answers with is the contract's to say.
const get = async <T>(path: string) => (await server.call('GET', path)) as T
const definition = (kind: string, key: string) =>
  get<DefinitionAnswer>(`/definitions/${kind}/${key}`)
const ledgerOf = async (key: string) => (await get<Activation>(`/activations/${key}`)).ledger

async function open(path: string): Promise<void> {
  await page.goto(`${server.address}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

const tableRows = (label: string): Locator =>
  page.getByRole('table', { name: label, exact: true }).locator('tbody tr')
