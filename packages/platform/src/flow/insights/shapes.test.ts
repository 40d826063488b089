import { expect, test } from 'vitest'
import type { Insight } from './definition.ts'
import { shapesOf } from './shapes.ts'
import { tenantRelations } from './testing/index.ts'
import { insightNodes } from './work.ts'

const insight = (key: string, text: string, more: Partial<Insight['body']> = {}): Insight => ({
  key,
  body: { label: key, sql: text, dimensions: ['profile_id'], ...more },
})
const look = (...insights: readonly Insight[]) => shapesOf({ insights, relations: tenantRelations })
const says = (...insights: readonly Insight[]) =>
  Object.fromEntries(
    [...look(...insights).problems].map(([key, problems]) => [
      key,
      problems.map(({ at, say }) => `${at}: ${say}`),
    ]),
  )

test('mistakes in the SQL are told with line and column', () => {
  expect(
    says(insight('a', 'select profile_id,\n  sum(totl) as t\nfrom sales_order group by 1')),
  ).toEqual({
    a: [expect.stringMatching(/^sql: line 2, column 7: .*"totl"/)],
  })
})

test('dimensions and measures are columns of the answer', () => {
  const wrong = insight('a', 'select profile_id, count(*) as orders from sales_order group by 1', {
    dimensions: ['profile_id', 'chanel'],
    measures: ['order', 'profile_id'],
  })
  expect(says(wrong)['a']).toEqual([
    'dimensions[1]: the answer of the SQL has no column "chanel"',
    'measures[0]: the answer of the SQL has no column "order"; did you mean "orders"?',
    'measures[1]: "profile_id" is both a dimension and a measure',
  ])
})

test('an insight needs a measure, plain names, and the person when it is on people', () => {
  expect(says(insight('a', 'select distinct profile_id from sales_order'))['a']).toEqual([
    'sql: every column is a dimension; select at least one measure besides',
  ])
  const named = insight(
    'a',
    'select profile_id, count(*) as "Number of Orders" from sales_order group by 1',
  )
  expect(says(named)['a']?.[0]).toContain('write `as number_of_orders`')
  const impersonal = insight('a', 'select count(*) as n from sales_order', {
    on: 'individual',
    dimensions: [],
  })
  expect(says(impersonal)['a']?.[0]).toContain('needs "profile_id"')
})

test('an insight may read another that stands later', () => {
  const { shapes, problems } = look(
    insight('b', 'select profile_id, total * 2 as twice from a'),
    insight('a', 'select profile_id, count(*) as total from sales_order group by 1'),
  )
  expect(problems.size).toBe(0)
  expect(shapes.get('b')).toMatchObject({ on: 'individual', dimensions: ['profile_id'] })
})

test('a circle is named', () => {
  const a = insight('a', 'select profile_id, x as y from b', { measures: ['y'] })
  const b = insight('b', 'select profile_id, y as x from c', { measures: ['x'] })
  const c = insight('c', 'select profile_id, y from a', { measures: ['y'] })
  expect(Object.values(says(a, b, c)).flat()).toContain(
    'sql: insights that read each other in a circle: a → b → c → a',
  )
  const self = insight('s', 'select profile_id, n + 1 as n from s')
  expect(says(self)['s']).toEqual(['sql: insights that read each other in a circle: s → s'])
})

test('a word that happens to be the name of another insight is no circle', () => {
  const orders = insight('orders', 'select profile_id, sum(revenue) as n from revenue group by 1')
  const revenue = insight(
    'revenue',
    'select profile_id, sum(tax_amount) as revenue, count(*) as orders from sales_order group by 1',
  )
  expect(says(orders, revenue)).toEqual({})
})

test('nodes know what they are made from', () => {
  const { shapes } = look(
    insight('a', 'select profile_id, count(*) as n from sales_order group by 1'),
    insight(
      'b',
      'select channel, count(*) as n from sales_order where purchased_at > now() group by 1',
      { dimensions: ['channel'] },
    ),
    insight(
      'c',
      'select profile_id, n, country from a join unified_individual using (profile_id)',
      { measures: ['n'] },
    ),
  )
  const nodes = insightNodes([...shapes.values()], (key) => key === 'sales_order')
  expect(nodes.map(({ key, inputs, freshness }) => [key, inputs, freshness])).toEqual([
    ['insight:a', ['model:sales_order', 'unified:individual'], 'live'],
    ['insight:b', ['model:sales_order'], { atLeastEveryMs: 3_600_000 }],
    ['insight:c', ['insight:a', 'unified:individual'], 'live'],
  ])
})
