import { expect, test } from 'vitest'
import { filledBy, fillsOf, mentions, quotedField } from './mapping.ts'

test('a formula names a field as a whole word, not in a text and not as a function', () => {
  expect(mentions('trim(first_name)', 'first_name')).toBe(true)
  expect(mentions('first_name_2', 'first_name')).toBe(false)
  expect(mentions("concat(id, ':email')", 'email')).toBe(false)
  expect(mentions('upper("order")', 'order')).toBe(true)
  expect(mentions('trim(x)', 'trim')).toBe(false)
})

test('what a field fills; its keys only where there is nothing else', () => {
  const mapping = {
    stream: 's',
    qualifier: 's',
    objects: [
      { object: 'individual', fields: { id: 'id', first_name: 'fn' } },
      {
        object: 'contact_point_email',
        fields: {
          id: "concat(id, ':mail')",
          individual_id: 'id',
          email_address: { value: 'mail' },
        },
      },
    ],
  }
  expect(fillsOf(mapping, 'mail')).toEqual(['contact_point_email.email_address'])
  expect(fillsOf(mapping, 'id')).toEqual([
    'individual.id',
    'contact_point_email.id',
    'contact_point_email.individual_id',
  ])
  expect(fillsOf(mapping, 'other')).toEqual([])
})

test('a list fills what its items fill', () => {
  const line = { id: "concat(id, ':', item_number)", product_id: "json_text(item, '$.sku')" }
  const mapping = {
    stream: 's',
    qualifier: 's',
    objects: [{ object: 'sales_order_product', each: 'lines', fields: line }],
  }
  expect(fillsOf(mapping, 'lines')).toEqual(['sales_order_product.product_id'])
  expect(fillsOf(mapping, 'item')).toEqual([])
  expect(fillsOf(mapping, 'id')).toEqual(['sales_order_product.id'])
})

test('words of SQL are put in quotes', () => {
  expect([quotedField('city'), quotedField('order'), quotedField('Größe')]).toEqual([
    'city',
    '"order"',
    '"Größe"',
  ])
})

test('a field that fills an object twice is told once for each of its fields', () => {
  const phone = (number: string) => ({
    object: 'contact_point_phone',
    fields: { id: `concat(id, '${number}')`, telephone_number: number },
  })
  const mapping = { stream: 'crm', qualifier: 'crm', objects: [phone('phone'), phone('mobile')] }
  expect(filledBy(mapping, 'id')).toEqual([{ object: 'contact_point_phone', field: 'id' }])
})
