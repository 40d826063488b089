import { expect, test } from 'vitest'
import { pathOf, scaleOf } from './curves.ts'

const frame = { width: 108, height: 58, left: 0, bottom: 0 }

test('a curve leads from the lightest weight to the heaviest, shares from below to above', () => {
  const scale = scaleOf([0, 10], frame)
  const path = pathOf(
    [
      { weight: 10, share: 1 },
      { weight: 0, share: 0 },
      { weight: 5, share: 0.5 },
    ],
    scale,
  )
  expect(path).toBe('M0.0 58.0L50.0 33.0L100.0 8.0')
})

test('whole weights are written below, about a dozen of them', () => {
  expect(scaleOf([-0.4, 3.2], frame).ticks).toEqual([-1, 0, 1, 2, 3, 4])
  const many = scaleOf([-40, 61], frame).ticks
  expect(many.length).toBeLessThan(14)
  expect(many.map((tick) => tick % 9)).toEqual(many.map(() => expect.closeTo(0)))
})
