import { expect, test } from 'vitest'
import { createPace } from './pace.ts'
import { memoryStore } from './store.ts'

const hour = 60 * 60 * 1000

function paced(byte = 0) {
  const time = { now: 10 * hour }
  const store = memoryStore()
  const pace = createPace({
    store: () => store,
    key: 'pause',
    clock: () => time.now,
    random: (bytes) => new Uint8Array(bytes).fill(byte),
    firstRetryMs: 1000,
  })
  return { pace, time }
}

test('a failure delays the next try, a success ends that', () => {
  const { pace } = paced()
  pace.fail()
  expect([pace.dueMs(), pace.hasFailed()]).toEqual([500, true])
  expect(pace.pauseMs()).toBeLessThanOrEqual(0)
  pace.succeed()
  expect(pace.dueMs()).toBeLessThanOrEqual(0)
})

test.each([
  [0, 30_000],
  [255, 33_000],
])('what the server asks for is the least, and chance adds at most a tenth', (byte, ms) => {
  const { pace } = paced(byte)
  pace.fail(30_000)
  expect([pace.pauseMs(), pace.dueMs()]).toEqual([ms, ms])
})

test('after an hour a server is asked again, whatever it said', () => {
  const { pace } = paced()
  pace.fail(1e12)
  expect(pace.pauseMs()).toBe(hour)
})

test('a clock that was set back makes nobody wait for hours', () => {
  const { pace, time } = paced()
  pace.fail(30_000)
  time.now -= 5 * hour
  expect(pace.dueMs()).toBeLessThanOrEqual(0)
})
