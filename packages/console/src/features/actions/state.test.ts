import { expect, test } from 'vitest'
import { isBalanced, partsOf, standingOf } from './state.ts'

const ledger = {
  met: 12,
  waiting: 1,
  sent: 5,
  suppressed: 1,
  no_consent: 1,
  repeated: 1,
  cooled: 0,
  quiet: 0,
  capped: 0,
  dead: 2,
  denied: 0,
  cancelled: 1,
}

test('an action stands as what of it most wants a hand; one that is off wants none', () => {
  const later = '2026-01-01T00:00:00Z'
  const words = [
    standingOf({ enabled: false, ledger, held_up_until: later }),
    standingOf({ enabled: true, ledger, held_up_until: later }),
    standingOf({ enabled: true, ledger: { ...ledger, dead: 0 }, held_up_until: later }),
    standingOf({ enabled: true, ledger: { ...ledger, dead: 0 } }),
    standingOf({ enabled: true, ledger: { ...ledger, dead: 0, waiting: 0 } }),
  ]
  expect(words.map(({ rank }) => rank)).toEqual([0, 4, 3, 2, 1])
})

test('the ledger is the sum of its parts; what never happened is left out', () => {
  expect(partsOf(ledger).map(({ count }) => count)).toEqual([1, 5, 1, 1, 1, 2, 1])
  expect(isBalanced(ledger)).toBe(true)
  expect(isBalanced({ ...ledger, met: 13 })).toBe(false)
})
