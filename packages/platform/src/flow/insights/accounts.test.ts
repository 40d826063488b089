import { expect, test } from 'vitest'
import { type Part, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { graphMigrations, makeGraph } from '#graph'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import type { Relation } from '#query'
import { memoryStore } from '#store/testing'
import {
  type Insight,
  insightNodes,
  insightRefresher,
  makeInsights,
  prepareInsights,
} from './index.ts'
import { shapesOf } from './shapes.ts'
import { fillTenant, tenantModel, tenantRelations } from './testing/index.ts'

const engine = await memoryEngine()
await fillTenant(engine)
await prepareInsights(engine)
const store = await memoryStore({ graph: graphMigrations })

const accounts: Relation = {
  name: 'unified_account',
  table: { kind: 'table', schema: 'unified', name: 'account' },
  columns: [
    { name: 'profile_id', type: 'integer', physical: 'profile' },
    { name: 'name', type: 'text' },
    { name: 'record_count', type: 'integer' },
  ],
}
const relations = [...tenantRelations, accounts]

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

const insights = makeInsights({
  engine,
  worthRows: 0,
  known: async () => ({ insights: [byHand, built, orders], relations, model: tenantModel }),
})

let unifiedAt = 0
const unify = async (firms: Part) => {
  await engine.change('accounts', (writer) =>
    writer.run(sql`create or replace table unified.account as
      select * from (values ${firms}) a (profile, name, record_count)`),
  )
  unifiedAt += 1
}
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
  await unify(sql`(1, 'Acme', 2), (2, 'Acme', 1), (3, 'Bolt', 1)`)
  expect(await refreshed()).toEqual([
    'insight:by_hand refreshed',
    'insight:built refreshed',
    'insight:orders refreshed',
  ])
  const apart = [
    { name: 'Acme', firms: 2, records: 3 },
    { name: 'Bolt', firms: 1, records: 1 },
  ]
  await bothGive(apart)
  expect(await refreshed()).toEqual([])

  await unify(sql`(1, 'Acme', 3), (3, 'Bolt', 1)`)
  expect(await refreshed()).toEqual(['insight:by_hand refreshed', 'insight:built refreshed'])
  await bothGive([
    { name: 'Acme', firms: 1, records: 3 },
    { name: 'Bolt', firms: 1, records: 1 },
  ])
  expect((await insights.get('built')).lastRun).toMatchObject({
    how: 'full',
    why: 'it reads no model object',
  })

  await unify(sql`(1, 'Acme', 2), (2, 'Acme', 1), (3, 'Bolt', 1)`)
  expect(await refreshed()).toEqual(['insight:by_hand refreshed', 'insight:built refreshed'])
  await bothGive(apart)
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
