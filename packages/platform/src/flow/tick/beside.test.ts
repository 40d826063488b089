import { expect, onTestFinished, test, vi } from 'vitest'
import { sql, value } from '#engine'
import { peopleWith, tickHouse } from './testing/house.ts'

test('who is who is told anew where somebody asks, however little came since', async () => {
  const { tick } = await tickHouse([])
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
  const lately = peopleWith('lately', {
    related: 'sales_order',
    where: { field: 'purchased_at', op: 'within_last_days', value: 30 },
  })
  const { engine, clock, tick } = await tickHouse([lately])
  await tick.publish('lately')
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
  const staleness = async () => (await tick.keeping([lately])).get('lately')?.staleness_ms
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
  expect((await staleness())!).toBeGreaterThan(0)
  clock.move(30_000)
  await nextRound()
  await vi.waitFor(async () => expect(await overdue()).toBe(0), { timeout: 60_000 })
  await vi.waitFor(async () => expect(await staleness()).toBe(0), { timeout: 60_000 })
})

test('a segment that is defined otherwise for a moment has everybody who came meanwhile', async () => {
  const here = (country: string) =>
    peopleWith('here', { field: 'country', op: '=', value: country })
  const definitions = [here('France')]
  const { engine, tick } = await tickHouse(definitions)
  const ask = async (text: string) => (await engine.checked(text)).rows.map((row) => row['profile'])
  await tick.publish('here')
  tick.start()
  onTestFinished(tick.stop)
  await vi.waitFor(async () => expect((await tick.status()).live).toBe(1), { timeout: 60_000 })
  await tick.round()
  definitions[0] = here('Atlantis')
  await tick.round()
  const [moved] = await ask(
    `select profile from unified.individual where profile not in (select profile from segment.member) order by 1 limit 1`,
  )
  await engine.change('somebody moves', async (writer) => {
    const isThey = sql`profile = ${value(BigInt(String(moved)))}`
    await writer.run(sql`update unified.individual set country = 'France' where ${isThey}`)
    await writer.run(sql`insert into model._touched (object, profile, position)
      select 'unified:individual', profile, 1 from unified.individual where ${isThey}`)
  })
  await tick.round()
  definitions[0] = here('France')
  tick.note()
  await vi.waitFor(
    async () => {
      expect(await ask('select profile from segment.member')).toContain(moved)
      expect((await tick.status()).live).toBe(1)
    },
    { timeout: 60_000 },
  )
})
