import { beforeEach, describe, expect, test } from 'vitest'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { modelOf, noteRowChange, prepareRowChanges } from '#model'
import type { Insight } from './definition.ts'
import { makeInsights, prepareInsights } from './index.ts'
import { templates } from './templates.ts'
import { fillTenant, profileId, setRows, tenantModel, tenantRelations } from './testing/index.ts'
import { insightNodes } from './work.ts'

const engine = await memoryEngine()
await prepareInsights(engine)
await engine.change('row changes', prepareRowChanges)

const rates = {
  name: 'exchange_rate',
  table: { kind: 'table', schema: 'model', name: 'exchange_rate' },
  columns: [
    { name: 'from_currency', type: 'text' },
    { name: 'to_currency', type: 'text' },
    { name: 'day', type: 'date' },
    { name: 'rate', type: 'decimal' },
  ],
} as const

let defined: readonly Insight[] = []
let relations = tenantRelations
const insights = makeInsights({
  engine,
  known: async () => ({ insights: defined, relations, model: tenantModel }),
})

const byDay: Insight = {
  key: 'by_day',
  body: {
    label: 'By day',
    build: {
      from: 'sales_order',
      dimensions: [{ name: 'day', of: 'purchased_at', by: 'day' }, 'channel'],
      measures: [
        { name: 'orders', how: 'count' },
        { name: 'total', how: 'sum', of: 'grand_total_amount' },
        { name: 'least', how: 'min', of: 'grand_total_amount' },
        { name: 'mean', how: 'avg', of: 'grand_total_amount' },
      ],
    },
  },
}

beforeEach(async () => {
  defined = []
  relations = tenantRelations
  await insights.sweep()
  await fillTenant(engine)
})

describe('questions to an insight', () => {
  beforeEach(async () => {
    defined = [byDay]
    await insights.refresh('by_day')
  })

  test('are put together from smaller groups', async () => {
    const answer = await insights.query('by_day', {
      dimensions: [{ name: 'day', by: 'year' }],
      measures: ['orders', 'total', 'least'],
      where: "channel <> 'store'",
      order: [{ by: 'total', descending: true }],
      limit: 2,
    })
    expect(answer.columns.map(({ name, is }) => [name, is])).toEqual([
      ['day', 'time'],
      ['orders', 'measure'],
      ['total', 'measure'],
      ['least', 'measure'],
    ])
    expect(answer.rows).toEqual(
      await engine.rows(sql`select cast(date_trunc('year', purchased_at) as date) as day, count(*) as orders,
        sum(grand_total_amount) as total, min(grand_total_amount) as least
        from model.sales_order where channel <> 'store' group by 1 order by 3 desc limit 2`),
    )
    const [all] = (await insights.query('by_day', { dimensions: [], measures: ['orders'] })).rows
    expect(all).toEqual({ orders: 7 })
  })

  test('with all dimensions give every measure', async () => {
    const { rows } = await insights.query('by_day', { dimensions: ['day', 'channel'] })
    expect(rows).toEqual(await insights.rows('by_day', 100))
  })

  test('are refused where smaller groups do not tell, with all that is wrong', async () => {
    const asked = insights.query('by_day', {
      dimensions: ['chanel', { name: 'channel', by: 'month' }],
      measures: ['mean', 'orders'],
      order: [{ by: 'sum' }],
    })
    await expect(asked).rejects.toMatchObject({
      problems: [
        { code: 'insights.unknown_part', at: 'dimensions[0]' },
        { code: 'insights.not_coarser', at: 'dimensions[1]' },
        {
          code: 'insights.no_rollup',
          at: 'measures[0]',
          say: expect.stringContaining('an average or a distinct count'),
        },
        { code: 'insights.unknown_part', at: 'order[0].by' },
      ],
    })
  })

  test('weeks do not make months, and conditions are checked like SQL', async () => {
    const weekly = structuredClone(byDay)
    Object.assign(weekly.body.build?.dimensions?.[0] ?? {}, { by: 'week' })
    defined = [weekly]
    await insights.refresh('by_day')
    const months = { dimensions: [{ name: 'day', by: 'month' as const }], measures: ['orders'] }
    await expect(insights.query('by_day', months)).rejects.toThrow('it is by week')
    await expect(
      insights.query('by_day', { measures: ['orders'], where: "getenv('x') = 'y'" }),
    ).rejects.toMatchObject({ code: 'query.not_allowed_function' })
  })

  test('to SQL written by hand are put together as it says', async () => {
    defined = [
      {
        key: 'by_hand',
        body: {
          label: 'By hand',
          sql: 'select channel, lower(channel) as way, count(*) as n, count(*) as m from sales_order group by 1',
          dimensions: ['channel', 'way'],
          rollup: { n: 'sum' },
        },
      },
    ]
    await insights.refresh('by_hand')
    const { rows } = await insights.query('by_hand', { dimensions: ['way'], measures: ['n'] })
    expect(rows).toEqual([
      { way: 'store', n: 2 },
      { way: 'web', n: 5 },
    ])
    await expect(insights.query('by_hand', { dimensions: ['way'] })).rejects.toThrow(
      'under `rollup`',
    )
  })
})

