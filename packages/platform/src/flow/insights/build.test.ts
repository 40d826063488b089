import { beforeEach, describe, expect, test } from 'vitest'
import { catalogueOf } from '#definitions'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import type { Builder, Insight } from './definition.ts'
import { makeInsights, prepareInsights } from './index.ts'
import { insightKind } from './kinds.ts'
import { shapesOf } from './shapes.ts'
import { fillTenant, profileId, setRows, tenantModel, tenantRelations } from './testing/index.ts'

const engine = await memoryEngine()
await prepareInsights(engine)

const insight = (key: string, build: Builder, more: Partial<Insight['body']> = {}): Insight => ({
  key,
  body: { label: key, build, ...more },
})
const problemsOf = (build: unknown) => {
  // What is wrong on purpose is not of the type.
  const insights = [insight('x', build as Builder)]
  const { problems } = shapesOf({ insights, relations: tenantRelations, model: tenantModel })
  return (problems.get('x') ?? []).map(({ at, say }) => `${at}: ${say}`)
}

let defined: readonly Insight[] = []
const insights = makeInsights({
  engine,
  known: async () => ({ insights: defined, relations: tenantRelations, model: tenantModel }),
})
const rowsOf = async (build: Builder) => {
  defined = [insight('x', build)]
  await insights.refresh('x')
  return insights.rows('x', 100)
}

beforeEach(async () => {
  defined = []
  await insights.sweep()
  await fillTenant(engine)
})

describe('measures by dimensions', () => {
  test('equal to the same by hand', async () => {
    const rows = await rowsOf({
      from: 'sales_order',
      where: "profile_id is not null and channel <> 'store'",
      dimensions: ['profile_id', { name: 'way', of: 'lower(channel)' }],
      measures: [
        { name: 'orders', how: 'count' },
        { name: 'channels', how: 'count_distinct', of: 'channel' },
        { name: 'total', how: 'sum', of: 'grand_total_amount * 2' },
        { name: 'large', how: 'count', where: 'grand_total_amount > 200' },
        { name: 'first', how: 'min', of: 'purchased_at' },
        { name: 'mean', how: 'avg', of: 'grand_total_amount' },
      ],
    })
    const byHand = await engine.rows(sql`select _profile as profile_id, lower(channel) as way,
      count(*) as orders, count(distinct channel) as channels, sum(grand_total_amount * 2) as total,
      count(*) filter (where grand_total_amount > 200) as large, min(purchased_at) as first,
      cast(avg(grand_total_amount) as double) as mean
      from model.sales_order where _profile is not null and channel <> 'store' group by 1, 2 order by 1, 2`)
    expect(rows).toEqual(byHand)
    expect(rows).toHaveLength(3)
  })

  test('times are cut where the days of a zone begin', async () => {
    await setRows(engine, 'sales_order', [
      { id: 'a', purchased_at: '2026-03-31T22:30:00Z', grand_total_amount: '1' },
      { id: 'b', purchased_at: '2026-12-31T23:30:00Z', grand_total_amount: '2' },
      { id: 'c', purchased_at: '2026-04-02T10:00:00Z', grand_total_amount: '4' },
    ])
    const by = (grain: 'day' | 'week' | 'month' | 'quarter' | 'year', zone?: string) =>
      rowsOf({
        from: 'sales_order',
        dimensions: [{ name: 'at', of: 'purchased_at', by: grain, ...(zone && { zone }) }],
        measures: [{ name: 'total', how: 'sum', of: 'grand_total_amount' }],
      })
    expect(await by('month', 'Europe/Rome')).toEqual([
      { at: '2026-04-01', total: 5 },
      { at: '2027-01-01', total: 2 },
    ])
    expect(await by('month')).toEqual([
      { at: '2026-03-01', total: 1 },
      { at: '2026-04-01', total: 4 },
      { at: '2026-12-01', total: 2 },
    ])
    expect(await by('quarter')).toHaveLength(3)
    expect(await by('year', 'Europe/Rome')).toEqual([
      { at: '2026-01-01', total: 5 },
      { at: '2027-01-01', total: 2 },
    ])
    expect(await by('week')).toEqual([
      { at: '2026-03-30', total: 5 },
      { at: '2026-12-28', total: 2 },
    ])
  })

  test('fields along links, where two rows of one key count once', async () => {
    await setRows(engine, 'product', [
      { id: 'p1', _key: 1n, category: 'bikes' },
      { id: 'p1', _key: 1n, category: 'bikes' },
      { id: 'p2', _key: 2n, category: 'hats' },
    ])
    await setRows(engine, 'sales_order_product', [
      line(1n, 1n, '10'),
      line(1n, 2n, '5'),
      line(2n, 1n, '1'),
      line(null, 4n, '3'),
    ])
    const rows = await rowsOf({
      from: 'sales_order_product',
      dimensions: ['product_id.category', 'sales_order_id.profile_id.country'],
      measures: [{ name: 'total', how: 'sum', of: 'total_line_amount' }],
    })
    expect(rows).toEqual([
      { product_category: 'bikes', sales_order_profile_country: 'France', total: 15 },
      { product_category: 'hats', sales_order_profile_country: 'France', total: 1 },
      { product_category: null, sales_order_profile_country: 'FRANCE', total: 3 },
    ])
  })

  test('an insight on an insight, and its SQL to read', async () => {
    defined = [
      insight('spend', {
        from: 'sales_order',
        dimensions: ['profile_id'],
        measures: [{ name: 'total', how: 'sum', of: 'grand_total_amount' }],
      }),
      insight('by_country', {
        from: 'spend',
        dimensions: ['profile_id.country'],
        measures: [
          { name: 'people', how: 'count' },
          { name: 'best', how: 'max', of: 'total' },
        ],
      }),
    ]
    await insights.refresh('spend')
    await insights.refresh('by_country')
    expect(await insights.rows('by_country', 9)).toContainEqual({
      profile_country: 'France',
      people: 1,
      best: 420.5,
    })
    expect(await insights.sql('by_country')).toMatchObject({
      written: 'by parts',
      sql: expect.stringContaining('from "spend" as o left join'),
    })
    expect((await insights.lineage('by_country')).columns).toEqual([
      {
        name: 'profile_country',
        is: 'dimension',
        from: [{ relation: 'unified_individual', column: 'country' }],
      },
      { name: 'people', is: 'measure', from: [] },
      { name: 'best', is: 'measure', from: [{ relation: 'spend', column: 'total' }] },
    ])
  })
})

