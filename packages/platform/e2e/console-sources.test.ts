import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { DefinitionAnswer, GraphAnswer, MappingPreview, StreamOverview } from '#contract'
import { findingsOn } from './axe.ts'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, wordsIn } from './console-reading.ts'
import { makeWorld, type Server, type World } from './world.ts'

// A system is connected, its fields are mapped, and the model tells where everything comes from: all in the browser.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`sources, mapping and model in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld()
    world.write(
      'crm/people.csv',
      'no,first name,born,post\n1,Ada,1815-12-10,ada@example.org\n2,Bo,once,bo@example.org\n',
    )
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

  test('a folder is connected: tried, looked into, defined, undone, defined again, run', async () => {
    await page.goto(`${server.address}/streams`)
    await page.getByRole('link', { name: 'Connect a system' }).first().click()
    await page.getByRole('button', { name: 'Take Files' }).click()
    await page.getByRole('button', { name: 'Test the connection' }).click()
    expect(await wordsIn(page.getByRole('alert'))).toContain('folder')
    expect(complaints.take().every((complaint) => complaint.includes('422'))).toBe(true)
    await page.getByRole('textbox', { name: 'folder' }).fill('crm')
    await page.getByLabel('Key of the connection').fill('crm')
    await page.getByRole('button', { name: 'Test the connection' }).click()
    await page.getByText('It answers; 1 thing can be taken').waitFor()
    await page.getByRole('button', { name: 'Take people.csv' }).click()
    await page.getByText('4 fields were found in people.csv').waitFor()
    const fields = page.getByRole('table', { name: 'What is taken' }).getByRole('row')
    expect(await cellsOf(fields.filter({ hasText: 'born' }))).toMatchObject({
      Type: 'text',
      'Such as': '1815-12-10 · once',
    })
    expect(await get('/definitions/connection')).toEqual([])
    const define = page.getByRole('button', { name: 'Define connection and stream' })
    await define.click()
    await page.getByText('The stream people is defined').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Both were taken back').waitFor()
    expect(await get('/definitions/stream')).toEqual([])
    await define.click()
    await page.getByRole('button', { name: 'Run now' }).click()
    await expect.poll(async () => (await stream())?.rows, soon).toBe(2)
    await page.getByRole('link', { name: 'Map its fields' }).click()
    await page.getByRole('heading', { name: 'Mapping of people' }).waitFor()
  })

  test('what is connected is not connected over: free keys are offered, and one that is taken is refused', async () => {
    await page.goto(`${server.address}/connect?connector=files`)
    await page.getByRole('textbox', { name: 'folder' }).fill('crm')
    await page.getByRole('button', { name: 'Test the connection' }).click()
    await page.getByRole('button', { name: 'Take people.csv' }).click()
    const stream = page.getByLabel('Key of the stream')
    await expect.poll(() => stream.inputValue(), soon).toBe('people_2')
    const define = page.getByRole('button', { name: 'Define connection and stream' })
    await expect.poll(() => define.isEnabled(), soon).toBe(true)
    await stream.fill('people')
    await page.getByText('The key people is taken').waitFor()
    expect(await define.isDisabled()).toBe(true)
    await stream.fill('Two people')
    await page.getByText('A key has small letters').waitFor()
    await stream.fill('people_2')
    const connection = page.getByLabel('Key of the connection')
    await connection.fill('crm')
    await page.getByText('The key crm is taken').waitFor()
    expect(await define.isDisabled()).toBe(true)
    await page.getByRole('checkbox', { name: 'Change the crm that is there' }).check()
    expect(await define.isEnabled()).toBe(true)
    await connection.fill('other')
    await define.click()
    await page.getByText('The stream people_2 is defined').waitFor()
    // What was defined is no draft any more, and can be taken back where it was made.
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Both were taken back').waitFor()
    await define.click()
    await page.getByText('The stream people_2 is defined').waitFor()
    await page.reload()
    await expect.poll(() => connection.inputValue(), soon).toBe('files')
    await server.call('DELETE', '/definitions/stream/people_2')
    await server.call('DELETE', '/definitions/connection/other')
    await page.goto(`${server.address}/mappings/people`)
  })

  test('a mapping is proposed, changed by dragging and by hand, seen on real rows, saved and undone', async () => {
    await page.getByRole('button', { name: 'Propose a mapping' }).click()
    const preview = page.getByRole('table', { name: 'What the first rows become: individual' })
    await preview.getByRole('cell', { name: 'Ada' }).waitFor()
    // By mouse: the field is dragged onto one of the model.
    await page
      .getByText(/fields are still free/)
      .first()
      .click()
    await page
      .getByRole('button', { name: 'Choose the field born' })
      .dragTo(page.getByText('Birth date', { exact: true }))
    const born = page.getByRole('textbox', { name: 'Formula of birth_date' })
    await born.waitFor()
    expect(await born.inputValue()).toBe('born')
    const lost = preview.getByTitle('This value cannot be read')
    await expect.poll(() => lost.count(), soon).toBe(1)
    // By keyboard: a field is chosen here, and connected there.
    await page.getByRole('button', { name: 'Choose the field post' }).focus()
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Connect to occupation' }).focus()
    await page.keyboard.press('Enter')
    const occupation = page.getByRole('textbox', { name: 'Formula of occupation' })
    expect(await occupation.inputValue()).toBe('post')
    await occupation.fill('upper(psot)')
    await page.getByText('1 thing is wrong with this mapping').waitFor()
    await page.getByText(/psot/).last().waitFor()
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).toBe(true)
    expect(complaints.take().every((complaint) => complaint.includes('422'))).toBe(true)
    await occupation.fill('upper(post)')
    await preview.getByRole('cell', { name: 'ADA@EXAMPLE.ORG' }).waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('Saved. What it fills follows').waitFor()
    const saved = (await get<DefinitionAnswer[]>('/definitions/mapping'))[0]?.body
    const shown = (await server.call('POST', '/mappings/preview', saved)) as MappingPreview
    expect(shown.objects[0]?.rows.map(({ values }) => values['occupation'])).toEqual([
      'ADA@EXAMPLE.ORG',
      'BO@EXAMPLE.ORG',
    ])
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('The change was taken back').waitFor()
    expect(await get('/definitions/mapping')).toEqual([])
    await server.call('PUT', '/definitions/mapping/people', { body: saved })
    await page.reload()
    await page.getByText('As it is published').waitFor()
    await server.call('POST', '/run', {})
    await expect.poll(rowsOfPeople, soon).toBe(2)
  })

  test('the model tells where a field comes from, what leads to it, and its rows', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Model' }).click()
    const picture = page.getByRole('region', { name: 'The model as a diagram' })
    await picture.getByRole('button', { name: /^Individual \d+ fields/ }).click()
    await page.getByRole('heading', { level: 1, name: 'Individual' }).waitFor()
    const field = page.getByRole('row').filter({ hasText: 'occupation' })
    expect(await wordsIn(field)).toContain('people upper(post)')
    await page.getByRole('link', { name: 'contact_point_email' }).waitFor()
    await page.getByRole('tab', { name: 'Rows' }).click()
    await page.getByRole('cell', { name: 'ADA@EXAMPLE.ORG' }).waitFor()
    await page.goto(`${server.address}/model?view=table&q=telephone`)
    const objects = page.getByRole('table', { name: 'Model' }).locator('tbody tr')
    await expect.poll(() => objects.count(), soon).toBe(1)
    expect(await wordsIn(objects)).toContain('contact_point_phone')
    await page.goto(`${server.address}/model?view=table`)
    await page.getByRole('button', { name: 'Fields', exact: true }).click()
    await expect.poll(() => new URL(page.url()).search, soon).toContain('sort=fields&order=down')
    const counts = (await objects.locator('td:nth-child(4)').allInnerTexts()).map(Number)
    expect(counts.length).toBeGreaterThan(10)
    expect(counts).toEqual(counts.toSorted((a, b) => b - a))
  })

  test("an object of one's own is written, refused where it is wrong, defined, removed and taken back", async () => {
    await page.goto(`${server.address}/model`)
    await page.getByRole('link', { name: 'New object' }).click()
    await page.getByRole('textbox', { name: 'Name', exact: true }).first().fill('Bicycle Check')
    await page.getByText('bicycle_check', { exact: true }).waitFor()
    await choose('Category', /^Engagement/)
    await page
      .getByText(/needs "time"/)
      .first()
      .waitFor()
    const create = page.getByRole('button', { name: 'Create' })
    expect(await create.isDisabled()).toBe(true)
    await addField('Checked at')
    const checked = page.getByRole('group', { name: 'checked_at' })
    await choose('Type', 'timestamp', checked)
    await choose('The field that says when it happened', 'checked_at')
    await addField('Owner')
    await choose('Leads to', 'Individual', page.getByRole('group', { name: 'owner' }))
    await page.getByText('Nothing speaks against it').waitFor()
    // What the server says against a name stands at the name; a step back takes it away.
    const key = page.getByRole('group', { name: 'owner' }).getByLabel('Key')
    await key.fill('Owner No')
    await key.press('Enter')
    const renamed = page.getByRole('group', { name: 'Owner No' })
    await renamed.getByText(/cannot have a field "Owner No"/).waitFor()
    await page.getByRole('button', { name: /^Step back/ }).click()
    await page.getByText('Nothing speaks against it').waitFor()
    await create.click()
    await page.getByRole('heading', { level: 1, name: 'Bicycle Check' }).waitFor()
    expect((await definedObjects()).map(({ body }) => body)).toEqual([
      {
        label: 'Bicycle Check',
        subject_area: 'product',
        category: 'engagement',
        time: 'checked_at',
        fields: {
          id: { type: 'text' },
          checked_at: { type: 'timestamp', label: 'Checked at' },
          owner: { type: 'text', label: 'Owner', links_to: 'individual' },
        },
      },
    ])
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button').first().click()
    await page
      .getByText(/Bicycle Check/)
      .first()
      .waitFor()
    await expect.poll(async () => (await definedObjects()).length, soon).toBe(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(async () => (await definedObjects()).length, soon).toBe(1)
  })

  test("a field of one's own stands beside the standard ones, and is kept as long as something fills it", async () => {
    await page.goto(`${server.address}/model/individual?tab=definition`)
    await addField('Shoe size')
    await choose('Type', 'integer', page.getByRole('group', { name: 'shoe_size' }))
    await page.getByText('Nothing speaks against it').waitFor()
    await page.getByRole('button', { name: 'Create' }).click()
    await page.getByText('Version 1 is published').waitFor()
    const [mapping] = await get<DefinitionAnswer[]>('/definitions/mapping')
    const body = JSON.stringify(mapping?.body).replace(
      '"occupation"',
      '"shoe_size":"no","occupation"',
    )
    await server.call('PUT', '/definitions/mapping/people', { body: JSON.parse(body) })
    await page.goto(`${server.address}/model/individual?tab=lineage&field=shoe_size`)
    const way = page.getByRole('region', { name: 'Where individual.shoe_size comes from' })
    await way
      .getByRole('button', { name: /^no people$/ })
      .first()
      .waitFor()
    await page.getByRole('tab', { name: 'Definition' }).click()
    const field = page.getByRole('group', { name: 'shoe_size' })
    await field.getByText('Used by people').waitFor()
    expect(await field.getByRole('button', { name: /^shoe_size cannot/ }).isDisabled()).toBe(true)
    // Nor past the form: the server refuses what the mapping would miss.
    await page.getByRole('button', { name: 'Remove', exact: true }).click()
    await page.getByRole('dialog').getByRole('button').first().click()
    await page
      .getByRole('dialog')
      .getByText(/shoe_size/)
      .first()
      .waitFor()
    expect(complaints.take().every((complaint) => complaint.includes('422'))).toBe(true)
    await page.keyboard.press('Escape')
    await server.call('PUT', '/definitions/mapping/people', { body: mapping?.body })
    await page.reload()
    await field.getByRole('button', { name: 'Remove the field shoe_size' }).click()
    await page.getByText('Nothing speaks against it').waitFor()
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText('Version 2 is published').waitFor()
    const own = (await definedObjects()).find((one) => one.key === 'individual')
    expect(own?.body).toMatchObject({ fields: {} })
  })

  test('the palette leads anywhere with the keyboard', async () => {
    await page.keyboard.press('Control+k')
    const box = page.getByRole('combobox', { name: 'Go anywhere' })
    await box.fill('mapp')
    await page.getByRole('option', { name: /^people\s*Mapping/ }).waitFor()
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { name: 'Mapping of people' }).waitFor()
    await page.keyboard.press('Control+k')
    await box.fill('ident')
    await page.keyboard.press('Enter')
    await page.getByRole('heading', { level: 1, name: 'Identity' }).waitFor()
  })

  test('settings of any depth are asked for: brokers of Kafka, how a webhook is signed, what programs send', async () => {
    await page.goto(`${server.address}/connect?connector=kafka`)
    const test = page.getByRole('button', { name: 'Test the connection' })
    await page.getByRole('combobox', { name: 'Brokers' }).fill('127.0.0.1:1')
    await page.keyboard.press('Enter')
    await test.click()
    expect(await wordsIn(page.getByRole('alert'))).toMatch(/127\.0\.0\.1/)
    expect(complaints.take()).not.toEqual([])

    await page.goto(`${server.address}/connect?connector=webhook`)
    await choose('Signature: which kind', 'Token')
    await page.getByRole('textbox', { name: 'Header' }).fill('x-desk-token')
    await page.getByRole('button', { name: 'Set a secret: Secret' }).click()
    await page.getByLabel('Name of the secret').fill('desk')
    await page.getByLabel('The secret itself', { exact: true }).fill('open sesame')
    await page.getByRole('button', { name: 'Keep it' }).click()
    await test.click()
    await page.getByText('It answers; 1 thing can be taken').waitFor()

    await page.goto(`${server.address}/connect?connector=ingest_api`)
    const objects = page.getByRole('group', { name: 'Objects' })
    await objects.getByRole('textbox', { name: 'Objects: name of a new one' }).fill('guests')
    await page.keyboard.press('Enter')
    const guests = objects.getByRole('group', { name: 'guests' })
    await choose('Category', 'Profile', guests)
    await guests.getByRole('textbox', { name: 'Fields: name of a new one' }).fill('no')
    await page.keyboard.press('Enter')
    await choose('Type', 'Text', guests.getByRole('group', { name: 'no', exact: true }))
    await guests.getByRole('combobox', { name: 'Primary key' }).fill('no')
    await page.keyboard.press('Enter')
    await page.reload()
    await guests.waitFor()
    await test.click()
    await page.getByRole('button', { name: 'Take guests', exact: true }).click()
    expect(await findingsOn(page)).toEqual([])
    await page.getByRole('combobox', { name: 'Key of a row' }).fill('no')
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Define connection and stream' }).click()
    await page.getByText('The stream ingest_api is defined').waitFor()
    const streams = await get<DefinitionAnswer[]>('/definitions/stream')
    expect(streams.find(({ key }) => key === 'ingest_api')?.body).toMatchObject({
      primary_key: ['no'],
      source: { object: 'guests' },
    })
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('Both were taken back').waitFor()
  })

  test('what is being written outlives a reload, and does not overwrite what somebody published meanwhile', async () => {
    const label = page.getByRole('textbox', { name: 'Name', exact: true })
    await page.goto(`${server.address}/segment-new`)
    await label.fill('Кто заказал „дважды“')
    await page.getByText('Nothing speaks against it').waitFor()
    await page.reload()
    await expect.poll(() => label.inputValue(), soon).toBe('Кто заказал „дважды“')
    await page.getByRole('button', { name: 'Step back' }).click()
    await expect.poll(() => label.inputValue(), soon).toBe('New segment')
    await page.getByRole('button', { name: 'Step forward' }).click()
    await expect.poll(() => label.inputValue(), soon).toBe('Кто заказал „дважды“')
    await page.getByRole('button', { name: 'Discard the draft' }).click()
    await page.reload()
    await expect.poll(() => label.inputValue(), soon).toBe('New segment')

    await page.goto(`${server.address}/mappings/people`)
    const only = page.getByRole('textbox', { name: 'Only rows for which this holds' }).first()
    await only.fill("no = '1'")
    await page.goto(`${server.address}/model`)
    await page.goto(`${server.address}/mappings/people`)
    await expect.poll(() => only.inputValue(), soon).toBe("no = '1'")
    const [mapping] = await get<DefinitionAnswer[]>('/definitions/mapping')
    const theirs = JSON.stringify({
      kind: 'mapping',
      key: mapping?.key,
      ...Object(mapping?.body),
    }).replace('upper(post)', 'lower(post)')
    await server.call('POST', '/definitions/apply', {
      files: [{ file: 'mapping.yaml', text: theirs }],
    })
    await page.reload()
    await page.getByText('Somebody has published version').waitFor()
    await page.getByRole('button', { name: 'Save' }).click()
    expect(await wordsIn(page.getByRole('alert'))).toContain('changed by somebody else')
    expect(complaints.take()).not.toEqual([])
    const [kept] = await get<DefinitionAnswer[]>('/definitions/mapping')
    expect(JSON.stringify(kept?.body)).toContain('lower(post)')
    await page.getByRole('button', { name: 'Discard' }).click()
    await expect.poll(() => only.inputValue(), soon).toBe('')
  })

  test('what is written while a save is still asked about stays, over what was saved', async () => {
    await page.goto(`${server.address}/mappings/people`)
    const only = page.getByRole('textbox', { name: 'Only rows for which this holds' }).first()
    const save = page.getByRole('button', { name: 'Save' })
    const saved = async () => JSON.stringify(await get('/definitions/mapping'))
    const held = Promise.withResolvers<void>()
    await only.fill("no = '2'")
    await expect.poll(() => save.isEnabled(), soon).toBe(true)
    await page.route('**/api/streams/people', async (route) => {
      await held.promise
      await route.continue()
    })
    await save.click()
    await expect.poll(saved, soon).toContain("no = '2'")
    await only.fill("no = '3'")
    held.resolve()
    await expect.poll(() => save.isEnabled(), soon).toBe(true)
    expect(await only.inputValue()).toBe("no = '3'")
    expect(await page.getByText('Somebody has published version').count()).toBe(0)
    await save.click()
    await expect.poll(saved, soon).toContain("no = '3'")
    await page.unrouteAll({ behavior: 'wait' })
  })

  test.each([
    ['/streams/gone', 'Streams'],
    ['/segments/gone', 'Segments'],
    ['/insights/gone', 'Insights'],
    ['/activations/gone', 'Activations'],
    ['/destinations/gone', 'Activations'],
    ['/actions/gone', 'Actions'],
    ['/decisions/gone', 'Decisions'],
    ['/identity/gone', 'Identity'],
  ])('%s: what was removed says so, and leads to its list', async (path, list) => {
    await page.goto(`${server.address}${path}`)
    expect(await wordsIn(page.getByRole('alert'))).toMatch(
      /^there is no .* "gone" It may have been/,
    )
    expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('gone')
    expect(await page.getByRole('button', { name: /Try again|Remove/ }).count()).toBe(0)
    await page.locator('main').getByRole('link', { name: list }).first().click()
    await page.getByRole('heading', { level: 1, name: list, exact: true }).waitFor()
    for (const complaint of complaints.take()) expect(complaint).toContain('404')
  })

  test('files that hold the same as others are listed, with what became of their records', async () => {
    for (const name of ['may', 'may-again']) world.write(`crm/visits-${name}.csv`, 'who\nAda\nBo\n')
    const visits = {
      connection: 'crm',
      source: { path: 'visits-*.csv' },
      mode: 'append',
      category: 'engagement',
      same_file: 'skip',
    }
    await server.call('PUT', '/definitions/stream/visits', { body: visits })
    await page.goto(`${server.address}/streams/visits?tab=runs`)
    const files = page.getByRole('table', { name: 'Files that hold the same as others' })
    await page.getByText('This stream has not run yet').waitFor()
    expect(await files.count()).toBe(0)
    await server.call('POST', '/run', {})
    await files.waitFor(soon)
    expect(await cellsOf(files.locator('tbody tr'))).toMatchObject({
      Records: '2',
      'Its records': 'left out',
    })
  })

  test('on a phone and in the dark nothing hangs over', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 390, height: 844 })
    const paths = [
      '/connect',
      '/connect?connector=s3',
      '/mappings/people',
      '/model',
      '/model/case',
      '/model-new',
    ]
    for (const path of paths) {
      await page.goto(`${server.address}${path}`)
      await page.waitForLoadState('networkidle')
      const width = await page.evaluate('document.documentElement.scrollWidth')
      expect([path, width]).toEqual([path, 390])
    }
  })
})

const get = async <T>(path: string) => (await server.call('GET', path)) as T

const definedObjects = () => get<DefinitionAnswer[]>('/definitions/model_object')

async function addField(name: string): Promise<void> {
  await page.getByRole('textbox', { name: 'Name of a new field' }).fill(name)
  await page.keyboard.press('Enter')
}

async function choose(label: string, option: string | RegExp, within: Locator | Page = page) {
  await within.getByRole('combobox', { name: label }).click()
  const exact = typeof option === 'string' ? { exact: true } : {}
  await page.getByRole('option', { name: option, ...exact }).click()
}

const stream = async (): Promise<StreamOverview | undefined> =>
  (await get<StreamOverview[]>('/streams')).find(({ key }) => key === 'people')

async function rowsOfPeople(): Promise<number | undefined> {
  const { nodes } = await get<GraphAnswer>('/graph')
  return nodes.find(({ key }) => key === 'model:individual')?.counts['rows']
}
