import { expect, test } from 'vitest'
import { fieldsIn, originsOf } from './uses.ts'

test('a field comes from every stream that fills it', () => {
  const mapping = (stream: string, fields: Record<string, string>) => ({
    stream,
    qualifier: stream,
    objects: [{ object: 'individual', fields }],
  })
  const mappings = [
    mapping('crm', { id: 'no', city: 'trim(town)' }),
    mapping('shop', { city: 'c' }),
  ]
  expect([...originsOf('individual', mappings)]).toEqual([
    ['id', [{ stream: 'crm', formula: 'no' }]],
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

test('a segment asks fields of people, and of the rows that it names', () => {
  const body = {
    on: 'individual',
    include: {
      all: [
        { field: 'country', op: '=', value: 'IT' },
        {
          related: 'sales_order',
          where: { field: 'purchased_at', op: 'within_last_days', value: 9 },
          measure: 'sum',
          of: 'grand_total_amount',
        },
        { related: 'sales_order_product', where: { field: 'product_id.category', op: '=' } },
      ],
    },
  }
  expect([...fieldsIn(body, 'individual')].toSorted()).toEqual([
    'individual.country',
    'sales_order.grand_total_amount',
    'sales_order.purchased_at',
    'sales_order_product.product_id',
  ])
})
