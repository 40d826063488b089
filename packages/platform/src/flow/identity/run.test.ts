import { expect, test } from 'vitest'
import { duckdb, type Engine, printSteps, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { modelOf } from '#model'
import { assignSteps } from './assign.ts'
import { evidenceSteps } from './compile.ts'
import type { Ruleset } from './definition.ts'
import { runIdentity } from './run.ts'
import { putRows, removeRows } from './testing/index.ts'

const model = modelOf([])
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))

const ruleset: Ruleset = {
  key: 'people',
  on: 'individual',
  match: [
    {
      key: 'email',
      all: [{ object: 'contact_point_email', field: 'email_address', by: 'normalised' }],
    },
    {
      key: 'phone_and_name',
      all: [
        { object: 'contact_point_phone', field: 'telephone_number', by: 'normalised' },
        { object: 'individual', field: 'last_name', by: 'normalised' },
      ],
    },
  ],
  reconcile: { default: 'last_updated' },
}

const run = (engine: Engine, of: Ruleset = ruleset) =>
  runIdentity({ engine, clock, model, ruleset: of })

async function three(engine: Engine) {
  await putRows(engine, model, 'individual', [
    { id: '1', first_name: 'Ada', last_name: 'Müller', last_modified_at: '2026-01-01T00:00:00Z' },
    { id: '2', first_name: 'A.', last_name: 'Mueller', last_modified_at: '2026-01-02T00:00:00Z' },
    { id: '3', first_name: 'Bob', last_name: 'Muller' },
    { id: '4', first_name: 'Eve', last_name: 'Other' },
  ])
  await putRows(engine, model, 'contact_point_email', [
    { id: '1', individual_id: '1', email_address: 'Ada@x.de' },
    { id: '2', individual_id: '2', email_address: 'ada+shop@x.de' },
    { id: '3', individual_id: '3', email_address: '' },
    { id: '4', individual_id: '4', email_address: ' ' },
  ])
  await putRows(engine, model, 'contact_point_phone', [
    { id: '1', individual_id: '2', telephone_number: '0171 1234567', country: 'DE' },
    { id: '2', individual_id: '3', telephone_number: '+49 171 1234567' },
    { id: '3', individual_id: '4', telephone_number: '+49 171 1234567' },
  ])
  await putRows(engine, model, 'sales_order', [{ id: 'o1', individual_id: '3' }, { id: 'o2' }])
  await putRows(engine, model, 'sales_order_product', [
    { id: 'l1', sales_order_id: 'o1' },
    { id: 'l2', sales_order_id: 'o2', individual_id: '4' },
  ])
}

const groups = async (engine: Engine) => {
  const rows = await engine.rows(
    sql`select list(i.id order by i.id) as ids from model.individual i join unified.link_individual l on l.record = i._key group by l.profile order by 1`,
  )
  return rows.map((row) => row['ids'])
}

test('records become profiles through any rule, and everything that belongs to them follows', async () => {
  const engine = await memoryEngine()
  await three(engine)
  const result = await run(engine)
  expect(result).toMatchObject({
    changed: true,
    records: 4,
    profiles: 2,
    consolidation_rate: 0.5,
    created: 2,
    merged: 0,
    rules: [
      { rule: 'email', links: 1, left_out: [] },
      { rule: 'phone_and_name', links: 1 },
    ],
  })
  expect(await groups(engine)).toEqual([['1', '2', '3'], ['4']])
  const owners = await engine.rows(sql`
    select 'order' as what, o.id, u.first_name from model.sales_order o left join unified.individual u on u.profile = o._profile
    union all select 'line', o.id, u.first_name from model.sales_order_product o left join unified.individual u on u.profile = o._profile
    order by 1, 2`)
  expect(owners).toEqual([
    { what: 'line', id: 'l1', first_name: 'A.' },
    { what: 'line', id: 'l2', first_name: 'Eve' },
    { what: 'order', id: 'o1', first_name: 'A.' },
    { what: 'order', id: 'o2', first_name: null },
  ])
  const evidence = await engine.rows(
    sql`select rule, matched from unified.evidence_individual order by rule`,
  )
  expect(evidence).toEqual([
    { rule: 'email', matched: 'ada@x.de' },
    { rule: 'phone_and_name', matched: '+491711234567 · muller' },
  ])
})

test('a run that finds nothing new writes nothing', async () => {
  const engine = await memoryEngine()
  await three(engine)
  const first = await run(engine)
  const tables = ['link', 'evidence', 'change', 'term'].map((name) => `${name}_individual`)
  const state = async () =>
    Promise.all(tables.map((name) => engine.checked(`select * from unified.${name} order by all`)))
  const before = await state()
  const nextPosition = () => engine.change('position', (writer) => writer.positions(1))
  const next = await nextPosition()
  const again = await run(engine)
  expect(again).toMatchObject({
    changed: false,
    position: first.position,
    created: 0,
    profiles_changed: [],
    rows_owned: 0,
  })
  expect(await state()).toEqual(before)
  expect(await nextPosition()).toBe(next + 1)
})

