import { expect, test } from 'vitest'
import { dimensionIn, nameOf, pathsOf, subjectsOf, withDimension } from './parts.ts'

test('a dimension stays short as long as it is only a field', () => {
  expect(withDimension('channel', { of: 'country' })).toBe('country')
  const byMonth = withDimension('purchased_at', { by: 'month' })
  expect(byMonth).toEqual({ name: 'purchased_at', of: 'purchased_at', by: 'month' })
  expect(dimensionIn(byMonth)).toEqual({ of: 'purchased_at', by: 'month' })
  expect(withDimension(byMonth, { by: undefined })).toBe('purchased_at')
})

test('a name that was made of the field goes with it; one that was given stays, and so does all else', () => {
  const made = { name: 'category', of: 'product_id.category', by: 'day' }
  expect(withDimension(made, { of: 'product_id.brand' })).toEqual({
    name: 'brand',
    of: 'product_id.brand',
    by: 'day',
  })
  const given = { name: 'when', of: 'purchased_at', by: 'day', zone: 'Europe/Rome' }
  expect(withDimension(given, { of: 'created_at' })).toEqual({ ...given, of: 'created_at' })
  expect(withDimension(given, { by: 'week' })).toEqual({ ...given, by: 'week' })
  expect(withDimension(given, { by: undefined })).toEqual({ name: 'when', of: 'purchased_at' })
})

test('a new name is free', () => {
  expect(nameOf('measure', [{ name: 'measure_2' }])).toBe('measure_3')
})

test('fields are offered with those that links lead to', () => {
  const objects = [
    { key: 'order', label: 'Order', fields: { product_id: { type: 'text', links_to: 'product' } } },
    { key: 'product', label: 'Product', fields: { category: { type: 'text' } } },
  ] as const
  const relations = [{ name: 'order', columns: [{ name: 'total', type: 'decimal' }] }]
  expect(pathsOf('order', objects, relations)).toEqual(['total', 'product_id.category'])
})

test('values can be about what rows lead to, by the shortest way, and about the rows themselves', () => {
  const link = (to: string) => ({ type: 'text', links_to: to }) as const
  const objects = [
    {
      key: 'order',
      label: 'Order',
      fields: { person: link('individual'), store: link('store'), firm: link('account') },
    },
    { key: 'individual', label: 'Individual', fields: { home: link('household') } },
    { key: 'store', label: 'Store', fields: { owner: link('individual'), lost: link('gone') } },
    { key: 'household', label: 'Household', fields: { city: { type: 'text' } } },
    { key: 'account', label: 'Account', fields: { parent: link('account') } },
    { key: 'product', label: 'Product', fields: {} },
  ] as const
  const others = [
    { key: 'order', label: 'Order', path: 'id' },
    { key: 'store', label: 'Store', path: 'store' },
  ]
  const home = { key: 'household', label: 'Household', path: 'person.home' }
  expect(subjectsOf('order', objects, [])).toEqual([...others, home])
  expect(subjectsOf('lifetime_spend', objects, [])).toEqual([])
  const unified = [{ name: 'unified_account' }]
  const firm = { key: 'account', label: 'Account', path: 'firm' }
  expect(subjectsOf('order', objects, unified)).toEqual([...others, firm, home])
  expect(subjectsOf('unified_account', objects, unified)).toEqual([{ ...firm, path: 'profile_id' }])
})
