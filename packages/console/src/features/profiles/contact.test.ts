import { expect, test } from 'vitest'
import type { ContactPoint } from '../../lib/api-types.ts'
import { firstOf } from './contact.ts'

const point = (value: string, records: number, isPrimary = false): ContactPoint => ({
  kind: 'email',
  value,
  is_primary: isPrimary,
  from: Array.from({ length: records }, (_, i) => ({
    record: String(i),
    stream: 'crm',
    source: 'crm',
  })),
})

test('the primary one comes first, however few know it', () => {
  expect(firstOf([point('many', 5), point('primary', 1, true)], 'email')?.value).toBe('primary')
})

test('without a primary one, the one that most records know', () => {
  expect(firstOf([point('few', 1), point('many', 5)], 'email')?.value).toBe('many')
})

test('there may be none', () => {
  expect(firstOf([point('few', 1)], 'phone')).toBeUndefined()
})
