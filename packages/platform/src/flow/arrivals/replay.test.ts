import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql, value } from '#engine'
import { systemCaller as caller } from '#kernel/caller.ts'
import { currentTable } from '#lake'
import { modelTable } from '#model'
import type { NewReplay } from './api.ts'
import { compareReplay, swapReplay } from './replay-run.ts'
import { item, makeHouse } from './testing/house.ts'

const connection = `
kind: connection
key: web
connector: events
settings: {}
`
const streams = (contract = '{}', key = 'web') => `
kind: stream
key: ${key}
connection: web
source: { takes: events }
mode: append
category: engagement
contract: ${contract}
---
kind: stream
key: ${key}_people
connection: web
source: { takes: people }
mode: merge
primary_key: [id]
category: profile
---
kind: stream
key: ${key}_orders
connection: web
source: { takes: orders }
mode: merge
primary_key: [id]
category: other
`
const lookup = `page_title: lookup('web_people', 'id', user_id, 'traits_first_name')`
const mappings = (action = 'event', where = `type = 'track'`, more = '') => `
kind: mapping
key: web
stream: web
qualifier: web
objects:
  - object: website_engagement
    where: ${where}
    fields:
      id: message_id
      individual_id: user_id
      action: ${action}
      engaged_at: timestamp
      ${more}
---
kind: mapping
key: web_people
stream: web_people
qualifier: web
objects:
  - object: individual
    fields: { id: id, first_name: traits_first_name, birth_date: traits_birthday }
  - object: contact_point_email
    where: traits_email is not null
    fields: { id: "concat(id, ':mail')", individual_id: id, email_address: lower(traits_email) }
`
const house = await makeHouse(
  [connection, streams(), mappings('event', `type = 'track'`, lookup)].join('\n---\n'),
)
const { send, mapAll } = house

type House = typeof house

const { signal } = new AbortController()

async function compare(of: NewReplay, at: House = house) {
  const { id, job } = await at.arrivals.replays.start(caller, of, signal)
  expect(await at.jobs.waitFor(job)).toMatchObject({ state: 'done' })
  return at.arrivals.replays.get(id)
}

async function swap(id: string, at: House = house) {
  const { job } = await at.arrivals.replays.swap(caller, id)
  return at.jobs.waitFor(job)
}

const anyValue = fc.constantFrom(null, 7, 2.5, '8', ' x ', '', true, [1])
const event = fc.record({
  type: fc.constantFrom('track', 'identify', 'page'),
  userId: fc.constantFrom('ada', 'bo', 'cy'),
  event: fc.constantFrom('Bought', ' Seen ', ''),
  timestamp: fc.constantFrom('2026-01-05T10:00:00Z', 'soon', 1767607200000),
  properties: fc.record({ price: anyValue, note: anyValue }),
  traits: fc.record({
    firstName: fc.constantFrom('Ada', ' Bo ', ''),
    birthday: fc.constantFrom('1815-12-10', 'unknown', null),
    email: fc.constantFrom('A@x.org', 'b@x.org', null),
  }),
})
const order = fc.record({
  type: fc.constant('track'),
  userId: fc.constantFrom('ada', 'bo'),
  event: fc.constantFrom('Order Completed', 'Order Updated', 'Order Refunded'),
  timestamp: fc.constant('2026-01-05T10:00:00Z'),
  properties: fc.record({
    order_id: fc.constantFrom('o1', 'o2'),
    total: fc.constantFrom(5, 7, -1),
    coupon: fc.constantFrom('a', 'b', null),
  }),
})
let n = 0
const items = (events: readonly object[]) => events.map((one) => item(`m${++n}`, { ...one }))

const untouched = { changed: 0, added: 0, missing: 0, fields: [] }

test('what is run again as it is defined is what is there, in the lake and in the model', async () => {
  // Whatever is drawn, every object that is looked for has a row.
  await send('web', ...items([{ type: 'identify', userId: 'dee', traits: { email: 'a@x.org' } }]))
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 1, maxLength: 6 }), async (events) => {
      await send('web', ...items(events))
      await mapAll()
      for (const stream of ['web', 'web_people']) {
        const { lake, model, state } = await compare({ stream })
        expect([state, lake]).toMatchObject(['ready', untouched])
        for (const object of model ?? []) expect(object).toMatchObject(untouched)
      }
    }),
    { numRuns: 3 },
  )
  const { lake, model } = await compare({ stream: 'web_people' })
  expect(lake?.same).toBeGreaterThan(0)
  expect(model?.map(({ object }) => object).toSorted()).toEqual([
    'contact_point_email',
    'individual',
  ])
}, 60_000)

