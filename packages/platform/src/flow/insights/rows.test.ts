import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { column, openDuckdb, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import type { Builder, Insight } from './definition.ts'
import { insightTable, makeInsights, prepareInsights } from './index.ts'
import { fillTenant, profileId, setRows, tenantModel, tenantRelations } from './testing/index.ts'

const engine = await memoryEngine()
await prepareInsights(engine)

let defined: readonly Insight[] = []
const insights = makeInsights({
  engine,
  known: async () => ({ insights: defined, relations: tenantRelations, model: tenantModel }),
})

async function built(build: Builder): Promise<void> {
  defined = [{ key: 'x', body: { label: 'x', build } }]
  await insights.refresh('x')
}

async function written(sql: string, dimensions: readonly string[]): Promise<void> {
  defined = [{ key: 'x', body: { label: 'x', sql, dimensions: [...dimensions] } }]
  await insights.refresh('x')
}

beforeEach(async () => {
  defined = []
  await insights.sweep()
  await fillTenant(engine)
})

const orders: Builder = {
  from: 'sales_order',
  where: 'profile_id is not null',
  dimensions: ['profile_id', { name: 'way', of: 'lower(channel)' }],
  measures: [
    { name: 'orders', how: 'count' },
    { name: 'large', how: 'count', where: 'grand_total_amount > 200' },
    { name: 'total', how: 'sum', of: 'grand_total_amount' },
  ],
}

describe('rows behind a number', () => {
  test('are the rows of its group, with where they came from', async () => {
    await built(orders)
    const group = { profile_id: String(profileId(1)), way: 'web' }
    const told = await insights.rowsBehind('x', { dimensions: group, measure: 'total' })
    expect(told).toMatchObject({ from: 'sales_order', total: 2, kept: { orders: 2, total: 400.5 } })
    expect(told.rows.map(({ key, id, value, fields }) => ({ key, id, value, fields }))).toEqual([
      {
        key: '1',
        id: 'o1',
        value: 100.5,
        fields: { profile_id: profileId(1), channel: 'web', grand_total_amount: 100.5 },
      },
      {
        key: '3',
        id: 'o3',
        value: 300,
        fields: { profile_id: profileId(1), channel: 'web', grand_total_amount: 300 },
      },
    ])
    const large = await insights.rowsBehind('x', { dimensions: group, measure: 'large' })
    expect(large.rows.map(({ key }) => key)).toEqual(['3'])
    const second = await insights.rowsBehind('x', { dimensions: group, limit: 1, offset: 1 })
    expect(second).toMatchObject({ total: 2, rows: [{ key: '3' }] })
  })

  test.each<[string, Builder]>([
    ['by person and channel', orders],
    [
      'by month where days begin elsewhere, and over links',
      {
        from: 'sales_order',
        dimensions: [
          { name: 'month', of: 'purchased_at', by: 'month', zone: 'Asia/Tokyo' },
          'profile_id.country',
        ],
        measures: [
          { name: 'total', how: 'sum', of: 'grand_total_amount' },
          { name: 'web', how: 'sum', of: 'grand_total_amount * 2', where: "channel = 'web'" },
          { name: 'orders', how: 'count' },
        ],
      },
    ],
    [
      'in windows that lie over each other',
      {
        from: 'sales_order',
        window: { kind: 'sliding', size: '10 days', every: '5 days', lateness: '9999 days' },
        dimensions: ['channel'],
        measures: [
          { name: 'total', how: 'sum', of: 'grand_total_amount' },
          { name: 'orders', how: 'count' },
        ],
      },
    ],
    [
      'of everybody',
      { from: 'sales_order', measures: [{ name: 'total', how: 'sum', of: 'grand_total_amount' }] },
    ],
  ])('add up to every measure of every group: %s', async (_, build) => {
    await built(build)
    const { dimensions } = (await insights.shapes())[0]!
    const groups = await engine.rows(sql`select * from ${insightTable('x')}`)
    expect(groups.length).toBeGreaterThan(0)
    for (const group of groups) {
      const own = Object.fromEntries(
        dimensions.map((name) => [
          name,
          typeof group[name] === 'bigint' ? String(group[name]) : group[name],
        ]),
      )
      for (const { name, how } of build.measures) {
        const { rows, kept, total } = await insights.rowsBehind('x', {
          dimensions: own,
          measure: name,
          limit: 1000,
        })
        expect(kept).toEqual(group)
        expect(rows).toHaveLength(total)
        const sum = rows.reduce((all, { value }) => all + Number(value), 0)
        const found = Number(group[name])
        expect(how === 'count' ? total : sum).toBeCloseTo(found, 6)
      }
    }
  })

  test('of an insight on an insight are rows of that insight', async () => {
    defined = [
      { key: 'x', body: { label: 'x', build: orders } },
      {
        key: 'ways',
        body: {
          label: 'ways',
          build: {
            from: 'x',
            dimensions: ['way'],
            measures: [{ name: 'people', how: 'count' }],
          },
        },
      },
    ]
    await insights.refresh('x')
    await insights.refresh('ways')
    const told = await insights.rowsBehind('ways', { dimensions: { way: 'store' } })
    expect(told).toMatchObject({ from: 'x', total: 2, kept: { people: 2 } })
    expect(told.rows[0]).not.toHaveProperty('key')
  })

  test('what is wrong is told at once', async () => {
    await built(orders)
    await expect(
      insights.rowsBehind('x', { dimensions: { profile_id: 'one', wey: 'web' }, measure: 'totel' }),
    ).rejects.toMatchObject({
      problems: [
        { code: 'insights.unknown_part', at: 'dimensions.wey' },
        { code: 'insights.unfit_dimension', at: 'dimensions.profile_id' },
        { code: 'insights.missing_dimension', at: 'dimensions.way' },
        { code: 'insights.unknown_part', at: 'measure' },
      ],
    })
  })

  test('of SQL are those of each table that it reads, by hand and in numbers', async () => {
    await written(
      `select country, sum(o.grand_total_amount) as total, count(*) filter (where o.channel = 'web') as web
       from sales_order o join unified_individual p using (profile_id) group by country`,
      ['country'],
    )
    const group = { country: 'France' }
    const told = await insights.rowsBehind('x', { dimensions: group, measure: 'total' })
    expect(told).toMatchObject({
      from: 'sales_order',
      table: 'o',
      tables: [
        { name: 'o', from: 'sales_order', rows: 3 },
        { name: 'p', from: 'unified_individual', rows: 1 },
      ],
      total: 3,
      kept: { country: 'France', total: 420.5, web: 2 },
    })
    expect(told.rows.map(({ id, value, fields }) => ({ id, value, fields }))).toEqual(
      [
        ['o1', 100.5, 'web'],
        ['o2', 20, 'store'],
        ['o3', 300, 'web'],
      ].map(([id, amount, channel]) => ({
        id,
        value: amount,
        fields: { profile_id: profileId(1), channel, grand_total_amount: amount },
      })),
    )
    const web = await insights.rowsBehind('x', { dimensions: group, measure: 'web', limit: 1 })
    expect(web).toMatchObject({ total: 2, rows: [{ id: 'o1' }] })
    const people = await insights.rowsBehind('x', { dimensions: group, table: 'p' })
    expect(people).toMatchObject({
      from: 'unified_individual',
      rows: [{ fields: { profile_id: profileId(1), country: 'France' }, times: 3 }],
    })
    expect(people.rows[0]).not.toHaveProperty('key')
  })

  test('of SQL over an insight are rows of that insight, and of their tables what it asks is named', async () => {
    defined = [
      { key: 'x', body: { label: 'x', build: orders } },
      {
        key: 'ways',
        body: {
          label: 'ways',
          sql: `with large as (select way, total, profile_id from x where profile_id in
              (select profile_id from unified_individual where country is not null))
            select way, sum(total) as total from large group by all`,
          dimensions: ['way'],
        },
      },
    ]
    await insights.refresh('x')
    await insights.refresh('ways')
    const told = await insights.rowsBehind('ways', { dimensions: { way: 'web' }, measure: 'total' })
    expect(told).toMatchObject({
      from: 'x',
      table: 'large.x',
      asked: ['unified_individual'],
      total: 2,
      kept: { total: 1400.5 },
    })
    expect(told.rows.map(({ fields }) => Number(fields['total'])).toSorted()).toEqual([1000, 400.5])
  })

  test('of SQL are only those that bring something to a measure with a case', async () => {
    await written(
      "select channel, sum(case when channel = 'web' then grand_total_amount end) as web from sales_order group by channel",
      ['channel'],
    )
    const told = await insights.rowsBehind('x', { dimensions: { channel: 'web' }, measure: 'web' })
    expect(told.rows.reduce((all, { value }) => all + Number(value), 0)).toBe(
      Number(told.kept?.['web']),
    )
    const none = await insights.rowsBehind('x', {
      dimensions: { channel: 'store' },
      measure: 'web',
    })
    expect(none).toMatchObject({ total: 0, rows: [], kept: { web: null } })
  })

  test('of SQL whose measure is made further inside are refused for that measure, by what it is', async () => {
    await written(
      `with spend as (select channel, sum(grand_total_amount) as total, count(*) as orders from sales_order group by channel)
       select channel, total, orders from spend`,
      ['channel'],
    )
    const dimensions = { channel: 'web' }
    await expect(insights.rowsBehind('x', { dimensions, measure: 'total' })).rejects.toMatchObject({
      code: 'insights.no_rows_behind',
      message: expect.stringMatching(
        /because of the measure "total", which is aggregated in WITH or a sub-query/,
      ),
    })
    const all = await insights.rowsBehind('x', { dimensions })
    expect(all.total).toBe(Number(all.kept?.['orders']))
  })

  test('of SQL that asks too much end with the time limit of questions', async () => {
    const limited = await openDuckdb({ threads: 2, queryTimeoutMs: 200 })
    onTestFinished(() => limited.close())
    await prepareInsights(limited)
    await fillTenant(limited)
    const text = `select a.channel, count(*) as n from sales_order a
      cross join sales_order b cross join sales_order c cross join sales_order d cross join sales_order e group by 1`
    const one = { key: 'x', body: { label: 'x', sql: text, dimensions: ['channel'] } }
    const slow = makeInsights({
      engine: limited,
      known: async () => ({ insights: [one], relations: tenantRelations, model: tenantModel }),
    })
    await slow.refresh('x')
    const many = Array.from({ length: 2000 }, (_, i) => ({
      id: `o${i}`,
      _key: BigInt(i + 1),
      channel: 'web',
    }))
    await setRows(limited, 'sales_order', many)
    await expect(
      slow.rowsBehind('x', { dimensions: { channel: 'web' } }, AbortSignal.timeout(5000)),
    ).rejects.toMatchObject({ code: 'engine.took_too_long' })
  })

  test('of SQL that cannot be followed are refused by the clause, with what is read', async () => {
    await written('select channel, count(*) as orders from sales_order group by rollup (channel)', [
      'channel',
    ])
    await expect(
      insights.rowsBehind('x', { dimensions: { channel: 'web' } }),
    ).rejects.toMatchObject({
      code: 'insights.no_rows_behind',
      message: expect.stringMatching(
        /because of GROUPING SETS, ROLLUP or CUBE; it reads sales_order \(channel\)/,
      ),
    })
    await written('select channel, count(*) as orders from sales_order group by 1', ['channel'])
    await expect(
      insights.rowsBehind('x', { dimensions: { channel: 'web' }, table: 'orders' }),
    ).rejects.toMatchObject({ problems: [{ code: 'insights.unknown_table', at: 'table' }] })
  })

  test('an empty value of a dimension is given as null', async () => {
    await setRows(engine, 'sales_order', [
      { id: 'a', _key: 1n, grand_total_amount: '5' },
      { id: 'b', _key: 2n, grand_total_amount: '7', channel: 'web' },
    ])
    await built({
      from: 'sales_order',
      dimensions: ['channel'],
      measures: [{ name: 'orders', how: 'count' }],
    })
    const told = await insights.rowsBehind('x', { dimensions: { channel: null } })
    expect(told.rows.map(({ id }) => id)).toEqual(['a'])
    expect(told.kept).toEqual({ channel: null, orders: 1 })
    const [row] = await engine.rows(
      sql`select count(*) as n from model.sales_order where ${column('channel')} is null`,
    )
    expect(told.total).toBe(row?.['n'])
  })
})
