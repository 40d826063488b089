import { expect, test } from 'vitest'
import { fieldTime, instantOf } from './moment.ts'

test('a moment survives the way through a field', () => {
  const local = '2026-07-31T12:30'
  expect(fieldTime(instantOf(local))).toBe(local)
  expect(instantOf('')).toBeUndefined()
  expect(instantOf('soon')).toBeUndefined()
  expect(fieldTime(undefined)).toBe('')
})
