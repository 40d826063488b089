import { expect, test } from 'vitest'
import { bodyOf, freeKey, nameOf } from './saved.ts'

test('a key is made of the name, and is free', () => {
  expect(freeKey('Umsätze – nach Monat!', [])).toBe('umsatze_nach_monat')
  expect(freeKey('2026 orders', ['orders'])).toBe('orders_2')
  expect(freeKey('???', ['query', 'query_2'])).toBe('query_3')
})

test('saving keeps what this console does not know of', () => {
  const before = { label: 'Old', sql: 'select 1', about: 'for Ada', chart: { type: 'bar' } }
  expect(bodyOf(before, { label: 'New', sql: 'select 2', chart: undefined })).toEqual({
    label: 'New',
    about: 'for Ada',
    sql: 'select 2',
  })
  const chart = { type: 'line', x: 'a', y: ['b'] } as const
  expect(bodyOf(undefined, { label: 'New', sql: 'select 2', chart })).toMatchObject({ chart })
  expect(nameOf({ key: 'a', body: {} })).toBe('a')
})
