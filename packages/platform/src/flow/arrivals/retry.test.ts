import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { sql } from '#engine'
import { systemCaller as caller } from '#kernel/caller.ts'
import { currentTable, fieldsOf, ledgerOf, rejectedOf, take } from '#lake'
import { judgeOf } from '#streams'
import { rejectsOf } from './rejects.ts'
import type { RetryWish } from './retry.ts'
import { item, makeHouse } from './testing/house.ts'

const eventsWithNames = `
kind: stream
key: web
connection: web
source: { takes: events }
mode: append
category: engagement
contract:
  schema: { type: object, required: [event] }
`
const anyEvents = `
kind: stream
key: web
connection: web
source: { takes: events }
mode: append
category: engagement
`
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
  schema: { type: object, required: [type] }
---
kind: stream
key: web_people
connection: web
source: { takes: people }
mode: merge
primary_key: [id]
category: profile
---
kind: connection
key: crm
connector: files
settings: { folder: . }
---
kind: stream
key: contacts
connection: crm
source: { path: contacts.csv }
mode: upsert
primary_key: [id]
category: profile
fields: { age: { type: integer } }
contract: { conflict: reject }
`)
const { arrivals, send, catchUp, engine, clock } = house
const retry = async (stream: string, wish: RetryWish) =>
  (await arrivals.retry(caller, { stream, wish, signal: AbortSignal.timeout(20_000) })).results
const listed = (stream: string) => rejectsOf(engine, stream, { limit: 100 })

describe('events', () => {
  test('a mended event is taken, leaves the list and counts as mended', async () => {
    await send('web', item('a', { event: 'x', userId: 'ada' }), item('b', { event: 'y' }))
    await catchUp()
    const [first, second] = await listed('web')
    const body = { type: 'identify', userId: 'ada', messageId: 'a', traits: { firstName: 'Ada' } }
    const [result] = await retry('web', { items: [{ id: first!.id, body }] })
    expect(result).toMatchObject({ id: first!.id, status: 'stored' })
    expect(await listed('web')).toEqual([second])
    const rows = await engine.rows(sql`select message_id, _event from ${currentTable('web')}`)
    expect(rows).toEqual([{ message_id: 'a', _event: result!.event }])
    // What it says of people follows from it, as from any other.
    expect(await engine.rows(sql`select id from ${currentTable('web_people')}`)).toEqual([
      { id: 'ada' },
    ])
    expect(await arrivals.hours('web', {})).toMatchObject({
      balanced: true,
      totals: { received: 3, stored: 1, rejected: 1, mended: 1 },
    })
    expect((await house.audit.list({}))[0]).toMatchObject({ verb: 'retry', subject: 'stream/web' })
  })

  test('what is still wrong stays on the list, and nothing is kept of it', async () => {
    const before = house.events.head()
    const [left] = await listed('web')
    const results = await retry('web', {
      items: [{ id: left!.id }, { id: '77777' }, { id: 'nonsense' }],
    })
    expect(results).toMatchObject([
      { status: 'rejected', reason: expect.stringContaining('type') },
      { status: 'unknown' },
      { status: 'unknown' },
    ])
    expect(await retry('web', { items: [{ id: left!.id, body: 'no object' }] })).toMatchObject([
      { status: 'rejected', reason: 'it is no JSON object' },
    ])
    expect(await listed('web')).toEqual([left])
    expect(house.events.head()).toBe(before)
  })

  test('a retry that died before the list was changed is a repetition, not a second event', async () => {
    const [left] = await listed('web')
    const body = { type: 'track', messageId: 'b' }
    // As the retry does it, up to where it died.
    const sent = await send('web', { id: 'b', value: body })
    expect(sent).toMatchObject([{ status: 'stored' }])
    expect(await retry('web', { items: [{ id: left!.id, body }] })).toMatchObject([
      { status: 'duplicate' },
    ])
    expect(await listed('web')).toEqual([])
    expect((await arrivals.hours('web', {})).totals).toMatchObject({ stored: 2, mended: 2 })
  })

  test('all of a kind are tried again after the contract has changed', async () => {
    const bad = ['c', 'd', 'e'].map((id) => item(id, { event: `order ${id}` }))
    await send('web', ...bad)
    await catchUp()
    const [one] = await listed('web')
    await house.define(eventsWithNames)
    expect(await retry('web', { all: true, contains: 'order c' })).toMatchObject([
      { id: one!.id, status: 'stored' },
    ])
    expect(await retry('web', { all: true, reason: 'no such reason' })).toEqual([])
    expect(await retry('web', { all: true })).toMatchObject([
      { status: 'stored' },
      { status: 'stored' },
    ])
    expect((await arrivals.hours('web', {})).balanced).toBe(true)
  })

  test('what was rejected twice under one id is one event, and is known when it is sent again', async () => {
    const twice = item('twice', { type: 'track' })
    await send('web', twice)
    await send('web', twice)
    await catchUp()
    await house.define(anyEvents)
    expect(await retry('web', { all: true })).toMatchObject([
      { status: 'stored' },
      { status: 'duplicate' },
    ])
    expect(await listed('web')).toEqual([])
    expect(await send('web', twice)).toMatchObject([{ status: 'duplicate' }])
    await catchUp()
    const rows = await engine.rows(
      sql`select count(*) as n from ${currentTable('web')} where message_id = 'twice'`,
    )
    expect(rows).toEqual([{ n: 1 }])
    expect((await arrivals.hours('web', {})).balanced).toBe(true)
  })

  test('what was said later stays the last word, also when a retry had died', async () => {
    await house.define(eventsWithNames)
    const said = (id: string, userId: string, traits: object, more = {}) =>
      item(id, { type: 'identify', userId, traits, ...more })
    const now = { event: 'x' }
    await send('web', said('g1', 'gus', { firstName: 'Old', lastName: 'Gray' }))
    await send('web', said('g2', 'gus', { firstName: 'New' }, now))
    await send('web', said('g3', 'gus', { lastName: 'Green' }))
    await send('web', said('h1', 'hal', { firstName: 'Old', lastName: 'Hill' }))
    await send('web', said('h2', 'hal', { firstName: 'New' }, now))
    await catchUp()
    const rejected = (await listed('web')).filter(({ raw }) => /"(gus|hal)"/.test(raw))
    expect(rejected).toHaveLength(3)
    const [first, third, hal] = rejected.map(({ id, raw }) => ({
      id,
      body: { ...JSON.parse(raw), ...now },
    }))
    // As a retry does it, up to where it died.
    expect(await send('web', { id: 'h1', value: hal!.body })).toMatchObject([{ status: 'stored' }])
    await catchUp()
    expect(await retry('web', { items: [first!, third!, hal!] })).toMatchObject([
      { status: 'stored' },
      { status: 'stored' },
      { status: 'duplicate' },
    ])
    await catchUp()
    const people = await engine.rows(sql`select id, traits_first_name, traits_last_name
      from ${currentTable('web_people')} where id in ('gus', 'hal') order by id`)
    expect(people).toEqual([
      { id: 'gus', traits_first_name: 'New', traits_last_name: 'Green' },
      { id: 'hal', traits_first_name: 'New', traits_last_name: 'Hill' },
    ])
    expect((await arrivals.hours('web', {})).balanced).toBe(true)
  })

  test('what only the lake refuses takes the place of what it was, with the new reason', async () => {
    await house.define(`
