import { expect, test } from 'vitest'
import { pointsOf } from './sparkline.ts'

const size = { width: 106, height: 26 }

test('the largest value stands on top, the least at the bottom, all evenly apart', () => {
  expect(pointsOf([1, 3, 2], size)).toEqual([
    { x: 3, y: 23 },
    { x: 53, y: 3 },
    { x: 103, y: 13 },
  ])
})

test('what never changes is a line in the middle', () => {
  expect(pointsOf([5, 5], size).map(({ y }) => y)).toEqual([13, 13])
  expect(pointsOf([5], size)).toEqual([{ x: 3, y: 13 }])
})