describe('currencies', () => {
  beforeEach(async () => {
    relations = [...tenantRelations, rates]
    await engine.change('rates', async (writer) => {
      await writer.run(sql`create or replace table model.exchange_rate as
        select * from (values ('EUR', 'USD', date '2026-01-01', cast(2 as decimal(38, 9))),
          ('EUR', 'USD', date '2026-01-10', 3), ('gbp', 'USD', date '2026-01-01', 10))
          t(from_currency, to_currency, day, rate)`)
    })
    const order = (at: string, currency_code: string | null, amount: string | null) => ({
      purchased_at: `${at}T12:00:00Z`,
      currency_code,
      grand_total_amount: amount,
    })
    await setRows(engine, 'sales_order', [
      order('2026-01-05', 'EUR', '1'),
      order('2026-01-15', 'EUR', '1'),
      order('2026-01-15', ' usd', '100'),
      order('2026-01-02', 'GBP', '1'),
      order('2025-12-31', 'EUR', '7'),
      order('2026-03-15', 'EUR', '7'),
      order('2026-01-15', 'CHF', '7'),
      order('2026-01-15', null, '7'),
      order('2026-01-15', 'CHF', null),
    ])
  })

  test('amounts are converted at the rate of their day; what has no rate is counted, never nothing', async () => {
    defined = [
      {
        key: 'usd',
        body: {
          label: 'In dollars',
          build: {
            from: 'sales_order',
            measures: [
              {
                name: 'total',
                how: 'sum',
                of: 'grand_total_amount',
                convert: { from: 'currency_code', to: "'USD'", day: 'purchased_at' },
              },
            ],
          },
        },
      },
    ]
    const { run } = await insights.refresh('usd')
    expect(run.missingRates).toBe(4)
    expect(await insights.rows('usd', 1)).toEqual([{ total: 115, total_missing: 4 }])
    expect((await insights.get('usd')).lastRun).toMatchObject({ missingRates: 4 })
  })

  test('in SQL too', async () => {
    defined = [
      {
        key: 'usd',
        body: {
          label: 'In dollars',
          sql: `select sum(convert(coalesce(grand_total_amount, 0), currency_code, 'USD', purchased_at)) as total,
            count_if(rate_missing(grand_total_amount, currency_code, 'USD', purchased_at)) as missing from sales_order`,
        },
      },
    ]
    await insights.refresh('usd')
    expect(await insights.rows('usd', 1)).toEqual([{ total: 115, missing: 4 }])
  })

  test('without rates, or with too little said, it is refused', async () => {
    const body = {
      label: 'x',
      sql: "select sum(convert(grand_total_amount, 'USD')) as total from sales_order",
    }
    defined = [{ key: 'usd', body }]
    relations = tenantRelations
    await expect(insights.refresh('usd')).rejects.toMatchObject({
      problems: [{ code: 'insights.bad_call' }, { code: 'insights.no_rates', at: 'sql' }],
    })
  })
})

