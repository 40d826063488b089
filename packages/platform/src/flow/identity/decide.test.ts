import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { systemCaller } from '#kernel/caller.ts'
import { modelOf } from '#model'
import { contradictionIn } from './contradiction.ts'
import { identityNodes } from './nodes.ts'
import { emailAndPhone, houseOfPeople, putRows, removeRows } from './testing/index.ts'

const why = 'they said so'

/** The ids of people, by profile. */
async function groups(engine: Engine): Promise<string[]> {
  const rows = await engine.rows(sql`select string_agg(r.id, '' order by r.id) as ids
    from unified.link_individual l join model.individual r on r._key = l.record group by l.profile order by 1`)
  return rows.map(({ ids }) => String(ids))
}

const profiles = async (engine: Engine): Promise<Record<string, unknown>> => {
  const rows = await engine.rows(sql`select r.id, l.profile from unified.link_individual l
    join model.individual r on r._key = l.record`)
  return Object.fromEntries(rows.map(({ id, profile }) => [id, profile]))
}

const family = {
  a: { email: 'x@x.de', phone: '+49 171 1234567' },
  b: { email: 'x@x.de' },
  c: { email: 'x@x.de', phone: '+49 171 7654321' },
  d: { phone: '+49 171 7654321' },
  e: { email: 'e@x.de' },
}

test('a record that is taken out stays out, and what was its own comes with it', async () => {
  const { engine, identity, model, put, notes } = await houseOfPeople()
  await put(family)
  await putRows(engine, model, 'sales_order', [{ id: 'o1', individual_id: 'c' }])
  await identity.run('people')
  expect(await groups(engine)).toEqual(['abcd', 'e'])
  const before = await profiles(engine)
  const made = await identity.unlink('people', { record: 'crm:c', why }, systemCaller)
  expect(made).toMatchObject([
    { number: 1, kind: 'cannot_link', left: { id: 'c' }, right: { id: 'a' }, why, by: 'system' },
    { left: { id: 'c' }, right: { id: 'b' } },
    { left: { id: 'c' }, right: { id: 'd' } },
  ])
  expect(notes).toEqual(Array(3).fill('system identity.cannot_link ruleset:people'))
  const run = await identity.run('people')
  expect(run).toMatchObject({ split: 2, refused: 2, for_review: 0 })
  expect(run.rules).toMatchObject([{ refused: 1 }, { refused: 1 }])
  expect(await groups(engine)).toEqual(['ab', 'c', 'd', 'e'])
  const after = await profiles(engine)
  expect([after['a'], after['b'], after['e']]).toEqual([before['a'], before['a'], before['e']])
  const [order] = await engine.rows(sql`select _profile from model.sales_order`)
  expect(order?.['_profile']).toBe(after['c'])
  expect(await identity.run('people')).toMatchObject({ changed: false })

  const numbers = made.map(({ number }) => number)
  await identity.withdraw('people', { decisions: numbers, why: 'an error' }, systemCaller)
  expect(await identity.run('people')).toMatchObject({ merged: 2, refused: 0 })
  expect(await profiles(engine)).toEqual(before)
  const [last] = await identity.decisions('people')
  expect(last?.withdrawn).toMatchObject({ why: 'an error', by: 'system' })
  expect(await identity.decisions('people', { standing: true })).toEqual([])
})

test('records that agree come together although the oldest of them refuses one', async () => {
  const { engine, identity, put } = await houseOfPeople()
  await put({ a: { email: 'x@x.de' }, b: { email: 'x@x.de' }, c: { email: 'x@x.de' } })
  await identity.run('people')
  for (const from of ['crm:b', 'crm:c'])
    await identity.unlink('people', { record: 'crm:a', from, why }, systemCaller)
  await identity.run('people')
  expect(await groups(engine)).toEqual(['a', 'bc'])
  const links = await engine.rows(sql`select l.id as l, r.id as r from unified.evidence_individual e
    join model.individual l on l._key = e."left" join model.individual r on r._key = e."right"`)
  expect(links).toEqual([{ l: 'b', r: 'c' }])
  const refused = await engine.rows(sql`select rule, reason from unified.refused_individual`)
  expect(refused).toEqual(Array(2).fill({ rule: 'email', reason: 'kept_apart' }))
})

