import { expect, test } from 'vitest'
import { modelOf, peopleMark } from '#model'
import { type Condition, type Segment, subjectsOf } from '#segments'
import { lanesOf } from './lane.ts'

const model = modelOf([])
const lines = { related: 'sales_order_product' } as const
const orders = { related: 'sales_order' } as const

function lanes(conditions: Readonly<Record<string, Condition | Segment['body']>>) {
  const segments = Object.entries(conditions).map(([key, of]): Segment => {
    const body = 'on' in of ? of : { label: key, on: 'individual', include: of }
    return { key, body }
  })
  return lanesOf(segments, subjectsOf({ model, insights: [], segments }))
}

const rich: Condition = { field: 'yearly_income', op: '>', value: 1 }

test('what depends on the person alone is live, and says when time changes it', () => {
  const day = 86_400_000
  const { live, scheduled } = lanes({
    rich,
    asked: { all: [{ segment: 'rich' }, { segment: 'seen', use: 'definition' }] },
    seen: { field: 'created_at', op: 'within_last_days', value: 7 },
    soon: {
      ...orders,
      measure: 'max',
      of: 'purchased_at',
      op: 'within_next',
      value: 1,
      unit: 'week',
    },
    recent: { ...orders, look_back: { value: 2, unit: 'day' } },
    waiting: {
      sequence: [orders, { ...orders, within: { value: 3, unit: 'hour' }, never: true }],
    },
    born: { field: 'birth_date', op: 'anniversary', time_zone: 'Europe/Paris' },
    bikes: { ...lines, where: { field: 'product_id.name', op: '=', value: 'Bike' } },
  })
  expect([...scheduled]).toEqual([])
  const clock = (key: string) => live.get(key)?.clock
  expect(clock('rich')).toEqual({ flips: [], zones: [] })
  expect(clock('seen')?.flips).toEqual([
    { object: peopleMark, field: 'created_at', offsetsMs: [0, 7 * day] },
  ])
  expect(clock('asked')).toEqual(clock('seen'))
  expect(clock('soon')?.flips).toEqual([
    { object: 'sales_order', field: 'purchased_at', offsetsMs: [0, -7 * day] },
  ])
  expect(clock('recent')?.flips).toEqual([
    { object: 'sales_order', field: 'purchased_at', offsetsMs: [0, 2 * day] },
  ])
  expect(clock('waiting')?.flips).toContainEqual({
    object: 'sales_order',
    field: 'purchased_at',
    offsetsMs: [0, 3 * 3_600_000],
  })
  expect(clock('born')).toEqual({ flips: [], zones: ['Europe/Paris'] })
  expect(live.get('bikes')?.leads).toEqual(['product'])
  expect(live.get('asked')?.asks).toEqual(['rich'])
})

test('what is decided among all, made as a whole or not told by the clock says why it waits', () => {
  const body = { label: 'One', on: 'individual', include: rich }
  const { live, scheduled } = lanes({
    best: { ...body, rank: { first: 10, by: { field: 'yearly_income' } } },
    asks: { all: [rich, { segment: 'best' }] },
    falls: { label: 'One', on: 'individual', waterfall: ['part', 'other'] },
    part: rich,
    other: rich,
    month: { field: 'created_at', op: 'within_last', value: 1, unit: 'month' },
    paris: {
      field: 'created_at',
      op: 'within_last',
      value: 1,
      unit: 'day',
      time_zone: 'Europe/Paris',
    },
    path: { ...lines, where: { field: 'sales_order_id.channel', op: '=', value: 'web' } },
    products: { ...body, on: 'product' },
  })
  expect([...live.keys()]).toEqual([])
  expect(Object.fromEntries(scheduled)).toEqual({
    best: expect.stringContaining('"rank"'),
    asks: expect.stringContaining('"best", which is not live'),
    falls: expect.stringContaining('"waterfall"'),
    part: expect.stringContaining('waterfall'),
    other: expect.stringContaining('waterfall'),
    month: expect.stringContaining('months'),
    paris: expect.stringContaining('days'),
    path: expect.stringContaining('sales_order'),
    products: expect.stringContaining('product'),
  })
})

test('another condition, there or in what is asked for, is another segment', () => {
  const print = (of: Condition) =>
    lanes({ inner: of, outer: { segment: 'inner' }, same: { segment: 'inner', use: 'definition' } })
      .live
  const [one, other] = [print(rich), print({ ...rich, value: 2 })]
  for (const key of ['inner', 'outer', 'same'])
    expect(one.get(key)?.fingerprint).not.toBe(other.get(key)?.fingerprint)
})
