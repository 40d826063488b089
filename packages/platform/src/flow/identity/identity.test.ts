import { afterAll, expect, test } from 'vitest'
import { type Engine, sql, table } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { prepareLake } from '#lake'
import { modelOf } from '#model'
import { memoryStore } from '#store/testing'
import type { Ruleset } from './definition.ts'
import { makeIdentity } from './identity.ts'
import { identityNodes, refreshIdentity } from './nodes.ts'
import { identityMigrations } from './records.ts'
import { unifiedRelations } from './relations.ts'
import { publishedPositions } from './tables.ts'
import { putRows } from './testing/index.ts'

const model = modelOf([])
const ruleset: Ruleset = {
  key: 'people',
  label: 'People',
  on: 'individual',
  match: [
    {
      key: 'email',
      label: 'Same e-mail',
      all: [{ object: 'contact_point_email', field: 'email_address', by: 'normalised' }],
    },
    {
      key: 'name',
      all: [
        { object: 'individual', field: 'last_name', by: 'normalised' },
        { object: 'individual', field: 'birth_date', by: 'exact' },
      ],
    },
  ],
  reconcile: { default: 'last_updated' },
}

const store = await memoryStore({ identity: identityMigrations })
afterAll(() => store.close())

async function house() {
  const engine = await memoryEngine()
  const tools = { model: async () => model, rulesets: async () => [ruleset] }
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  const identity = makeIdentity({ engine, store, clock, ...tools })
  return { engine, identity, refresher: refreshIdentity({ identity, ...tools }) }
}

async function people(engine: Engine) {
  await putRows(engine, model, 'individual', [
    { source: 'crm', id: '1', last_name: 'Lovelace' },
    { source: 'crm', id: '2', last_name: 'Byron', birth_date: '1815-12-10' },
    { source: 'shop', id: '1', last_name: 'byron', birth_date: '1815-12-10' },
    { source: 'shop', id: '2', last_name: 'Byron', birth_date: '1815-12-10' },
    { source: 'shop', id: '3', last_name: 'King' },
    { source: 'shop', id: '4', last_name: 'Hopper' },
  ])
  await putRows(engine, model, 'contact_point_email', [
    { source: 'crm', id: '1', individual_id: '1', email_address: 'ada@x.org' },
    { source: 'crm', id: '2', individual_id: '2', email_address: 'ADA@x.org' },
    { source: 'shop', id: '3', individual_id: '3', email_address: 'ada.king@x.org' },
  ])
}

test('explains two records by the shortest chain of rules', async () => {
  const { engine, identity } = await house()
  await people(engine)
  await identity.run('people')
  const found = await identity.explain('people', { left: 'crm:1', right: 'shop:2' })
  expect(found.same_profile).toBe(true)
  expect(found.path).toMatchObject([
    { from: { id: '1' }, to: { id: '2', stream: 'crm' }, rule: 'email', label: 'Same e-mail' },
    { from: { stream: 'crm' }, to: { id: '2', stream: 'shop' }, matched: 'byron · 1815-12-10' },
  ])
  const direct = await identity.explain('people', { left: 'shop:1', right: 'shop:2' })
  expect(direct.path).toMatchObject([{ from: { id: '1' }, to: { id: '2' }, rule: 'name' }])
  const strangers = await identity.explain('people', { left: 'shop:3', right: found.left.record })
  expect(strangers).toMatchObject({ same_profile: false, path: [] })
  await expect(identity.explain('people', { left: 'shop:9', right: '1' })).rejects.toMatchObject({
    code: 'identity.unknown_record',
  })
})

test('keeps its history, and says what happened to profiles', async () => {
  const { engine, identity } = await house()
  await people(engine)
  const first = await identity.run('people')
  await identity.run('people')
  const runs = await identity.runs('people')
  expect(runs[0]).toMatchObject({ number: first.number + 1, changed: false })
  expect(await identity.status('people')).toMatchObject({ label: 'People', last_run: runs[0] })
  expect(await identity.changes('people')).toMatchObject(
    Array(3).fill({ position: first.position, kind: 'created' }),
  )
  expect(await identity.plan('people')).toContain('-- claim: each profile claims the group')
  await expect(identity.run('peple')).rejects.toMatchObject({
    message: 'there is no ruleset "peple"; did you mean "people"?',
  })
})

