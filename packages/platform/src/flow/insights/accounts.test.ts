import { expect, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { graphMigrations, makeGraph } from '#graph'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { memoryStore } from '#store/testing'
import {
  type Insight,
  insightNodes,
  insightRefresher,
  makeInsights,
  prepareInsights,
} from './index.ts'
import { shapesOf } from './shapes.ts'
import {
  accountRelation,
  fillTenant,
  setAccounts,
  setRows,
  tenantModel,
  tenantRelations,
} from './testing/index.ts'

const engine = await memoryEngine()
await fillTenant(engine)
await prepareInsights(engine)
const store = await memoryStore({ graph: graphMigrations })

const relations = [...tenantRelations, accountRelation]

const byHand: Insight = {
  key: 'by_hand',
  body: {
    label: 'By hand',
    sql: 'select name, count(*) as firms, sum(record_count) as records from unified_account group by 1',
    dimensions: ['name'],
  },
}
const built: Insight = {
  key: 'built',
  body: {
    label: 'Built',
    build: {
      from: 'unified_account',
      dimensions: ['name'],
      measures: [
        { name: 'firms', how: 'count' },
        { name: 'records', how: 'sum', of: 'record_count' },
      ],
    },
  },
}
const orders: Insight = {
  key: 'orders',
  body: {
    label: 'Orders',
    sql: 'select channel, count(*) as n from sales_order group by 1',
    dimensions: ['channel'],
  },
}

const ofAccounts: Insight = {
  key: 'of_accounts',
  body: {
    label: 'Of accounts',
    on: 'account',
    build: {
      from: 'sales_order',
      dimensions: ['account_id'],
      where: 'account_id is not null',
      measures: [
        { name: 'orders', how: 'count' },
        { name: 'total', how: 'sum', of: 'grand_total_amount' },
      ],
    },
  },
}
const doubled: Insight = {
  key: 'doubled',
  body: {
    label: 'Doubled',
    sql: 'select account_id as profile_id, 2 * sum(total) as twice from of_accounts group by 1',
    dimensions: ['profile_id'],
  },
}

const defined = [byHand, built, orders, ofAccounts, doubled]
const insights = makeInsights({
  engine,
  worthRows: 0,
  known: async () => ({ insights: defined, relations, model: tenantModel }),
})

// Acme and ACME Ltd are records of one firm, or of two.
const [acme, ltd, bolt] = [11, 12, 13]
await setRows(
  engine,
  'sales_order',
  (
    [
      [acme, 100],
      [ltd, 20],
      [ltd, 3],
      [bolt, 5],
      [null, 1000],
    ] as const
  ).map(([account, grand_total_amount], i) => ({
    id: `o${i}`,
    _key: i,
    _position: i,
    _stream: 's',
    account_id: account === null ? null : `a${account}`,
    account_id__key: account,
    grand_total_amount,
  })),
)

let unifiedAt = 0
const unify = async (accounts: Parameters<typeof setAccounts>[1]) => {
  await setAccounts(engine, accounts)
  unifiedAt += 1
}
const apart = [
  { id: 1, name: 'Acme', records: [acme] },
  { id: 2, name: 'Acme', records: [ltd] },
  { id: 3, name: 'Bolt', records: [bolt] },
]
const merged = [
  { id: 1, name: 'Acme', records: [acme, ltd] },
  { id: 3, name: 'Bolt', records: [bolt] },
]
const source = (key: string, position: number) =>
  ({
    key,
    kind: 'source',
    label: key,
    inputs: [],
    definition: '',
    freshness: 'by itself',
    position,
  }) as const
const graph = makeGraph({
  store,
  clock: stoppedClock(new Date('2026-02-16T12:00:00Z')),
  ids: countedIds(),
  log: silentLog,
  nodes: async () => [
    source('model:sales_order', 1),
    source('unified:individual', 1),
    source('unified:account', unifiedAt),
    ...insightNodes(
      await insights.shapes(),
      (key) => key === 'sales_order',
      await insights.positions(),
    ),
  ],
  refreshers: { insight: insightRefresher(insights) },
})
const refreshed = async () => {
  const { steps } = await graph.refresh({ want: 'due' })
  return steps.map(({ node, result }) => `${node} ${result}`)
}
const bothGive = async (rows: readonly object[]) => {
  for (const key of ['by_hand', 'built']) {
    const found = await insights.rows(key, 9)
    expect(found.toSorted((a, b) => String(a['name']).localeCompare(String(b['name'])))).toEqual(
      rows,
    )
  }
}

test('what is made of accounts is made anew when they are merged, and when they are unlinked', async () => {
  await unify(apart)
  expect(await refreshed()).toEqual([
    'insight:by_hand refreshed',
    'insight:built refreshed',
    'insight:orders refreshed',
    'insight:of_accounts refreshed',
    'insight:doubled refreshed',
  ])
  const two = [
    { name: 'Acme', firms: 2, records: 2 },
    { name: 'Bolt', firms: 1, records: 1 },
  ]
  await bothGive(two)
  const ofThree = [
    { account_id: 1, orders: 1, total: 100 },
    { account_id: 2, orders: 2, total: 23 },
    { account_id: 3, orders: 1, total: 5 },
  ]
  expect(await insights.rows('of_accounts', 9)).toEqual(ofThree)
  expect(await refreshed()).toEqual([])

  await unify(merged)
  const ofAll = ['by_hand', 'built', 'of_accounts', 'doubled'].map(
    (key) => `insight:${key} refreshed`,
  )
  expect(await refreshed()).toEqual(ofAll)
  await bothGive([
    { name: 'Acme', firms: 1, records: 2 },
    { name: 'Bolt', firms: 1, records: 1 },
  ])
  expect(await insights.rows('of_accounts', 9)).toEqual([
    { account_id: 1, orders: 3, total: 123 },
    { account_id: 3, orders: 1, total: 5 },
  ])
  expect(await insights.rows('doubled', 9)).toEqual([
    { profile_id: 1, twice: 246 },
    { profile_id: 3, twice: 10 },
  ])
  expect(await insights.valuesOf(1n)).toEqual([])
  expect((await insights.get('built')).lastRun).toMatchObject({
    how: 'full',
    why: 'it reads no model object',
  })

  await unify(apart)
  expect(await refreshed()).toEqual(ofAll)
  await bothGive(two)
  expect(await insights.rows('of_accounts', 9)).toEqual(ofThree)
})

test('the orders behind a number of an account are those of all its records', async () => {
  await unify(merged)
  await insights.refresh('of_accounts')
  const { kept, rows, total } = await insights.rowsBehind('of_accounts', {
    dimensions: { account_id: '1' },
    measure: 'total',
  })
  expect(kept).toMatchObject({ total: 123 })
  expect(rows.map(({ id, value }) => [id, value])).toEqual([
    ['o2', 3],
    ['o1', 20],
    ['o0', 100],
  ])
  expect(rows[0]?.fields).toEqual({ profile_id: null, account_id: 'a12', grand_total_amount: 3 })
  expect(total).toBe(3)
})

test('whose ids are in an insight is told by what it reads', () => {
  const asked = (sql: string, on?: string): Insight => ({
    key: 'x',
    body: { label: 'x', sql, dimensions: ['profile_id'], ...(on === undefined ? {} : { on }) },
  })
  const look = (insight: Insight, known = relations) => {
    const { shapes, problems } = shapesOf({
      insights: [ofAccounts, doubled, insight],
      relations: known,
      model: tenantModel,
    })
    return shapes.get('x')?.on ?? problems.get('x')?.map(({ code, at }) => `${at}: ${code}`)
  }
  const ofFirms = 'select profile_id, record_count from unified_account'
  const ofPeople = 'select profile_id, count(*) as n from sales_order group by 1'
  expect(look(asked(ofFirms))).toBe('account')
  expect(look(asked(ofFirms, 'account'))).toBe('account')
  expect(look(asked(ofPeople))).toBe('individual')
  expect(look(asked('select profile_id, twice as n from doubled'))).toBe('account')
  expect(look(asked('select account_id as profile_id, total from of_accounts'))).toBe('account')
  expect(look(asked(ofFirms, 'individual'))).toEqual(['on: insights.other_ids'])
  expect(look(asked(ofPeople, 'account'))).toEqual(['on: insights.other_ids'])
  const both = `${ofPeople} union all ${ofFirms}`
  expect(look(asked(both))).toEqual(['sql: insights.other_ids'])
  const named = { ...ofAccounts, key: 'x' }
  expect(look(named)).toBe('account')
  expect(look(named, [...tenantRelations])).toEqual(['on: insights.no_accounts'])
  const build = { ...named.body.build, dimensions: ['channel'], measures: [] }
  expect(
    look({ key: 'x', body: { ...named.body, build: { ...build, from: 'sales_order' } } }),
  ).toEqual(['build.dimensions: insights.no_subject'])
  expect(
    look({ key: 'x', body: { ...named.body, build: { ...build, from: '_account_links' } } }),
  ).toEqual(['build.dimensions: insights.no_subject'])
})

test('the profile of an account does not lead to a person', () => {
  const wrong: Insight = {
    key: 'x',
    body: {
      label: 'x',
      build: {
        from: 'unified_account',
        dimensions: ['profile_id.country'],
        measures: [{ name: 'n', how: 'count' }],
      },
    },
  }
  const { problems } = shapesOf({ insights: [wrong], relations, model: tenantModel })
  expect(problems.get('x')).toMatchObject([
    { code: 'insights.no_link', at: 'build.dimensions[0].of' },
  ])
})
