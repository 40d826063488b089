import fc from 'fast-check'
import { expect, test } from 'vitest'
import { faults } from '#kernel/fault.ts'
import { outcomeOf, pauseMs } from './outcome.ts'

const { refused, busy, down, asked } = faults('test', {
  refused: { status: 422, say: () => 'refused', help: '' },
  busy: { status: 429, say: () => 'busy', help: '' },
  down: { status: 503, say: () => 'down', help: '' },
  asked: { status: 429, say: (_: { retryAfterMs: number }) => 'later', help: '' },
})
const first = { attempt: 1, maxAttempts: 3, stopped: undefined, random: () => 1 }

test.each([
  [busy({}), 'again'],
  [down({}), 'again'],
  [new Error('bug'), 'again'],
  ['not even an error', 'again'],
  [refused({}), 'failed'],
])('after %s the job is %s', (thrown, state) => {
  expect(outcomeOf(thrown, first).state).toBe(state)
})

test('the last attempt is the last', () => {
  expect(outcomeOf(down({}), { ...first, attempt: 3 })).toEqual({
    state: 'failed',
    fault: { code: 'test.down', say: 'down' },
  })
})

test('what was told to stop is cancelled or put back, whatever it threw', () => {
  expect(outcomeOf(refused({}), { ...first, stopped: 'cancelled' }).state).toBe('cancelled')
  expect(outcomeOf(refused({}), { ...first, stopped: 'stopped' }).state).toBe('put back')
})

test('an error that is no fault is called a bug', () => {
  expect(outcomeOf(new Error('oops'), first)).toMatchObject({
    fault: { code: 'jobs.broken', say: expect.stringContaining('oops') },
  })
})

test('a pause that the other side asked for is kept', () => {
  expect(outcomeOf(asked({ retryAfterMs: 90_000 }), first)).toMatchObject({ afterMs: 90_000 })
})

test('pauses double up to ten minutes, and chance takes at most half', () => {
  expect([1, 2, 3, 4].map((attempt) => pauseMs(attempt, () => 1))).toEqual([1000, 2000, 4000, 8000])
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, luck) => {
        const longest = pauseMs(n, () => 1)
        expect(longest).toBeLessThanOrEqual(600_000)
        expect(pauseMs(n, () => luck)).toBeGreaterThanOrEqual(longest / 2)
        expect(pauseMs(n, () => luck)).toBeLessThanOrEqual(longest)
      },
    ),
  )
})
