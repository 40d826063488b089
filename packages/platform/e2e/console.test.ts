import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type {
  Activation,
  FoundProfiles,
  GraphAnswer,
  GraphNode,
  InsightValues,
  Job,
  Origin,
  Profile,
  ProfileSummary,
  RejectedRecord,
  RunResult,
  SegmentOverview,
  Stays,
  StreamOverview,
  Summary,
  Timeline,
} from '#contract'
import { generateCompany } from '#example'
import { buildConsole, soon, startBrowser, watch } from './browser.ts'
import {
  brightnessOf,
  cellsOf,
  counted,
  factIn,
  figuresOn,
  follow,
  numberIn,
  numbersIn,
  progressIn,
  shareOf,
  shownAs,
  showsValue,
  wordsIn,
  wordsOf,
} from './console-reading.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { examples, makeWorld, onlyAsked, type Server, type World } from './world.ts'

// The console as people meet it: a real browser, a real server, and every figure compared with the API's.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'
const secret = `whsec_${Buffer.alloc(32, 9).toString('base64')}`

// The page asks the server every two seconds.

let world: World
let receiver: Receiver
let server: Server
let page: Page
let known: ProfileSummary | undefined
let complaints: ReturnType<typeof watch>

// Without a browser nothing is prepared either.
describe.skipIf(!browser)(`the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    receiver = await startReceiver()
    world = makeWorld({ ...onlyAsked, TESSERA_ALLOW_PRIVATE: receiver.address })
    const company = { folder: world.folder, people: 2000, asOf: new Date() }
    const [started] = await Promise.all([world.serve(), generateCompany(company)])
    server = started
    cpSync(join(examples, 'bicycle-maker'), join(world.folder, 'definitions'), { recursive: true })
    sendTo(receiver.url)
    await world.feed(secret, 'secret-set', 'shop_webhook')
    await world.tessera('apply')
    page = await newPage()
    complaints = watch(page)
  }, 60_000)

  afterAll(async () => {
    await browser?.close()
    await world?.remove()
    await receiver?.close()
  })

  // Exceptions, console errors (a broken content policy is one) and failing requests.
  afterEach(() => expect(complaints.take()).toEqual([]))

  test('without a token the page asks for one and says why another will not do', async () => {
    const stranger = await newPage()
    await stranger.goto(`${server.address}/customers`)
    await stranger.getByRole('heading', { name: 'Sign in' }).waitFor()
    const box = stranger.getByLabel('Token', { exact: true })
    const enter = stranger.getByRole('button', { name: 'Sign in' })
    await enter.click()
    await stranger.getByText('Paste the token, or the whole link.').waitFor()
    await box.fill('tessera_unknown')
    await enter.click()
    await stranger.getByText(await refusalOf('tessera_unknown')).waitFor()
    await box.fill(link())
    await enter.click()
    await stranger.getByRole('heading', { name: 'Customers', exact: true }).waitFor()
    await stranger.getByRole('button', { name: 'Sign out' }).click()
    await stranger.getByRole('heading', { name: 'Sign in' }).waitFor()
    await stranger.context().close()
  })

  test('what somebody was writing is not there for whoever signs in after their token has ended', async () => {
    const one = await newPage()
    await one.goto(link())
    await one.getByRole('heading', { name: 'Flow', exact: true }).waitFor()
    await one.goto(`${server.address}/segment-new`)
    const label = one.getByRole('textbox', { name: 'Name', exact: true })
    await label.fill('Mine alone')
    const kept = async () => String(await one.evaluate('JSON.stringify(sessionStorage)'))
    await expect.poll(kept, soon).toContain('Mine alone')
    await one.evaluate("sessionStorage.setItem('tessera.token', 'tessera_ended')")
    await one.reload()
    await one.getByLabel('Token', { exact: true }).fill(link())
    await one.getByRole('button', { name: 'Sign in' }).click()
    await expect.poll(() => label.inputValue(), soon).toBe('New segment')
    expect(await kept()).not.toContain('Mine alone')
    await one.context().close()
  })

  test('the link that the server prints signs in, and the token leaves the address', async () => {
    await page.goto(link())
    await page.getByRole('heading', { name: 'Flow', exact: true }).waitFor()
    expect(await page.getByRole('heading', { name: 'Sign in' }).count()).toBe(0)
    expect(page.url()).toBe(`${server.address}/`)
    expect(await page.evaluate('JSON.stringify([localStorage, document.cookie])')).not.toContain(
      token(),
    )
  })

  test('Run takes the company through the whole flow while one watches', async () => {
    const { nodes } = await get<GraphAnswer>('/graph')
    for (const node of nodes)
      expect(await wordsOf(nodeOf(node))).toEqual([node.label, '–', 'Not built yet'])
    const run = page.getByRole('button', { name: 'Run', exact: true })
    await run.click()
    const line = page.getByRole('status').filter({ hasText: /run|done/i })
    const seen = await follow(line, /Done|failed|cancelled/)
    expect(seen.at(-1)).toBe('Done. Everything is up to date.')
    expect(seen.filter((text) => /^Running \d+ of \d+ \S/.test(text)).length).toBeGreaterThan(2)
    for (const steps of Object.values(progressIn(seen)))
      expect(steps).toEqual(steps?.toSorted((a, b) => a - b))
    const [job] = await get<Job[]>('/jobs?limit=1')
    // A job's result is any JSON; this is the one of a run.
    const { steps, failed } = job!.result as RunResult
    expect(failed).toBe(0)
    expect(steps.map(({ node }) => node).toSorted()).toEqual(nodes.map(({ key }) => key).toSorted())
    await expect.poll(() => run.isEnabled(), soon).toBe(true)
    await page.getByRole('button', { name: 'Dismiss' }).click()
    expect(await line.count()).toBe(0)
  })

  test('the flow shows every node and the figures as the API counts them', async () => {
    await expect.poll(() => page.getByText('Not built yet').count(), soon).toBe(0)
    const { nodes, edges } = await get<GraphAnswer>('/graph')
    expect(new Set(nodes.map(({ kind }) => kind))).toEqual(
      new Set(['stream', 'model', 'identity', 'insight', 'segment', 'activation']),
    )
    for (const node of nodes) {
      const [label, size, age] = await wordsOf(nodeOf(node))
      expect([label, size]).toEqual([node.label, counted(sizeOf(node))])
      expect(age).toMatch(/^(just now|\d+ (s|min) ago)$/)
    }
    expect(await page.locator('.react-flow__node-tile').count()).toBe(nodes.length)
    expect(await page.locator('.react-flow__edge').count()).toBe(edges.length)
    const summary = await get<Summary>('/summary')
    const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0)
    await expect.poll(figures, soon).toEqual({
      'Source records': counted(summary.source_records),
      'Unified customers': counted(summary.profiles),
      'Consolidation rate': shareOf(summary.consolidation_rate),
      Segments: counted(summary.segments.length),
      Delivered: counted(sum(summary.deliveries.map(({ delivered }) => delivered))),
    })
    expect(summary.profiles).toBe(nodes.find(({ kind }) => kind === 'identity')?.counts['profiles'])
  })

  test('a node opens with its counts and neighbours, and closes with the back button', async () => {
    const { nodes } = await get<GraphAnswer>('/graph')
    const segment = nodes.find(({ kind }) => kind === 'segment')!
    await nodeOf(segment).getByRole('button').click()
    const drawer = page.getByRole('dialog')
    await drawer.getByText(segment.key, { exact: true }).waitFor()
    expect(new URL(page.url()).searchParams.get('node')).toBe(segment.key)
    for (const [name, count] of Object.entries(segment.counts))
      expect(await factIn(drawer, name.replaceAll('_', ' '))).toBe(counted(count))
    const inputs = nodes.filter(({ key }) => segment.inputs.includes(key))
    expect(inputs.length).toBeGreaterThan(0)
    for (const { label } of inputs)
      await drawer.getByRole('button', { name: label, exact: true }).waitFor()
    await page.goBack()
    await drawer.waitFor({ state: 'detached' })
    expect(page.url()).toBe(`${server.address}/`)
  })

  test('streams stand with their ledgers, a stream with what it rejected', async () => {
    await goTo('Streams')
    const streams = await get<StreamOverview[]>('/streams')
    const rows = page.getByRole('table', { name: 'Streams' }).locator('tbody tr')
    await expect.poll(() => rows.count(), soon).toBe(streams.length)
    for (const { key, label, rows: now, connection, ledger } of streams) {
      const row = rows.filter({ has: page.getByRole('link', { name: `${label} ${key}` }) })
      expect(await cellsOf(row)).toMatchObject({
        Connection: connection,
        Rows: counted(now),
        Received: counted(ledger.received),
        'Stored · unchanged': `${counted(ledger.stored)} ${counted(ledger.unchanged)}`,
        Rejected: counted(ledger.rejected),
      })
    }
    const broken = streams.filter(({ ledger }) => ledger.rejected > 0)
    expect(broken.length).toBeGreaterThan(0)
    for (const stream of broken) await showsWhatItRejected(stream)
  })

  test('a search by name, e-mail or phone finds the person and stays in the address', async () => {
    const person = await somebody()
    const { emails, phones } = await get<Profile>(`/profiles/${person.id}`)
    await goTo('Customers')
    const box = page.getByRole('searchbox', { name: 'Search customers' })
    const link = page.locator(`a[href="/customers/${person.id}"]`)
    const asked = [person.name, emails[0]!.value, phones[0]!.value, phones[0]!.normalised!]
    for (const q of asked) {
      const { total, profiles } = await get<FoundProfiles>(`/profiles?q=${encodeURIComponent(q)}`)
      expect(profiles.map(({ id }) => id)).toContain(person.id)
      await box.press('Escape')
      await box.pressSequentially(q)
      await expect.poll(() => queryInAddress(), soon).toBe(q)
      await page.getByText(total === 1 ? '1 customer' : `${counted(total)} customers`).waitFor()
      expect(await wordsIn(link)).toContain(person.name)
    }
    await link.click()
    await page.getByRole('heading', { name: person.name, exact: true }).waitFor()
    await page.goBack()
    await expect.poll(() => box.inputValue(), soon).toBe(asked.at(-1))
    expect(queryInAddress()).toBe(asked.at(-1))
    await page.goForward()
    await page.getByRole('heading', { name: person.name, exact: true }).waitFor()
    await page.goto(`${server.address}/customers?q=${encodeURIComponent(person.name)}`)
    await link.waitFor()
    await box.fill('nobody is called so')
    await page.getByText('Nobody was found for “nobody is called so”').waitFor()
  })

  test('a profile shows every value with the file and row that it comes from', async () => {
    const { id, name } = await somebody()
    const profile = await get<Profile>(`/profiles/${id}`)
    await page.goto(`${server.address}/customers/${id}`)
    await page.getByRole('heading', { name, exact: true }).waitFor()
    const values = panel('Values')
    for (const of of profile.values) {
      const line = values.getByRole('button', { name: new RegExp(`^${of.label} `) })
      await line.click()
      const proof = line.locator('xpath=following-sibling::div')
      expect(await wordsIn(proof)).toContain(`From ${of.from.source}: ${originOf(of.from)}`)
      expect(of.from.file).toBeDefined()
      expect(showsValue(await wordsIn(line), of)).toBe(true)
      for (const { from } of of.candidates)
        expect(await wordsIn(proof)).toContain(`${from[0]!.stream} ${from[0]!.id}`)
    }
    const points = [...profile.emails, ...profile.phones, ...profile.addresses]
    const shown = await panel('Contact points').getByRole('listitem').all()
    expect(shown).toHaveLength(points.length)
    for (const [i, { value, from }] of points.entries()) {
      expect(await wordsIn(shown[i]!)).toContain(value)
      for (const { stream } of from) expect(await wordsIn(shown[i]!)).toContain(stream)
    }
    await page.getByRole('tab', { name: 'Source records' }).click()
    const heads = page.getByRole('region', { name: 'Source records' }).getByRole('columnheader')
    for (const [i, source] of profile.sources.entries()) {
      const words = await wordsIn(heads.nth(i + 1))
      expect(words).toBe(
        `${source.source} ${source.stream} ${source.id} ${source.file} row ${counted(source.row!)} Not this person`,
      )
    }
  })

  test('a profile shows what the person did, newest first, and what is known of them', async () => {
    const { id } = await somebody()
    await page.goto(`${server.address}/customers/${id}`)
    const { events } = await get<Timeline>(`/profiles/${id}/timeline?limit=30`)
    const entries = panel('Timeline').getByRole('listitem')
    await expect.poll(() => entries.count(), soon).toBe(events.length)
    const times: string[] = []
    for (const [i, { at, label, stream, id: record, shows }] of events.entries()) {
      const words = await wordsIn(entries.nth(i))
      expect(words).toContain(`${stream} ${record}`)
      expect(words.startsWith(label)).toBe(true)
      for (const { value, name } of shows) expect(words).toContain(name ?? shownAs(value))
      if (at === undefined) continue
      times.push(at)
      expect(await entries.nth(i).locator('time').getAttribute('datetime')).toBe(at)
    }
    expect(times.length).toBeGreaterThan(1)
    expect(times).toEqual(times.toSorted((a, b) => Date.parse(b) - Date.parse(a)))
  })

  test('a profile shows the segments of the person and every insight', async () => {
    const { id } = await somebody()
    const { current } = await get<Stays>(`/segments/stays/${id}`)
    const stays = panel('Segments').getByRole('listitem')
    await expect.poll(() => stays.count(), soon).toBe(current.length)
    for (const { segment, label } of current)
      await stays.filter({ hasText: label ?? segment }).waitFor()
    const speaking = (await get<InsightValues[]>(`/insights/values/${id}`)).filter(
      ({ rows }) => rows.length > 0,
    )
    expect(speaking.length).toBeGreaterThan(0)
    for (const { label, rows } of speaking) {
      const insight = panel('Insights').getByText(label, { exact: true }).locator('xpath=..')
      for (const [name, number] of numbersIn(rows[0]!))
        expect(numberIn(await factIn(insight, name.replaceAll('_', ' ')))).toBe(number)
    }
  })

  test('segments and activations stand with the counts of the API', async () => {
    await goTo('Segments')
    const segments = await get<SegmentOverview[]>('/segments')
    for (const { label, members } of segments)
      expect(await cellsOf(rowOf('Segments', label))).toMatchObject({ Members: counted(members) })
    await goTo('Activations')
    const activations = await get<Activation[]>('/activations')
    for (const { label, key, segment, destination, ledger } of activations) {
      const row = rowOf('Activations', label ?? key)
      expect(await cellsOf(row)).toMatchObject({
        Segment: segment,
        Destination: destination,
        'Told so far': counted(ledger.members),
      })
      const filtered = Object.values(ledger.filtered).reduce((sum, count) => sum + count, 0)
      expect(await row.getByRole('img').getAttribute('aria-label')).toBe(
        `${counted(ledger.delivered)} delivered, ${counted(filtered)} filtered, ${counted(ledger.waiting)} waiting, ${counted(ledger.dead)} dead`,
      )
    }
  })

  test('it is light or dark as the reader is, or as they choose; on a phone nothing hangs over', async () => {
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.goto(`${server.address}/`)
    await page.getByRole('button', { name: 'Switch to light' }).waitFor()
    const dark = await brightness()
    await page.getByRole('button', { name: 'Switch to light' }).click()
    await expect.poll(brightness, soon).toBeGreaterThan(200)
    expect(dark).toBeLessThan(60)
    await page.reload()
    await page.getByRole('button', { name: 'Switch to dark' }).waitFor()
    expect(await brightness()).toBeGreaterThan(200)
    await page.setViewportSize({ width: 400, height: 800 })
    for (const path of ['/', '/streams', '/customers', '/segments', '/activations']) {
      await page.goto(`${server.address}${path}`)
      await page.getByRole('heading', { level: 1 }).waitFor()
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(400)
    }
    await page.setViewportSize(desk)
  })

  test('with the server gone the page says so, keeps what it has, and goes on by itself', async () => {
    await page.goto(`${server.address}/`)
    await page.getByText('Unified customers').first().waitFor()
    await expect.poll(async () => (await figures())['Unified customers'], soon).not.toBe('–')
    const before = await figures()
    // In another tab, one that never saw the next page and so lacks its code.
    const other = await newPage()
    await other.goto(link())
    await other.getByRole('heading', { name: 'Flow', exact: true }).waitFor()
    expect(complaints.take()).toEqual([])
    await server.kill()
    const lost = page.getByText('The server does not answer. What you see is from before')
    await lost.waitFor()
    expect(await figures()).toEqual(before)
    const { port } = new URL(server.address)
    await other.getByRole('link', { name: 'Activations' }).click()
    await other.getByText('The server does not answer. It may be stopped').waitFor()
    expect((await server.ended).stdout).toContain(link())
    world.start('serve', '--port', port)
    await lost.waitFor({ state: 'detached' })
    expect(await figures()).toEqual(before)
    await goTo('Streams')
    await page.getByRole('table', { name: 'Streams' }).waitFor()
    await other.getByRole('table', { name: 'Activations' }).waitFor()
    // While it was away, and only then, requests failed.
    for (const complaint of complaints.take())
      expect(complaint).toMatch(/ERR_(CONNECTION_\w+|EMPTY_RESPONSE|SOCKET_NOT_CONNECTED)/)
  })
})

const desk = { width: 1600, height: 900 }

// Each page in a context of its own: nothing is known from before.
const newPage = () =>
  browser!.newPage({ viewport: desk, locale: 'en-GB', timezoneId: 'UTC', colorScheme: 'light' })

/** Puts a receiver of our own in the place of the example's. */
function sendTo(url: string): void {
  const file = 'definitions/6-activations.yaml'
  const text = readFileSync(join(world.folder, file), 'utf8')
  world.write(file, text.replace(/https:\/\/\S+\.example[^\s']*/, url))
}

const token = () => readFileSync(join(world.data, 'token'), 'utf8').trim()
const link = () => `${server.address}/#token=${token()}`

// What an endpoint answers with is the contract's to say.
const get = async <Answer>(path: string) => (await server.call('GET', path)) as Answer

async function refusalOf(of: string): Promise<string> {
  const headers = { authorization: `Bearer ${of}` }
  const answer = await fetch(`${server.address}/api/summary`, { headers })
  // Every refusal has this shape.
  return ((await answer.json()) as { error: { message: string } }).error.message
}

/** Somebody of whom much is known: several records, ways to reach them, a segment, and things they did. */
async function somebody(): Promise<ProfileSummary> {
  known ??= await inSomeSegment(await get<FoundProfiles>('/profiles?limit=500'))
  return known
}

async function inSomeSegment({ profiles }: FoundProfiles): Promise<ProfileSummary> {
  const reachable = profiles
    .filter(({ emails, phones }) => emails.length > 0 && phones.length > 0)
    .toSorted((a, b) => b.records - a.records || (a.id < b.id ? -1 : 1))
  for (const person of reachable) {
    const { current } = await get<Stays>(`/segments/stays/${person.id}`)
    if (current.length > 0) return person
  }
  throw new Error('nobody with several records is in a segment')
}

async function showsWhatItRejected({ key, label, ledger }: StreamOverview): Promise<void> {
  await page.getByRole('link', { name: `${label} ${key}` }).click()
  await page.getByRole('heading', { name: label, exact: true }).waitFor()
  const sum = panel('Ledger')
  for (const part of ['received', 'stored', 'unchanged', 'rejected'] as const)
    expect(await wordsIn(sum)).toMatch(new RegExp(`${counted(ledger[part])} ${part}`))
  await page.getByRole('tab', { name: 'Rejected' }).click()
  const records = await get<RejectedRecord[]>(`/streams/${key}/rejected`)
  expect(records).toHaveLength(ledger.rejected)
  const shown = page.getByRole('tabpanel').getByRole('listitem')
  await expect.poll(() => shown.count(), soon).toBe(records.length)
  for (const [i, { reason, raw, file, record }] of records.entries()) {
    expect(await wordsIn(shown.nth(i))).toContain(reason.replace(/\s+/g, ' '))
    expect(await wordsIn(shown.nth(i))).toContain(`${file}, record ${counted(record)}`)
    expect(await shown.nth(i).locator('pre').textContent()).toBe(raw)
  }
  expect(new URL(page.url()).searchParams.get('tab')).toBe('rejected')
  await page.goBack()
}

const goTo = (place: string) =>
  page.getByRole('navigation').getByRole('link', { name: place, exact: true }).click()
const nodeOf = ({ key }: GraphNode): Locator => page.locator(`.react-flow__node[data-id="${key}"]`)
const panel = (title: string): Locator =>
  page.locator('section').filter({ has: page.getByRole('heading', { name: title, level: 2 }) })
const rowOf = (table: string, label: string): Locator =>
  page
    .getByRole('table', { name: table })
    .locator('tbody tr')
    .filter({ has: page.getByText(label, { exact: true }) })
const figures = () => figuresOn(page)
const brightness = () => brightnessOf(page)
const queryInAddress = () => new URL(page.url()).searchParams.get('q')

const sizeOf = ({ counts }: GraphNode) =>
  counts['rows'] ?? counts['members'] ?? counts['profiles'] ?? counts['queued']
const originOf = ({ stream, id, file, row }: Origin) =>
  `${stream} ${id} · ${file}, row ${counted(row)}`
