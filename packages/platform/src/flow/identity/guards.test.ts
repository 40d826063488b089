import { expect, test } from 'vitest'
import { type Engine, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf } from '#model'
import type { Ruleset } from './definition.ts'
import { guarded, guardsOf } from './guards.ts'
import { runIdentity } from './run.ts'
import { simulate } from './simulate.ts'
import { emailAndPhone, putRows, unify } from './testing/index.ts'

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))

const device: Ruleset = {
  key: 'people',
  on: 'individual',
  match: [
    {
      key: 'same_id',
      all: [
        {
          object: 'party_identification',
          field: 'identification_number',
          by: 'exact',
          per: 'identification_name',
        },
      ],
    },
  ],
  reconcile: { default: 'last_updated' },
}

const run = (engine: Engine, ruleset: Ruleset) => unify(engine, model, guarded(ruleset))

const groups = async (engine: Engine): Promise<unknown[]> => {
  const rows = await engine.rows(
    sql`select list(i.id order by i.id) as ids from model.individual i join unified.link_individual l on l.record = i._key group by l.profile order by 1`,
  )
  return rows.map((row) => row['ids'])
}

test('what people write where they have nothing links nobody, unless the ruleset says so', async () => {
  const engine = await memoryEngine()
  const emails = ['test@test.com', 'noreply@shop.de', 'No-Reply@x.io', 'none@none.com']
  const phones = ['+49 30 0000000', '+1 212 123456789', '+44 20 7777777']
  const shared = [...emails, 'ada@x.de', ...phones, '+49 171 1234567']
  const people = shared.flatMap((_, i) => [`${i}a`, `${i}b`])
  await putRows(
    engine,
    model,
    'individual',
    people.map((id) => ({ id, last_name: 'Null' })),
  )
  const holders = shared.flatMap((of, i) => [`${i}a`, `${i}b`].map((id) => ({ id, of })))
  await putRows(
    engine,
    model,
    'contact_point_email',
    holders
      .filter(({ of }) => of.includes('@'))
      .map(({ id, of }) => ({ id, individual_id: id, email_address: of })),
  )
  await putRows(
    engine,
    model,
    'contact_point_phone',
    holders
      .filter(({ of }) => !of.includes('@'))
      .map(({ id, of }) => ({ id, individual_id: id, telephone_number: of })),
  )
  await run(engine, emailAndPhone)
  const together = (await groups(engine)).filter((ids) => Array.isArray(ids) && ids.length > 1)
  expect(together).toEqual([
    ['4a', '4b'],
    ['8a', '8b'],
  ])
  const unguarded = { ...emailAndPhone, limits: { usual: false } }
  expect(await run(engine, unguarded)).toMatchObject({ profiles: shared.length })
})

test('somebody called Null or Test is a person', async () => {
  const engine = await memoryEngine()
  await putRows(engine, model, 'individual', [
    { id: '1', first_name: 'Christopher', last_name: 'Null', birth_date: '1970-01-01' },
    { id: '2', first_name: 'christopher', last_name: 'NULL', birth_date: '1970-01-01' },
    { id: '3', first_name: 'Unknown', last_name: 'Test', birth_date: '1970-01-01' },
    { id: '4', first_name: 'Unknown', last_name: 'Test', birth_date: '1970-01-01' },
  ])
  const all = (['first_name', 'last_name', 'birth_date'] as const).map((field) => ({
    object: 'individual',
    field,
    by: 'exact' as const,
  }))
  await run(engine, { ...device, match: [{ key: 'name', all }] })
  expect(await groups(engine)).toEqual([['1', '2'], ['3'], ['4']])
})

test('numbers agree only within their kind, and blank kinds never', async () => {
  const engine = await memoryEngine()
  await putRows(
    engine,
    model,
    'individual',
    ['1', '2', '3', '4', '5'].map((id) => ({ id })),
  )
  const number = (id: string, kind: string | null) => ({
    id,
    individual_id: id,
    identification_name: kind,
    identification_number: 'A-7788',
  })
  await putRows(engine, model, 'party_identification', [
    number('1', 'passport'),
    number('2', 'Passport'),
    number('3', 'loyalty card'),
    number('4', null),
    number('5', null),
  ])
  await run(engine, device)
  expect(await groups(engine)).toEqual([['1', '2'], ['3'], ['4'], ['5']])
})

