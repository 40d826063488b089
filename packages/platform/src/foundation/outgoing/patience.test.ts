import { expect, test } from 'vitest'
import { backoffMs, retryAfterMs } from './patience.ts'

test('waits up to twice as long each time, up to a limit', () => {
  const longest = () => 1
  expect([1, 2, 3, 4].map((attempt) => backoffMs(attempt, longest))).toEqual([
    1000, 2000, 4000, 8000,
  ])
  expect(backoffMs(500, longest)).toBe(3_600_000)
  expect(backoffMs(3, longest, { firstMs: 10, mostMs: 25 })).toBe(25)
})

test('spreads over the whole span', () => {
  expect(backoffMs(3, () => 0)).toBe(0)
  expect(backoffMs(3, () => 0.5)).toBe(2000)
})

const now = new Date('2026-01-01T12:00:00Z')

test.each([
  ['120', 120_000],
  ['0', 0],
  ['Thu, 01 Jan 2026 12:00:30 GMT', 30_000],
  ['Thu, 01 Jan 2026 11:00:00 GMT', 0],
  ['99999999', 86_400_000],
  ['soon', undefined],
  ['-5', undefined],
])('understands "Retry-After: %s"', (text, ms) => {
  expect(retryAfterMs({ 'retry-after': text }, now)).toBe(ms)
})

test('knows when nothing was asked', () => {
  expect(retryAfterMs({}, now)).toBeUndefined()
})