test('measures against known answers, and says what exact rules cannot find', async () => {
  const { engine, identity } = await house()
  await people(engine)
  await prepareLake(engine)
  await engine.change('truth', async (writer) => {
    await writer.run(sql`insert into lake._field (stream, place, name, label, type) select 'truth', i, n, n, 'text'
      from (values (1, 'src'), (2, 'rec'), (3, 'who')) t(i, n)`)
    await writer.run(sql`create table lake.truth as select * from (values
      ('crm', '1', 'ada'), ('crm', '2', 'ada'), ('shop', '1', 'ada'), ('shop', '2', 'other'),
      ('shop', '3', 'ada'), ('shop', '4', 'grace'), ('shop', '99', 'nobody')) t(src, rec, who)`)
  })
  await identity.run('people')
  const columns = { source: 'src', record: 'rec', entity: 'who' }
  const found = await identity.measure('people', { stream: 'truth', ...columns })
  // Profiles: {crm 1, crm 2, shop 1, shop 2}, {shop 3}, {shop 4}; people: {crm 1, crm 2, shop 1, shop 3}, {shop 2}, {shop 4}.
  expect(found.labelled).toEqual({ records: 6, entities: 3, unknown: 1 })
  expect(found.pairs).toEqual({ true: 6, found: 6, right: 3, precision: 0.5, recall: 0.5, f1: 0.5 })
  expect(found.b_cubed.precision).toBeCloseTo((9 / 4 + 1 / 4 + 1 + 1) / 6)
  expect(found.b_cubed.recall).toBeCloseTo((9 / 4 + 1 / 4 + 1 + 1) / 6)
  expect(found.missed).toMatchObject({
    pairs: 3,
    out_of_reach: 3,
    groups: [
      { email: 'different', phone: 'missing', name: 'different', pairs: 2, out_of_reach: 2 },
      { email: 'missing', phone: 'missing', name: 'different', pairs: 1 },
    ],
  })
  expect(found.missed.examples[0]).toMatchObject({
    left: { stream: 'crm', email: ['a***@x***.o***'], name: ['l***'] },
    right: { stream: 'shop', email: ['a***.k***@x***.o***'], name: ['k***'] },
  })
  await expect(
    identity.measure('people', { stream: 'truth', ...columns, entity: 'whom' }),
  ).rejects.toMatchObject({ message: 'the stream truth has no column "whom"; did you mean "who"?' })
})

test('a refresh is whole only when something says anew who is who', async () => {
  const { engine, identity, refresher } = await house()
  await people(engine)
  await putRows(engine, model, 'sales_order', [{ source: 'shop', id: 'o1', individual_id: '3' }])
  const mapped = new Set(['individual', 'contact_point_email', 'sales_order'])
  const [node] = identityNodes([ruleset], model, { mapped, positions: new Map() })
  expect(node?.inputs).toEqual([
    'model:individual',
    'model:contact_point_email',
    'model:sales_order',
  ])
  const tools = { signal: AbortSignal.timeout(10_000), progress: () => {} }
  const at = (orders: number) => ({
    'model:individual': 5,
    'model:contact_point_email': 6,
    'model:sales_order': orders,
  })
  const whole = await refresher(node!, { ...tools, scope: 'whole', from: {}, to: at(7) })
  expect(whole).toMatchObject({ counts: { records: 6, profiles: 3, rows_owned: 10 } })
  const runs = (await identity.runs('people')).length
  await putRows(engine, model, 'sales_order', [{ source: 'shop', id: 'o2', individual_id: '3' }])
  const changes = { ...tools, scope: 'changes', from: at(7), to: at(8) } as const
  const owned = await refresher(node!, changes)
  expect(owned.counts).toEqual({ rows_owned: 1 })
  expect(owned.changed).toHaveLength(1)
  expect(await refresher(node!, changes)).toMatchObject({ changed: 'nothing' })
  expect((await identity.runs('people')).length).toBe(runs)
})

test('without its ruleset everybody is retired, and no row belongs to anybody', async () => {
  const { engine, identity } = await house()
  await people(engine)
  await identity.run('people')
  const none = { mapped: new Set(['individual']), positions: await publishedPositions(engine) }
  const [node, ...others] = identityNodes([], model, none)
  expect(node).toMatchObject({ key: 'unified:individual', freshness: 'live' })
  expect(others).toEqual([])
  const tools = { model: async () => model, rulesets: async () => [] }
  const refresher = refreshIdentity({ identity, ...tools })
  const how = { signal: AbortSignal.timeout(10_000), progress: () => {}, scope: 'whole' } as const
  const done = await refresher(node!, { ...how, from: {}, to: {} })
  expect(done).toMatchObject({ changed: 'all', counts: { retired: 3 } })
  expect(done.position).toBeGreaterThan(node?.position ?? 0)
  const [left] = await engine.rows(sql`select
    (select count(*) from ${table('unified', 'individual')}) as profiles,
    (select count(*) from ${table('unified', 'term_individual')}) as terms,
    (select count(_profile) from ${table('model', 'contact_point_email')}) as owned,
    (select count(*) from ${table('unified', 'change_individual')} where kind = 'retired') as told`)
  expect(left).toEqual({ profiles: 0, terms: 0, owned: 0, told: 3 })
  expect(await refresher(node!, { ...how, from: {}, to: {} })).toMatchObject({ changed: 'nothing' })
})

test('unified people are a relation for queries', () => {
  const [relation] = unifiedRelations(model)
  expect(relation).toMatchObject({
    name: 'unified_individual',
    table: { schema: 'unified', name: 'individual' },
  })
  expect(relation?.columns.slice(0, 2)).toEqual([
    { name: 'profile_id', type: 'integer', physical: 'profile' },
    { name: 'created_at', type: 'timestamp' },
  ])
})
