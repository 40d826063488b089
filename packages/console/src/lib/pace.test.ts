import { expect, test } from 'vitest'
import { paceOf } from './pace.ts'

test('half done in two seconds: two more seconds', () => {
  expect(paceOf({ done: 10, total: 20, ms: 2_000 })).toEqual({ perSecond: 5, leftMs: 2_000 })
  expect(paceOf({ done: 20, total: 20, ms: 4_000 })?.leftMs).toBe(0)
})

test('nothing is foretold too early, or when nobody knows how much there is', () => {
  expect(paceOf({ done: 0, total: 20, ms: 9_000 })).toBeUndefined()
  expect(paceOf({ done: 1, total: 20, ms: 100 })).toBeUndefined()
  expect(paceOf({ done: 1, total: undefined, ms: 9_000 })).toBeUndefined()
})
