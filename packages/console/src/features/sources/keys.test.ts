import { expect, test } from 'vitest'
import { connectionKeyFor, streamKeyFor, troubleWith } from './keys.ts'

const files = { key: 'files', label: 'Files' }

test('keys are made of names, and are free', () => {
  expect(connectionKeyFor(files, 'Files', [])).toBe('files')
  expect(connectionKeyFor(files, 'Files', ['files', 'files_2'])).toBe('files_3')
  expect(connectionKeyFor(files, 'Old shop', ['files'])).toBe('old_shop')
  expect(connectionKeyFor(files, '???', [])).toBe('files')
  expect(streamKeyFor('files', 'crm/customers.csv', [])).toBe('customers')
  expect(streamKeyFor('files', 'crm/customers.csv', ['customers'])).toBe('customers_2')
  expect(streamKeyFor('desk', undefined, ['desk'])).toBe('desk_2')
})

test('a key that is taken is refused, unless the one that is there is meant', () => {
  const taken = ['crm', 'shop']
  expect(troubleWith('till', { taken })).toBeUndefined()
  expect(troubleWith('crm', { taken })).toBe('taken')
  expect(troubleWith('crm', { taken, meant: 'shop' })).toBe('taken')
  expect(troubleWith('crm', { taken, meant: 'crm' })).toBeUndefined()
})

test.each(['', 'Old shop', '2026', 'a-b'])('%j is no key', (key) => {
  expect(troubleWith(key, { taken: [], meant: key })).toBe('unfit')
})
