import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql } from '#engine'
import { systemCaller as caller } from '#kernel/caller.ts'
import { currentTable } from '#lake'
import { modelTable } from '#model'
import type { NewReplay } from './api.ts'
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
`
const mappings = (action = 'event', where = `type = 'track'`) => `
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
      page_title: lookup('web_people', 'id', user_id, 'traits_first_name')
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
const all = [connection, streams(), mappings()].join('\n---\n')
const house = await makeHouse(all)
const { send, mapAll } = house

type House = typeof house

async function compare(of: NewReplay, at: House = house) {
  const { id, job } = await at.arrivals.replays.start(caller, of)
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
let n = 0
const items = (events: readonly object[]) => events.map((one) => item(`m${++n}`, { ...one }))

const untouched = { changed: 0, added: 0, missing: 0, fields: [] }

test('what is run again as it is defined is what is there, in the lake and in the model', async () => {
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
    { numRuns: 5 },
  )
  const { lake, model } = await compare({ stream: 'web_people' })
  expect(lake?.same).toBeGreaterThan(0)
  expect(model?.map(({ object }) => object).toSorted()).toEqual([
    'contact_point_email',
    'individual',
  ])
}, 60_000)

const strict = `{ conflict: reject, schema: { type: object, properties: { event: { minLength: 1 } } } }`
const old = await makeHouse(
  [connection, streams(), mappings('upper(event)', `type <> 'page'`)].join('\n---\n'),
)
const fresh = await makeHouse(all)

test('after a change of contract and mapping, a swap is a fresh load', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(event, { minLength: 3, maxLength: 8 }), async (events) => {
      const sent = items(events)
      await old.define(
        [streams(strict), mappings('upper(event)', `type <> 'page'`)].join('\n---\n'),
      )
      for (const at of [old, fresh]) {
        await at.send('web', ...sent)
        await at.mapAll()
      }
      const before = (await old.arrivals.hours('web', {})).totals
      await old.define([streams(), mappings()].join('\n---\n'))
      const found = await compare({ stream: 'web' }, old)
      expect(await swap(found.id, old)).toMatchObject({ state: 'done' })
      await old.mapAll()
      expect(await valuesIn(old)).toEqual(await valuesIn(fresh))
      const added = found.lake?.added ?? 0
      expect((await old.arrivals.hours('web', {})).totals).toEqual({
        ...before,
        stored: before.stored + added,
        rejected: before.rejected - added,
      })
      // What the comparison said the model would hold is what it holds.
      const { lake, model } = await compare({ stream: 'web' }, old)
      expect(lake).toMatchObject(untouched)
      for (const object of model ?? []) expect(object).toMatchObject(untouched)
    }),
    { numRuns: 3 },
  )
}, 100_000)

/**
 * What a house holds of the events, without where it stands: places in the log shift where an event was rejected at first and
 * said nothing of people.
 */
async function valuesIn(at: House) {
  const lake = await at.engine.rows(
    sql`select * exclude (_position, _event) from ${currentTable('web')}`,
  )
  const model = await at.engine.rows(sql`select * exclude (_position, _profile)
    from ${modelTable('website_engagement')} order by id`)
  return { lake: lake.map(filled).toSorted(), model }
}

const filled = (row: object) =>
  JSON.stringify(
    Object.entries(row)
      .filter(([, cell]) => cell !== null)
      .toSorted(),
  )
