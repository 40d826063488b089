import { expect, test } from 'vitest'
import { type Engine, sql } from '#engine'
import { systemCaller } from '#kernel/caller.ts'
import { problemsOf } from '#kernel/read.ts'
import { profileParams, settleBody } from './api.ts'
import { emailAndPhone, houseOfPeople } from './testing/house.ts'
import { putRows } from './testing/index.ts'

const why = 'looked at it'

async function groups(engine: Engine): Promise<string[]> {
  const rows = await engine.rows(sql`select string_agg(r.id, '' order by r.id) as ids
    from unified.link_individual l join model.individual r on r._key = l.record group by l.profile order by 1`)
  return rows.map(({ ids }) => String(ids))
}

const callCentre = {
  a: { email: 'x@x.de', phone: '+49 171 1234567' },
  b: { email: 'x@x.de' },
  c: { email: 'y@x.de', phone: '+49 171 1234567' },
  d: { email: 'y@x.de' },
}

test('a link that would make too large a profile waits; joined by hand it is made, and stays', async () => {
  const { engine, identity, put } = await houseOfPeople({
    ...emailAndPhone,
    limits: { records_per_profile: 3 },
  })
  await put(callCentre)
  expect(await identity.run('people')).toMatchObject({ profiles: 2, refused: 0, for_review: 1 })
  const { items, ...counts } = await identity.review('people')
  expect(counts).toEqual({ pairs: 1, links: 1 })
  expect(items).toMatchObject([
    {
      left: { records: 2 },
      right: { records: 2 },
      why: 'together they would have 4 records; rules may bring 3 together',
      reason: 'too_many_records',
      examples: [{ rule: 'phone', matched: '+4***', left: { id: 'a' }, right: { id: 'c' } }],
    },
  ])
  const pair = { left: items[0]!.right.profile, right: items[0]!.left.profile }
  const stranger = { ...pair, left: '1' }
  await expect(
    identity.settle('people', { decide: 'join', pairs: [pair, stranger], why }, systemCaller),
  ).rejects.toMatchObject({ code: 'identity.not_in_review', at: 'pairs[1]' })
  expect(await identity.decisions('people')).toEqual([])
  const [made] = await identity.settle(
    'people',
    { decide: 'join', pairs: [pair], why },
    systemCaller,
  )
  expect((await identity.review('people')).items[0]?.decided).toBe(made?.number)
  expect(await identity.run('people')).toMatchObject({ profiles: 1, for_review: 0 })
  expect(await identity.review('people')).toEqual({ pairs: 0, links: 0, items: [] })
  const { path } = await identity.explain('people', { left: 'crm:b', right: 'crm:d' })
  expect(path).toMatchObject([
    { rule: 'email', label: 'Same e-mail' },
    { rule: 'by hand', decision: { kind: 'must_link', why } },
    { rule: 'email' },
  ])
  expect(await groups(engine)).toEqual(['abcd'])
})

test('two who differ in what one person has once are not joined by a rule', async () => {
  const { engine, identity, model, put } = await houseOfPeople({
    ...emailAndPhone,
    limits: {
      identifiers: [
        {
          object: 'party_identification',
          field: 'identification_number',
          per: 'identification_type',
        },
      ],
    },
  })
  await put({ ...callCentre, e: { phone: '+49 171 1234567' } })
  await putRows(engine, model, 'party_identification', [
    { id: '1', individual_id: 'b', identification_type: 'passport', identification_number: 'P1' },
    { id: '2', individual_id: 'd', identification_type: 'passport', identification_number: 'P2' },
    { id: '3', individual_id: 'e', identification_type: 'card', identification_number: 'C3' },
  ])
  expect(await identity.run('people')).toMatchObject({ refused: 0, for_review: 1 })
  expect(await groups(engine)).toEqual(['abe', 'cd'])
  const { items } = await identity.review('people')
  expect(items).toMatchObject([
    {
      reason: 'identifiers_differ',
      about: 'party_identification.identification_number',
      why: 'together they would have more than 1 different party_identification.identification_number',
      links: 1,
    },
  ])
  const pairs = items.map(({ left, right }) => ({ left: left.profile, right: right.profile }))
  await identity.settle('people', { decide: 'keep_apart', pairs, why }, systemCaller)
  expect(await identity.run('people')).toMatchObject({ refused: 1, for_review: 0 })
  expect((await identity.review('people')).pairs).toBe(0)
  const told = await identity.explain('people', { left: 'crm:b', right: 'crm:d' })
  expect(told).toMatchObject({
    same_profile: false,
    refused: [{ from: { id: 'a' }, to: { id: 'c' }, rule: 'phone', reason: 'kept_apart' }],
    decisions: [{ kind: 'cannot_link', left: { id: 'a' }, right: { id: 'c' }, why }],
  })
  expect(await identity.run('people')).toMatchObject({ changed: false })
})

test('a profile as a graph, with the bridge that it hangs on by least', async () => {
  const { engine, identity, put } = await houseOfPeople()
  await put({ ...callCentre, e: { email: 'y@x.de', phone: '+49 171 7654321' }, f: {} })
  await identity.run('people')
  await identity.link('people', { left: 'crm:f', right: 'crm:b', why }, systemCaller)
  await identity.run('people')
  const [row] = await engine.rows(
    sql`select cast(min(profile) as varchar) as id from unified.individual`,
  )
  const graph = await identity.graph('people', String(row?.['id']))
  const idOf = new Map(graph.records.map(({ record, id }) => [record, id]))
  const links = graph.links.map(({ left, right, rule, bridge }) =>
    [idOf.get(left), idOf.get(right), rule, bridge].join(' '),
  )
  expect(links.toSorted()).toEqual([
    'a b email true',
    'a c phone true',
    'b f by hand true',
    'c d email false',
    'c e email false',
  ])
  expect(graph.weakest).toMatchObject({ links: 1 })
  expect(
    [graph.weakest?.left, graph.weakest?.right].map((key) => idOf.get(key!)).toSorted(),
  ).toEqual(['a', 'c'])
  expect(graph.weakest?.parts).toEqual([3, 3])
  expect(graph.links.find(({ rule }) => rule === 'email')?.matched).toMatch(
    /^.\*\*\*@x\*\*\*\.d\*\*\*$/,
  )
  await expect(identity.graph('people', '1')).rejects.toMatchObject({
    code: 'identity.unknown_profile',
  })
})

test('an id that no profile can have is refused where it stands', () => {
  const [long, below] = ['9999999999999999999', '-9999999999999999999']
  const body = { decide: 'join', pairs: [{ left: long, right: below }], why }
  expect(problemsOf(settleBody, body).map(({ at }) => at)).toEqual([
    'pairs[0].left',
    'pairs[0].right',
  ])
  expect(problemsOf(profileParams, { ruleset: 'people', id: long })).toMatchObject([
    { at: 'id', say: expect.stringContaining('too long for an id') },
  ])
})
