import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { systemCaller } from '#kernel/caller.ts'
import { emailAndPhone, houseOfPeople } from './testing/index.ts'

const why = 'looked at it'
const limits = { clean_streams: ['reg'] }

async function groups(engine: Engine): Promise<string[]> {
  const rows = await engine.rows(sql`select string_agg(r.id, ' ' order by r.id) as ids
    from unified.link_individual l join model.individual r on r._key = l.record group by l.profile order by 1`)
  return rows.map(({ ids }) => String(ids))
}

const phone = '+49 171 1234567'
/** A customer of the shop who agrees with two people of the register, and somebody whom only the second one brings along. */
const people = {
  reg1: { stream: 'reg', email: 'x@x.de' },
  reg2: { stream: 'reg', phone },
  s: { stream: 'shop', email: 'x@x.de', phone },
  t: { stream: 'shop', phone: '+49 171 7654321' },
}

test('rules alone do not bring two of a clean stream together: the second waits for review', async () => {
  const { engine, identity, put } = await houseOfPeople({ ...emailAndPhone, limits })
  await put(people)
  expect(await identity.run('people')).toMatchObject({ profiles: 3, for_review: 1 })
  expect(await groups(engine)).toEqual(['reg1 s', 'reg2', 't'])
  const { items } = await identity.review('people')
  expect(items).toMatchObject([
    { reason: 'clean_source', why: 'two records of a stream in which nobody stands twice' },
  ])
  const told = await identity.explain('people', { left: 'reg:reg1', right: 'reg:reg2' })
  expect(told.refused).toMatchObject([{ rule: 'phone', reason: 'clean_source' }])
  await engine.close()
})

test('a link by hand of others makes no room for a second; two joined in review become one, and stay', async () => {
  const { engine, identity, put } = await houseOfPeople({ ...emailAndPhone, limits })
  await put(people)
  await identity.run('people')
  await identity.link('people', { left: 'shop:s', right: 'shop:t', why }, systemCaller)
  expect(await identity.run('people')).toMatchObject({ mode: 'incremental', for_review: 1 })
  expect(await groups(engine)).toEqual(['reg1 s t', 'reg2'])
  const { items } = await identity.review('people')
  const pairs = items.map(({ left, right }) => ({ left: left.profile, right: right.profile }))
  await identity.settle('people', { decide: 'join', pairs, why }, systemCaller)
  expect((await identity.review('people')).items[0]?.decided).toBeDefined()
  expect(await identity.run('people')).toMatchObject({ profiles: 1, for_review: 0 })
  await put({ reg3: { stream: 'reg', phone } })
  expect(await identity.run('people')).toMatchObject({ profiles: 2, for_review: 1 })
  expect(await groups(engine)).toEqual(['reg1 reg2 s t', 'reg3'])
  expect(await identity.run('people')).toMatchObject({ changed: false })
  await engine.close()
})