test('merge, split, retire: ids and redirects', async () => {
  const engine = await memoryEngine()
  await three(engine)
  await run(engine)
  const idOf = async (id: string) => {
    const [row] = await engine
      .checked(
        `select l.profile from unified.link_individual l join model.individual i on i._key = l.record where i.id = '${id}'`,
      )
      .then(({ rows }) => rows)
    return row?.['profile']
  }
  const [ada, eve] = [await idOf('1'), await idOf('4')]
  await putRows(engine, model, 'contact_point_email', [
    { id: '9', individual_id: '4', email_address: 'ada@x.de' },
  ])
  expect(await run(engine)).toMatchObject({ profiles: 1, merged: 1, created: 0, members: 1 })
  expect(await idOf('4')).toBe(ada)
  const redirects = () => engine.rows(sql`select * from unified.redirect_individual`)
  expect(await redirects()).toMatchObject([{ old: eve, new: ada }])

  await removeRows(engine, 'contact_point_email', ['9', '2'])
  expect(await run(engine)).toMatchObject({ profiles: 3, merged: 0, split: 2, created: 0 })
  expect(await idOf('2')).toBe(ada)
  expect(await idOf('1')).not.toBe(ada)
  expect([ada, eve, await idOf('1')]).not.toContain(await idOf('4'))

  await removeRows(engine, 'individual', ['1', '2', '3', '4'])
  expect(await run(engine)).toMatchObject({ records: 0, profiles: 0, retired: 3 })
})

test('values that too many share, and blocked values, link nobody and are reported masked', async () => {
  const engine = await memoryEngine()
  await putRows(
    engine,
    model,
    'individual',
    Array.from({ length: 6 }, (_, i) => ({ id: `${i}`, last_name: 'Same' })),
  )
  await putRows(
    engine,
    model,
    'contact_point_phone',
    Array.from({ length: 6 }, (_, i) => ({
      id: `${i}`,
      individual_id: `${i}`,
      telephone_number: i < 4 ? '+44 20 7946 0018' : '+44 20 7946 0019',
    })),
  )
  const result = await run(engine, { ...ruleset, limits: { block: 3 } })
  expect(result.profiles).toBe(5)
  expect(result.rules[1]).toMatchObject({
    links: 1,
    left_out_blocks: 1,
    left_out: [{ matched: '+4*** · s***', records: 4 }],
  })
  const blocked = { 'contact_point_phone.telephone_number': ['020 7946 0018', '0044 20 7946 0019'] }
  expect(await run(engine, { ...ruleset, limits: { blocked } })).toMatchObject({ profiles: 3 })
})

test('records of two data spaces are never one profile', async () => {
  const engine = await memoryEngine()
  const [id, email_address] = ['1', 'ada@x.de']
  for (const space of ['north', 'south']) {
    await putRows(engine, model, 'individual', [{ space, id, last_name: 'Lovelace' }])
    await putRows(engine, model, 'contact_point_email', [
      { space, id, individual_id: id, email_address },
    ])
  }
  expect(await run(engine)).toMatchObject({ records: 2, profiles: 2 })
})

test('accounts are unified by the same steps, also through a field that is new', async () => {
  const engine = await memoryEngine()
  await putRows(engine, model, 'account', [
    { id: '1', name: 'Acme GmbH', website: 'https://www.acme.de/', parent_account_id: '2' },
    { id: '2', name: 'ACME', website: 'acme.de' },
    { id: '3', name: 'Acme', website: 'acme.fr' },
  ])
  const tax = { label: 'Account', subject_area: 'party', category: 'profile' } as const
  const extended = modelOf([
    { key: 'account', body: { ...tax, fields: { tax_number: { type: 'text' } } } },
  ])
  const accounts: Ruleset = {
    key: 'accounts',
    on: 'account',
    match: [
      {
        key: 'name_and_website',
        all: [
          { object: 'account', field: 'name', by: 'normalised' },
          { object: 'account', field: 'website', by: 'normalised' },
        ],
      },
      { key: 'tax', all: [{ object: 'account', field: 'tax_number', by: 'exact' }] },
    ],
    reconcile: { default: 'most_frequent' },
  }
  expect(await runIdentity({ engine, clock, model: extended, ruleset: accounts })).toMatchObject({
    records: 3,
    profiles: 2,
    rules: [{ links: 1 }, { links: 0 }],
  })
})

test('the SQL of a rule and of ids reads like what it does', async () => {
  const steps = [...evidenceSteps(ruleset, model), ...assignSteps('individual')]
  await expect(printSteps(steps, duckdb)).toMatchFileSnapshot('goldens/people.duckdb.sql')
})
