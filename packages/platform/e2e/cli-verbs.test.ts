import { afterAll, beforeAll, expect, test } from 'vitest'
import { commandsOn } from './commands.ts'
import { addSite, post } from './senders.ts'
import { makeWorld, onlyAsked, type Server, type World } from './world.ts'

// What can be asked and done on the command line about segments, insights, activations, actions and decisions, one after the other.

let world: World
let server: Server
let cli: ReturnType<typeof commandsOn>

const people = `id,first_name,email,city,joined
1,Ada,ada@x.example,Berlin,2026-01-05
2,Bob,bob@x.example,Berlin,2026-02-07
3,Cleo,cleo@x.example,Hamburg,2026-02-09
`

const definitions = `kind: segment
key: locals
label: Locals
on: individual
parameters: { town: { type: text, default: Berlin }, names: { type: text, list: true, default: [Ada, Bob, Cleo] } }
include:
  all:
    - { field: city, op: '=', value: $town }
    - { field: first_name, op: in, value: $names }
---
kind: insight
key: by_town
label: People by town
sql: select city, first_name, count(*) as people from unified_individual group by city, first_name
dimensions: [city, first_name]
rollup: { people: sum }
---
kind: destination
key: lists
type: file
settings: { folder: lists, format: csv }
---
kind: activation
key: to_lists
segment: locals
destination: lists
send: everything
attributes: [{ as: name, field: first_name }]
---
kind: action
key: greet
when: { segment: locals, change: entered }
often: first
after: 2 days
target: { destination: lists }
---
kind: decision
key: banner
offers:
  - { key: town_party, priority: 5, when: { all: [{ segment: locals }, { field: city, op: '=', value: Berlin }] }, payload: { headline: A party } }
  - { key: plain, limits: [{ most: 1, of: chosen, within: total }] }
fallback: { headline: Hello }
`

beforeAll(async () => {
  world = makeWorld(onlyAsked)
  await world.tessera('import', world.write('people.csv', people))
  world.write('definitions/verbs.yaml', definitions)
  server = await world.serve()
  await world.tessera('apply')
  cli = commandsOn(server)
  await cli.tessera('run')
}, 300_000)
afterAll(() => world.remove())

test('a segment is counted, sampled and published with values of its parameters, and its sizes told', async () => {
  expect(await cli.tessera('segment-count', 'locals')).toMatch(/^2 of 3\n/)
  const counted = await cli.json<{ members: number; each: readonly { at: string }[] }>(
    ...['segment-count', 'locals', 'town=Hamburg', '--each'],
  )
  expect(counted).toMatchObject({ members: 1 })
  expect(counted.each.map(({ at }) => at)).toContain('include.all[0]')
  expect(await cli.tessera('segment-sample', 'locals', 'names=Bob,Cleo')).toMatch(/Bob/)
  const wrong = await cli.attempt(['segment-publish', 'locals', 'town'])
  expect(wrong).toMatchObject({ code: 1 })
  expect(wrong.stderr).toContain('cli.bad_given')
  expect(await cli.tessera('segment-publish', 'locals', 'town=Hamburg')).toBe(
    '1 members; 1 entered, 2 left\n',
  )
  expect(await cli.tessera('segment-publish', 'locals')).toBe('2 members; 2 entered, 1 left\n')
  expect(await cli.tessera('segment-sizes', 'locals')).toMatch(/ 2 +2 +1\n.* 1 +1 +2\n/)
  expect(await cli.json('segment-sizes', 'locals', '--per', 'day')).toMatchObject([
    { members: 2, entered: 5, left: 3 },
  ])
}, 120_000)

test('an insight is put together, computed beside its rows, and shown as SQL', async () => {
  expect(await cli.tessera('insight-query', 'by_town', 'city', '--order', 'people:down')).toMatch(
    /Berlin +2\nHamburg +1\n/,
  )
  const where = "city = 'Berlin'"
  expect(
    await cli.json('insight-query', 'by_town', '--total', '--where', where, '--measures', 'people'),
  ).toMatchObject({ rows: [{ people: 2 }] })
  expect(await cli.tessera('insight-preview', 'by_town')).toMatch(/rows +3 +3\npeople +3 +3\n/)
  const sql = 'select count(*) as n from unified_individual'
  expect(await cli.tessera('insight-preview', '--sql', sql)).toMatch(/n\n─+\n3\n/)
  expect((await cli.attempt(['insight-preview'])).stderr).toContain('cli.missing_word')
  expect(await cli.tessera('insight-sql', 'by_town')).toContain('unified_individual')
}, 120_000)

