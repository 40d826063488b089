import fc from 'fast-check'
import { expect, test } from 'vitest'
import { join, type Part, sql, value, type Writer } from '#engine'
import { memoryEngine } from '#engine/testing'
import { noteRowChange, prepareRowChanges } from '#model'
import type { Insight } from './definition.ts'
import { makeInsights, prepareInsights } from './index.ts'
import {
  accountRelation,
  fillTenant,
  setAccounts,
  setRows,
  tenantModel,
  tenantRelations,
} from './testing/index.ts'

const engine = await memoryEngine()
await prepareInsights(engine)
await engine.change('row changes', prepareRowChanges)

const byPerson: Insight = {
  key: 'by_person',
  body: {
    label: 'By person and month',
    build: {
      from: 'sales_order',
      where: "channel is null or channel <> 'x'",
      dimensions: ['profile_id', { name: 'month', of: 'purchased_at', by: 'month' }],
      measures: [
        { name: 'orders', how: 'count' },
        { name: 'total', how: 'sum', of: 'grand_total_amount' },
        { name: 'least', how: 'min', of: 'grand_total_amount' },
        { name: 'most', how: 'max', of: 'grand_total_amount' },
        { name: 'mean', how: 'avg', of: 'grand_total_amount' },
        { name: 'channels', how: 'count_distinct', of: 'channel' },
      ],
    },
  },
}
const byCountry: Insight = {
  key: 'by_country',
  body: {
    label: 'By country',
    build: {
      from: 'sales_order',
      dimensions: ['individual_id.country', 'channel'],
      measures: [{ name: 'total', how: 'sum', of: 'grand_total_amount' }],
    },
  },
}

const byOrder: Insight = {
  key: 'by_order',
  body: {
    label: 'By order',
    on: 'sales_order',
    build: {
      from: 'sales_order',
      dimensions: ['id'],
      measures: [{ name: 'total', how: 'sum', of: 'grand_total_amount' }],
    },
  },
}

const byAccount: Insight = {
  key: 'by_account',
  body: {
    label: 'By account',
    on: 'account',
    build: {
      from: 'sales_order',
      dimensions: ['account_id'],
      measures: [{ name: 'total', how: 'sum', of: 'grand_total_amount' }],
    },
  },
}

let defined = [byPerson, byCountry, byOrder, byAccount]
const relations = [...tenantRelations, accountRelation]
const insights = makeInsights({
  engine,
  worthRows: 0,
  known: async () => ({
    insights: defined,
    relations,
    model: tenantModel,
  }),
})

const byHand: Readonly<Record<string, Part>> = {
  by_person: sql`select _profile as profile_id, cast(date_trunc('month', purchased_at) as date) as month,
    count(*) as orders, sum(grand_total_amount) as total, min(grand_total_amount) as least,
    max(grand_total_amount) as most, cast(avg(grand_total_amount) as double) as mean,
    count(distinct channel) as channels
    from model.sales_order where channel is null or channel <> 'x' group by 1, 2 order by 1, 2`,
  by_country: sql`select country as individual_country, channel, sum(grand_total_amount) as total
    from model.sales_order o left join model.individual i on i._key = o.individual_id__key
    group by 1, 2 order by 1, 2`,
  by_order: sql`select _key as id, sum(grand_total_amount) as total
    from model.sales_order group by 1 order by 1`,
  by_account: sql`select l.profile as account_id, sum(grand_total_amount) as total
    from model.sales_order o left join unified.link_account l on l.record = o.account_id__key
    group by 1 order by 1`,
}

interface Change {
  readonly kind: 'insert' | 'update' | 'delete' | 'move' | 'relink'
  readonly at: number
  readonly person: number | null
  readonly month: number
  readonly amount: number
  readonly channel: string | null
}

const change: fc.Arbitrary<Change> = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'update', 'delete', 'move', 'relink'),
  at: fc.nat(30),
  person: fc.option(fc.integer({ min: 1, max: 4 })),
  month: fc.integer({ min: 1, max: 3 }),
  amount: fc.integer({ min: -5, max: 500 }),
  channel: fc.constantFrom('web', 'store', 'x', null),
})

const order = tenantModel.get('sales_order')
let [nextKey, outputs, accountsAt] = [0, 0, 1]

async function apply(writer: Writer, of: Change): Promise<void> {
  if (of.kind === 'relink') {
    // A record of an account goes to another account, or away from it, as in a merge and an unlink.
    accountsAt += 1
    await writer.run(
      sql`update unified.link_account set profile = ${value(100 + of.month)} where record = ${value(of.at % 4)}`,
    )
    return
  }
  const keys = (await writer.rows(sql`select _key from model.sales_order order by 1`)).map((row) =>
    Number(row['_key']),
  )
  const key = keys[of.at % Math.max(1, keys.length)] ?? 0
  if (of.kind === 'move') {
    // As identity does: in place, without a new position.
    await writer.run(
      sql`update model.sales_order set _profile = ${value(of.person, 'integer')} where _key = ${value(key)}`,
    )
    return
  }
  if (of.kind !== 'insert')
    await writer.run(sql`delete from model.sales_order where _key = ${value(key)}`)
  if (of.kind === 'delete') return
  await insertOrders(writer, [{ ...of, key: of.kind === 'insert' ? ++nextKey : key }])
}

