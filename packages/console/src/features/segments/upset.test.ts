import { expect, test } from 'vitest'
import { upsetOf } from './upset.ts'

const answer = {
  sets: [
    { segment: 'a', label: 'A', size: 30 },
    { segment: 'b', label: 'B', size: 60 },
  ],
  members: 70,
  regions: [
    { sets: [0], only: 10, all: 30 },
    { sets: [1], only: 40, all: 60 },
    { sets: [0, 1], only: 20, all: 20 },
    { sets: [], only: 0, all: 0 },
  ],
}

test('columns are the combinations that have anybody, the largest first, each with its dots', () => {
  const { lines, columns } = upsetOf(answer, 10)
  expect(lines.map(({ label, share }) => [label, share])).toEqual([
    ['A', 0.5],
    ['B', 1],
  ])
  expect(columns.map(({ key, only, share }) => [key, only, share])).toEqual([
    ['1', 40, 1],
    ['0+1', 20, 0.5],
    ['0', 10, 0.25],
  ])
  expect(columns.map(({ only }) => only).reduce((sum, only) => sum + only)).toBe(answer.members)
})

test('only as many as fit', () => {
  expect(upsetOf(answer, 1).columns.map(({ key }) => key)).toEqual(['1'])
})
