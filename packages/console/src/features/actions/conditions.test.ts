import { expect, test } from 'vitest'
import { conditionsAt, withConditions } from './conditions.ts'

const [one, other] = [
  { field: 'event', op: '=', value: 'Order Completed' },
  { field: 'total', op: '>=', value: 500 },
]

test('conditions on fields are found where they stand alone, and in one group', () => {
  expect(conditionsAt({}, ['where'])).toEqual({ joining: 'all', places: [] })
  expect(conditionsAt({ where: one }, ['where'])).toEqual({ joining: 'all', places: [['where']] })
  expect(conditionsAt({ where: { any: [one, other] } }, ['where'])).toEqual({
    joining: 'any',
    places: [
      ['where', 'any', 0],
      ['where', 'any', 1],
    ],
  })
})

test.each([
  [{ all: [one, { any: [other] }] }],
  [{ not: one }],
  [{ all: [one], any: [other] }],
  [{ segment: 'vips' }],
  ['a text'],
])('what is nested or of another kind is left to those who write it: %j', (where) => {
  expect(conditionsAt({ where }, ['where'])).toBeUndefined()
})

test('the last condition that goes takes its place with it', () => {
  expect(withConditions({ a: 1 }, ['where'], { joining: 'any', nodes: [one] })).toEqual({
    a: 1,
    where: { any: [one] },
  })
  expect(withConditions({ where: one }, ['where'], { joining: 'all', nodes: [] })).toEqual({})
})