async function insertOrders(
  writer: Writer,
  orders: readonly (Change & { readonly key: number })[],
): Promise<void> {
  const from = await writer.positions(orders.length)
  const rows = orders.map(({ key, person, month, amount, channel }, i) => {
    const cells = [
      value('s'),
      value(from + i),
      value(key),
      value(person, 'integer'),
      value(person, 'integer'),
      value(person, 'integer'),
      value(`2026-0${month}-15T10:00:00Z`, 'timestamp'),
      value(amount),
      value(channel),
    ]
    return sql`(${join(cells)})`
  })
  await writer.run(sql`insert into model.sales_order
    (_stream, _position, _key, _profile, individual_id__key, account_id__key, purchased_at, grand_total_amount, channel)
    values ${join(rows)}`)
}

const step = (changes: readonly Change[]) =>
  engine.change('changes', async (writer) => {
    for (const one of changes) await apply(writer, one)
    await noteRowChange(writer, order, 'as they came')
  })

/** By insight: where what it reads stood when it was refreshed last. */
const worked = new Map<string, Readonly<Record<string, number>>>()
const nowhere = { 'model:individual': 1, 'unified:account': 0, 'model:sales_order': 0 }

async function refresh(key: string) {
  const to = { ...nowhere, 'unified:account': accountsAt, 'model:sales_order': ++outputs }
  const inputs = { from: worked.get(key) ?? nowhere, to }
  const { run } = await insights.refresh(key, { inputs })
  worked.set(key, to)
  return run
}

async function expectSame(key: string) {
  const ours = await insights.rows(key, 1000)
  expect(ours).toEqual(await engine.rows(byHand[key] ?? sql``))
}

async function begin(): Promise<void> {
  await fillTenant(engine)
  await setRows(
    engine,
    'individual',
    ['France', 'Italy', 'Italy', null].map((country, i) => ({
      id: `i${i}`,
      _key: BigInt(i + 1),
      country,
    })),
  )
  await setRows(engine, 'sales_order', [])
  await setAccounts(engine, [
    { id: 101, name: 'Acme', records: [1, 2] },
    { id: 102, name: 'Bolt', records: [3] },
  ])
  accountsAt += 1
  const first: Change[] = Array.from({ length: 40 }, (_, i) => ({
    kind: 'insert',
    at: 0,
    person: (i % 4) + 1,
    month: (i % 3) + 1,
    amount: i,
    channel: 'web',
  }))
  await engine.change('first', async (writer) => {
    await insertOrders(
      writer,
      first.map((one) => ({ ...one, key: ++nextKey })),
    )
    await noteRowChange(writer, order, 'as they came')
  })
}

// Those with a schedule are refreshed more seldom than what they read moves, each from where it stood.
const round = fc.record({
  changes: fc.array(change, { minLength: 1, maxLength: 4 }),
  refreshed: fc.subarray(
    defined.map(({ key }) => key),
    { minLength: 1 },
  ),
})

test('computing only the groups of changed rows gives what computing all gives, also after several changes', async () => {
  const keys = defined.map(({ key }) => key)
  const partial = new Set<string>()
  const look = async (key: string) => {
    const { how } = await refresh(key)
    if (how === 'changes') partial.add(key)
    await expectSame(key)
  }
  await fc.assert(
    fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 3 }), async (rounds) => {
      await begin()
      for (const key of keys) await refresh(key)
      for (const { changes, refreshed } of rounds) {
        await step(changes)
        for (const key of refreshed) await look(key)
      }
      const last = rounds.at(-1)?.refreshed ?? []
      for (const key of keys) if (!last.includes(key)) await look(key)
    }),
    { numRuns: 9 },
  )
  expect([...partial].toSorted()).toEqual(keys.toSorted())
}, 120_000)

test('each run says whether all was computed, and why', async () => {
  await begin()
  defined = []
  await insights.sweep()
  defined = [byPerson, byCountry]
  await insights.refresh('by_person')
  expect((await refresh('by_person')).why).toBe(
    'it was never computed from a record of changed rows',
  )
  await step([{ kind: 'insert', at: 0, person: 1, month: 1, amount: 7, channel: 'web' }])
  expect(await refresh('by_person')).toMatchObject({ how: 'changes', groups: 1 })
  expect(await insights.refresh('by_person')).toMatchObject({
    changed: false,
    run: { how: 'full', why: 'it was asked for' },
  })
  await engine.change('anew', (writer) => noteRowChange(writer, order, 'made anew'))
  await refresh('by_person')
  expect((await refresh('by_person')).how).toBe('changes')
  await engine.change('anew', (writer) => noteRowChange(writer, order, 'made anew'))
  expect((await refresh('by_person')).why).toContain('rows of sales_order were made anew')
})

test('what rows lead to has changed: all is computed', async () => {
  await begin()
  await refresh('by_country')
  const from = { 'model:sales_order': outputs, 'model:individual': 1 }
  const to = { ...from, 'model:individual': 2 }
  const { run } = await insights.refresh('by_country', { inputs: { from, to } })
  expect(run).toMatchObject({
    how: 'full',
    why: 'model:individual has changed, which its rows lead to',
  })
})

test('of few rows everything is computed', async () => {
  await begin()
  const asUsual = makeInsights({
    engine,
    known: async () => ({ insights: [byPerson], relations: tenantRelations, model: tenantModel }),
  })
  const inputs = { from: {}, to: { 'model:sales_order': ++outputs } }
  const { run } = await asUsual.refresh('by_person', { inputs })
  expect(run).toMatchObject({
    how: 'full',
    why: 'all 40 rows are computed sooner than changes are found',
  })
})
