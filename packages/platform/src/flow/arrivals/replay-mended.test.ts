import { expect, test } from 'vitest'
import { sql } from '#engine'
import { systemCaller as caller } from '#kernel/caller.ts'
import { currentTable } from '#lake'
import { rejectsOf } from './rejects.ts'
import { item, makeHouse } from './testing/house.ts'

const { arrivals, send, catchUp, engine, jobs, events, define, collecting } = await makeHouse(`
{ kind: connection, key: web, connector: events, settings: {} }
---
{ kind: stream, key: web, connection: web, source: { takes: events }, mode: append, category: engagement,
  contract: { schema: { required: [event] } } }
`)

test('what was mended is run again as what it became, and not once more as what it was', async () => {
  const priced = (id: string, price: unknown, more: object = { event: 'Bought' }) =>
    item(id, { type: 'track', userId: 'ada', properties: { price }, ...more })
  await send('web', priced('a', 1), priced('b', 'dear'), priced('c', 3, {}), priced('d', 'cheap'))
  await catchUp()
  const signal = AbortSignal.timeout(20_000)
  const decision = { kind: 'refuse' } as const
  await arrivals.decide(caller, { stream: 'web', field: 'properties_price', decision })
  const listed = await rejectsOf(engine, 'web', { limit: 10 })
  expect(listed).toHaveLength(3)
  const items = listed.slice(0, 2).map(({ id, raw }) => {
    return { id, body: { ...JSON.parse(raw), event: 'Bought', properties: { price: 2 } } }
  })
  const { results } = await arrivals.retry(caller, { stream: 'web', wish: { items }, signal })
  expect(results).toMatchObject([{ status: 'stored' }, { status: 'stored' }])
  await catchUp()

  const { id, job } = await arrivals.replays.start(caller, { stream: 'web' }, signal)
  await jobs.waitFor(job)
  expect(await arrivals.replays.get(id)).toMatchObject({
    state: 'ready',
    // The one that nobody mended comes back, with its value beside the column.
    lake: { same: 3, changed: 0, added: 1, missing: 0 },
  })
  await jobs.waitFor((await arrivals.replays.swap(caller, id)).job)
  const rows = await engine.rows(sql`select event, count(*) as n, sum(properties_price) as price
    from ${currentTable('web')} group by 1`)
  expect(rows).toEqual([{ event: 'Bought', n: 4, price: 5 }])
  expect((await arrivals.hours('web', {})).balanced).toBe(true)
})

test('what came before its stream was there, and was adopted, is run again once', async () => {
  const body = JSON.stringify({ type: 'track', event: 'Early', messageId: 'early' })
  await events.append([{ stream: 'late', kind: 'put', body }])
  await catchUp()
  await define(`
{ kind: connection, key: late, connector: events, settings: {} }
---
{ kind: stream, key: late, connection: late, source: { takes: events }, mode: append, category: engagement }
`)
  const place = { writeKey: '', stream: 'late', connection: undefined, keepKey: false }
  expect(await collecting.adopt(caller, place)).toEqual({ adopted: 1, duplicates: 0, rejected: 0 })
  await catchUp()
  const { id, job } = await arrivals.replays.start(
    caller,
    { stream: 'late' },
    AbortSignal.timeout(20_000),
  )
  await jobs.waitFor(job)
  expect(await arrivals.replays.get(id)).toMatchObject({
    lake: { same: 1, changed: 0, added: 0, missing: 0 },
  })
})
