import { expect, test } from 'vitest'
import { storedInstant } from './instant.ts'
import { instant, problemsOf } from './read.ts'

test.each([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T12:00:05Z', '2026-01-31T12:00:05.000Z'],
  ['2026-01-31T12:00:05.4Z', '2026-01-31T12:00:05.400Z'],
  ['2026-01-31T12:00+02:00', '2026-01-31T10:00:00.000Z'],
  ['2024-02-29T23:30:00-01:00', '2024-03-01T00:30:00.000Z'],
])('%s is stored as %s', (written, stored) => {
  expect(problemsOf(instant(), written)).toEqual([])
  expect(storedInstant(written)).toBe(stored)
})

test.each([
  'soon',
  '31.1.2026',
  '2026-02-30',
  '2026-13-01T00:00:00Z',
  '2026-01-31T12:00:00',
  '2026-01-31T25:00:00Z',
])('%s is no instant, and the refusal says what is one', (written) => {
  expect(problemsOf(instant(), written)).toMatchObject([
    {
      say: `expected a day such as 2026-01-31 or an instant such as 2026-01-31T12:00:00Z, found "${written}"`,
    },
  ])
})
