import { beforeEach, describe, expect, test } from 'vitest'
import { sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { problemsOf } from '#kernel/read.ts'
import { profileParams } from './api.ts'
import { type Insight, insightTable, makeInsights, prepareInsights } from './index.ts'
import { fillTenant, profileId, setRows, tenantRelations } from './testing/index.ts'

const engine = await memoryEngine()
await prepareInsights(engine)

const insight = (key: string, text: string, more: Partial<Insight['body']> = {}): Insight => ({
  key,
  body: { label: key, sql: text, dimensions: ['profile_id'], ...more },
})
const spend = insight(
  'spend',
  `select profile_id, sum(grand_total_amount) as total, avg(grand_total_amount) as mean,
    max(purchased_at) as last_order, count(*) as orders from sales_order where profile_id is not null group by profile_id`,
)
const bySource = insight(
  'by_channel',
  `select profile_id, lower(channel) as channel, sum(grand_total_amount) as total from sales_order group by all`,
  { dimensions: ['profile_id', 'channel'] },
)
const rich = insight('rich', 'select count(*) as people, sum(total) as total from spend', {
  dimensions: [],
})

let defined: readonly Insight[] = []
const insights = makeInsights({
  engine,
  known: async () => ({ insights: defined, relations: tenantRelations }),
})

beforeEach(async () => {
  defined = [spend, bySource, rich]
  await fillTenant(engine)
})

describe('refresh', () => {
  test('keeps the rows with types that stay the same', async () => {
    expect(await insights.refresh('spend')).toMatchObject({ rows: 4, changed: true })
    const [shape] = (await insights.shapes()).filter(({ key }) => key === 'spend')
    expect(Object.fromEntries(shape!.measures)).toEqual({
      total: 'decimal',
      mean: 'number',
      last_order: 'timestamp',
      orders: 'integer',
    })
    const rows = await insights.rows('spend', 1)
    expect(rows).toEqual([
      {
        profile_id: profileId(1),
        total: 420.5,
        mean: expect.closeTo(140.1667, 3),
        last_order: '2026-02-10T09:00:00.000Z',
        orders: 3,
      },
    ])
  })

  test('its position rises only when the content changes', async () => {
    const first = await insights.refresh('spend')
    expect(await insights.refresh('spend')).toMatchObject({
      position: first.position,
      rows: first.rows,
      changed: false,
    })
    await setRows(engine, 'sales_order', [{ profile: profileId(1), grand_total_amount: '1' }])
    const second = await insights.refresh('spend')
    expect(second).toMatchObject({ rows: 1, changed: true })
    expect(second.position).toBeGreaterThan(first.position)
    defined = [insight('spend', spend.body.sql ?? '', { measures: ['total'] })]
    expect(await insights.refresh('spend')).toMatchObject({ changed: true })
    expect(await insights.rows('spend', 9)).toEqual([{ profile_id: profileId(1), total: 1 }])
  })

  test('an insight may read another', async () => {
    await insights.refresh('spend')
    await insights.refresh('rich')
    expect(await insights.rows('rich', 9)).toEqual([{ people: 4, total: 1475.75 }])
  })

  test('a failing insight keeps its last good result and says why', async () => {
    await insights.refresh('spend')
    defined = [insight('spend', 'select profile_id, grand_total_amount as total from sales_order')]
    await expect(insights.refresh('spend')).rejects.toMatchObject({
      code: 'insights.doubled_key',
      message: `profile_id should tell rows apart, but 3 rows have profile_id = ${profileId(1)}`,
    })
    defined = [
      insight('spend', `select profile_id, cast(channel as integer) as n from sales_order`),
    ]
    await expect(insights.refresh('spend')).rejects.toMatchObject({ code: 'insights.cannot_run' })
    expect(await insights.rows('spend', 9)).toHaveLength(4)
  })

  test('ids of people must stay ids of people', async () => {
    defined = [
      insight(
        'x',
        'select cast(profile_id as varchar) as profile_id, count(*) as n from sales_order group by all',
      ),
    ]
    await expect(insights.refresh('x')).rejects.toMatchObject({ code: 'insights.person_type' })
  })

  test('nothing in the last digits of a double counts as a change', async () => {
    const text = (factor: string) =>
      `select profile_id, sum(cast(grand_total_amount as double)) * ${factor} as total from sales_order group by profile_id`
    defined = [insight('x', text('1.0'))]
    await insights.refresh('x')
    defined = [insight('x', text('1.0000000000001'))]
    expect(await insights.refresh('x')).toMatchObject({ changed: false })
    defined = [insight('x', text('1.0001'))]
    expect(await insights.refresh('x')).toMatchObject({ changed: true })
  })
})

test('preview shows the first rows and keeps nothing', async () => {
  const answer = await insights.preview(
    'select channel, count(*) as n from sales_order group by 1 order by 1',
  )
  expect(answer.columns).toEqual([
    { name: 'channel', type: 'text' },
    { name: 'n', type: 'integer' },
  ])
  expect(answer.rows[0]).toEqual({ channel: 'Web', n: 1 })
})

test('all that is known of one person, in one call', async () => {
  for (const { key } of defined) await insights.refresh(key)
  expect(await insights.valuesOf(profileId(2))).toEqual([
    expect.objectContaining({
      insight: 'spend',
      rows: [expect.objectContaining({ total: 15.25 })],
    }),
    { insight: 'by_channel', label: 'by_channel', rows: [{ channel: 'store', total: 15.25 }] },
  ])
  expect((await insights.valuesOf(profileId(4)))[0]).toMatchObject({ rows: [] })
})

test('a list with the range of each measure, also before the first run', async () => {
  await insights.sweep()
  defined = [insight('fresh', spend.body.sql ?? '')]
  await insights.sweep()
  expect(await insights.get('fresh')).toEqual({
    key: 'fresh',
    label: 'fresh',
    on: 'individual',
    dimensions: ['profile_id'],
    measures: [{ name: 'total' }, { name: 'mean' }, { name: 'last_order' }, { name: 'orders' }],
  })
  await expect(insights.rows('fresh', 1)).rejects.toMatchObject({ code: 'insights.no_result' })
  await insights.refresh('fresh')
  const [only] = await insights.list()
  expect(only).toMatchObject({
    rows: 4,
    measures: [
      { name: 'total', type: 'decimal', min: 15.25, max: 1000 },
      {},
      { name: 'last_order', type: 'timestamp' },
      { name: 'orders', min: 1, max: 3, average: 1.5 },
    ],
  })
  await expect(insights.get('fresch')).rejects.toThrow('did you mean "fresh"?')
})

test('what is no longer defined leaves nothing behind', async () => {
  await insights.refresh('spend')
  defined = []
  await insights.sweep()
  await expect(engine.rows(sql`select * from ${insightTable('spend')}`)).rejects.toThrow()
  expect(await insights.relations()).toEqual([])
})

test('an id that no profile can have is refused', () => {
  const problems = problemsOf(profileParams, { profile: '9999999999999999999' })
  expect(problems).toMatchObject([{ at: 'profile' }])
})