describe('before a definition changes', () => {
  test('its version is computed beside the rows that are kept, and differences are told', async () => {
    defined = [byDay]
    await insights.refresh('by_day')
    const before = await insights.rows('by_day', 100)
    const { build } = byDay.body
    const changed = build && {
      label: 'By day',
      build: {
        ...build,
        where: "channel <> 'Web'",
        measures: [
          { name: 'orders', how: 'count' as const },
          { name: 'total', how: 'sum' as const, of: 'grand_total_amount * 2' },
        ],
      },
    }
    const told = await insights.compare('by_day', changed)
    expect(told).toMatchObject({
      before: { rows: 6, sums: { orders: 7 } },
      after: { rows: 5, sums: { orders: 6 } },
      gone: 1,
      added: 0,
      different: 5,
    })
    expect(told.measures).toContainEqual({ name: 'total', before: 1552.75, after: 1105.5 })
    expect(told.biggest[0]).toEqual({
      of: { day: '2024-01-01', channel: 'Web' },
      measure: 'total',
      before: 1000,
    })
    expect(await insights.rows('by_day', 100)).toEqual(before)
  })

  test('a definition that is not kept can be looked at', async () => {
    const { columns, rows } = await insights.preview({ definition: byDay.body, limit: 2 })
    expect(columns.map(({ is }) => is)).toEqual([
      'time',
      'dimension',
      'measure',
      'measure',
      'measure',
      'measure',
    ])
    expect(rows).toHaveLength(2)
    await expect(insights.preview({})).rejects.toMatchObject({ code: 'insights.sql_or_build' })
  })
})

test('when an insight is refreshed', async () => {
  const onClock = {
    label: 'Since',
    sql: 'select profile_id, max(current_date) as today from sales_order group by 1',
    dimensions: ['profile_id'],
  }
  const every = (refresh: Insight['body']['refresh'], key: string): Insight => ({
    key,
    body: { ...byDay.body, ...(refresh && { refresh }) },
  })
  defined = [
    every(undefined, 'a'),
    every({ every: '15 minutes' }, 'b'),
    every({ cron: '0 6 * * *' }, 'c'),
    every('on demand', 'd'),
    { key: 'e', body: onClock },
    { key: 'f', body: { ...onClock, refresh: 'live' } },
    { key: 'g', body: { ...onClock, refresh: { every: '2 days' } } },
  ]
  const nodes = insightNodes(await insights.shapes(), () => true)
  expect(nodes.map(({ freshness }) => freshness)).toEqual([
    'live',
    { everyMs: 900_000 },
    { cron: '0 6 * * *' },
    'on demand',
    { atLeastEveryMs: 3_600_000 },
    { atLeastEveryMs: 3_600_000 },
    { everyMs: 2 * 86_400_000 },
  ])
})