const strict = `{ conflict: reject, schema: { type: object, properties: { event: { minLength: 1 },
  properties: { properties: { total: { minimum: 0 } } } } } }`
const old = await makeHouse(
  [connection, streams(), mappings('upper(event)', `type <> 'page'`)].join('\n---\n'),
)
const plain = [connection, streams(), mappings()].join('\n---\n')
const retyped = await makeHouse(plain)
const stating = await makeHouse(
  [
    connection,
    `${streams().split('---')[0]}fields: { timestamp: { type: text } }`,
    streams().split('---')[1],
    mappings(),
  ].join('\n---\n'),
)
const fresh = await makeHouse([connection, streams(), mappings()].join('\n---\n'))

test('after a change of contract and mapping, a swap is a fresh load', async () => {
  // Types are learned from what comes first, so the same comes first to both.
  const traits = { firstName: 'A', birthday: '1815-12-10', email: 'a@x.org' }
  const first = { type: 'track', event: 'x', properties: { price: 1, note: 'n' }, traits }
  const order1 = { order_id: 'o0', total: 1, coupon: 'c' }
  const known = [
    { ...first, type: 'identify', userId: 'eve', timestamp: '2026-01-05T10:00:00Z' },
    { type: 'track', userId: 'eve', event: 'Order Completed', properties: order1 },
  ]
  for (const at of [old, fresh])
    await at.send('web', item('first', first), ...known.map((one, i) => item(`known${i}`, one)))
  const some = fc.array(fc.oneof(event, order), { minLength: 3, maxLength: 12 })
  await fc.assert(
    fc.asyncProperty(some, async (events) => {
      const sent = items(events)
      await old.define(
        [streams(strict), mappings('upper(event)', `type <> 'page'`)].join('\n---\n'),
      )
      const verdicts = await old.send('web', ...sent)
      await fresh.send('web', ...sent)
      for (const at of [old, fresh]) await at.mapAll()
      const before = (await old.arrivals.hours('web', {})).totals
      await old.define([streams(), mappings()].join('\n---\n'))
      const found = await compare({ stream: 'web' }, old)
      expect(await swap(found.id, old)).toMatchObject({ state: 'done' })
      await old.mapAll()
      expect(await valuesIn(old)).toEqual(await valuesIn(fresh))
      const added = found.lake?.added ?? 0
      // The ids of those that were refused at the door are noted by lines of their own.
      const noted = verdicts.filter(({ status }) => status === 'rejected').length
      expect((await old.arrivals.hours('web', {})).totals).toEqual({
        ...before,
        received: before.received + noted,
        stored: before.stored + added,
        rejected: before.rejected - added,
        duplicate: before.duplicate + noted,
      })
      // What the comparison said the model would hold is what it holds.
      const { lake, model } = await compare({ stream: 'web' }, old)
      expect(lake).toMatchObject(untouched)
      for (const object of model ?? []) expect(object).toMatchObject(untouched)
    }),
    { numRuns: 3, endOnFailure: true },
  )
}, 100_000)

/** What a house holds of the events and of what they say, without where it stands: places in the log shift. */
async function valuesIn(at: House) {
  const held = (await at.engine.tables('lake')).map(({ name }) => name)
  const lake = await Promise.all(
    ['web', 'web_people', 'web_orders']
      .filter((name) => held.includes(name))
      .map(async (stream) =>
        (
          await at.engine.rows(
            sql`select * exclude (_position, _event) from ${currentTable(stream)}`,
          )
        )
          .map((row) => `${stream} ${filled(row)}`)
          .toSorted(),
      ),
  )
  const model = await at.engine.rows(sql`select * exclude (_position, _profile)
    from ${modelTable('website_engagement')} order by id`)
  return { lake: lake.flat(), model }
}

const filled = (row: object) =>
  JSON.stringify(
    Object.entries(row)
      .filter(([, cell]) => cell !== null)
      .toSorted(),
  )

