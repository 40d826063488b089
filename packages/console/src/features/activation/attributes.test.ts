import { expect, test } from 'vitest'
import { keyOf, named, offersFor, sourceOf } from './attributes.ts'

const objects = [
  {
    key: 'individual',
    label: 'Individual',
    fields: {
      id: { type: 'text' as const },
      first_name: { type: 'text' as const, label: 'First name' },
    },
  },
  {
    key: 'sales_order',
    label: 'Sales Order',
    fields: {
      individual_id: { type: 'text' as const, links_to: 'individual' },
      total: { type: 'decimal' as const },
    },
  },
  { key: 'product', label: 'Product', fields: { name: { type: 'text' as const } } },
]
const insight = {
  key: 'spend',
  label: 'Spend',
  dimensions: ['profile_id'],
  measures: [{ name: 'total', type: 'decimal' as const }],
} as Parameters<typeof offersFor>[0]['insights'][number]
const byMonth = { ...insight, key: 'by_month', dimensions: ['profile_id', 'month'] }

test('everything with one value for each person is offered, and lists of what links to them', () => {
  const offers = offersFor({ on: 'individual', objects, insights: [insight, byMonth] })
  expect(offers.map(({ key }) => key)).toEqual([
    'field first_name',
    'contact_point email',
    'contact_point phone',
    'insight spend.total',
    'related sales_order',
  ])
  expect(offers.at(-1)?.attribute).toEqual({
    as: 'sales_order',
    related: 'sales_order',
    fields: [{ as: 'total', field: 'total' }],
  })
  for (const { key, attribute } of offers) expect(keyOf(attribute)).toBe(key)
})

test('accounts have the contact points of the people who name them', () => {
  const keys = (of: Parameters<typeof offersFor>[0]['objects']) =>
    offersFor({ on: 'account', objects: of, insights: [insight] }).map(({ key }) => key)
  expect(keys(objects)).toEqual([])
  const firm = { type: 'text' as const, links_to: 'account' }
  const person = { key: 'individual', label: 'Individual', fields: { firm } }
  expect(keys([person])).toEqual([
    'contact_point email',
    'contact_point phone',
    'related individual',
  ])
  const email = { key: 'contact_point_email', label: 'Email', fields: { firm } }
  expect(keys([email])).toEqual(['contact_point email', 'related contact_point_email'])
})

test('an attribute is added under a name that is free, whatever the case', () => {
  const others = [{ as: 'Email' }, { as: 'email_2' }]
  expect(named({ as: 'email', contact_point: 'email' }, others)).toMatchObject({ as: 'email_3' })
  expect(named({ as: 'change', field: 'change' }, [])).toMatchObject({ as: 'change_2' })
  expect(named({ formula: '1' }, [])).toMatchObject({ as: 'value' })
})

test('what is taken from somewhere else is not known', () => {
  expect(sourceOf({ as: 'x', moon: 1 })).toBeUndefined()
  expect(keyOf({ as: 'x', moon: 1 })).toBe('')
})
