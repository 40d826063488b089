import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Commands, commandsOn } from './commands.ts'
import { makeWorld, onlyAsked, type Server, type World } from './world.ts'

// Insights with and without a schedule, from the command line and the API of a server that does only what it is asked.

let world: World
let server: Server
let cli: Commands

const insight = (key: string, refresh: string) => `kind: insight
key: ${key}
label: ${key}
sql: select first_name, count(*) as people from individual group by first_name
dimensions: [first_name]
refresh: ${refresh}
`
const definitions = [
  `kind: connection
key: files
connector: files
settings: { folder: sources }
`,
  `kind: stream
key: people
connection: files
source: { path: people.csv }
mode: upsert
primary_key: [id]
category: profile
`,
  `kind: mapping
key: people
stream: people
qualifier: shop
objects:
  - object: individual
    fields: { id: id, first_name: first_name }
  - object: contact_point_email
    fields: { id: id, individual_id: id, email_address: email }
`,
  `kind: ruleset
key: people
on: individual
match:
  - { key: email, all: [{ object: contact_point_email, field: email_address, by: normalised }] }
reconcile: { default: last_updated }
`,
  insight('at_once', 'live'),
  insight('yearly', "{ cron: '0 6 1 1 *' }"),
  insight('seldom', '{ every: 300 days }'),
  insight('asked', 'on demand'),
  `kind: segment
key: named
label: Named
on: individual
include: { field: first_name, op: '=', value: $name }
parameters: { name: { type: text } }
`,
]

interface RunAnswer {
  readonly failed: number
  readonly steps: readonly {
    readonly node: string
    readonly state: string
    readonly note?: string
    readonly until?: string
  }[]
}

interface Node {
  readonly key: string
  readonly state: string
  readonly why: readonly string[]
  readonly waits?: { readonly for: string; readonly until?: string }
  readonly nextAt?: string
}

const people = (...names: readonly string[]) =>
  world.write(
    'sources/people.csv',
    `id,first_name,email\n${names.map((name, i) => `${i},${name},${i}@example.com\n`).join('')}`,
  )
const left = ({ steps }: RunAnswer) =>
  Object.fromEntries(
    steps
      .filter(({ state }) => state === 'left out')
      .map(({ node, until, note }) => [node, until ?? note]),
  )
const node = async (key: string) =>
  (await server.call('GET', `/graph/${encodeURIComponent(key)}`)) as Node
const rowsOf = async (key: string) =>
  ((await server.call('GET', `/insights/${key}/rows`)) as readonly unknown[]).length

beforeAll(async () => {
  world = makeWorld(onlyAsked)
  people('Ada', 'Bob')
  world.write('definitions/all.yaml', definitions.join('---\n'))
  server = await world.serve()
  cli = commandsOn(server, world)
  await cli.tessera('apply')
}, 180_000)
afterAll(() => world.remove())

const newYear = () => `${new Date().getUTCFullYear() + 1}-01-01T06:00:00.000Z`
const values = { 'segment:named': 'it asks for values: name' }

test('the first run computes what has a schedule, too; what asks for values is left out and has not failed', async () => {
  const first = await cli.json<RunAnswer>('run')
  expect(first.failed).toBe(0)
  expect(left(first)).toEqual({ ...values, 'insight:asked': 'it waits to be asked' })
  expect([await rowsOf('yearly'), await rowsOf('seldom'), await rowsOf('at_once')]).toEqual([
    2, 2, 2,
  ])
  const { state, nextAt } = await node('insight:yearly')
  expect({ state, nextAt }).toEqual({ state: 'fresh', nextAt: newYear() })
})

