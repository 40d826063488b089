import { expect, test } from 'vitest'
import { barsOf } from './hours.ts'
import { fatesOf } from './ledger.ts'

const nothing = {
  received: 0,
  stored: 0,
  unchanged: 0,
  duplicate: 0,
  rejected: 0,
  parked: 0,
  deleted: 0,
  mended: 0,
  waiting: 0,
}
const answer = {
  stream: 'shop',
  from: '2026-11-22T08:00:00.000Z',
  to: '2026-11-22T12:00:00.000Z',
  waiting: 2,
  totals: { ...nothing, received: 11, stored: 7, duplicate: 2, waiting: 2 },
  balanced: true,
  hours: [
    { ...nothing, hour: '2026-11-22T08:00:00.000Z', received: 4, stored: 4 },
    {
      ...nothing,
      hour: '2026-11-22T11:00:00.000Z',
      received: 7,
      stored: 3,
      duplicate: 2,
      waiting: 2,
    },
  ],
}

test('every hour has its place, also one in which nothing came', () => {
  const { steps, series } = barsOf(answer)
  expect(steps).toHaveLength(4)
  expect(series.map(({ name, counts }) => [name, counts])).toEqual([
    ['Stored', [4, 0, 0, 3]],
    ['Duplicate', [0, 0, 0, 2]],
    ['Waiting', [0, 0, 0, 2]],
  ])
})

test('the parts add up to what was received', () => {
  const parts = fatesOf(answer.totals, answer.totals.waiting)
  expect(parts.map(({ name, count }) => [name, count])).toEqual([
    ['stored', 7],
    ['unchanged', 0],
    ['duplicate', 2],
    ['rejected', 0],
    ['waiting', 2],
  ])
  expect(parts.reduce((sum, { count }) => sum + count, 0)).toBe(answer.totals.received)
})
