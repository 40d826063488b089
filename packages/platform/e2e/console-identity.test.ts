import { cpSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Locator, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type {
  Decision,
  DefinitionAnswer,
  Explanation,
  FoundProfiles,
  IdentityRun,
  ProfileChange,
  ProfileGraph,
  RecordName,
  Review,
  ReviewItem,
  RulesetStatus,
} from '#contract'
import { generateCompany } from '#example'
import { buildConsole, openConsole, soon, startBrowser, type watch } from './browser.ts'
import { cellsOf, counted, figuresOn, shareOf, wordsIn } from './console-reading.ts'
import { examples, makeWorld, type Server, type World } from './world.ts'

// Who is who, as those who answer for it see it: what runs found, what waits for a word, why, and by which rules.

const browser = await startBrowser()
const leftOut = browser ? '' : ' (left out: no browser can be started)'
// Profiles follow decisions when identity has rested from its last work.
const followed = { timeout: 40_000 }

let world: World
let server: Server
let page: Page
let complaints: ReturnType<typeof watch>

describe.skipIf(!browser)(`identity in the console${leftOut}`, () => {
  beforeAll(async () => {
    buildConsole()
    world = makeWorld()
    await generateCompany({ folder: world.folder, people: 300, asOf: new Date() })
    cpSync(join(examples, 'bicycle-maker'), join(world.folder, 'definitions'), { recursive: true })
    // Guards that hold something back, and values that too many share.
    const file = 'definitions/3-identity.yaml'
    const rules = readFileSync(join(world.folder, file), 'utf8')
    const limits = 'limits: { records_per_profile: 3, block: 3 }\nreconcile:'
    world.write(file, rules.replace(/^reconcile:/m, limits))
    world.write('crm/firms.csv', firmsFile)
    world.write('definitions/9-firms.yaml', firmsStream)
    await world.feed('x', 'secret-set', 'shop_webhook')
    await world.tessera('apply')
    await world.json('run')
    server = await world.serve()
    await calm()
    const opened = await openConsole(browser!, { world, server, timeoutMs: soon.timeout })
    page = opened.page
    complaints = opened.complaints
  }, 120_000)

  afterAll(async () => {
    await browser?.close()
    await world?.remove()
  })

  afterEach(() => expect(complaints.take()).toEqual([]))

  test('rulesets stand with their last runs, a ruleset with what each rule found and what runs did', async () => {
    await page.getByRole('navigation').getByRole('link', { name: 'Identity' }).click()
    const { last_run: run } = await get<Required<RulesetStatus>>('/identity/people')
    const row = tableRows('Identity').filter({ hasText: 'people' })
    expect(await cellsOf(row)).toMatchObject({
      Records: counted(run.records),
      Profiles: counted(run.profiles),
      Consolidation: shareOf(run.consolidation_rate),
      'For review': counted(run.for_review),
    })
    await page.getByRole('button', { name: 'Records', exact: true }).click()
    await page.getByRole('searchbox', { name: 'Search rulesets' }).fill('nobody')
    await page.getByText('No ruleset fits').waitFor()
    expect(new URL(page.url()).search).toBe('?sort=records&order=down&q=nobody')
    await page.getByRole('button', { name: 'Show all rulesets' }).click()
    await row.getByRole('link', { name: 'People' }).click()
    await page.getByRole('heading', { name: 'People', exact: true }).waitFor()
    expect(await figuresOn(page)).toEqual({
      Records: counted(run.records),
      Profiles: counted(run.profiles),
      'Consolidation rate': shareOf(run.consolidation_rate),
      'Created · merged · split · retired': [run.created, run.merged, run.split, run.retired]
        .map(counted)
        .join(' · '),
      'Held back': counted((run.refused ?? 0) + (run.for_review ?? 0)),
    })
    for (const { rule, links, refused, left_out } of run.rules) {
      const shown = tableRows('What each rule found').filter({ hasText: rule })
      expect(await cellsOf(shown)).toMatchObject({
        Links: counted(links),
        Refused: counted(refused),
      })
      for (const { matched } of left_out) await page.getByText(matched).first().waitFor()
    }
    expect(run.rules.some(({ left_out }) => left_out.length > 0)).toBe(true)
    const runs = await get<IdentityRun[]>('/identity/people/runs')
    await expect.poll(() => tableRows('Runs').count(), soon).toBe(runs.length)
    await expect.poll(() => panel('Runs').locator('svg path').count(), soon).toBeGreaterThan(0)
    const longest = run.steps.toSorted((a, b) => b.ms - a.ms)[0]
    expect(await wordsIn(panel('Where the time went'))).toContain(
      longest?.step.replaceAll('_', ' '),
    )
  })

  test('pairs that wait are kept apart with a reason, several at once, and that is taken back', async () => {
    await open('/identity/people?tab=review')
    const review = await get<Review>('/identity/people/review?limit=25')
    expect(review.items.length).toBeGreaterThan(2)
    await page.getByText(`${review.pairs} pairs, ${review.links} links`).waitFor()
    const [first, second] = review.items
    const keep = page.getByRole('button', { name: 'Keep apart' })
    expect(await keep.isDisabled()).toBe(true)
    for (const item of [first, second]) {
      const pair = pairOf(item?.left.profile, item?.right.profile)
      expect(await wordsIn(pair)).toContain(item?.why)
      // By keyboard: the box is reached, and the bar of blanks chooses.
      await pair.getByRole('checkbox').focus()
      await page.keyboard.press('Space')
    }
    await page.getByText('2 chosen').waitFor()
    await keep.click()
    await page.getByText('Give a reason first').waitFor()
    expect(await standing()).toEqual([])
    await page.getByRole('textbox', { name: 'Reason' }).fill('twins')
    await keep.click()
    await page.getByText(/decisions are written down/).waitFor()
    const decided = await standing()
    expect(decided.length).toBeGreaterThanOrEqual(2)
    expect(new Set(decided.map(({ kind, why }) => `${kind}: ${why}`))).toEqual(
      new Set(['cannot_link: twins']),
    )
    // The profiles follow by themselves: what is decided waits for nobody's word any more.
    for (const item of [first, second]) await expect.poll(() => pairCount(item), followed).toBe(0)
    const { left, right } = second!.examples[0]!
    await open(`/identity/people?tab=explain&left=${nameOf(left)}&right=${nameOf(right)}`)
    await page.getByText('Decisions that stand between').waitFor()
    await page.getByRole('button', { name: 'Withdraw' }).first().click()
    const ask = page.getByRole('dialog')
    await ask.getByRole('textbox', { name: 'Reason' }).fill('no twins')
    await ask.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByText(/decisions? (was|were) withdrawn/).waitFor()
    // Of the other pair nothing stands, of the first everything.
    expect(await between(second)).toEqual([])
    expect((await between(first)).length).toBeGreaterThan(0)
    expect(await standing()).toHaveLength((await between(first)).length)
    const decisions = (await standing()).map(({ number }) => number)
    const body = { decisions, why: 'no twins either' }
    await server.call('POST', '/identity/people/decisions/withdraw', body)
    await calm()
    await open('/identity/people?tab=review')
    for (const item of [first, second]) await expect.poll(() => pairCount(item), followed).toBe(1)
  })

  test('right after a decision it is undone where it was decided', async () => {
    const { items } = await get<Review>('/identity/people/review?limit=25')
    await pairOf(items[0]?.left.profile, items[0]?.right.profile).getByRole('checkbox').check()
    await page.getByRole('textbox', { name: 'Reason' }).fill('too fast')
    await page.getByRole('button', { name: 'Keep apart' }).click()
    await page.getByText(/written down; the profiles follow/).waitFor()
    await page.getByRole('button', { name: 'Undo' }).first().click()
    await page.getByText(/decisions? (was|were) withdrawn/).waitFor()
    expect(await standing()).toEqual([])
    await calm()
    await expect.poll(() => pairCount(items[0]), followed).toBe(1)
  })

  test('two profiles are compared, joined, and soon one; a refresh that one watches leaves it so', async () => {
    const { items } = await get<Review>('/identity/people/review?limit=25')
    const item = items[0]!
    const pair = pairOf(item.left.profile, item.right.profile)
    await pair.getByRole('button', { name: 'Compare the two' }).click()
    const values = pair.getByRole('table', { name: 'Values of both profiles' })
    await expect.poll(() => values.locator('thead a').count(), soon).toBe(2)
    await pair.getByRole('checkbox').check()
    await page.getByRole('textbox', { name: 'Reason' }).fill('one person')
    await page.getByRole('button', { name: 'Join' }).click()
    await page.getByText('is written down; the profiles follow').waitFor()
    await expect.poll(() => pair.count(), followed).toBe(0)
    await page.getByRole('button', { name: 'Refresh' }).click()
    await page.getByText('Done. Profiles are up to date.').waitFor()
    const { left, right } = item.examples[0]!
    const { same_profile } = await explained(left, right)
    expect(same_profile).toBe(true)
    const waiting = await get<Review>('/identity/people/review?limit=500')
    const names = waiting.items.flatMap(({ examples }) => examples)
    expect(names).not.toContainEqual(item.examples[0])
  })

  test('what happened to profiles leads to the customers', async () => {
    await page.getByRole('tab', { name: 'Results' }).click()
    const changes = await get<ProfileChange[]>('/identity/people/changes?limit=200')
    const merged = changes.find(({ kind }) => kind === 'merged')!
    await panel('Recent changes').getByRole('combobox').click()
    await page.getByRole('option', { name: 'Merged', exact: true }).click()
    const line = panel('Recent changes').getByRole('listitem').first()
    expect(await wordsIn(line)).toMatch(
      new RegExp(`^${merged.profile} became part of ${merged.other}`),
    )
    await line.getByRole('link', { name: merged.other ?? '', exact: true }).click()
    await page.getByRole('tab', { name: 'History' }).waitFor()
    expect(page.url()).toContain(`/customers/${merged.other}`)
  })

  test('decisions are searched and withdrawn with a reason', async () => {
    await open('/identity/people?tab=decisions')
    const rows = tableRows('Decisions')
    expect(await wordsIn(rows)).toContain('one person')
    await page.getByRole('searchbox', { name: 'Search decisions' }).fill('nobody')
    await page.getByText('No decision fits').waitFor()
    await page.getByRole('searchbox', { name: 'Search decisions' }).fill('ONE pers')
    await expect.poll(() => rows.count(), soon).toBe(1)
    await rows.getByRole('button', { name: 'Withdraw' }).click()
    const ask = page.getByRole('dialog')
    await ask.getByRole('textbox', { name: 'Reason' }).fill('an error')
    await ask.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByText('1 decision was withdrawn').waitFor()
    await page.getByText('No decision fits').waitFor()
    await page.getByRole('checkbox', { name: 'Withdrawn ones too' }).check()
    await page.getByText('an error').waitFor()
    expect(await standing()).toEqual([])
  })

  test('two records are explained by their address, and taken apart or linked from there', async () => {
    const graph = await profileWith(
      ({ records, links }) => records.length === 3 && links.length > 2,
    )
    const [left, , right] = graph.records
    const explanation = await explained(left!, right!)
    await open(`/identity/people?tab=explain&left=${nameOf(left!)}&right=${nameOf(right!)}`)
    await page.getByText('These two are one profile').waitFor()
    const path = page.getByRole('tabpanel').locator('ol > li')
    await expect.poll(() => path.count(), soon).toBe(explanation.path.length + 1)
    for (const [i, { label, matched, to }] of explanation.path.entries()) {
      const words = await wordsIn(path.nth(i + 1))
      expect(words).toContain(`${label}: both have ${matched}`)
      expect(words).toContain(`${to.stream} ${to.id}`)
    }
    await page.getByRole('textbox', { name: 'Reason' }).fill('two at one address')
    await page.getByRole('button', { name: 'Keep these two apart' }).click()
    await page.getByText('is written down; the profiles follow').waitFor()
    expect(await standing()).toMatchObject([{ kind: 'cannot_link', why: 'two at one address' }])
    await page.getByText('These two are not one profile').waitFor(followed)
    await page.reload()
    await page.getByText('Decisions that stand between').waitFor()
    await page.getByRole('button', { name: 'Withdraw' }).click()
    const ask = page.getByRole('dialog')
    await ask.getByRole('textbox', { name: 'Reason' }).fill('one after all')
    await ask.getByRole('button', { name: 'Withdraw' }).click()
    await page.getByText('1 decision was withdrawn').waitFor()
    await page.getByText('These two are one profile').waitFor(followed)

    const [item] = (await get<Review>('/identity/people/review?limit=1')).items
    const example = item!.examples[0]!
    await page.getByLabel('One record').fill(nameOf(example.left))
    await page.getByLabel('Another record').fill(nameOf(example.right))
    await page.getByRole('button', { name: 'Explain' }).click()
    await page.getByText('These two are not one profile').waitFor()
    expect(new URL(page.url()).searchParams.get('left')).toBe(nameOf(example.left))
    await page.getByText('Too many records').first().waitFor()
    await page.getByRole('button', { name: 'Link these two' }).click()
    await page.getByText('Give a reason first').waitFor()
  })

  test('a record that nobody knows is refused in the words of the server', async () => {
    const known = await profileWith(() => true)
    const name = nameOf(known.records[0]!)
    await open(`/identity/people?tab=explain&left=${name}&right=crm_contacts:NOBODY`)
    const refusal = page.getByRole('alert')
    await refusal.waitFor()
    expect(await wordsIn(refusal)).toContain('NOBODY')
    expect(complaints.take().every((complaint) => complaint.includes('404'))).toBe(true)
  })

  test('a profile is drawn with its weakest bridge; a record is taken out of it', async () => {
    const graph = await profileWith(({ weakest }) => weakest !== undefined)
    await open(`/customers/${graph.profile}`)
    await page.getByRole('link', { name: 'See what holds it together' }).click()
    await page.getByRole('heading', { name: 'What holds a profile together' }).waitFor()
    const tiles = page.getByRole('button', { name: /^Record / })
    await expect.poll(() => tiles.count(), soon).toBe(graph.records.length)
    const { links, parts } = graph.weakest!
    await page
      .getByText(`${links === 1 ? '1 link holds' : `${links} links hold`} ${parts.join(' and ')}`)
      .waitFor()
    expect(await page.locator('svg[viewBox] line[data-kind="weakest"]').count()).toBe(1)
    const inside = new Set(graph.records.map(({ record }) => record))
    const others = graph.refused.map(({ left, right }) => (inside.has(left.record) ? right : left))
    expect(await page.getByRole('link', { name: /were? not made/ }).count()).toBe(
      new Set(others.map(({ profile }) => profile)).size,
    )
    const record = graph.records.find((of) => of.record === graph.weakest?.left)!
    const tile = page.getByRole('button', { name: `Record ${nameOf(record)}` })
    await tile.focus()
    await page.keyboard.press('Enter')
    expect(await tile.getAttribute('aria-pressed')).toBe('true')
    expect(new URL(page.url()).searchParams.get('record')).toBe(record.record)
    await page.getByText('all others of the profile').click()
    await page.getByRole('textbox', { name: 'Reason' }).fill('somebody else')
    await page.getByRole('button', { name: 'Take it out' }).click()
    await page.getByText('written down').waitFor()
    const apart = await standing()
    expect(apart).toHaveLength(graph.records.length - 1)
    for (const { left, right } of apart)
      expect([nameOf(left), nameOf(right)]).toContain(nameOf(record))
    // Each other record took a decision; they are withdrawn together.
    await open('/identity/people?tab=decisions')
    // The list that was read before does not have them yet.
    await expect.poll(() => page.getByRole('row').count(), soon).toBe(apart.length + 1)
    await page.getByRole('checkbox', { name: 'Choose all that are shown' }).check()
    await page.getByRole('button', { name: 'Withdraw those chosen' }).click()
    const ask = page.getByRole('dialog')
    await ask.getByRole('textbox', { name: 'Reason' }).fill('it was she')
    await ask.getByRole('button', { name: 'Withdraw' }).click()
    await expect.poll(standing, soon).toEqual([])
  })

  test('rules are changed in a form, checked as one types, applied and undone; all else stays', async () => {
    const before = await get<DefinitionAnswer>('/definitions/ruleset/people')
    await open('/identity/people?tab=rules')
    await page.getByText('As it is published').waitFor()
    const rule = page.getByRole('group', { name: 'Rule 1', exact: true })
    await page.getByRole('button', { name: 'Add a rule' }).click()
    await page.getByText('1 problem', { exact: true }).waitFor()
    const fresh = page.getByRole('group', { name: 'Rule 5', exact: true })
    await fresh.getByText('is missing').waitFor()
    expect(await page.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true)
    await fresh.getByRole('button', { name: 'Remove this rule' }).click()
    await page.getByText('As it is published').waitFor()
    await rule.getByRole('textbox', { name: 'Name' }).fill('E-mail: and "last" name')
    await page.getByLabel('Most records of one profile by rules').fill('5')
    await page.getByLabel('Share of profiles that may change unasked').pressSequentially('0.25')
    await page.getByText('3 differences').waitFor()
    const differences = tableRows('What would change')
    expect(await cellsOf(differences.filter({ hasText: 'records_per_profile' }))).toMatchObject({
      Published: '3',
      Draft: '5',
    })
    await page.getByText('YAML', { exact: true }).click()
    const text = page.getByRole('textbox', { name: 'As it would stand' })
    expect(await text.inputValue()).toContain('label: "E-mail: and \\"last\\" name"')
    await page.getByRole('button', { name: 'Apply' }).click()
    await page.getByText(`Version ${before.version + 1} is published`).waitFor()
    const after = await get<DefinitionAnswer>('/definitions/ruleset/people')
    expect(after.body).toEqual(changed(before.body))
    await page.getByRole('button', { name: 'Undo' }).click()
    await page.getByText('The change was taken back').waitFor()
    expect(await get('/definitions/ruleset/people')).toMatchObject({ body: before.body })
  })

  test('rules are written as text; what cannot be read is told with its line, and is no form', async () => {
    await open('/identity/people?tab=rules&view=yaml')
    const text = page.getByRole('textbox', { name: 'As it would stand' })
    const written = await text.inputValue()
    await text.fill(written.replace('on: individual', 'on: [individual'))
    await page
      .getByText(/^line \d+/)
      .first()
      .waitFor()
    expect(await page.getByRole('button', { name: 'Apply' }).isDisabled()).toBe(true)
    await page.getByText('Form', { exact: true }).click()
    await page.getByText('This text cannot be read yet').waitFor()
    await page.getByText('YAML', { exact: true }).click()
    await text.fill(written.replace('key: people\n', 'key: others\n'))
    await page.getByText('The text speaks of ruleset/others too').waitFor()
    // What is written stays while one looks at something else.
    await page.getByRole('tab', { name: 'Results' }).click()
    await page.getByRole('tab', { name: 'Rules' }).click()
    await page.getByText('YAML', { exact: true }).click()
    expect(await text.inputValue()).toContain('key: others')
    await page.getByRole('button', { name: 'Discard the draft' }).click()
    await page.getByText('As it is published').waitFor()
    expect(await text.inputValue()).toBe(written)
  })

  test('a run that would change too many profiles is held back until somebody confirms it', async () => {
    const before = await get<Required<RulesetStatus>>('/identity/firms')
    const { body } = await get<DefinitionAnswer>('/definitions/ruleset/firms')
    const wider = { key: 'website', all: [{ object: 'account', field: 'website', by: 'exact' }] }
    const match = [wider]
    await server.call('PUT', '/definitions/ruleset/firms', { body: { ...Object(body), match } })
    await open('/identity/firms')
    await page.getByRole('button', { name: 'Refresh' }).click()
    const held = page.getByText('until somebody has looked at this run and confirms it')
    await held.waitFor(followed)
    await page.getByText(/would merge 1,200, .* nothing is published/).waitFor()
    const stayed = await get<RulesetStatus>('/identity/firms')
    expect(stayed.last_run).toEqual(before.last_run)
    await page.getByRole('link', { name: 'See what would change' }).click()
    await page.getByRole('button', { name: 'Simulate' }).click()
    await page
      .getByText(/would be held back .*: 1,200 of .* profiles .* more than 1,000/)
      .waitFor(followed)
    // Without a refresh of one's own, as when it ran by itself.
    await open('/identity/firms')
    await page.getByRole('button', { name: 'Publish it all the same' }).click()
    const ask = page.getByRole('dialog')
    expect(await wordsIn(ask)).toContain('would merge 1,200')
    await ask.getByRole('button', { name: 'Publish all of it' }).click()
    await page.getByText('Done. Profiles are up to date.').waitFor(followed)
    await expect.poll(() => held.count(), soon).toBe(0)
    // It may have been tried by itself meanwhile, and again after it was confirmed: one run merges them, none behind it anything.
    const runs = await get<IdentityRun[]>('/identity/firms/runs')
    const since = runs.filter((run) => run.number > before.last_run.number)
    expect(since.filter((run) => run.merged > 0)).toMatchObject([
      { merged: 1200, profiles: before.last_run.profiles - 1200 },
    ])
  })

  test('on a phone, and in the dark, nothing hangs over', async () => {
    const graph = await profileWith(() => true)
    await page.emulateMedia({ colorScheme: 'dark' })
    await page.setViewportSize({ width: 390, height: 844 })
    const tabs = ['results', 'review', 'decisions', 'explain', 'rules', 'rules&view=yaml']
    const paths = [
      '/identity',
      ...tabs.map((tab) => `/identity/people?tab=${tab}`),
      `/identity/people/profiles/${graph.profile}`,
    ]
    for (const path of paths) {
      await open(path)
      await page.waitForLoadState('networkidle')
      expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([
        path,
        390,
      ])
    }
  })
})

// What an endpoint answers with is the contract's to say.
const get = async <T>(path: string) => (await server.call('GET', path)) as T

async function open(path: string): Promise<void> {
  await page.goto(`${server.address}${path}`)
  await page.getByRole('heading', { level: 1 }).waitFor()
}

const tableRows = (name: string): Locator =>
  page.getByRole('table', { name, exact: true }).locator('tbody tr')
const panel = (title: string): Locator =>
  page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: new RegExp(`^${title}`), level: 2 }) })
