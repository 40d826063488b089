import { expect, test } from 'vitest'
import { housekeepingLast } from './order.ts'

test('fields keep their order, those that only keep house come last', () => {
  const fields = ['created_at', 'first_name', 'last_modified_at', 'city'].map((field) => ({
    field,
  }))
  expect(housekeepingLast(fields).map(({ field }) => field)).toEqual([
    'first_name',
    'city',
    'created_at',
    'last_modified_at',
  ])
})
