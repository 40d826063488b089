import { expect, test } from 'vitest'
import { listOf, plainOf } from './values.ts'

test('numbers are numbers where the type has them, and keep every digit', () => {
  expect(plainOf('12', 'integer')).toBe(12)
  expect(plainOf('12.5', 'decimal')).toBe(12.5)
  expect(plainOf('12', 'text')).toBe('12')
  expect(plainOf('$least', 'integer')).toBe('$least')
  expect(plainOf('9007199254740993', 'integer')).toBe('9007199254740993')
  expect(plainOf(3, 'integer')).toBe(3)
})

test('a lone value is a list of one', () => {
  expect(listOf(undefined)).toEqual([])
  expect(listOf([1, 'a'])).toEqual(['1', 'a'])
  expect(listOf('$cities')).toEqual(['$cities'])
})
