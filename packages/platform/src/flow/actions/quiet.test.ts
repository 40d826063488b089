import { expect, test } from 'vitest'
import { durationMs } from './definition.ts'
import { endOfQuiet, isTimeZone } from './quiet.ts'

const night = { time_zone: 'Europe/Rome', from: '22:00', to: '08:00', meanwhile: 'wait' } as const
const noon = { time_zone: 'Asia/Kolkata', from: '12:00', to: '14:30', meanwhile: 'wait' } as const

test.each([
  ['2026-01-15T20:59:59Z', night, undefined],
  ['2026-01-15T21:00:00Z', night, '2026-01-16T07:00:00.000Z'],
  ['2026-01-16T06:59:59Z', night, '2026-01-16T07:00:00.000Z'],
  ['2026-01-16T07:00:00Z', night, undefined],
  // The night in which clocks are put forward is an hour shorter, and the one in which they are put back an hour longer.
  ['2026-03-28T22:30:00Z', night, '2026-03-29T06:00:00.000Z'],
  ['2026-10-24T21:30:00Z', night, '2026-10-25T07:00:00.000Z'],
  ['2026-01-15T06:30:00Z', noon, '2026-01-15T09:00:00.000Z'],
  ['2026-01-15T09:00:00Z', noon, undefined],
])('%s in %j waits until %s', (at, quiet, end) => {
  expect(endOfQuiet(quiet, new Date(at))?.toISOString()).toBe(end)
})

test('knows time zones and durations', () => {
  expect([isTimeZone('Europe/Rome'), isTimeZone('Europe/Rom')]).toEqual([true, false])
  expect(durationMs('90 minutes')).toBe(5_400_000)
  expect(durationMs('1 day')).toBe(86_400_000)
})
