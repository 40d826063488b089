import { expect, test } from 'vitest'
import { learn } from './learn.ts'

const lesson = (body: object) => ({ body: JSON.stringify(body), isDelete: false })

test('a column gets the type that is stated, and otherwise that of its first value', () => {
  const types = { order_total: 'number', code: 'integer' } as const
  const known = { fields: [], mostFields: 10, keys: ['code', 'id'], types }
  const lessons = [lesson({ order: { total: 1, items: 2 }, code: 'x', id: 7 })]
  expect(learn(known, lessons).map(({ label, name, type }) => [label, name, type])).toEqual([
    ['order.total', 'order_total', 'number'],
    ['order.items', 'order_items', 'integer'],
    ['code', 'code', 'integer'],
    ['id', 'id', 'text'],
  ])
})