/** A browser on which nobody, one person or several have signed in, as a sender of events tells of it. */
async function browser(engine: Engine, users: readonly string[]): Promise<void> {
  await putRows(engine, model, 'individual', [
    { id: 'anon', is_anonymous: true },
    ...users.map((id) => ({ id, is_anonymous: false, first_name: `first ${id}` })),
  ])
  const identity = (person: string, kind: string, number: string) => ({
    id: `${person} ${kind}`,
    individual_id: person,
    identification_name: kind,
    identification_number: `${kind}:${number}`,
  })
  await putRows(engine, model, 'party_identification', [
    identity('anon', 'anonymous_id', 'anon'),
    ...users.flatMap((id) => [identity(id, 'anonymous_id', 'anon'), identity(id, 'user_id', id)]),
  ])
  await putRows(engine, model, 'website_engagement', [
    { id: 'e1', individual_id: 'anon', anonymous_id: 'anon', action: 'Page Viewed' },
    { id: 'e2', individual_id: 'anon', anonymous_id: 'anon', action: 'Page Viewed' },
  ])
}

const ownersOfEvents = async (engine: Engine) =>
  engine.rows(sql`select e.id, u.first_name from model.website_engagement e
    left join unified.individual u on u.profile = e._profile order by 1`)

test.each([
  ['by the numbers that they go by', device],
  [
    'by the cookie of their events',
    {
      ...device,
      match: [
        {
          key: 'cookie',
          all: [{ object: 'website_engagement', field: 'anonymous_id', by: 'exact' as const }],
        },
      ],
    },
  ],
])('events of an anonymous visitor become those of the customer, %s', async (_, ruleset) => {
  const engine = await memoryEngine()
  await browser(engine, ['ada'])
  await putRows(engine, model, 'website_engagement', [
    { id: 'e3', individual_id: 'ada', anonymous_id: 'anon', action: 'Signed In' },
  ])
  expect(await run(engine, ruleset)).toMatchObject({ records: 2, profiles: 1 })
  const mine = { first_name: 'first ada' }
  expect(await ownersOfEvents(engine)).toMatchObject([mine, mine, mine])
})

test('two logins on one browser stay two people; the anonymous visits go to the first', async () => {
  const engine = await memoryEngine()
  await browser(engine, ['ada', 'bob'])
  expect(await run(engine, device)).toMatchObject({ profiles: 2, for_review: 1 })
  expect(await groups(engine)).toEqual([['ada', 'anon'], ['bob']])
  const unguarded = { ...device, limits: { usual: false } }
  expect(await run(engine, unguarded)).toMatchObject({ profiles: 1, for_review: 0 })
})

test('a value that 50,000 records share is left out and told, and touches nobody else', async () => {
  const engine = await memoryEngine()
  await putRows(engine, model, 'individual', [{ id: 'a' }, { id: 'b' }, { id: 'c' }])
  await putRows(engine, model, 'contact_point_email', [
    { id: 'a', individual_id: 'a', email_address: 'ada@x.de' },
    { id: 'b', individual_id: 'b', email_address: 'ada@x.de' },
  ])
  await run(engine, emailAndPhone)
  const known = sql`select l.* from unified.link_individual l
    join model.individual i on i._key = l.record where i.id in ('a', 'b', 'c') order by i.id`
  const before = await engine.rows(known)

  await arrive(engine, 50_000, sql`'front.desk@hotel.com'`)
  const stormed = await run(engine, emailAndPhone)
  expect(stormed).toMatchObject({ records: 50_003, profiles: 50_002, created: 50_000, merged: 0 })
  expect(stormed.rules[0]).toMatchObject({
    links: 1,
    left_out_blocks: 1,
    left_out: [{ matched: 'f***.d***@h***.c***', records: 50_000 }],
  })
  expect(await engine.rows(known)).toEqual(before)
  const rowsOf = async (of: Engine) =>
    of.rows(sql`select (select count(*) from unified.evidence_individual) as evidence,
      (select count(*) from unified.refused_individual) as refused,
      (select count(*) from unified.change_individual) as changes,
      (select count(*) from unified.link_individual) as links,
      (select count(*) from unified.term_individual) as terms`)

  const calm = await memoryEngine()
  await putRows(calm, model, 'individual', [{ id: 'a' }, { id: 'b' }, { id: 'c' }])
  await putRows(calm, model, 'contact_point_email', [
    { id: 'a', individual_id: 'a', email_address: 'ada@x.de' },
    { id: 'b', individual_id: 'b', email_address: 'ada@x.de' },
  ])
  await run(calm, emailAndPhone)
  await arrive(calm, 50_000, sql`'guest' || i || '@hotel.com'`)
  await run(calm, emailAndPhone)
  expect(await rowsOf(engine)).toEqual(await rowsOf(calm))
}, 60_000)

