import { expect, test } from 'vitest'
import { alertsText } from './alerts.ts'

test('alerts say which hour, and what would have been usual', () => {
  expect(alertsText([])).toBe('every stream brings about what it usually does')
  const hour = '2026-03-30T09:00:00.000Z'
  const say = 'Web shop: 12 events from 09:00 to 10:00 UTC'
  const text = alertsText([{ stream: 'web', hour, received: 12, low: 1_060, high: 1_400, say }])
  expect(text.split('\n').at(-1)).toMatch(
    /^web +2026-03-30T09:00 +12 +1.060 to 1.400 +Web shop: 12 events/,
  )
})