test('after another type was stated and taken, a swap is a fresh load', async () => {
  const stated = `${streams().split('---')[0]}fields: { timestamp: { type: text } }`
  const [before, after] = [retyped, stating]
  const times = ['2026-01-05T10:00:00.500Z', 'soon', 1767607200000]
  const sent = times.map((timestamp, i) => item(`p${i}`, { type: 'track', event: 'x', timestamp }))
  await before.send('web', ...sent)
  await before.mapAll()
  await before.define(stated)
  const decision = { kind: 'cast', type: 'text' } as const
  await before.arrivals.decide(caller, { stream: 'web', field: 'timestamp', decision })
  const found = await compare({ stream: 'web' }, before)
  expect(found.lake?.fields.map(({ field }) => field)).toEqual(['timestamp'])
  expect(await swap(found.id, before)).toMatchObject({ state: 'done' })
  await before.mapAll()
  await after.send('web', ...sent)
  await after.mapAll()
  expect(await valuesIn(before)).toEqual(await valuesIn(after))
})

test('rejected events, a stretch of time, and a stretch of the log', async () => {
  const at = old
  await at.define(streams(strict))
  at.clock.move(3_600_000)
  const began = at.clock.now().toISOString()
  const good = item('w1', { type: 'track', event: 'x' })
  const bad = item('w2', { type: 'track', event: '' })
  const [first] = await at.send('web', good, bad, item('w3', { type: 'track', event: 'y' }))
  at.clock.move(60_000)
  const ended = at.clock.now().toISOString()
  await at.send('web', item('w4', { type: 'track', event: 'z' }))
  await at.mapAll()
  const from = first!.position
  const timed = await compare({ stream: 'web', from: began, to: ended }, at)
  expect(timed).toMatchObject({ window: { from, to: from + 2 }, lake: { same: 2, added: 0 } })
  await at.define(streams())
  const rejected = await compare({ stream: 'web', from: began, rejected: true }, at)
  expect(rejected).toMatchObject({
    window: { from: from + 1, to: from + 1, rejected: true },
    lake: { same: 0, added: 1 },
    model: [{ object: 'website_engagement', added: 1 }],
  })
  const placed = { stream: 'web', positions: { from, to: from } }
  expect((await compare(placed, at)).lake).toMatchObject({ ...untouched, same: 1 })
  await expect(
    at.arrivals.replays.start(caller, { stream: 'web', from: '2040-01-01' }, signal),
  ).rejects.toMatchObject({ code: 'arrivals.nothing_to_replay' })
  // One after the other: what was swapped is there, and running it again finds nothing to do.
  expect(await swap(rejected.id, at)).toMatchObject({ state: 'done' })
  expect(await at.arrivals.replays.get(rejected.id)).toMatchObject({ state: 'swapped' })
  expect((await compare({ stream: 'web' }, at)).lake).toMatchObject(untouched)
  await expect(
    at.arrivals.replays.start(caller, { stream: 'web', rejected: true }, signal),
  ).rejects.toMatchObject({ code: 'arrivals.nothing_rejected' })
})

test('what was rejected twice under one id becomes one row, and is known when it is sent again', async () => {
  const at = old
  await at.define(streams(strict))
  const [bad, other] = ['t1', 't2'].map((id) => item(id, { type: 'track', event: '' }))
  const [first] = await at.send('web', bad!, other!)
  await at.send('web', bad!)
  await at.mapAll()
  await at.define(streams())
  // The second was mended by its sender meanwhile.
  await at.send('web', item('t2', { type: 'track', event: 'mended' }))
  await at.mapAll()
  const before = (await at.arrivals.hours('web', {})).totals
  const window = { stream: 'web', positions: { from: first!.position, to: at.events.head() } }
  const shown = await compare(window, at)
  expect(shown.lake).toMatchObject({ added: 1, changed: 0, missing: 0 })
  expect(await swap(shown.id, at)).toMatchObject({ state: 'done' })
  expect(await at.send('web', bad!, other!)).toMatchObject([
    { status: 'duplicate' },
    { status: 'duplicate' },
  ])
  await at.mapAll()
  const rows = await at.engine.rows(sql`select message_id, count(*) as n
    from ${currentTable('web')} where message_id in ('t1', 't2') group by 1 order by 1`)
  expect(rows).toEqual([
    { message_id: 't1', n: 1 },
    { message_id: 't2', n: 1 },
  ])
  const { totals, balanced } = await at.arrivals.hours('web', {})
  expect(balanced).toBe(true)
  // One became a row and its id was noted; two were repetitions; two were sent again.
  expect(totals).toMatchObject({
    stored: before.stored + 1,
    rejected: before.rejected - 3,
    duplicate: before.duplicate + 5,
  })
  expect((await compare(window, at)).lake).toMatchObject(untouched)
})

