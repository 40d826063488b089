import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { makeClock } from './clock.ts'

beforeEach(() => vi.useFakeTimers({ now: 0 }))
afterEach(() => vi.useRealTimers())

test('a clock goes on while somebody follows it, and is right again for the first who comes back', () => {
  const clock = makeClock(5_000)
  const heard = vi.fn()
  const leave = clock.follow(heard)
  vi.advanceTimersByTime(5_000)
  expect([clock.now(), heard.mock.calls.length]).toEqual([5_000, 1])
  leave()
  vi.advanceTimersByTime(60_000)
  expect([clock.now(), heard.mock.calls.length]).toEqual([5_000, 1])
  clock.follow(heard)()
  expect(clock.now()).toBe(65_000)
})