test('what would be sent is shown, and what waits is taken back', async () => {
  expect(await cli.tessera('activation-preview', 'to_lists')).toMatch(
    /(Ada|Bob)\n(.*\n)*.*2 members/,
  )
  await cli.tessera('run')
  expect(await cli.tessera('activation-people', 'to_lists')).toMatch(
    /(Ada|Bob) +sent\n.*(Ada|Bob) +sent\n2 queued or sent\n/,
  )
  const [page, held, none] = await Promise.all([
    cli.json<{ people: readonly { profile: string }[]; next: string }>(
      ...['activation-people', 'to_lists', '--limit', '1'],
    ),
    cli.tessera('activation-people', 'to_lists', '--state', 'held'),
    cli.attempt(['activation-people', 'to_lists', '--state', 'gone']),
  ])
  expect(page).toMatchObject({ sent: 2, held: {}, next: page.people[0]?.profile })
  expect(
    await cli.json('activation-people', 'to_lists', '--after', page.next, '--state', 'sent'),
  ).toMatchObject({ people: [{ reason: null }] })
  expect(held).toBe('2 queued or sent\n')
  expect(none.stderr).toContain('state')
  expect((await cli.attempt(['action-cancel'])).stderr).toContain('cli.missing_word')
  const waiting = await cli.json<readonly { person?: string; profile: string }[]>(
    ...['action-firings', 'greet', '--state', 'waiting'],
  )
  expect(waiting.length).toBeGreaterThan(0)
  const profile = waiting[0]?.profile ?? ''
  expect(await cli.tessera('action-cancel', 'greet', '--person', profile)).toBe(
    '1 were taken back\n',
  )
  expect(await cli.json('action-cancel', 'greet')).toEqual({ firings: waiting.length - 1 })
  expect(await cli.json('action-firings', 'greet', '--state', 'waiting')).toEqual([])
}, 120_000)

test('a decision is explained without being recorded, made, and told over time', async () => {
  const told = await cli.tessera('decide', 'banner', 'cleo@x.example', '--why')
  expect(told).toContain('town_party (priority 5): not meant')
  expect(told).toContain('✗ a member of the segment "locals"')
  expect(told).toContain('✗ city is "Berlin", found "Hamburg"')
  expect(told).toContain('plain (priority 0): chosen')
  expect(await cli.tessera('decisions', '--recorded')).toBe('nothing was decided\n')
  await cli.tessera('decide', 'banner', 'cleo@x.example')
  await cli.tessera('decide', 'banner', 'cleo@x.example')
  const [second, first] = await cli.json<readonly { id: string; state: string }[]>(
    ...['decisions', '--decision', 'banner'],
  )
  expect(second).toMatchObject({ state: 'fallback' })
  expect(await cli.json('decisions', '--offer', 'plain')).toMatchObject([{ id: first?.id }])
  expect(await cli.json('decisions', '--before', second?.id ?? '')).toHaveLength(1)
  expect(await cli.json('decisions', '--state', 'fallback')).toHaveLength(1)
  expect(await cli.tessera('decision-report', 'banner')).toMatch(/plain +1 +0 +0\n/)
}, 120_000)

test('somebody is followed until one stops', async () => {
  const writeKey = await addSite(server)
  const send = async (event: string) =>
    post(server.address, writeKey, [{ type: 'track', event, messageId: event, anonymousId: 'v-1' }])
  await send('First')
  const stop = new AbortController()
  let said = ''
  const following = cli.attempt(['live-profile', 'v-1', '--follow'], {
    signal: stop.signal,
    said: (text) => {
      said += text
    },
  })
  await expect.poll(() => said, { timeout: 30_000 }).toContain('First')
  await send('Second')
  await expect.poll(() => said, { timeout: 30_000 }).toMatch(/event Second \(site\)/)
  stop.abort()
  expect(await following).toMatchObject({ code: 0 })
}, 90_000)

test('a sender may speak of the products of another source', async () => {
  await cli.tessera('sender', 'stall', '--products', 'shop')
  const mapping = JSON.stringify(await server.call('GET', '/definitions/mapping/stall'))
  expect(mapping).toContain('{"value":"properties_product_id","qualifier":"shop"}')
})
