import { expect, test } from 'vitest'
import { sql, value } from '#engine'
import { hourTable } from './tables.ts'
import { item, makeHouse } from './testing/house.ts'

const house = await makeHouse(`
kind: connection
key: web
connector: events
settings: {}
---
kind: stream
key: web
label: Web shop
connection: web
source: { takes: events }
mode: append
category: engagement
contract:
  schema: { type: object, required: [type] }
`)
const { arrivals, send, catchUp, clock, engine } = house
const dayMs = 86_400_000
const hourMs = 3_600_000

test('hours say what became of what arrived, and what waits', async () => {
  const track = { type: 'track' }
  await send('web', item('a', track), item('b', track), item('a', track), item('c', {}))
  await catchUp()
  clock.move(hourMs)
  await send('web', item('d', track))
  await catchUp()
  const hours = await arrivals.hours('web', {})
  expect(hours).toMatchObject({
    waiting: 0,
    balanced: true,
    totals: { received: 5, stored: 3, duplicate: 1, rejected: 1 },
    hours: [
      { hour: '2026-03-30T10:00:00.000Z', received: 4, stored: 2, duplicate: 1, rejected: 1 },
      { hour: '2026-03-30T11:00:00.000Z', received: 1, stored: 1 },
    ],
  })
  const { totals } = await arrivals.hours('web', { from: '2026-03-30T11:00:00Z' })
  expect(totals.received).toBe(1)
})

test('what waits is told by the hour in which it came, and every hour balances at every moment', async () => {
  const held = Promise.withResolvers<void>()
  // The lake can be read, and not written.
  const holding = engine.change('test', () => held.promise)
  const kept = new Map<string, number>()
  let sent = 0
  const sendMore = async (count: number) => {
    const items = Array.from({ length: count }, () => item(`w${++sent}`, { type: 'track' }))
    await send('web', ...items)
    const hour = new Date(Math.floor(clock.now().getTime() / hourMs) * hourMs).toISOString()
    kept.set(hour, (kept.get(hour) ?? 0) + count)
  }
  const from = new Date(clock.now().getTime() + hourMs).toISOString()
  for (const count of [3, 0, 5, 2]) {
    clock.move(hourMs)
    await sendMore(count)
  }
  const look = async () => {
    const answer = await arrivals.hours('web', { from })
    expect(answer.balanced).toBe(true)
    const received = answer.hours.map(({ hour, ...of }) => [hour, of.received])
    expect(received).toEqual([...kept].filter(([, count]) => count > 0))
    expect(answer.totals.received).toBe(sent)
    return answer
  }
  const before = await look()
  expect(before.hours.map(({ waiting }) => waiting)).toEqual([3, 5, 2])
  expect([before.waiting, before.totals.waiting]).toEqual([10, 10])
  held.resolve()
  await holding
  for (let { waiting } = before; waiting > 0; { waiting } = await look())
    // What comes meanwhile must not be told of twice either.
    if (sent < 60) await sendMore(1)
  const after = await look()
  expect(after.hours.map(({ stored, waiting }) => [stored, waiting])).toEqual(
    [...kept.values()].filter((count) => count > 0).map((count) => [count, 0]),
  )
})

test('times that are none, windows that are turned around and streams that are not there are refused', async () => {
  const asked = (key: string, of: object) => arrivals.hours(key, of)
  await expect(asked('web', { from: 'soon' })).rejects.toMatchObject({ code: 'arrivals.bad_time' })
  await expect(asked('web', { from: '2026-04-02', to: '2026-04-01' })).rejects.toMatchObject({
    code: 'arrivals.turned_around',
  })
  await expect(asked('wbe', {})).rejects.toMatchObject({ code: 'streams.unknown_stream' })
})

/** Sets the ledger of hours: so many events at each of these hours before the running one. */
async function history(volumes: ReadonlyMap<number, number>) {
  const running = Math.floor(clock.now().getTime() / hourMs) * hourMs
  await engine.change('test', async (writer) => {
    await writer.run(sql`delete from ${hourTable}`)
    for (const [hoursAgo, received] of volumes)
      await writer.run(sql`insert into ${hourTable} (stream, hour, received)
        values ('web', ${value(new Date(running - hoursAgo * hourMs))}, ${value(received)})`)
  })
}

/** A hundred events in every hour of so many days, as far as an alert looks at them. */
const steady = (days: number) =>
  Array.from({ length: days }, (_, day) => [(day + 1) * 24, (day + 1) * 24 + 1])
    .flat()
    .map((hoursAgo) => [hoursAgo, 100] as const)

test('an hour that brought too little or too much is told of, when there are seven days to compare with', async () => {
  await history(new Map([...steady(6), [1, 0]]))
  expect(await arrivals.alerts()).toEqual([])
  await history(new Map([...steady(28), [1, 59]]))
  expect(await arrivals.alerts()).toMatchObject([
    {
      stream: 'web',
      label: 'Web shop',
      kind: 'low',
      received: 59,
      expected: 100,
      low: 60,
      high: 140,
    },
  ])
  await history(new Map([...steady(28), [1, 60], [0, 140]]))
  expect(await arrivals.alerts()).toEqual([])
  await history(new Map([...steady(28), [1, 141], [0, 300]]))
  expect((await arrivals.alerts()).map(({ kind, received }) => [kind, received])).toEqual([
    ['high', 141],
    ['high', 300],
  ])
})

test('an hour without any event is told of; the one that runs is not missed yet', async () => {
  await history(new Map(steady(28)))
  const alerts = await arrivals.alerts()
  const lastHour = new Date(Math.floor(clock.now().getTime() / hourMs - 1) * hourMs)
  expect(alerts).toMatchObject([{ kind: 'low', received: 0, hour: lastHour.toISOString() }])
  expect(alerts[0]!.say).toMatch(/^Web shop: 0 events from \d\d:00 to \d\d:00 UTC/)
  clock.move(40 * dayMs)
  expect(await arrivals.alerts()).toEqual([])
})
