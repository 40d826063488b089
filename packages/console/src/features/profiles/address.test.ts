import { expect, test } from 'vitest'
import { namesSomebody, readCustomersAddress } from './address.ts'

test('a text is searched for, an identifier names somebody', () => {
  const read = readCustomersAddress
  expect(read({ q: 'ada', page: '3' })).toEqual({ q: 'ada' })
  expect(namesSomebody(read({ q: 'ada' }))).toBe(false)
  expect(namesSomebody(read({ phone: '+39 06 1234567' }))).toBe(true)
  expect(namesSomebody(read({ record: 'crm_contacts:CON-1' }))).toBe(true)
  // A country alone is nobody.
  expect(namesSomebody(read({ country: 'IT', email: ' ' }))).toBe(false)
})
