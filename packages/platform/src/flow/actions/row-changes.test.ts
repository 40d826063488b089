import { expect, onTestFinished, test, vi } from 'vitest'
import { sql, value } from '#engine'
import { folderEngine } from '#engine/testing'
import { prepareInsights } from '#insights'
import { profileId, setPeople, setRows } from '#insights/testing'
import { prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import { prepareSegments } from '#segments'
import { memoryStore } from '#store/testing'
import type { ActionBody } from './definition.ts'
import { actionMigrations } from './records.ts'
import { heldTable, prepareActions } from './tables.ts'
import { houseOf, webhookTo } from './testing/house.ts'
import { hidden, lakeOrders } from './testing/lake-orders.ts'
import { firingReceiver } from './testing/receiver.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
await prepareInsights(engine)
await prepareSegments(engine)
await prepareActions(engine)
const id = (n: number) => String(profileId(n))
const one = (n: number, total = 100, status = 'open') => ({ n, total, status })
let streams = 0

async function open() {
  await setPeople(
    engine,
    [1, 2, 3].map((n) => ({ profile: profileId(n), first_name: `name ${n}` })),
  )
  await setRows(engine, 'sales_order', [])
  const receiver = await firingReceiver()
  const store = await memoryStore({ actions: actionMigrations })
  const events = await temporaryLog()
  const house = houseOf({ engine, store, events, folder }, { outgoing: receiver.outgoing })
  onTestFinished(async () => {
    await house.actions.stop()
    await house.define({})
    await events.close()
    await store.close()
    await receiver.close()
  })
  await house.actions.start({ live: 'with the set lane' })
  const orders = lakeOrders(engine, folder, `orders_${++streams}`)
  const define = (bodies: Readonly<Record<string, ActionBody>>) =>
    house.define(bodies, [orders.definition])
  return { ...house, define, receiver, orders }
}
const until = (hold: () => void | Promise<void>) =>
  vi.waitFor(hold, { timeout: 40_000, interval: 10 })
const rule = (
  url: string,
  when: Omit<Extract<ActionBody['when'], { row: string }>, 'row'>,
  more: Partial<ActionBody> = {},
): ActionBody => ({
  when: { row: 'sales_order', ...when },
  often: 'each',
  attributes: [
    { as: 'total', field: 'grand_total_amount' },
    { as: 'status', field: 'status' },
    { as: 'name', profile: 'first_name' },
  ],
  target: webhookTo(url),
  ...more,
})
const large = { field: 'grand_total_amount', op: '>=', value: 100 } as const

test('fires for rows that are taken away, with the values that they had last', async () => {
  const { define, look, receiver, ledger, orders } = await open()
  await orders.snapshot(one(1), one(2), one(3, 5))
  await define({
    gone: rule(receiver.url, { change: 'deleted', where: large }),
    came: rule(receiver.url, { change: 'created' }),
    any: rule(receiver.url, { change: 'any' }),
  })
  const fired = async () => [
    (await look('gone')).fired,
    (await look('came')).fired,
    (await look('any')).fired,
  ]
  expect(await fired()).toEqual([0, 0, 0])
  await orders.put(one(1, 250, 'paid'))
  expect(await fired()).toEqual([0, 0, 1])
  // One leaves a snapshot for which the condition held, and one for which it did not.
  await orders.snapshot(one(2))
  expect(await fired()).toEqual([1, 0, 0])
  await orders.remove(2)
  expect(await fired()).toEqual([1, 0, 0])
  expect(await fired()).toEqual([0, 0, 0])
  await until(async () => expect(await ledger('gone')).toEqual({ met: 2, sent: 2 }))
  const gone = receiver.facts().filter(({ change }) => change === 'deleted')
  expect(gone.map(({ person, profile_id, data }) => [person, profile_id, data])).toEqual([
    ['sales_order 1', id(1), { total: 250, status: 'paid', name: 'name 1' }],
    ['sales_order 2', id(2), { total: 100, status: 'open', name: 'name 2' }],
  ])
  expect(gone.every(({ occurrence }) => occurrence.startsWith('deleted '))).toBe(true)
  // Whoever comes again is new, and can go again.
  await orders.put(one(1, 300))
  expect(await fired()).toEqual([0, 1, 1])
  await orders.remove(1)
  expect(await fired()).toEqual([1, 0, 0])
})

test('whose a row was, is known although it was told after the row came', async () => {
  const { define, look, receiver, orders } = await open()
  await define({ gone: rule(receiver.url, { change: 'deleted' }) })
  await orders.put(one(1))
  await look('gone')
  const owner = async (profile: bigint | null) =>
    engine.change('owners', (writer) =>
      writer.run(sql`update model.sales_order set _profile = ${value(profile, 'integer')}`),
    )
  await owner(null)
  await look('gone')
  await owner(profileId(3))
  await look('gone')
  await orders.remove(1)
  expect((await look('gone')).fired).toBe(1)
  await until(() =>
    expect(receiver.facts()).toMatchObject([{ profile_id: id(3), data: { name: 'name 3' } }]),
  )
})

test('nobody is told of what was erased, and nothing of it is held; nor of what a mapping makes no more', async () => {
  const { define, look, receiver, ledger, orders } = await open()
  await orders.put(one(1, 111, 'secret'), one(2), one(3))
  await define({
    gone: rule(receiver.url, { change: 'deleted' }),
    came: rule(receiver.url, { change: 'created' }),
  })
  await look('gone')
  await look('came')
  const held = async () => {
    const rows = await engine.rows(
      sql`select key, data from ${heldTable} where watch = 'gone' order by key`,
    )
    return rows.map((row) => [Number(row['key']), String(row['data']).includes('secret')])
  }
  expect(await held()).toEqual([
    [1, true],
    [2, false],
    [3, false],
  ])
  await orders.erase(1)
  expect((await look('gone')).fired).toBe(0)
  expect(await held()).toEqual([
    [2, false],
    [3, false],
  ])
  await setRows(engine, 'sales_order', [])
  expect((await look('gone')).fired + (await look('came')).fired).toBe(0)
  // Mapped again, the same rows have not come anew.
  await orders.map()
  expect((await look('gone')).fired + (await look('came')).fired).toBe(0)
  await orders.remove(2)
  expect((await look('gone')).fired).toBe(1)
  expect(await ledger('gone')).toMatchObject({ met: 1 })
})

test('what is replaced by what a mapping lets out is not taken away, and has not come when it is let in again', async () => {
  const { define, look, receiver, actions, orders } = await open()
  await orders.put(one(1), one(2), one(3))
  await define({
    gone: rule(receiver.url, { change: 'deleted' }),
    came: rule(receiver.url, { change: 'created' }),
    any: rule(receiver.url, { change: 'any' }),
  })
  const fired = async () => [
    (await look('gone')).fired,
    (await look('came')).fired,
    (await look('any')).fired,
  ]
  expect(await fired()).toEqual([0, 0, 0])
  await orders.put(one(1, 100, hidden))
  expect(await fired()).toEqual([0, 0, 0])
  await orders.put(one(1, 120, 'paid'))
  expect(await fired()).toEqual([0, 0, 1])
  // The last row of a snapshot is where all end that it lacks.
  await orders.snapshot(one(3), one(1, 130, hidden))
  expect(await fired()).toEqual([1, 0, 0])
  await orders.remove(1)
  expect(await fired()).toEqual([1, 0, 0])
  expect(await actions.firings({ action: 'gone' })).toMatchObject([
    { person: 'sales_order 1', data: { total: 120 } },
    { person: 'sales_order 2', data: { total: 100 } },
  ])
})

test('what was seen before streams were held is looked at once more, and no news', async () => {
  const { define, look, receiver, orders } = await open()
  await orders.put(one(1), one(2))
  await define({
    gone: rule(receiver.url, { change: 'deleted' }),
    any: rule(receiver.url, { change: 'any' }),
  })
  await look('gone')
  await look('any')
  await engine.change('held', (writer) =>
    writer.run(sql`update ${heldTable} set stream = null where watch in ('gone', 'any')`),
  )
  expect((await look('gone')).fired + (await look('any')).fired).toBe(0)
  const rows = await engine.rows(
    sql`select distinct stream is null as lacks from ${heldTable} where watch in ('gone', 'any')`,
  )
  expect(rows).toEqual([{ lacks: false }])
  await orders.remove(1)
  expect([(await look('gone')).fired, (await look('any')).fired]).toEqual([1, 0])
})

test('a rule asks what a field was before, and tells it', async () => {
  const { define, look, receiver, ledger, orders } = await open()
  await orders.put(one(1), one(2, 50, 'draft'), one(3))
  const attributes = [
    { as: 'status', field: 'status' },
    { as: 'status', was: 'status' },
    { as: 'total', was: 'grand_total_amount' },
  ]
  await define({
    won: rule(
      receiver.url,
      {
        change: 'changed',
        where: { field: 'status', op: '=', value: 'won' },
        was: { field: 'status', op: '=', value: 'open' },
      },
      { attributes },
    ),
    any: rule(receiver.url, { change: 'any' }, { attributes }),
  })
  const fired = async () => [(await look('won')).fired, (await look('any')).fired]
  expect(await fired()).toEqual([0, 0])
  await orders.put(one(1, 100, 'won'), one(2, 50, 'won'), one(3, 100, 'lost'))
  expect(await fired()).toEqual([1, 3])
  // It was won before already.
  await orders.put(one(1, 170, 'won'))
  expect(await fired()).toEqual([0, 1])
  await orders.put(one(3, 90, 'open'))
  await orders.put(one(4, 1, 'won'))
  expect(await fired()).toEqual([0, 2])
  await orders.put(one(3, 95, 'won'))
  expect(await fired()).toEqual([1, 1])
  await until(async () => expect(await ledger('won')).toEqual({ met: 2, sent: 2 }))
  await until(async () => expect(await ledger('any')).toEqual({ met: 7, sent: 7 }))
  const told = receiver.received
    .filter(({ body }) => JSON.parse(body).action === 'won')
    .flatMap(({ firings }) => firings)
  expect(told.map(({ change, data, was }) => [change, data, was])).toEqual([
    ['changed', { status: 'won' }, { status: 'open', total: 100 }],
    ['changed', { status: 'won' }, { status: 'open', total: 90 }],
  ])
  expect(receiver.facts().find(({ person }) => person === 'sales_order 4')).toMatchObject({
    change: 'created',
    data: { status: 'won' },
    was: { status: null, total: null },
  })
})

test('a value that is asked for later is known from the next look on', async () => {
  const { define, look, receiver, actions, orders } = await open()
  await orders.put(one(1), one(2))
  const changed = (attributes: NonNullable<ActionBody['attributes']>) => ({
    changed: rule(receiver.url, { change: 'changed' }, { attributes }),
  })
  await define(changed([{ as: 'now', field: 'status' }]))
  await look('changed')
  await define(changed([{ as: 'before', was: 'status' }]))
  // It changed before anybody could have remembered what it was.
  await orders.put(one(1, 1, 'paid'))
  expect((await look('changed')).fired).toBe(1)
  await orders.put(one(1, 1, 'sent'), one(2, 1, 'paid'))
  expect((await look('changed')).fired).toBe(2)
  const firings = await actions.firings({ action: 'changed' })
  expect(firings.map(({ person, was }) => [person, was]).toReversed()).toEqual([
    ['sales_order 1', { before: null }],
    ['sales_order 1', { before: 'paid' }],
    ['sales_order 2', { before: 'open' }],
  ])
})