kind: stream
key: web
connection: web
source: { takes: events }
mode: append
category: engagement
contract: { conflict: reject, schema: { type: object, required: [event] } }
`)
    await send('web', item('f', {}))
    await catchUp()
    const [was] = await listed('web')
    const body = { event: 'x', messageId: 'f', timestamp: 'not a time' }
    const [result] = await retry('web', { items: [{ id: was!.id, body }] })
    expect(result).toMatchObject({
      status: 'rejected',
      reason: expect.stringContaining('timestamp'),
    })
    const [now] = await listed('web')
    expect(now).toMatchObject({ id: result!.now, raw: JSON.stringify(body) })
    expect(await retry('web', { items: [{ id: now!.id, body: { event: 'x' } }] })).toMatchObject([
      { status: 'stored' },
    ])
    expect(await arrivals.hours('web', {})).toMatchObject({ balanced: true })
  })
})

describe('records of files', () => {
  const labels = ['Id', 'Name', 'Age']
  async function arrive(text: string) {
    const path = join(house.folder, 'contacts.csv')
    writeFileSync(path, `${labels.join(';')}\n${text}`)
    const fields = labels.map((label) => ({
      label,
      name: label.toLowerCase(),
      type: label === 'Age' ? ('integer' as const) : ('text' as const),
    }))
    const columns = fields.map(({ name, label }) => ({ name, label, empty: false }))
    const file = {
      format: 'csv',
      path,
      compressed: false,
      delimiter: ';',
      quote: '"',
      escape: '"',
      header: true,
      columns,
    } as const
    await take(engine, {
      stream: 'contacts',
      mode: 'upsert',
      primaryKey: ['id'],
      known: await fieldsOf(engine, 'contacts'),
      onConflict: 'reject',
      files: (async function* () {
        yield { name: 'contacts.csv', fingerprint: 'f1', file, fields }
      })(),
      at: clock.now(),
      signal: AbortSignal.timeout(10_000),
    })
  }

  test('a mended record is taken, as an object or as a line; one that is still wrong stays', async () => {
    await arrive('1;Ada;36\n2;Bo;old\n3;Cy;young\n4;Di;new\n;Ed;5\n')
    expect((await rejectedOf(engine, 'contacts')).length).toBe(4)
    const [two, three, four, five] = await listed('contacts')
    const results = await retry('contacts', {
      items: [
        { id: two!.id, body: { id: '2', Name: 'Bo', age: 40 } },
        { id: three!.id, body: '3;"Cy; junior";7' },
        { id: four!.id },
        { id: five!.id, body: { id: '', name: 'Ed', age: 5 } },
      ],
    })
    expect(results).toMatchObject([
      { status: 'stored' },
      { status: 'stored' },
      { status: 'rejected', reason: expect.stringContaining('new') },
      { status: 'rejected' },
    ])
    expect(
      await engine.rows(sql`select id, name, age from ${currentTable('contacts')} order by id`),
    ).toEqual([
      { id: '1', name: 'Ada', age: 36 },
      { id: '2', name: 'Bo', age: 40 },
      { id: '3', name: 'Cy; junior', age: 7 },
    ])
    expect(await listed('contacts')).toEqual([four, five])
    const typo = { id: four!.id, body: { id: '4', nmae: 'Di' } }
    expect(await retry('contacts', { items: [typo] })).toMatchObject([
      { status: 'rejected', reason: 'the stream has no field "nmae"' },
    ])
    const hours = await arrivals.hours('contacts', {})
    expect(hours).toMatchObject({
      balanced: true,
      totals: { received: 7, stored: 3, rejected: 2, mended: 2 },
    })
    const { received, stored } = await ledgerOf(engine, 'contacts')
    expect([received, stored]).toEqual([7, 3])
  })

  test('a record that was not as agreed is mended by what has been agreed on', async () => {
    const schema = {
      type: 'object',
      required: ['Id', 'Plan'],
      properties: { Id: { type: 'string' }, Plan: { enum: ['free', 'paid'] } },
    }
    const contract = { schema, unknown: 'reject' as const }
    await house.define(`
