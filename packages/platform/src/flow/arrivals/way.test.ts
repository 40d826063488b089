import { expect, test } from 'vitest'
import { sql } from '#engine'
import { rulesetsIn, unifiedTable } from '#identity'
import { unify } from '#identity/testing'
import { modelOf } from '#model'
import { item, makeHouse } from './testing/house.ts'

const house = await makeHouse(`
kind: connection
key: web
connector: events
settings: {}
---
kind: stream
key: web
connection: web
source: { takes: events }
mode: append
category: engagement
contract:
  schema: { type: object, required: [type], properties: { type: { type: string } } }
---
kind: stream
key: web_people
connection: web
source: { takes: people }
mode: merge
primary_key: [id]
category: profile
---
kind: mapping
key: web
stream: web
qualifier: web
objects:
  - object: website_engagement
    where: type = 'track'
    fields: { id: message_id, individual_id: user_id, action: event, engaged_at: timestamp }
---
kind: mapping
key: web_people
stream: web_people
qualifier: web
objects:
  - object: individual
    fields: { id: id, first_name: traits_first_name }
---
kind: ruleset
key: people
on: individual
match:
  - key: same
    all: [{ object: individual, field: first_name, by: exact }]
reconcile: { default: last_updated }
`)
const { arrivals, send, catchUp, mapAll, engine } = house
const stepsOf = async (position: number) =>
  Object.fromEntries((await arrivals.way(position)).steps.map((step) => [step.step, step]))
const statesOf = async (position: number) =>
  (await arrivals.way(position)).steps.map(({ state }) => state)
const track = (id: string, more: object = {}) =>
  item(id, { type: 'track', event: 'Order Completed', userId: 'ada', ...more })
const identify = item('i1', { type: 'identify', userId: 'ada', traits: { firstName: 'Ada' } })

test('an event goes its whole way, to the profile', async () => {
  const [said] = await send('web', identify)
  const [sent] = await send('web', track('t1'))
  await catchUp()
  expect(await statesOf(sent!.position)).toEqual(['done', 'done', 'done', 'waiting', 'waiting'])
  await mapAll()
  expect(await statesOf(sent!.position)).toEqual(['done', 'done', 'done', 'done', 'waiting'])
  const [ruleset] = rulesetsIn(await house.catalogue())
  await unify(engine, modelOf([]), ruleset!)
  const [profile] = await engine.rows(
    sql`select cast(profile as varchar) as id from ${unifiedTable('individual')}`,
  )
  const way = await arrivals.way(sent!.position)
  expect(way).toMatchObject({
    stream: 'web',
    kind: 'put',
    body: { messageId: 't1', event: 'Order Completed' },
  })
  expect(way.steps.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done', 'done'])
  expect(way.steps[4]!.details).toMatchObject([
    { object: 'website_engagement', profile: profile!['id'] },
  ])
  const spoken = (await stepsOf(said!.position))['received']!.details as {
    statements: { position: number }[]
  }
  const person = await stepsOf(spoken.statements[0]!.position)
  expect(person['profile']).toMatchObject({ state: 'done', details: [{ profile: profile!['id'] }] })
  expect(await statesOf(said!.position)).toEqual(['done', 'done', 'done', 'none', 'none'])
})

test('what a mapping leaves out says so; what has no id says so', async () => {
  const [page] = await send('web', item('p1', { type: 'page' }))
  const [nameless] = await send('web', { value: { type: 'track' } })
  await catchUp()
  expect((await stepsOf(page!.position))['mapped']).toMatchObject({
    state: 'none',
    say: expect.stringContaining('leaves such rows out'),
  })
  expect((await stepsOf(nameless!.position))['mapped']).toMatchObject({
    state: 'none',
    say: expect.stringContaining('no id'),
  })
})

test('a repetition points at what came first, also when that is not in the lake yet', async () => {
  const [first] = await send('web', track('again'))
  const [second] = await send('web', track('again'))
  const early = await stepsOf(second!.position)
  expect(early['checked']).toMatchObject({
    state: 'stopped',
    details: { id: 'again', original: first!.position },
  })
  await catchUp()
  expect((await stepsOf(second!.position))['checked']).toMatchObject({
    details: { original: first!.position },
  })
})

test('what is rejected, parked or still waits says why', async () => {
  const [bad] = await send('web', item('b1', { event: 'no type' }))
  const [parked] = await house.collecting.intake.park('nokey', [track('x')], {
    wire: 'test',
    receivedAt: house.clock.now(),
  })
  for (const when of ['waiting', 'taken']) {
    if (when === 'taken') await catchUp()
    const way = await arrivals.way(bad!.position)
    expect(way.body, when).toEqual({ messageId: 'b1', event: 'no type' })
    expect(way.steps[1], when).toMatchObject({
      state: 'stopped',
      say: expect.stringContaining('type'),
      details: { listed: true },
    })
    expect((await arrivals.way(parked!.position)).body, when).toMatchObject({ messageId: 'x' })
    expect((await stepsOf(parked!.position))['checked'], when).toMatchObject({
      state: 'stopped',
      details: { write_key: 'nokey', listed: true },
    })
  }
  await expect(arrivals.way(house.events.head() + 1)).rejects.toMatchObject({
    code: 'arrivals.unknown_event',
  })
})

test('a version that was replaced says so; one that changes nothing says so', async () => {
  const [, first] = [
    await send('web', item('r1', { type: 'identify', userId: 'bo', traits: { firstName: 'Bo' } })),
    house.events.head(),
  ]
  await catchUp()
  await send('web', item('r2', { type: 'identify', userId: 'bo', traits: { firstName: 'Bob' } }))
  await catchUp()
  expect(await stepsOf(first)).toMatchObject({
    stored: { state: 'done', say: expect.stringContaining('took its place') },
    mapped: { state: 'none' },
  })
  await send('web', item('r3', { type: 'identify', userId: 'bo', traits: { firstName: 'Bob' } }))
  await catchUp()
  expect((await stepsOf(house.events.head()))['stored']).toMatchObject({ state: 'none' })
})

test('after the log has let go of its line, the lake still knows the way', async () => {
  const [sent] = await send('web', track('old'))
  const [bad] = await send('web', item('old bad', { event: 'no type' }))
  await catchUp()
  house.clock.move(8 * 86_400_000)
  await send('web', track('young'))
  await catchUp()
  await house.events.retain()
  const way = await arrivals.way(sent!.position)
  expect(way).toMatchObject({ stream: 'web', body: { message_id: 'old' } })
  expect(way.steps.map(({ state }) => state)).toEqual([
    'done',
    'done',
    'done',
    'waiting',
    'waiting',
  ])
  expect(way.steps[0]!.say).toContain('no longer')
  expect((await arrivals.way(bad!.position)).body).toMatchObject({ messageId: 'old bad' })
})
