import { expect, test } from 'vitest'
import { dayOf } from './day.ts'

const of = (stream: string, received: number) => ({
  stream,
  totals: { received, stored: received, rejected: 1 },
})

test('streams add up; the busiest is named where there is a choice', () => {
  expect(dayOf([of('a', 1), of('b', 5)])).toEqual({
    received: 6,
    stored: 6,
    rejected: 2,
    busiest: { stream: 'b', received: 5 },
  })
  expect(dayOf([of('a', 3)]).busiest).toBeUndefined()
  expect(dayOf([of('a', 0), of('b', 0)]).busiest).toBeUndefined()
})