test('what moved meanwhile waits for its schedule, and says until when', async () => {
  people('Ada', 'Bob', 'Eve')
  const run = await cli.json<RunAnswer>('run')
  const { nextAt = '' } = await node('insight:seldom')
  expect(left(run)).toEqual({
    ...values,
    'insight:asked': 'it waits to be asked',
    'insight:yearly': newYear(),
    'insight:seldom': nextAt,
  })
  expect([await rowsOf('yearly'), await rowsOf('seldom'), await rowsOf('at_once')]).toEqual([
    2, 2, 3,
  ])
  const yearly = await node('insight:yearly')
  expect(yearly).toMatchObject({ state: 'stale', waits: { for: 'its time', until: newYear() } })
  const say = `it waits for its schedule until ${newYear().slice(0, 19).replace('T', ' ')} UTC`
  expect(yearly.why.at(-1)).toBe(say)
  expect(await cli.tessera('insights')).toMatch(new RegExp(`^yearly .*${say}`, 'm'))
  const status = await cli.tessera('status')
  expect(status).not.toContain('stale (')
  expect(status).toMatch(
    new RegExp(
      `waiting \\(tessera run --all refreshes them too\\):\n(.*\n)*.*insight:yearly: .*${say}`,
    ),
  )
})

test('whoever asks for one by name, or at its page, gets it at once, and its schedule counts from there', async () => {
  await cli.json<RunAnswer>('run', 'insight:yearly')
  expect(await rowsOf('yearly')).toBe(3)
  expect(await node('insight:yearly')).toMatchObject({ state: 'fresh', nextAt: newYear() })
  const { nextAt = '' } = await node('insight:seldom')
  await server.call('POST', '/insights/seldom/refresh')
  expect(await rowsOf('seldom')).toBe(3)
  const after = await node('insight:seldom')
  expect(after).toMatchObject({ state: 'fresh', why: [] })
  expect(Date.parse(after.nextAt ?? '')).toBeGreaterThan(Date.parse(nextAt))
})

test('a run of all computes what waits, too; all and names at once are refused', async () => {
  people('Ada', 'Bob', 'Eve', 'Mia')
  expect(left(await cli.json<RunAnswer>('run', '--all'))).toEqual(values)
  const keys = ['yearly', 'seldom', 'at_once', 'asked']
  expect(await Promise.all(keys.map(rowsOf))).toEqual([4, 4, 4, 4])
  const { code, stderr } = await cli.attempt(['run', '--all', 'insight:yearly'])
  expect(code).toBe(1)
  expect(stderr).toContain('runs.all_or_nodes')
})

test('a segment that asks for values is published with some, and left alone by runs', async () => {
  const given = encodeURIComponent(JSON.stringify({ name: 'Eve' }))
  await server.call('POST', `/segments/named/publish?given=${given}`)
  expect(left(await cli.json<RunAnswer>('run', 'segment:named'))).toEqual(values)
  expect((await cli.json<RunAnswer>('run')).failed).toBe(0)
  expect(await server.call('GET', '/segments/named/members')).toMatchObject({ total: 1 })
  expect(await node('segment:named')).toMatchObject({ state: 'fresh', counts: { members: 1 } })
})

test('a segment that somebody publishes is not published again by the next run', async () => {
  world.write(
    'definitions/everybody.yaml',
    'kind: segment\nkey: everybody\nlabel: Everybody\non: individual\ninclude: { all: [] }\n',
  )
  await cli.tessera('apply')
  expect(await server.call('POST', '/segments/everybody/publish')).toMatchObject({ members: 4 })
  expect(await node('segment:everybody')).toMatchObject({ state: 'fresh', counts: { members: 4 } })
  const { steps } = await cli.json<RunAnswer>('run')
  expect(steps.map((step) => step.node)).not.toContain('segment:everybody')
})

test('a server computes by itself what is due when it starts', async () => {
  await server.stop()
  world.write('definitions/more.yaml', insight('later', "{ cron: '0 6 1 1 *' }"))
  await world.tessera('apply')
  const prompt = makeWorld({ TESSERA_FOLLOW_MS: '100' }, world.data)
  const started = await prompt.serve()
  const rows = () => started.call('GET', '/insights/later/rows').catch(() => [])
  await expect.poll(rows, { timeout: 60_000 }).toHaveLength(4)
  await started.stop()
  await prompt.remove()
})
