import { expect, test } from 'vitest'
import { columnNames } from './names.ts'
import { didYouMean } from './near.ts'

test.each([
  [
    ['CustomerKey', ' given name', 'E-Mail'],
    ['customer_key', 'given_name', 'e_mail'],
  ],
  [
    ['id', 'ID', ''],
    ['id', 'id_2', 'column_3'],
  ],
  [
    ['Straße', 'Prénom', '2nd', '日本'],
    ['strasse', 'prenom', 'c_2nd', 'column_4'],
  ],
  [
    ['HTTPServer', 'order_id'],
    ['http_server', 'order_id'],
  ],
])('%j becomes %j', (labels, names) => {
  expect(columnNames(labels)).toEqual(names)
})

test('asks for the name that was probably meant, or for none', () => {
  expect(didYouMean('emial', ['email', 'phone'])).toBe('; did you mean "email"?')
  expect(didYouMean('quantity', ['email', 'phone'])).toBe('')
})
