import { expect, test } from 'vitest'
import { type Part, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { type Insight, makeInsights } from '#insights'
import { stoppedClock } from '#kernel/clock.ts'
import { memoryStore } from '#store/testing'
import {
  type Condition,
  makeSegments,
  memberTable,
  type Segment,
  segmentMigrations,
} from './index.ts'
import {
  accountRelation,
  profileId,
  segmentTenant,
  setAccounts,
  setRows,
  tenantInsights,
  tenantModel,
  tenantRelations,
} from './testing/index.ts'

const engine = await memoryEngine()
await segmentTenant(engine)
const store = await memoryStore({ segments: segmentMigrations })
let defined: readonly Segment[] = []
const segments = makeSegments({
  engine,
  store,
  clock: stoppedClock(new Date('2026-02-16T12:00:00Z')),
  known: async () => ({
    model: tenantModel,
    insights: tenantInsights,
    segments: defined,
    relations: tenantRelations,
  }),
})

// Ada and Bob live together, Cleo alone, Dan with nobody that is known. Ada is there twice, as two sources know her.
const records = [
  { _key: 101, profile: profileId(1), home: 1, account: 71 },
  { _key: 102, profile: profileId(1), home: 1, account: null },
  { _key: 103, profile: profileId(2), home: 1, account: 71 },
  { _key: 104, profile: profileId(3), home: 2, account: 72 },
  { _key: 105, profile: profileId(4), home: null, account: null },
] as const

await setRows(
  engine,
  'individual',
  records.map(({ home, account, ...of }) => ({
    ...of,
    id: `i${of._key}`,
    primary_household_id__key: home,
    primary_account_id__key: account,
  })),
)
await setRows(engine, 'household', [
  { _key: 1, id: 'h1', name: 'Byron and Stone', city: 'Paris' },
  { _key: 2, id: 'h2', name: "O'Hara", city: 'Rome' },
  { _key: 3, id: 'h3', name: 'Nobody', city: 'Paris' },
])
await setRows(engine, 'product', [
  { _key: 11, id: 'p1', name: 'Anvil', category: 'tools', list_price: 10 },
  { _key: 12, id: 'p2', name: 'Ball', category: 'toys', list_price: 3 },
  { _key: 12, id: 'p2', name: 'Ball', category: 'toys', list_price: 3 },
  { _key: 13, id: 'p3', name: 'Cup', category: 'tools', list_price: 7 },
])
const orders = [
  [1, 101, 100, '2026-01-10'],
  [2, 102, 60, '2026-02-10'],
  [3, 103, 50, '2026-02-12'],
  [4, 104, 500, '2025-03-01'],
  [5, 105, 900, '2026-02-01'],
] as const
await setRows(
  engine,
  'sales_order',
  orders.map(([_key, of, grand_total_amount, day]) => ({
    _key,
    id: `o${_key}`,
    profile: records.find((one) => one._key === of)?.profile ?? null,
    individual_id__key: of,
    grand_total_amount,
    purchased_at: `${day}T10:00:00Z`,
  })),
)
await setRows(
  engine,
  'sales_order_product',
  (
    [
      [1, 11, 2],
      [2, 11, 1],
      [3, 12, 5],
    ] as const
  ).map(([order, product, ordered_quantity], i) => ({
    _key: 200 + i,
    sales_order_id__key: order,
    product_id__key: product,
    ordered_quantity,
  })),
)
await setRows(
  engine,
  'website_engagement',
  [101, 103, 103, 104].map((of, i) => ({
    _key: 300 + i,
    individual_id__key: of,
    profile: records.find((one) => one._key === of)?.profile ?? null,
    engaged_at: `2026-02-1${i}T10:00:00Z`,
  })),
)
const foretold = [
  ['churn', 101, null, null, 0.9, '2026-01-01'],
  ['churn', 102, null, null, 0.2, '2026-02-01'],
  ['churn', 103, null, null, 0.8, '2026-02-01'],
  ['lifetime value', 104, null, null, 0.85, '2026-02-01'],
  ['demand', null, 11, null, 40, '2026-02-01'],
  ['demand', null, 12, null, 4, '2026-02-01'],
  ['moves', null, null, 2, 0.7, '2026-02-01'],
] as const
await setRows(
  engine,
  'prediction',
  foretold.map(([prediction_name, person, product, home, score, day], i) => ({
    _key: 400 + i,
    prediction_name,
    score,
    profile: records.find((one) => one._key === person)?.profile ?? null,
    individual_id__key: person,
    product_id__key: product,
    household_id__key: home,
    predicted_at: `${day}T10:00:00Z`,
  })),
)
await setAccounts(engine, [
  { id: 710, name: 'Acme', records: [71] },
  { id: 720, name: 'Brill', records: [72] },
])

const latest = (name: string, more: number): Condition => ({
  related: 'prediction',
  where: { field: 'prediction_name', op: '=', value: name },
  measure: 'last',
  of: 'score',
  op: '>',
  value: more,
})
const latestBy = (
  owner: Part,
  name: string,
) => sql`(select ${owner} as owner, arg_max(score, predicted_at) as score
  from model.prediction where prediction_name = ${value(name)} and ${owner} is not null group by 1)`

const cases: readonly (readonly [on: string, said: string, Condition, Part])[] = [
  [
    'household',
    'all that its people ordered',
    { related: 'sales_order', measure: 'sum', of: 'grand_total_amount', op: '>=', value: 210 },
    sql`select i.home as profile from (select _key, min(primary_household_id__key) as home from model.individual group by 1) i
      join model.sales_order o on o.individual_id__key = i._key
      where i.home is not null group by 1 having sum(o.grand_total_amount) >= 210`,
  ],
  [
    'household',
    'its own fields, and nobody of it on the web lately',
    {
      all: [
        { field: 'city', op: '=', value: 'paris' },
        { not: { related: 'website_engagement', look_back: { value: 30, unit: 'day' } } },
      ],
    },
    sql`select _key as profile from model.household h where lower(city) = 'paris' and not exists (
      select 1 from model.website_engagement w join model.individual i on i._key = w.individual_id__key
      where i.primary_household_id__key = h._key and w.engaged_at > timestamp '2026-01-17 12:00:00')`,
  ],
  [
    'household',
    'how many records of people it has',
    { related: 'individual', measure: 'count', op: '>', value: 2 },
    sql`select primary_household_id__key as profile from model.individual
      where primary_household_id__key is not null group by 1 having count(*) > 2`,
  ],
  [
    'household',
    'what was foretold of it',
    latest('moves', 0.5),
    sql`select owner as profile from ${latestBy(sql`household_id__key`, 'moves')} p where score > 0.5`,
  ],
  [
    'account',
    'what its people ordered and looked at',
    {
      all: [
        { related: 'website_engagement', measure: 'count', op: '>=', value: 3 },
        { related: 'individual', measure: 'count', op: '=', value: 2 },
      ],
    },
    sql`select l.profile from unified.link_account l
      where (select count(*) from model.website_engagement w join model.individual i on i._key = w.individual_id__key
        where i.primary_account_id__key = l.record) >= 3
      and (select count(*) from model.individual i where i.primary_account_id__key = l.record) = 2`,
  ],
  [
    'product',
    'what was sold of it and what it costs',
    {
      all: [
        { field: 'list_price', op: '>', value: 5 },
        {
          related: 'sales_order_product',
          measure: 'sum',
          of: 'ordered_quantity',
          op: '>=',
          value: 3,
        },
      ],
    },
    sql`select distinct p._key as profile from model.product p where list_price > 5
      and (select sum(ordered_quantity) from model.sales_order_product s where s.product_id__key = p._key) >= 3`,
  ],
  [
    'product',
    'what was foretold of it',
    latest('demand', 10),
    sql`select owner as profile from ${latestBy(sql`product_id__key`, 'demand')} p where score > 10`,
  ],
  [
    'individual',
    'what was foretold last',
    latest('churn', 0.5),
    sql`select owner as profile from ${latestBy(sql`_profile`, 'churn')} p where score > 0.5`,
  ],
  [
    'individual',
    'orders, and a prediction that is old',
    {
      all: [
        { related: 'sales_order', measure: 'sum', of: 'grand_total_amount', op: '>', value: 100 },
        { not: { related: 'prediction', look_back: { value: 10, unit: 'day' } } },
      ],
    },
    sql`select profile from unified.individual u
      where (select sum(grand_total_amount) from model.sales_order o where o._profile = u.profile) > 100
      and not exists (select 1 from model.prediction p where p._profile = u.profile and predicted_at > timestamp '2026-02-06 12:00:00')`,
  ],
]

test.each(cases)('%s: %s, as by hand', async (on, said, include, byHand) => {
  defined = [{ key: 'asked', body: { label: said, on, include } }]
  await segments.publish('asked')
  const members = await engine.rows(
    sql`select profile from ${memberTable} where segment = 'asked' order by profile`,
  )
  const expected = await engine.rows(sql`select profile from (${byHand}) h order by profile`)
  expect(members).toEqual(expected)
  expect(expected.length).toBeGreaterThan(0)
})

const insights: readonly Insight[] = [
  {
    key: 'sold',
    body: {
      label: 'Sold',
      on: 'product',
      build: {
        from: 'sales_order_product',
        dimensions: ['product_id'],
        measures: [{ name: 'pieces', how: 'sum', of: 'ordered_quantity' }],
      },
    },
  },
  {
    key: 'home_spend',
    body: {
      label: 'Spend',
      on: 'household',
      build: {
        from: 'sales_order',
        dimensions: ['individual_id.primary_household_id'],
        measures: [{ name: 'total', how: 'sum', of: 'grand_total_amount' }],
      },
    },
  },
  {
    key: 'price',
    body: {
      label: 'Price',
      on: 'product',
      build: {
        from: 'product',
        dimensions: ['id'],
        measures: [{ name: 'most', how: 'max', of: 'list_price' }],
      },
    },
  },
  {
    key: 'firm_spend',
    body: {
      label: 'Spend',
      on: 'account',
      build: {
        from: 'sales_order',
        dimensions: [{ name: 'firm', of: 'individual_id.primary_account_id' }],
        measures: [{ name: 'total', how: 'sum', of: 'grand_total_amount' }],
      },
    },
  },
]

const relations = [...tenantRelations, accountRelation]

test('insights of products, households and accounts are asked as by hand, and only by segments about these', async () => {
  const room = makeInsights({
    engine,
    known: async () => ({ insights, relations, model: tenantModel }),
  })
  for (const { key } of insights) await room.refresh(key)
  const shapes = await room.shapes()
  expect(shapes.map(({ on }) => on)).toEqual(['product', 'household', 'product', 'account'])
  const asking = (one: Segment) =>
    makeSegments({
      engine,
      store,
      clock: stoppedClock(new Date('2026-02-16T12:00:00Z')),
      known: async () => ({
        model: tenantModel,
        insights: shapes,
        segments: [one],
        relations: [...relations, ...(await room.relations())],
      }),
    })
  const membersOf = async (on: string, include: Condition, more: object = {}) => {
    const key = `by_insight_${on}`
    const all = asking({ key, body: { label: key, on, include, ...more } })
    await all.publish(key)
    const { members } = await all.members(key, { limit: 9 })
    return { all, key, found: members.map(({ name }) => name) }
  }
  const sold = (value: number): Condition => ({ insight: 'sold.pieces', op: '>=', value })
  // Two and one of the anvil, five of the ball, none of the cup.
  expect((await membersOf('product', sold(3))).found).toEqual(['Anvil', 'Ball'])
  const { all, key, found } = await membersOf('product', {
    all: [{ not: sold(4) }, { insight: 'price.most', op: '>', value: 5 }],
  })
  expect(found).toEqual(['Anvil', 'Cup'])
  expect((await all.why(key, 11n)).include.parts?.[1]).toMatchObject({ holds: true, value: 10 })
  expect(Object.keys((await all.subjects('product')).insights)).toEqual(['sold', 'price'])
  // Ada and Bob live together and have ordered for 100, 60 and 50; Cleo alone for 500.
  const spent = { insight: 'home_spend.total', op: '>=', value: 210 } as const
  expect((await membersOf('household', spent)).found).toEqual(['Byron and Stone', "O'Hara"])
  const rank = { first: 1, by: { insight: 'home_spend.total' } }
  expect((await membersOf('household', { all: [] }, { rank })).found).toEqual(["O'Hara"])
  // Ada's orders and Bob's are those of the account that their records name, one of Ada's names none.
  const ofFirm = { insight: 'firm_spend.total', op: '>=', value: 150 } as const
  const firms = await membersOf('account', ofFirm)
  expect(firms.found).toEqual(['Acme', 'Brill'])
  expect((await firms.all.why(firms.key, 710n)).include).toMatchObject({ holds: true, value: 150 })
  expect(Object.keys((await firms.all.subjects('account')).insights)).toEqual(['firm_spend'])
  expect(
    (await membersOf('account', { insight: 'firm_spend.total', op: '>', value: 150 })).found,
  ).toEqual(['Brill'])
  const bySql = async (on: string, sql: string) => {
    const all = asking({ key: 'by_sql', body: { label: 'by sql', on, sql } })
    await all.publish('by_sql')
    return (await all.members('by_sql', { limit: 9 })).members.map(({ name }) => name)
  }
  const ofInsight = 'select firm as profile_id from firm_spend where total > 150'
  expect(await bySql('account', ofInsight)).toEqual(['Brill'])
  expect(await bySql('account', 'select profile_id from unified_account')).toEqual([
    'Acme',
    'Brill',
  ])
  const ofOther = { problems: [{ code: 'segments.other_ids', at: 'sql' }] }
  await expect(bySql('individual', ofInsight)).rejects.toMatchObject(ofOther)
  await expect(bySql('individual', 'select profile_id from unified_account')).rejects.toMatchObject(
    ofOther,
  )
  await expect(bySql('account', 'select profile_id from sales_order')).rejects.toMatchObject(
    ofOther,
  )
  await expect(membersOf('individual', ofFirm)).rejects.toMatchObject({
    problems: [{ code: 'segments.insight_of_other', at: 'include.insight' }],
  })
  await expect(membersOf('household', sold(1))).rejects.toMatchObject({
    problems: [{ code: 'segments.insight_of_other', at: 'include.insight' }],
  })
})
