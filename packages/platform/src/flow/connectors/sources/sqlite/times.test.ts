import { expect, test } from 'vitest'
import { earlier } from './times.ts'

test.each([
  ['2026-03-01', 60, '2026-02-28'],
  ['2026-03-01 00:00', 60, '2026-02-28 23:59'],
  ['2026-03-01 00:00:30.123456', 31, '2026-02-28 23:59:59.123456'],
  ['2026-03-01T00:00:30Z', 30, '2026-03-01T00:00:00Z'],
  ['2026-03-01T00:00:30.5+02:00', 86_400, '2026-02-28T00:00:30.5+02:00'],
])('%s, %i seconds earlier, is %s', (time, seconds, expected) => {
  expect(earlier(time, seconds)).toBe(expected)
})

test.each(['Ada', '', '12:00', '2026-13-40', '2026-03-01 25:00', '20260301'])(
  '%j is no time',
  (text) => {
    expect(earlier(text, 1)).toBeUndefined()
  },
)
