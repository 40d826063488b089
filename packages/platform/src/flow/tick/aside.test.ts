import { expect, test } from 'vitest'
import { sql, value } from '#engine'
import { peopleMark } from '#model'
import type { Segment } from '#segments'
import { fillTenant, profileId } from '#segments/testing'
import { peopleWith, tickHouse } from './testing/house.ts'

const french = peopleWith('french', { field: 'country', op: '=', value: 'France' })
const small = peopleWith('small', {
  related: 'sales_order',
  where: { field: 'grand_total_amount', op: '<', value: 50 },
})
const asking = peopleWith('asking', { all: [{ segment: 'small' }, { segment: 'french' }] })
const names = ['', 'ada', 'bob', 'cleo', 'dan', 'eve']

async function arrange(segments: readonly Segment[]) {
  const { engine, segments: all, tick } = await tickHouse(segments)
  for (const { key } of segments) await tick.publish(key)
  const members = async (key: string) => {
    const rows = await engine.rows(
      sql`select profile from segment.member where segment = ${value(key)} order by 1`,
    )
    return rows.map((row) => names[Number(BigInt(String(row['profile'])) - profileId(0))]).join(' ')
  }
  /** Orders say of their worth what no number says; everybody's country becomes another; and who is looked at next. */
  const spoil = (country: string | undefined, n?: number) =>
    engine.change('rows', async (writer) => {
      await writer.run(sql`alter table model.sales_order alter grand_total_amount type varchar`)
      await writer.run(
        sql`update model.sales_order set grand_total_amount = 'much' where _profile = ${value(profileId(2))}`,
      )
      if (country !== undefined)
        await writer.run(sql`update unified.individual set country = ${value(country)}`)
      const position = value(await writer.positions(1))
      await writer.run(
        n === undefined
          ? sql`insert into model._touched (object, profile, position) values (${value(peopleMark)}, null, ${position})`
          : sql`insert into segment._due values (${value(peopleMark)}, ${value(profileId(n))}, 1)`,
      )
    })
  const stale = async () => {
    const list = await all.list()
    return list.flatMap(({ key, stale: of }) => (of ? [`${key}: ${of.why}`] : []))
  }
  return { engine, tick, members, spoil, stale }
}

test.each([
  ['some are marked', 2, 'ada'],
  ['everybody is marked', undefined, ''],
])(
  'where %s, a segment that fails keeps its members, is stale, and holds up no other',
  async (_, n, left) => {
    const { engine, tick, members, spoil, stale } = await arrange([small, french, asking])
    expect([await members('small'), await members('french'), await members('asking')]).toEqual([
      'ada bob eve',
      'ada bob',
      'ada bob',
    ])
    await spoil('Spain', n)
    await tick.round()
    expect(await stale()).toEqual([expect.stringMatching(/^small: .*VARCHAR/)])
    expect([await members('small'), await members('french'), await members('asking')]).toEqual([
      'ada bob eve',
      left,
      left,
    ])
    expect((await tick.status()).live).toBe(2)
    // Nothing waits any more, and the next round has no trouble.
    await tick.round()
    expect(await engine.rows(sql`select * from model._touched`)).toEqual([])
    // The orders are as they were, and the people too.
    await fillTenant(engine)
    await tick.check()
    expect(await stale()).toEqual([])
    expect((await tick.status()).live).toBe(3)
    expect([await members('small'), await members('asking')]).toEqual(['ada bob eve', 'ada bob'])
  },
)

test('a check that finds one that fails checks all the others', async () => {
  const { engine, tick, members, spoil, stale } = await arrange([small, french])
  await spoil(undefined, 2)
  await tick.round()
  await engine.change('unnoticed', (writer) =>
    writer.run(
      sql`update unified.individual set country = 'Spain' where profile = ${value(profileId(1))}`,
    ),
  )
  expect(await tick.check()).toBe(1)
  expect(await members('french')).not.toContain('ada')
  expect(await stale()).toHaveLength(1)
})

test('one that failed when somebody published it is well again once a full run agrees', async () => {
  const { engine, tick, spoil, stale } = await arrange([small, french])
  await spoil(undefined, 2)
  await expect(tick.publish('small')).rejects.toThrow('VARCHAR')
  expect(await stale()).toHaveLength(1)
  await fillTenant(engine)
  expect(await tick.check()).toBe(0)
  expect(await stale()).toEqual([])
})