const line = (product: bigint | null, order: bigint, amount: string) => ({
  product_id__key: product,
  sales_order_id__key: order,
  total_line_amount: amount,
})

describe('what is wrong is told at once, with its place', () => {
  const measures = [{ name: 'n', how: 'count' }]

  test('fields, types, names, zones', () => {
    expect(
      problemsOf({
        from: 'sales_order',
        dimensions: [
          'chanel',
          'channel.name',
          { name: 'm', of: 'channel', by: 'month', zone: 'Rome' },
        ],
        where: "channel = 'web') or (true",
        measures: [
          { name: 'total', how: 'sum', of: 'channel' },
          { name: 'm', how: 'avg' },
        ],
      }),
    ).toEqual([
      'build.dimensions[0].of: "sales_order" has no field "chanel"; did you mean "channel"?',
      'build.dimensions[1].of: "channel" of "sales_order" is no link, so nothing can follow the dot',
      'build.dimensions[2].by: "channel" holds text and not a time',
      'build.dimensions[2].zone: there is no time zone "Rome"',
      expect.stringContaining('build.where: "channel = \'web\') or (true" is not one expression'),
      'build.measures[0].of: "channel" holds text, so there is no sum of it',
      'build.measures[1]: "m" needs `of`: the avg of what?',
      'build: two columns are called "m"',
    ])
  })

  test('expressions are checked like SQL written by hand', () => {
    expect(problemsOf({ from: 'sales_order', where: "getenv('HOME') = 'x'", measures })).toEqual([
      expect.stringMatching(/^build\.where: the function getenv cannot be used/),
    ])
    expect(
      problemsOf({
        from: 'sales_order',
        dimensions: [{ name: 'a', of: 'nonsense + 1' }],
        measures,
      }),
    ).toEqual([expect.stringMatching(/^build\.dimensions\[0\]\.of: .*a column "nonsense"/)])
  })

  test('where it begins, how far it goes, and what belongs together', () => {
    expect(problemsOf({ from: 'sales_ordr', measures })).toEqual([
      'build.from: there is no model object or insight "sales_ordr"; did you mean "sales_order"?',
    ])
    const far = 'sales_order_id.individual_id.account_id.parent_id.name'
    expect(problemsOf({ from: 'sales_order_product', dimensions: [far], measures })).toEqual([
      `build.dimensions[0].of: "${far}" goes over more than 3 links`,
    ])
    const both = { key: 'x', body: { label: 'x', sql: 'select 1', build: { from: 'x', measures } } }
    const { problems } = shapesOf({ insights: [both as Insight], relations: tenantRelations })
    expect(problems.get('x')?.[0]?.say).toContain('either `sql` or `build`')
  })

  test('a formula needs a name, and parts that only SQL has stand beside SQL', () => {
    expect(problemsOf({ from: 'sales_order', dimensions: ['upper(channel)'], measures })).toEqual([
      expect.stringMatching(/^build\.dimensions\[0\]: .*upper\(channel\)/),
    ])
    const build: Builder = { from: 'sales_order', measures: [{ name: 'n', how: 'count' }] }
    const { problems } = shapesOf({
      insights: [insight('x', build, { dimensions: ['channel'], rollup: { n: 'sum' } })],
      relations: tenantRelations,
    })
    expect(problems.get('x')?.map(({ code, at }) => `${at}: ${code}`)).toEqual([
      'dimensions: insights.only_sql',
      'rollup: insights.only_sql',
    ])
  })

  test('a calendar that is none', () => {
    const { check } = insightKind(() => tenantRelations, {
      modelIn: () => tenantModel,
      problemWithSchedule: (cron) =>
        cron === 'every morning' ? 'it has no five parts' : undefined,
    })
    const at = (cron: string) => {
      const { body } = insight(
        'x',
        { from: 'sales_order', measures: [{ name: 'n', how: 'count' }] },
        { refresh: { cron } },
      )
      const all = catalogueOf([])
      return check?.(body, all, { kind: 'insight', key: 'x' })?.map(
        ({ code, at: place }) => `${place}: ${code}`,
      )
    }
    expect(at('every morning')).toEqual(['refresh.cron: insights.bad_refresh'])
    expect(at('0 6 * * *')).toEqual([])
  })

  test.each([
    ['product', ['channel'], 'build.dimensions', 'insights.no_subject'],
    ['product', ['product_id', 'quantity'], 'build.dimensions', 'insights.no_subject'],
    ['product', ['sales_order_id'], 'build.dimensions', 'insights.no_subject'],
    ['produkt', ['product_id'], 'on', 'insights.unknown_subject'],
  ])('on "%s" by %j', (on, dimensions, place, code) => {
    const build: Builder = {
      from: 'sales_order_product',
      dimensions,
      measures: [{ name: 'n', how: 'count' }],
    }
    const known = { relations: tenantRelations, model: tenantModel }
    const { problems } = shapesOf({ ...known, insights: [insight('x', build, { on })] })
    expect(problems.get('x')).toMatchObject([{ at: place, code }])
    const bySql = { label: 'x', on, sql: 'select 1 as n' }
    const { problems: ofSql } = shapesOf({ ...known, insights: [{ key: 'x', body: bySql }] })
    expect(ofSql.get('x')).toMatchObject([{ at: 'on', code: 'insights.only_built' }])
  })

  test('built insights in a circle', () => {
    const { problems } = shapesOf({
      insights: [
        insight('a', { from: 'b', measures: [{ name: 'n', how: 'sum', of: 'm' }] }),
        insight('b', { from: 'a', measures: [{ name: 'm', how: 'sum', of: 'n' }] }),
      ],
      relations: tenantRelations,
    })
    const said = [...problems.values()].flat().map(({ say }) => say)
    expect(said).toContain('insights that read each other in a circle: a → b → a')
  })
})

