import { expect, test } from 'vitest'
import { sentence, tell } from './sentence.ts'
import { pathLabel, pathOptions, pathType, type Vocabulary } from './vocabulary.ts'

const of: Vocabulary = {
  on: 'individual',
  objects: [
    {
      key: 'individual',
      label: 'Individual',
      fields: { country: { type: 'text', label: 'Country' }, birth_date: { type: 'date' } },
    },
    {
      key: 'sales_order_product',
      label: 'Order line',
      fields: {
        total: { type: 'decimal', label: 'Total' },
        product_id: { type: 'text', label: 'Product id', links_to: 'product' },
        individual_id: { type: 'text', links_to: 'individual' },
      },
    },
    { key: 'product', label: 'Product', fields: { category: { type: 'text', label: 'Category' } } },
  ],
  subjects: {
    person: { country: 'text', birth_date: 'date' },
    objects: {
      sales_order_product: { total: 'decimal', product_id: 'text', individual_id: 'text' },
    },
    insights: { spend: { total: 'decimal' } },
    segments: ['vips'],
    operators: {},
    takes: {},
  },
  segments: new Map([['vips', 'VIPs']]),
  insights: new Map([['spend', 'Lifetime spend']]),
}
const say = (node: unknown) => sentence(of, node, {})

test('questions to fields read as sentences', () => {
  expect(say({ field: 'country', op: 'in', value: ['FR', 'IT'] })).toBe('Country is one of FR, IT')
  expect(say({ field: 'birth_date', op: 'between', value: ['1980-01-01', '1990-01-01'] })).toBe(
    'birth_date is between 1 Jan 1980 and 1 Jan 1990',
  )
  expect(say({ field: 'birth_date', op: 'anniversary_within_next_days', value: 7 })).toBe(
    'birth_date has its anniversary within the next 7 days',
  )
  expect(say({ field: 'birth_date', op: 'more_than_ago', value: 3, unit: 'month' })).toBe(
    'birth_date is more than 3 months ago',
  )
  expect(say({ field: 'birth_date', op: 'this', unit: 'month' })).toBe(
    'birth_date is in this month',
  )
})

test('rows that belong to somebody, with what narrows them', () => {
  const where = {
    all: [
      { field: 'product_id.category', op: '=', value: 'bikes' },
      { field: 'total', op: '>', value: 500 },
    ],
  }
  expect(say({ related: 'sales_order_product', where })).toBe(
    'has at least one of Order line where Product › Category is bikes and Total is more than 500',
  )
  expect(
    say({
      related: 'sales_order_product',
      look_back: { value: 30, unit: 'day' },
      measure: 'sum',
      of: 'total',
      op: '>=',
      value: 100,
    }),
  ).toBe('sum of Total (Order line of the last 30 days) is at least 100')
})

test('insights, segments, consent, and one after the other', () => {
  expect(say({ insight: 'spend.total', op: '>=', value: 5000 })).toBe(
    'Lifetime spend: total is at least 5,000',
  )
  expect(say({ segment: 'vips' })).toBe('is in VIPs')
  expect(say({ segment: 'vips', use: 'definition' })).toBe('is meant by VIPs')
  expect(say({ consent: { channel: 'email', purpose: 'news', status: 'opted_in' } })).toBe(
    'consent for email is given for news',
  )
  expect(
    say({
      sequence: [
        { related: 'sales_order_product' },
        { related: 'sales_order_product', within: { value: 7, unit: 'day' }, never: true },
      ],
    }),
  ).toBe('Order line, then never within 7 days Order line')
})

test('groups keep their brackets in one sentence, and become a tree elsewhere', () => {
  const a = { field: 'country', op: '=', value: 'FR' }
  const b = { segment: 'vips' }
  expect(say({ all: [a, { any: [a, b] }, { not: b }] })).toBe(
    'Country is FR and (Country is FR or is in VIPs) and not (is in VIPs)',
  )
  expect(tell(of, { all: [a, { any: [a, b] }] })).toEqual({
    says: 'all of these',
    below: [
      { says: 'Country is FR', below: [] },
      {
        says: 'any of these',
        below: [
          { says: 'Country is FR', below: [] },
          { says: 'is in VIPs', below: [] },
        ],
      },
    ],
  })
  expect(tell(of, { all: [] }).says).toBe('everybody')
})

test('what nobody knows is said to be so', () => {
  expect(say({ something_new: 1 })).toBe('something that only the definition file says')
})

test('fields of rows are offered with those that links lead to; not those of the person again', () => {
  const values = pathOptions(of, { rows: 'sales_order_product' }).map(({ value }) => value)
  expect(values).toEqual(['total', 'product_id', 'individual_id', 'product_id.category'])
  expect(pathType(of, { rows: 'sales_order_product' }, 'product_id.category')).toBe('text')
  expect(pathLabel(of, {}, 'country')).toBe('Country')
})
