import { expect, test } from 'vitest'
import type { ModelObjectFacts } from '../../lib/model.ts'
import { askedBySql, askedIn, originsOf, type Use, usesOf } from './uses.ts'

const object = (
  key: string,
  fields: Readonly<Record<string, string | undefined>>,
): ModelObjectFacts => ({
  key,
  label: key,
  origin: 'standard',
  subject_area: 'party',
  category: 'other',
  fields: Object.fromEntries(
    Object.entries(fields).map(([name, to]) => [
      name,
      { type: 'text' as const, ...(to === undefined ? {} : { links_to: to }) },
    ]),
  ),
})
const model = [
  object('individual', { id: undefined, city: undefined, country: undefined }),
  object('sales_order', { id: undefined, status: undefined }),
  object('sales_order_product', { id: undefined, product_id: 'product' }),
  object('product', { id: undefined, category: undefined }),
]

test('a field comes from every stream that fills it', () => {
  const mapping = (stream: string, fields: Record<string, string>) => ({
    stream,
    qualifier: stream,
    objects: [
      { object: 'individual', fields },
      { object: 'individual', fields: { id: fields['id'] ?? 'c' } },
    ],
  })
  const mappings = [
    mapping('crm', { id: 'no', city: 'trim(town)' }),
    mapping('shop', { id: 'c', city: 'c' }),
  ]
  expect([...originsOf('individual', mappings)]).toEqual([
    [
      'id',
      [
        { stream: 'crm', formula: 'no' },
        { stream: 'shop', formula: 'c' },
      ],
    ],
    [
      'city',
      [
        { stream: 'crm', formula: 'trim(town)' },
        { stream: 'shop', formula: 'c' },
      ],
    ],
  ])
  expect(originsOf('lead', mappings).size).toBe(0)
})

const asked = (kind: Use['kind'], body: object) => [...askedIn(kind, body, model)].toSorted()

test('a segment asks fields of people, of rows and of what they lead to, insights and segments', () => {
  const body = {
    on: 'individual',
    include: {
      all: [
        { field: 'country', op: '=', value: 'IT' },
        { insight: 'spend.total', op: '>', value: 1 },
        { not: { segment: 'vips' } },
        {
          related: 'sales_order',
          where: { field: 'purchased_at', op: 'within_last_days', value: 9 },
          measure: 'sum',
          of: 'grand_total_amount',
        },
        { related: 'sales_order_product', where: { field: 'product_id.category', op: '=' } },
      ],
    },
    rank: { first: 3, per: 'city', by: { related: 'sales_order', measure: 'count' } },
  }
  expect(asked('segment', body)).toEqual([
    'individual.city',
    'individual.country',
    'insight:spend',
    'product.category',
    'sales_order.grand_total_amount',
    'sales_order.purchased_at',
    'sales_order_product.product_id',
    'segment:vips',
  ])
  expect(asked('segment', { on: 'account', include: { field: 'name', op: '=' } })).toEqual([
    'account.name',
  ])
  expect(asked('segment', { on: 'individual', waterfall: ['a', 'b'] })).toEqual([
    'segment:a',
    'segment:b',
  ])
})

test('an activation asks its segment, attributes, formulas and contact points', () => {
  const body = {
    segment: 'vips',
    destination: 'shop',
    filter: "country = 'city'",
    attributes: [
      { as: 'a', formula: 'upper(city)' },
      { as: 'b', contact_point: 'email' },
      { as: 'c', related: 'sales_order', fields: [{ as: 'x', field: 'id' }], where: 'status <> 1' },
    ],
  }
  expect(asked('activation', body)).toEqual([
    'contact_point_email.email_address',
    'individual.city',
    'individual.country',
    'sales_order.id',
    'sales_order.status',
    'segment:vips',
  ])
})

test('an action on rows asks their fields and those of the person; one on events asks neither of the event', () => {
  const rows = {
    when: { row: 'sales_order', change: 'created', where: { field: 'status', op: '=' } },
    attributes: [
      { as: 'a', field: 'id' },
      { as: 'b', profile: 'city' },
    ],
  }
  expect(asked('action', rows)).toEqual(['individual.city', 'sales_order.id', 'sales_order.status'])
  const merges = { when: { profile: 'merged' }, attributes: [{ as: 'a', profile: 'city' }] }
  expect(asked('action', merges)).toEqual(['individual.city'])
  const before = {
    when: { row: 'sales_order', change: 'changed', was: { field: 'status', op: '=' } },
    attributes: [{ as: 'a', was: 'id' }],
  }
  expect(asked('action', before)).toEqual(['sales_order.id', 'sales_order.status'])
  const event = { when: { event: 'site', where: { field: 'url', op: '=' } } }
  expect(asked('action', event)).not.toContain('individual.url')
})

test('a ruleset asks what it compares and what it chooses values of', () => {
  const body = {
    on: 'individual',
    match: [{ all: [{ object: 'contact_point_email', field: 'email_address' }] }],
    reconcile: { default: 'last_updated', fields: { city: 'most_frequent' } },
  }
  expect(asked('ruleset', body)).toEqual(['contact_point_email.email_address', 'individual.city'])
})

test('a query asks all that it reads, also for its conditions', () => {
  const reads = [
    { relation: 'unified_individual', columns: ['city'] },
    { relation: 'product', columns: 'all' as const },
    { relation: 'spend', columns: ['total'] },
  ]
  expect([...askedBySql(reads, model)]).toEqual([
    'individual.city',
    'product.id',
    'product.category',
    'insight:spend',
  ])
})

test('what is made of a field is followed to the end, also round in a circle', () => {
  const use = (kind: Use['kind'], key: string, ...asks: string[]): Use => ({
    kind,
    key,
    label: key,
    asks: new Set(asks),
  })
  const all = [
    use('activation', 'out', 'segment:vips'),
    use('segment', 'vips', 'insight:spend', 'segment:rest'),
    use('segment', 'rest', 'segment:vips'),
    use('insight', 'spend', 'sales_order.total'),
    use('insight', 'other', 'sales_order.tax'),
  ]
  expect(usesOf('sales_order.total', all).map(({ key }) => key)).toEqual([
    'spend',
    'vips',
    'out',
    'rest',
  ])
  expect(usesOf('sales_order.none', all)).toEqual([])
})