test('a condition that cannot be read is told in its own words', async () => {
  const tried = (where: string) => {
    const build = { from: 'sales_order', where, measures: [{ name: 'n', how: 'count' as const }] }
    return insights.preview({ definition: { label: 'x', build } })
  }
  await expect(tried("channel = = 'x'")).rejects.toThrow(/near "= 'x'"/)
  await expect(tried('channel >')).rejects.toThrow('build.where: cannot be read near ">":')
})

test('a division by zero is refused with an example, and the last good result stays, marked stale', async () => {
  const ratio = (divisor: string): Insight =>
    insight('x', {
      from: 'sales_order',
      dimensions: ['profile_id'],
      where: 'profile_id is not null',
      measures: [
        { name: 'ratio', how: 'max', of: `cast(grand_total_amount as double) / ${divisor}` },
      ],
    })
  defined = [ratio('2')]
  await insights.refresh('x')
  defined = [ratio('0')]
  // The preview shows rows, and tells that they could not be published.
  const tried = ({ body }: Insight) => insights.preview({ definition: body })
  expect(await tried(ratio('0'))).toMatchObject({
    rows: expect.arrayContaining([expect.objectContaining({ profile_id: profileId(1) })]),
    problems: [{ code: 'insights.not_finite' }],
  })
  expect(await tried(ratio('2'))).toMatchObject({ problems: [] })
  const doubled = {
    label: 'd',
    sql: 'select 1 as a, channel as b from sales_order',
    dimensions: ['a'],
  }
  expect((await insights.preview({ definition: doubled })).problems).toMatchObject([
    { code: 'insights.doubled_key' },
  ])
  await expect(insights.refresh('x')).rejects.toMatchObject({ code: 'insights.not_finite' })
  expect(await insights.rows('x', 1)).toEqual([{ profile_id: profileId(1), ratio: 150 }])
  expect(await insights.get('x')).toMatchObject({
    stale: { code: 'insights.not_finite', goodAt: expect.any(String) },
  })
})