kind: stream
key: plans
connection: crm
source: { path: plans.csv }
mode: upsert
primary_key: [id]
category: profile
contract: ${JSON.stringify(contract)}
`)
    const path = join(house.folder, 'plans.ndjson')
    writeFileSync(path, '{"Id":"1","Plan":"free"}\n{"Id":"2","Plan":"gold"}\n{"Id":"3"}\n')
    const fields = ['Id', 'Plan'].map((label) => {
      return { label, name: label.toLowerCase(), type: 'text' as const }
    })
    await take(engine, {
      stream: 'plans',
      mode: 'upsert',
      primaryKey: ['id'],
      known: [],
      judge: judgeOf(contract),
      files: (async function* () {
        const file = { format: 'ndjson', path, compressed: false } as const
        yield { name: 'plans.ndjson', fingerprint: 'p1', file, fields }
      })(),
      at: clock.now(),
      signal: AbortSignal.timeout(10_000),
    })
    const [two, three] = await listed('plans')
    expect(two).toMatchObject({
      reason: expect.stringContaining('Plan'),
      raw: '{"Id":"2","Plan":"gold"}',
    })
    expect(
      await retry('plans', {
        items: [
          { id: two!.id, body: { Id: '2', Plan: 'paid' } },
          { id: three!.id, body: { Id: '3', Plan: 'silver' } },
        ],
      }),
    ).toMatchObject([
      { status: 'stored' },
      { status: 'rejected', reason: expect.stringContaining('Plan') },
    ])
    expect(await listed('plans')).toEqual([three])
    expect(await arrivals.hours('plans', {})).toMatchObject({
      balanced: true,
      totals: { received: 4, stored: 2, rejected: 1, mended: 1 },
    })
  })
})