test('a swap does only what was shown', async () => {
  const at = old
  await at.define(streams(strict))
  await at.send('web', item('s1', { type: 'track', event: '' }))
  await at.mapAll()
  await at.define(streams())
  const window = { stream: 'web', positions: { from: at.events.head(), to: at.events.head() } }
  const shown = await compare(window, at)
  expect(shown.model).toMatchObject([{ added: 1 }])
  await at.define(mappings('event', `type = 'page'`))
  expect(await swap(shown.id, at)).toMatchObject({
    state: 'failed',
    fault: { code: 'arrivals.replay_moved' },
  })
  const again = await at.arrivals.replays.get(shown.id)
  expect(again).toMatchObject({ state: 'ready', lake: { added: 1 }, model: [] })
  expect(await swap(shown.id, at)).toMatchObject({ state: 'done' })
  // A job that died after the engine had swapped finds nothing to do, and says so.
  const twice = await compare(window, at)
  expect(await swap(twice.id, at)).toMatchObject({ state: 'done' })
})

test('a swap that died before it had said what its events say is gone on with', async () => {
  const at = old
  await at.define(streams(strict))
  const person = (id: string, firstName: string, lastName?: string) =>
    item(id, { type: 'identify', event: '', userId: 'kim', traits: { firstName, lastName } })
  const [bad] = await at.send('web', person('k1', 'Old', 'King'))
  await at.define(streams())
  await at.send('web', person('k2', 'New'))
  await at.mapAll()
  const window = { stream: 'web', from: bad!.position, to: bad!.position }
  const shown = await compare({ stream: 'web', positions: window }, at)
  expect(shown.lake).toMatchObject({ added: 1 })
  const tools = { ...at, now: at.clock.now }
  const signal = AbortSignal.timeout(20_000)
  const { mark } = await compareReplay(tools, window, signal)
  const follow = () => Promise.reject(new Error('the process is gone'))
  const dying = { ...tools, collecting: { ...at.collecting, follow } }
  await expect(swapReplay(dying, window, { id: shown.id, mark, signal })).rejects.toThrow(/gone/)
  const rowsOf = (id: string) =>
    at.engine.rows(
      sql`select count(*) as n from ${currentTable('web')} where message_id = ${value(id)}`,
    )
  expect(await rowsOf('k1')).toEqual([{ n: 1 }])
  const kim = () =>
    at.engine.rows(
      sql`select traits_first_name, traits_last_name from ${currentTable('web_people')} where id = 'kim'`,
    )
  expect(await kim()).toEqual([{ traits_first_name: 'New', traits_last_name: null }])
  // As the job does it that is taken up at the next start.
  expect(await swap(shown.id, at)).toMatchObject({ state: 'done' })
  expect(await at.arrivals.replays.get(shown.id)).toMatchObject({ state: 'swapped' })
  await at.catchUp()
  expect(await kim()).toEqual([{ traits_first_name: 'New', traits_last_name: 'King' }])
  expect(await at.send('web', person('k1', 'Old'))).toMatchObject([{ status: 'duplicate' }])
  expect(await rowsOf('k1')).toEqual([{ n: 1 }])
  expect((await at.arrivals.hours('web', {})).balanced).toBe(true)
})

test('a replay that was given up cannot be swapped; one that was swapped cannot be given up', async () => {
  const { replays } = house.arrivals
  const { id } = await compare({ stream: 'web_people' })
  await replays.discard(caller, id)
  await expect(replays.swap(caller, id)).rejects.toMatchObject({ code: 'arrivals.not_ready' })
  await expect(replays.discard(caller, id)).rejects.toMatchObject({ code: 'arrivals.not_ready' })
  await expect(replays.get('nothing')).rejects.toMatchObject({ code: 'arrivals.unknown_replay' })
  expect((await replays.list())[0]).toMatchObject({ id, state: 'discarded' })
})

test('an event that was refused a moment ago is found, though the lake has not brought it yet', async () => {
  await old.define(streams(strict))
  const bad = item('v1', { type: 'track', event: '' })
  const [verdict] = await old.send('web', bad)
  const at = verdict!.position
  const positions = { from: at, to: at }
  expect(await compare({ stream: 'web', positions, rejected: true }, old)).toMatchObject({
    window: { from: at, to: at },
  })
})
