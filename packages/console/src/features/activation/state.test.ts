import { expect, test } from 'vitest'
import { isBalanced, partsOf, stateOf } from './state.ts'

const ledger = {
  members: 10,
  queued: 8,
  delivered: 5,
  filtered: { 'no consent': 1, 'no contact point': 1 },
  waiting: 2,
  dead: 1,
}
const still = { ...ledger, delivered: 0, waiting: 0, dead: 0 }

test('an activation stands as what of it most wants a hand', () => {
  const at = (of: Partial<typeof ledger>, more: object = {}) =>
    stateOf({ ledger: { ...still, ...of }, awaiting: null, ...more })
  const states = [
    at({ dead: 1, waiting: 1, delivered: 5 }, { awaiting: 7, paused: true }),
    at({ waiting: 1 }, { awaiting: 7, paused: true }),
    at({ waiting: 1 }, { paused: true }),
    at({ waiting: 1, delivered: 5 }),
    at({ delivered: 5 }),
    at({}),
  ]
  expect(states.map(({ tone }) => tone)).toEqual(['bad', 'wait', 'none', 'busy', 'good', 'none'])
  expect(states.map(({ rank }) => rank)).toEqual([5, 4, 3, 2, 1, 0])
})

test('the ledger is the sum of its parts, those held back among them', () => {
  expect(partsOf(ledger).map(({ count }) => count)).toEqual([5, 2, 2, 1])
  expect(isBalanced(ledger)).toBe(true)
  expect(isBalanced({ ...ledger, dead: 0 })).toBe(false)
})