test('records that no rule links are linked by hand, also when they go and come back', async () => {
  const { engine, identity, put } = await houseOfPeople()
  await put(family)
  await identity.run('people')
  const pair = { left: 'crm:e', right: 'crm:d', why }
  const [made] = await identity.link('people', pair, systemCaller)
  expect(await identity.link('people', pair, systemCaller)).toEqual([made])
  expect(await identity.run('people')).toMatchObject({ merged: 1, profiles: 1 })
  await removeRows(engine, 'individual', ['e'])
  await identity.run('people')
  expect(await groups(engine)).toEqual(['abcd'])
  await put({ e: {} })
  await identity.run('people')
  expect(await groups(engine)).toEqual(['abcde'])
  expect([...(await identity.decided())]).toEqual([['individual', 1]])
})

test('a whole profile can be left', async () => {
  const { engine, identity, put } = await houseOfPeople()
  await put(family)
  await identity.run('people')
  const made = await identity.unlink(
    'people',
    { record: 'crm:b', from: 'profile', why },
    systemCaller,
  )
  expect(made.map(({ right }) => right.id)).toEqual(['a', 'c', 'd'])
  await identity.run('people')
  expect(await groups(engine)).toEqual(['acd', 'b', 'e'])
})

test('what cannot hold is refused, and nothing of it is kept', async () => {
  const { identity, put } = await houseOfPeople()
  await put({ ...family, f: { space: 'south' } })
  await identity.run('people')
  const link = (left: string, right: string) =>
    identity.link('people', { left: `crm:${left}`, right: `crm:${right}`, why }, systemCaller)
  const unlink = (record: string, from?: string) =>
    identity.unlink(
      'people',
      { record: `crm:${record}`, why, ...(from ? { from: `crm:${from}` } : {}) },
      systemCaller,
    )
  await link('a', 'd')
  await link('d', 'e')
  await expect(unlink('e', 'a')).rejects.toMatchObject({
    code: 'identity.contradiction',
    message:
      'this decision (crm:e and crm:a) keeps apart what is linked by decision 2 (crm:d and crm:e), ' +
      'decision 1 (crm:a and crm:d); withdraw one of them first',
  })
  await unlink('b', 'e')
  await expect(link('a', 'b')).rejects.toMatchObject({ code: 'identity.contradiction' })
  await expect(link('a', 'a')).rejects.toMatchObject({ code: 'identity.same_record' })
  await expect(link('a', 'f')).rejects.toMatchObject({ code: 'identity.other_space' })
  await expect(unlink('e')).rejects.toMatchObject({ code: 'identity.stands_alone' })
  await expect(
    identity.withdraw('people', { decisions: [1, 9], why }, systemCaller),
  ).rejects.toMatchObject({ code: 'identity.unknown_decision', at: 'decisions[1]' })
  expect(await identity.decisions('people', { standing: true })).toHaveLength(3)
  expect(await identity.decisions('people', { record: 'crm:b' })).toMatchObject([{ number: 3 }])
})

test('a contradiction is found just when must-links connect what is kept apart', () => {
  const record = fc.nat(5).map((id) => ({ space: 's', source: 'c', stream: 'c', id: `${id}` }))
  const kind = fc.constantFrom('must_link' as const, 'cannot_link' as const)
  const decision = fc.record({ kind, left: record, right: record })
  fc.assert(
    fc.property(fc.array(decision, { maxLength: 8 }), (all) => {
      const label = [0, 1, 2, 3, 4, 5]
      const must = all.filter((of) => of.kind === 'must_link')
      for (const _ of label)
        for (const { left, right } of must) {
          const least = Math.min(label[Number(left.id)]!, label[Number(right.id)]!)
          label[Number(left.id)] = least
          label[Number(right.id)] = least
        }
      const isBroken = all.some(
        (of) =>
          of.kind === 'cannot_link' &&
          of.left.id !== of.right.id &&
          label[Number(of.left.id)] === label[Number(of.right.id)],
      )
      const found = contradictionIn(all.filter(({ left, right }) => left.id !== right.id))
      expect(found !== undefined).toBe(isBroken)
      const ids = new Set(found?.chain.flatMap(({ left, right }) => [left.id, right.id]))
      if (found) expect(ids.has(found.apart.left.id) && ids.has(found.apart.right.id)).toBe(true)
    }),
  )
})

test('a decision makes the profiles stale', () => {
  const definition = (decided?: ReadonlyMap<string, number>) =>
    identityNodes([emailAndPhone], modelOf([]), {
      mapped: new Set(),
      positions: new Map(),
      ...(decided ? { decided } : {}),
    })[0]?.definition
  expect(definition(new Map())).toBe(definition())
  expect(definition(new Map([['individual', 1]]))).not.toBe(definition())
})
