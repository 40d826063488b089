import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readFolder } from '#definitions'
import { readConfig } from '#kernel/config.ts'
import { junitOf, readTrials, resultText, runTrial } from '#trials'
import { openHouseWith } from '../src/house.ts'
import { examples, worldOfTest } from './world.ts'

const guide = readFileSync(join(import.meta.dirname, '../../../docs/guides/testing.md'), 'utf8')
const open = openHouseWith(readConfig({}))

/** The files that the guide shows. */
const files = new Map(
  [...guide.matchAll(/<!-- file: (\S+) -->\n```yml\n([\s\S]*?)```/g)].map(
    ([, name = '', text = '']) => [name, text],
  ),
)

function folderOf(changed: Readonly<Record<string, string>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-guide-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  for (const [name, text] of new Map([...files, ...Object.entries(changed)])) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
  return folder
}

async function run(folder: string, ...names: readonly string[]) {
  const { trials, problems } = readTrials(
    names.map((name) => ({
      file: join(folder, name),
      text: readFileSync(join(folder, name), 'utf8'),
    })),
  )
  expect(problems).toEqual([])
  const definitions = await readFolder(folder)
  const tools = {
    definitions,
    open,
    signal: AbortSignal.timeout(110_000),
    elapsed: () => performance.now(),
  }
  const results = []
  for (const trial of trials) results.push(await runTrial(trial, tools))
  return results
}

test('the example of the guide holds', { timeout: 120_000 }, async () => {
  const [result] = await run(folderOf(), 'tests/quiet.yaml')
  expect(result).toMatchObject({ key: 'quiet_people_get_a_mail', failures: [] })
})

const clockInSql = `
kind: insight
key: age_of_visit
label: Days since the last visit
sql: |
  select profile_id, date_diff('day', cast(max(engaged_at) as date), current_date) as days,
    max(engaged_at) <= now() as is_past
  from website_engagement where profile_id is not null group by profile_id
dimensions: [profile_id]
---
kind: segment
key: away
label: Away for five days
on: individual
sql: |
  select distinct profile_id from website_engagement
  where profile_id is not null and engaged_at < now() - interval 5 day
`

const clockTold = `
kind: test
key: the_clock_of_sql
now: 2031-05-01T23:30:00Z
rows:
  contacts: [{ id: p1, name: Ada, email: ada@example.com, changed_at: 2026-01-01 }]
events: [{ stream: site, type: track, event: Visited, userId: p1 }]
expect:
  insights: { age_of_visit: [{ profile: ada@example.com, days: 0, is_past: true }] }
  segments: { away: [] }
steps:
  - at: +1 hour
    expect:
      insights: { age_of_visit: [{ profile: ada@example.com, days: 1 }] }
  - at: +6 days
    expect:
      insights: { age_of_visit: [{ profile: ada@example.com, days: 7 }] }
      segments: { away: [ada@example.com] }
`

test('SQL that asks the clock gets that of the test', { timeout: 120_000 }, async () => {
  const folder = folderOf({ 'clock.yaml': clockInSql, 'tests/clock.yaml': clockTold })
  const [result] = await run(folder, 'tests/clock.yaml')
  expect(result).toMatchObject({ key: 'the_clock_of_sql', failures: [] })
})

test.each(['bicycle-maker', 'adventureworks'])(
  'the tenant %s holds what its tests say',
  { timeout: 120_000 },
  async (tenant) => {
    const folder = join(examples, tenant)
    const names = readdirSync(join(folder, 'tests')).map((name) => `tests/${name}`)
    const results = await run(folder, ...names)
    expect(results.length).toBeGreaterThan(0)
    expect(results.flatMap(({ failures }) => failures)).toEqual([])
  },
)

const wrong = `
kind: test
key: wrong
now: 2026-03-01T09:00:00Z
rows:
  contacts:
    - { id: p1, name: Ada, email: ada@example.com, changed_at: 2026-01-01 }
    - { id: p3, name: Bob, email: bob@example.com, changed_at: 2026-01-01 }
    - { name: Nobody, changed_at: 2026-01-01 }
model:
  individual: [{ id: m1, first_name: Moe }]
  contact_point_email: [{ id: m1, individual_id: m1, email_address: moe@example.com }]
events:
  - { stream: site, type: track, event: Visited, userId: p1 }
  - { stream: site, type: track }
  - { stream: shop, type: track }
  - { stream: contacts, id: p9 }
expect:
  identity:
    one_person: [[ada@example.com, bob@example.com]]
    people: 4
  segments:
    quiet: [ada@example.com, moe@example.com]
    nobody_knows: []
  insights:
    visits:
      - { profile: ada@example.com, visits: 3, vists: null }
      - { profile: moe@example.com, visits: 1 }
  deliveries:
    miss_you: [{ profile: bob@example.com }]
    mis_you: []
  actions:
    nothing_does: {}
  rejected: { contact: 0 }
`

