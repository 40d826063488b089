import { expect, onTestFinished, test } from 'vitest'
import { sql } from '#engine'
import { groundOf, sweepSegments } from '#segments'
import { adoptTogether } from './adopt.ts'
import { lanesOf } from './lane.ts'
import { peopleWith, tickHouse } from './testing/house.ts'

const segments = [
  peopleWith('asking', { all: [{ segment: 'small' }, { not: { segment: 'french' } }] }),
  peopleWith('small', {
    related: 'sales_order',
    where: { field: 'grand_total_amount', op: '<', value: 50 },
  }),
  peopleWith('french', { field: 'country', op: '=', value: 'France' }),
  peopleWith('nobody', { field: 'country', op: '=', value: 'Atlantis' }),
  ...[30, 365, 3000].map((days) =>
    peopleWith(`lately_${days}`, {
      related: 'sales_order',
      where: { field: 'purchased_at', op: 'within_last_days', value: days },
    }),
  ),
]

async function arrange() {
  const { engine, clock, known, segments: all, tick } = await tickHouse(segments)
  const ask = async (text: string) => (await engine.checked(text)).rows
  const state = async () => ({
    members: await ask('select segment, profile, entered_at from segment.member order by all'),
    states: await ask('select segment, members, published_at from segment._state order by all'),
    kept: await ask('select * from segment._live order by all'),
    due: await ask(
      'select object, profile, min(moment) as moment from segment._due group by all order by all',
    ),
    sizes: (await all.list()).map(({ key, last }) => [key, last?.members, last?.entered]),
  })
  const adoptAll = async () => {
    const now = clock.now()
    const ground = await groundOf(engine, await known(), now)
    const ones = [...lanesOf(segments, ground.subjects).live.values()]
    const { signal } = new AbortController()
    return adoptTogether({ engine, segments: all }, ones, { now, signal })
  }
  return { engine, tick, state, adoptAll }
}

test('segments that are made live together are as if each had been by itself', async () => {
  const [one, other] = [await arrange(), await arrange()]
  const done = await one.adoptAll()
  for (const key of [
    'small',
    'french',
    'asking',
    'nobody',
    'lately_30',
    'lately_365',
    'lately_3000',
  ])
    await other.tick.publish(key)
  const [found, expected] = [await one.state(), await other.state()]
  expect(found).toEqual(expected)
  expect(found.members.length).toBeGreaterThan(5)
  expect(done.get('nobody')).toMatchObject({ members: 0, changed: true })
  expect(await one.adoptAll()).toEqual(new Map())
  await one.tick.round()
  expect(await one.tick.check()).toBe(0)
})

test('a comparison of many finds who is missing and who is too many, and puts it right', async () => {
  const { engine, tick, state, adoptAll } = await arrange()
  await adoptAll()
  const { members } = await state()
  await engine.change('spoilt', async (writer) => {
    await writer.run(sql`delete from segment.member where segment = 'french'`)
    await writer.run(sql`insert into segment.member select 'nobody', 1, 1, now()`)
  })
  const lost = members.filter(({ segment }) => segment === 'french').length
  expect(lost).toBeGreaterThan(0)
  expect(await tick.check()).toBe(lost + 1)
  expect(await tick.check()).toBe(0)
  const pairs = (rows: typeof members) => rows.map((row) => [row['segment'], row['profile']])
  expect(pairs((await state()).members)).toEqual(pairs(members))
})

test('a segment whose members were taken away with its definition is not taken for live', async () => {
  const { engine, tick, adoptAll } = await arrange()
  await adoptAll()
  const others = segments.map(({ key }) => key).filter((key) => key !== 'french')
  await sweepSegments(engine, others)
  expect((await tick.status()).live).toBe(others.length)
})

test('what a run made live ahead is told where the run comes to it, unless somebody has published it since', async () => {
  const { tick } = await arrange()
  tick.start()
  onTestFinished(tick.stop)
  const refresher = tick.beside.segment(() => Promise.reject(new Error('the tick does it')))
  const refresh = (key: string, ahead: readonly string[] = []) => {
    const node = { key: `segment:${key}`, kind: 'segment', label: key, inputs: [], definition: '' }
    const { signal } = new AbortController()
    const tools = { signal, progress: () => {}, scope: 'whole', from: {}, to: {}, ahead } as const
    return refresher({ ...node, freshness: 'live' }, tools)
  }
  const first = await refresh('small', ['segment:french', 'segment:nobody'])
  expect(first).toMatchObject({ changed: 'all' })
  await tick.publish('french')
  expect(await refresh('french')).toMatchObject({ changed: 'nothing' })
  expect(await refresh('nobody')).toMatchObject({ changed: 'all' })
})