const pairOf = (left = '', right = ''): Locator =>
  page.getByRole('listitem').filter({
    has: page.getByRole('checkbox', { name: `Choose the pair ${left} and ${right}` }),
  })

const nameOf = ({ stream, id }: Pick<RecordName, 'stream' | 'id'>): string => `${stream}:${id}`

/** The decisions that stand. */
const standing = () => get<Decision[]>('/identity/people/decisions?standing=true')

const pairCount = (item: ReviewItem | undefined): Promise<number> =>
  pairOf(item?.left.profile, item?.right.profile).count()

/** Waits until profiles have followed everything: no run comes any more. */
async function calm(): Promise<void> {
  for (let last = -1; ; ) {
    const { last_run } = await get<RulesetStatus>('/identity/people')
    if (last_run?.number === last) return
    last = last_run?.number ?? -1
    await sleep(4_000)
  }
}

const explained = (left: RecordName, right: RecordName) =>
  get<Explanation>(`/identity/people/explain?left=${left.record}&right=${right.record}`)

/** The decisions that stand between the two profiles of a pair. */
async function between(item: Review['items'][number] | undefined): Promise<readonly Decision[]> {
  const { left, right } = item!.examples[0]!
  return (await explained(left, right)).decisions ?? []
}

/** The picture of a profile that is as it is wanted, the largest first. */
async function profileWith(isWanted: (graph: ProfileGraph) => boolean): Promise<ProfileGraph> {
  const { profiles } = await get<FoundProfiles>('/profiles?limit=500')
  for (const { id } of profiles.toSorted((a, b) => b.records - a.records)) {
    const graph = await get<ProfileGraph>(`/identity/people/profiles/${id}/graph`)
    if (isWanted(graph)) return graph
  }
  throw new Error('no profile is as it is wanted')
}

/** Firms, each under its own name, two and two with one website. */
const firmsFile = [
  'id,name,website',
  ...Array.from({ length: 2400 }, (_, i) => `F-${i},Firm ${i},firm-${Math.floor(i / 2)}.example`),
].join('\n')

const firmsStream = `kind: stream
key: firms
connection: crm
source: { path: firms.csv }
mode: full
primary_key: [id]
category: profile
---
kind: mapping
key: firms
stream: firms
qualifier: firms
objects:
  - object: account
    fields: { id: id, name: name, website: website }
---
kind: ruleset
key: firms
on: account
match:
  - key: name
    all: [{ object: account, field: name, by: exact }]
reconcile: { default: last_updated }
limits: { most_changed: 0.1 }
`

/** A ruleset with another name for its first rule and a larger limit. */
function changed(body: unknown): unknown {
  // The ruleset of the example, with the limits that were written above.
  const of = body as { match: readonly object[]; limits: object }
  const [first, ...rest] = of.match
  return {
    ...of,
    match: [{ ...first, label: 'E-mail: and "last" name' }, ...rest],
    limits: { ...of.limits, records_per_profile: 5, most_changed: 0.25 },
  }
}