test('all that does not hold is told at once, with what there is', {
  timeout: 120_000,
}, async () => {
  const folder = folderOf({ 'tests/wrong.yaml': wrong })
  const [result] = await run(folder, 'tests/wrong.yaml')
  const said = result?.failures.map(({ at, say }) => `${at}: ${say}`)
  expect(said).toEqual([
    expect.stringMatching(/^events\[1\]: the event is not taken: .*event/),
    expect.stringMatching(/^events\[2\]: there is no stream "shop"/),
    expect.stringMatching(/^events\[3\]: "contacts" does not receive/),
    'rejected.contact: there is no stream "contact"; did you mean "contacts"?',
    'rejected: contacts: expected 0 rows to be rejected, got 1',
    'identity: ada@example.com, bob@example.com are not one person',
    'identity: expected 4 people, got 3',
    'segments.quiet: ada@example.com is no member',
    'segments.quiet: bob@example.com is a member',
    expect.stringMatching(/^segments\.nobody_knows: there is no segment "nobody_knows"/),
    'insights.visits: the row for ada@example.com differs: visits: expected 3, got 1; vists: there is no such value; did you mean "visits"?',
    'insights.visits: there is no row for moe@example.com; expected {"visits":1}',
    'deliveries.miss_you: there is no row for bob@example.com; expected {}',
    'deliveries.mis_you: there is no activation or action "mis_you"; did you mean "miss_you"?',
    'actions.nothing_does: there is no action "nothing_does"',
  ])
  // The guide shows what a person reads of it; how conditions are worded is not ours to say.
  const shown =
    /<!-- failure -->\n+```text\n([\s\S]*?) {12}include: no/.exec(guide)?.[1] ?? 'nothing'
  expect(result && resultText(result)).toContain(`${shown}            include: no`)
  const xml = junitOf(result ? [result] : [])
  expect(xml).toContain('<testsuites tests="1" failures="1"')
  expect(xml).toContain('<failure message="the event is not taken')
})

const comesBack = `
kind: test
key: comes_back
now: 2026-03-01T09:00:00Z
rows:
  contacts: [{ id: p1, name: Ada, email: ada@example.com, changed_at: 2026-01-01 }]
  consents: [{ id: 1, contact: p1, channel: email, purpose: news, status: opt_in, at: 2026-01-01T00:00:00Z }]
events: [{ stream: site, type: track, event: Visited, userId: p1 }]
expect:
  segments: { quiet: [] }
steps:
  - at: +8 days
    events:
      - { stream: site, type: track, event: Visited, userId: p1 }
      - { stream: site, type: track, event: Visited, userId: p1, at: +1 day }
    expect:
      segments: { quiet: [] }
      insights: { age_of_visit: [{ profile: ada@example.com, days: 0, is_past: true }] }
  - at: +8 days
    events: [{ stream: site, type: track, event: Visited, userId: p1 }]
    expect:
      segments: { quiet: [] }
      deliveries:
        miss_you:
          - { profile: ada@example.com, change: entered }
          - { profile: ada@example.com, change: left }
`

test('events happen at the time of their step, after what time alone brings about', {
  timeout: 120_000,
}, async () => {
  const folder = folderOf({ 'clock.yaml': clockInSql, 'tests/back.yaml': comesBack })
  const [result] = await run(folder, 'tests/back.yaml')
  expect(result?.failures).toEqual([])
})

test('the command tells what cannot be read with its line, and ends with 1', {
  timeout: 120_000,
}, async () => {
  const world = worldOfTest({})
  for (const [name, text] of files) world.write(`definitions/${name}`, text)
  world.write(
    'definitions/tests/quiet.yaml',
    'kind: test\nkey: broken\nnow: tomorrow\nexpect: { segment: {} }\n',
  )
  const broken = await world.attempt('test')
  expect(broken.code).toBe(1)
  expect(broken.stderr).toMatch(/quiet\.yaml:3:\d+ now: /)
  expect(broken.stderr).toMatch(/quiet\.yaml:4:\d+ expect/)
  // Tests are no definitions.
  expect((await world.attempt('plan')).stdout).not.toContain('broken')
  const none = await world.attempt('test', '--filter', 'nothing')
  expect(none).toMatchObject({ code: 1 })
})
