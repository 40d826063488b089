import { expect, test } from 'vitest'
import { bitsIn, probabilityIn, probabilityOf, smallShareIn, weightOf } from './bits.ts'

test.each([
  [0.5, '50 %'],
  [0.95, '95 %'],
  [0.99, '99 %'],
  [0.999, '99.9 %'],
  [0.9999, '99.99 %'],
  [1 - 4e-9, 'over 99.9999 %'],
  [1e-9, 'under 0.0001 %'],
])('%d is told as %s', (probability, told) => {
  expect(probabilityIn(probability)).toBe(told)
})

test('weights and probabilities say the same', () => {
  expect(weightOf(0.5)).toBe(0)
  expect(weightOf(0.95)).toBeCloseTo(4.25, 2)
  for (const weight of [-3, 0, 4.2, 11])
    expect(weightOf(probabilityOf(weight))).toBeCloseTo(weight, 9)
  expect([bitsIn(4.249), bitsIn(-0.04)]).toEqual(['4.2', '0.0'])
})

test('shares far below one per cent are told without powers of ten', () => {
  expect([0, 0.5, 0.001, 0.0004, 0.000002].map(smallShareIn)).toEqual([
    '0%',
    '50%',
    '0.1%',
    '0.04%',
    '0.0002%',
  ])
})
