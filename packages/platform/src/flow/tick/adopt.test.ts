import { expect, onTestFinished, test, vi } from 'vitest'
import { sql } from '#engine'
import { groundOf } from '#segments'
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
  return { engine, clock, tick, state, adoptAll }
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

test('who is who is told anew where somebody asks, however little came since', async () => {
  const { tick } = await arrange()
  tick.start()
  onTestFinished(tick.stop)
  const refresher = tick.beside.identity(async () => ({ changed: 'all' }))
  const [key, kind, label] = ['unified:individual', 'identity', 'people']
  const refresh = (isAsked: boolean) =>
    refresher(
      { key, kind, label, inputs: [], definition: '', freshness: 'live' },
      {
        signal: new AbortController().signal,
        progress: () => {},
        scope: 'changes',
        from: {},
        to: {},
        isAsked,
      },
    )
  expect(await refresh(false)).toMatchObject({ changed: 'nothing' })
  expect(await refresh(true)).toMatchObject({ changed: 'all' })
})

test('who is due with time alone waits where there was a round a moment ago, and is asked by a later one', async () => {
  const { engine, clock, tick, adoptAll } = await arrange()
  await adoptAll()
  tick.start()
  onTestFinished(tick.stop)
  const nextRound = async () => {
    const { rounds } = await tick.status()
    tick.note()
    await vi.waitFor(async () => expect((await tick.status()).rounds).toBeGreaterThan(rounds), {
      timeout: 60_000,
    })
  }
  const overdue = async () => {
    const { rows } = await engine.checked(
      `select count(*) as n from segment._due where object = 'overdue'`,
    )
    return Number(rows[0]?.['n'])
  }
  const marked = async () => {
    const { rows } = await engine.checked('select count(*) as n from model._touched')
    return Number(rows[0]?.['n'])
  }
  await nextRound()
  await engine.change('somebody is due, somebody marked', async (writer) => {
    await writer.run(
      sql`insert into segment._due select 'overdue', min(profile), 0 from unified.individual`,
    )
    await writer.run(sql`insert into model._touched (object, profile, position)
      select 'unified:individual', max(profile), 1 from unified.individual`)
  })
  await nextRound()
  await nextRound()
  expect([await marked(), await overdue()]).toEqual([0, 1])
  clock.move(30_000)
  await nextRound()
  await vi.waitFor(async () => expect(await overdue()).toBe(0), { timeout: 60_000 })
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