describe('ready-made insights', () => {
  test('are proposed from what is filled; the others say what is missing', async () => {
    const lacks = async () =>
      Object.fromEntries((await insights.templates()).map((one) => [one.key, one.lacks]))
    expect(await lacks()).toMatchObject({
      lifetime_spend: ['nothing fills "sales_order" yet'],
      cost_of_acquisition: [
        'nothing fills "sales_order" yet',
        'the model has no object "campaign_cost" with `spent_at` and `amount`',
      ],
    })
    await expect(insights.fromTemplate('open_cases')).rejects.toThrow('nothing fills "case"')
    await expect(insights.fromTemplate('open_case')).rejects.toThrow('did you mean "open_cases"?')
  })

  test('can be computed', async () => {
    await engine.change('filled', async (writer) => {
      for (const object of ['sales_order', 'case'])
        await noteRowChange(writer, tenantModel.get(object), 'as they came')
    })
    await setRows(engine, 'case', [
      { profile: profileId(1), opened_at: '2026-01-01T00:00:00Z' },
      { profile: profileId(1), opened_at: '2025-01-01T00:00:00Z' },
      {
        profile: profileId(2),
        opened_at: '2026-01-01T00:00:00Z',
        closed_at: '2026-01-02T00:00:00Z',
      },
    ])
    const made = (await insights.templates()).filter(({ lacks }) => lacks.length === 0)
    expect(made.map(({ key }) => key)).toEqual(
      templates.map(({ key }) => key).filter((key) => key !== 'cost_of_acquisition'),
    )
    defined = await Promise.all(
      made.map(async ({ key }) => ({ key, body: await insights.fromTemplate(key) })),
    )
    for (const { key } of defined) await insights.refresh(key)
    expect(await insights.rows('lifetime_spend', 1)).toEqual([
      {
        profile_id: profileId(1),
        total: 420.5,
        first_order: '2025-06-01T09:00:00.000Z',
        last_order: '2026-02-10T09:00:00.000Z',
      },
    ])
    expect(await insights.rows('open_cases', 9)).toEqual([
      { profile_id: profileId(1), cases: 2, oldest: '2025-01-01T00:00:00.000Z' },
    ])
    const rfm = await insights.rows('rfm', 9)
    expect(rfm.map(({ recency, frequency, money }) => [recency, frequency, money])).toEqual([
      [2, 4, 3],
      [3, 1, 1],
      [1, 1, 4],
      [4, 1, 2],
    ])
  })

  test('fifths of customers: who is alike is in the same one, and without equals they are as large as can be', async () => {
    const people = (totals: readonly number[]) =>
      setRows(
        engine,
        'sales_order',
        totals.map((total, i) => ({
          profile: profileId(i + 1),
          purchased_at: '2026-01-01T00:00:00Z',
          grand_total_amount: String(total),
        })),
      )
    const fifths = async (totals: readonly number[]) => {
      await people(totals)
      await insights.refresh('rfm')
      const rows = await insights.rows('rfm', 99)
      return rows.map(({ recency, frequency, money }) => `${recency}${frequency}${money}`)
    }
    defined = [{ key: 'rfm', body: await insights.fromTemplate('rfm') }]
    expect(await fifths([10, 20, 30, 40, 50, 60, 70, 80, 90, 100])).toEqual(
      [1, 1, 2, 2, 3, 3, 4, 4, 5, 5].map((money) => `11${money}`),
    )
    // Most have spent the same.
    expect(await fifths([10, 10, 10, 10, 10, 10, 10, 80, 90, 90])).toEqual(
      [1, 1, 1, 1, 1, 1, 1, 4, 5, 5].map((money) => `11${money}`),
    )
    // Whoever comes to be counted before others changes nothing for them.
    expect(await fifths([90, 10, 10, 80, 10, 10, 90, 10, 10, 10])).toEqual(
      [5, 1, 1, 4, 1, 1, 5, 1, 1, 1].map((money) => `11${money}`),
    )
  })

  test("the cost of acquisition, from an object of one's own", async () => {
    const fields = { id: 'text', spent_at: 'timestamp', amount: 'decimal' } as const
    const model = modelOf([
      {
        key: 'campaign_cost',
        body: {
          label: 'Campaign cost',
          subject_area: 'engagement',
          category: 'other',
          fields: Object.fromEntries(
            Object.entries(fields).map(([name, type]) => [name, { type }]),
          ),
        },
      },
    ])
    const costs = {
      name: 'campaign_cost',
      table: { kind: 'table', schema: 'model', name: 'campaign_cost' },
      columns: Object.entries(fields).map(([name, type]) => ({ name, type })),
    } as const
    await engine.change('costs', async (writer) => {
      await writer.run(sql`create or replace table model.campaign_cost as select * from (values
        ('a', timestamp '2026-02-01 00:00:00', cast(100 as decimal(38, 9))),
        ('b', timestamp '2026-02-20 00:00:00', 50), ('c', timestamp '2026-03-01 00:00:00', 20))
        t(id, spent_at, amount)`)
      for (const object of ['sales_order', 'campaign_cost'])
        await noteRowChange(writer, model.get(object), 'as they came')
    })
    let made: readonly Insight[] = []
    const own = makeInsights({
      engine,
      known: async () => ({ insights: made, relations: [...tenantRelations, costs], model }),
    })
    const key = 'cost_of_acquisition'
    made = [{ key, body: await own.fromTemplate(key) }]
    await own.refresh(key)
    // Cleo came first in 2024, Ada in 2025, Bob and Eve in February.
    expect(await own.rows(key, 9)).toEqual([
      { month: '2024-01-01', cost: 0, new_customers: 1, cost_per_customer: null },
      { month: '2025-06-01', cost: 0, new_customers: 1, cost_per_customer: null },
      { month: '2026-02-01', cost: 150, new_customers: 2, cost_per_customer: 75 },
      { month: '2026-03-01', cost: 20, new_customers: 0, cost_per_customer: null },
    ])
  })
})
