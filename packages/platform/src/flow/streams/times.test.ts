import { expect, test } from 'vitest'
import { timeIn } from './times.ts'

test.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T10:00', '2026-01-31T10:00:00.000Z'],
  ['2026-01-31 10:00:01.5', '2026-01-31T10:00:01.500Z'],
  ['2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00.000Z'],
  [' 2026-01-31T10:00:00z ', '2026-01-31T10:00:00.000Z'],
  ['2026-13-31', undefined],
  ['7', undefined],
  ['yesterday', undefined],
  ['', undefined],
])('%s is %s, wherever the machine stands', (text, at) => {
  expect(timeIn(text)?.toISOString()).toBe(at)
})
