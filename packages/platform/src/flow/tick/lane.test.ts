import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { readFiles } from '#definitions'
import { read } from '#kernel/read.ts'
import { modelOf, peopleMark } from '#model'
import { type Condition, type Segment, segmentSchema, subjectsOf } from '#segments'
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
    lately: {
      field: 'created_at',
      op: 'within_last_days',
      value: 7,
      time_zone: 'Europe/Paris',
    },
    grown: { field: 'birth_date', op: 'more_than_ago', value: 18, unit: 'year' },
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
  expect(clock('lately'), 'days of 24 hours').toEqual(clock('seen'))
  expect(clock('grown'), 'of a day, not of an instant').toEqual({ flips: [], zones: ['UTC'] })
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
    london: {
      label: 'One',
      on: 'individual',
      time_zone: 'Europe/London',
      include: { ...orders, look_back: { value: 2, unit: 'week' } },
    },
    given: { field: 'created_at', op: 'within_last_days', value: '$days' },
    open: {
      label: 'One',
      on: 'individual',
      parameters: { country: { type: 'text' } },
      include: { field: 'country', op: '=', value: '$country' },
    },
    around: { segment: 'open', use: 'definition' },
    when: { ...lines, where: { field: 'product_id.created_at', op: 'within_last_days', value: 1 } },
    agreed: { consent: { channel: 'email', status: 'opted_in' } },
    written: { label: 'One', on: 'individual', sql: 'select profile_id from unified_individual' },
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
    london: expect.stringContaining('weeks'),
    given: expect.stringContaining('parameter'),
    open: 'it asks for values: country',
    around: 'it asks for values: country',
    when: expect.stringContaining('"product_id.created_at" for the time'),
    agreed: expect.stringContaining('"consent", which begins and ends at times of its own'),
    written: expect.stringContaining('"sql"'),
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

test('the guides say of their segments which are live', () => {
  const guideOf = (name: string) =>
    readFileSync(new URL(`../../../../../docs/guides/${name}.md`, import.meta.url), 'utf8')
  const text = guideOf('segments')
  const files = [...text.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, one = '']) => one)
  const { documents } = readFiles(files.map((one) => ({ file: 'segments.md', text: one })))
  const each = new Map(documents.map(({ key, body }) => [key, body]))
  const laneOf = (body: unknown) => {
    const one = { key: 'one', body: read(segmentSchema, body) }
    const { live, scheduled } = lanesOf([one], subjectsOf({ model, insights: [], segments: [one] }))
    return live.has('one') ? 'live' : scheduled.get('one')
  }
  const [live, yearBack] = [each.get('lapsed_cyclists'), each.get('regulars_in_france')]
  expect(laneOf(live)).toBe('live')
  expect(laneOf(yearBack)).toContain('not all years are as long')
  const inDays = JSON.stringify(yearBack).replace(
    '{"value":1,"unit":"year"}',
    '{"value":365,"unit":"day"}',
  )
  expect(laneOf(JSON.parse(inDays))).toBe('live')
  const said = guideOf('live-segments')
  for (const words of [
    '"key": "lapsed_cyclists"',
    '`regulars_in_france` looks a year back',
    '{ value: 365, unit: day }',
  ])
    expect(said).toContain(words)
})