test('a run that would change too many profiles at once is held back until somebody confirms it', async () => {
  const engine = await memoryEngine()
  const ruleset = guarded({ ...emailAndPhone, limits: { most_changed: 0.1 } })
  for (const object of ['individual', 'contact_point_email'])
    await putRows(engine, model, object, [])
  await arrive(engine, 10_000, sql`'guest' || i || '@hotel.com'`)
  const runOver = (extent: 'everything' | 'what changed', confirmed = false) =>
    runIdentity({ engine, model, ruleset, clock, extent, confirmed })
  expect(await runOver('what changed')).toMatchObject({ profiles: 10_000 })
  const published = sql`select record, profile from unified.link_individual order by all`
  const before = await engine.rows(published)

  await engine.change('the wrong file', (writer) =>
    writer.run(sql`update model.contact_point_email
      set email_address = 'guest' || ((_key - 1000000) // 3) || '@motel.com', _position = _position + 1000000
      where _key < 1001800`),
  )
  const held = {
    code: 'identity.run_held',
    details: { merged: 1200, published: 10_000, most: 1000 },
    message: expect.stringContaining('would merge 1,200, split 0 and retire 0 of 10,000 profiles'),
  }
  await expect(runOver('what changed')).rejects.toMatchObject(held)
  await expect(runOver('everything')).rejects.toMatchObject(held)
  expect(await engine.rows(published)).toEqual(before)
  const simulated = (of: Ruleset) => simulate({ engine, model, ruleset: guarded(of), clock })
  expect(await simulated(ruleset)).toMatchObject({
    merged: 1200,
    held: { changed: 1200, published: 10_000, most: 1000 },
  })
  const wider = { ...ruleset, limits: { most_changed: 0.12 } }
  expect(await simulated(wider), 'as many as may change').not.toHaveProperty('held')

  const confirmed = { mode: 'incremental', merged: 1200, profiles: 8800, changed: true }
  expect(await runOver('what changed', true)).toMatchObject(confirmed)
  expect(await runOver('everything')).toMatchObject({ changed: false })
})

/** People who arrive at once, each with an e-mail address. */
async function arrive(engine: Engine, people: number, email: ReturnType<typeof sql>) {
  await engine.change('many', async (writer) => {
    await writer.run(sql`insert into model.individual (_stream, _source, _space, _position, _key, id)
      select 'crm', 'crm', 'default', 1000000 + i, 1000000 + i, 'x' || i from range(${value(people)}) t(i)`)
    await writer.run(sql`insert into model.contact_point_email
        (_stream, _source, _space, _position, _key, id, individual_id, individual_id__key, email_address)
      select 'crm', 'crm', 'default', 1000000 + i, 1000000 + i, 'x' || i, 'x' || i, 1000000 + i, ${email}
      from range(${value(people)}) t(i)`)
  })
}

test('the guards of a ruleset can be seen, its own and the usual ones', () => {
  const own = { object: 'party_identification', field: 'identification_number', most: 2 }
  expect(guardsOf({ ...emailAndPhone, limits: { block: 7, identifiers: [own] } })).toMatchObject({
    usual: true,
    block: 7,
    records_per_profile: 500,
    most_changed: 0.5,
    identifiers: [
      { identifier: 'party_identification.identification_number', kinds: [], most: 2 },
      {
        identifier: 'party_identification.identification_number per identification_name',
        most: 1,
      },
      {
        identifier: 'party_identification.identification_number per identification_type',
        most: 1,
      },
    ],
    placeholders: expect.arrayContaining(['test@test.com', 'noreply@', 'a digit repeated']),
  })
  expect(guardsOf({ ...emailAndPhone, on: 'account' }).identifiers).toMatchObject(
    ['identification_name', 'identification_type'].map((per) => ({
      identifier: `party_identification.identification_number per ${per}`,
      kinds: expect.arrayContaining(['lei']),
      most: 1,
    })),
  )
  expect(guardsOf({ ...emailAndPhone, limits: { usual: false } })).toMatchObject({
    usual: false,
    identifiers: [],
    placeholders: [],
  })
})
