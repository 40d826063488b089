import { expect, test } from 'vitest'
import { askedBy, asking, comparisonOf, without } from './asked.ts'

test.each([
  [{ field: 'city', op: '=' }, 'city'],
  [{ field: 'counter.visits', op: '>=', value: 3 }, 'counter.visits'],
  [{ segment: 'vips' }, 'segment.vips'],
  [{ insight: 'spend.total', op: '>', value: 5 }, 'insight.spend.total'],
])('what is asked of a live profile has one name, and the name asks it again: %j', (node, name) => {
  expect(askedBy(node, 'the person')).toBe(name)
  expect(asking(name, 'the person', comparisonOf(node))).toEqual(node)
})

test('of what happened only fields are asked, whatever they are called', () => {
  expect(askedBy({ segment: 'vips' }, 'what happened')).toBeUndefined()
  const node = { field: 'segment.name', op: 'is_filled' }
  expect(askedBy(node, 'what happened')).toBe('segment.name')
  expect(asking('segment.name', 'what happened', { op: 'is_filled' })).toEqual(node)
})

test.each([[{ related: 'sales_order' }], [{ segment: 'vips', use: 'definition' }], ['a text']])(
  'what the form does not know is left to those who write it: %j',
  (node) => expect(askedBy(node, 'the person')).toBeUndefined(),
)

test('whoever goes last takes the groups around along', () => {
  const [one, other] = [{ field: 'a' }, { field: 'b' }]
  const root = ['when', 'who']
  const nested = { when: { event: 'x', who: { all: [one, { not: { any: [other] } }] } } }
  expect(without(nested, root, [...root, 'all', 1, 'not', 'any', 0])).toEqual({
    when: { event: 'x', who: { all: [one] } },
  })
  const bare = { when: { event: 'x' } }
  expect(without({ when: { event: 'x', who: { all: [one] } } }, root, [...root, 'all', 0])).toEqual(
    bare,
  )
  expect(without({ when: { event: 'x', who: { not: one } } }, root, [...root, 'not'])).toEqual(bare)
  expect(without({ when: { event: 'x', who: one } }, root, root)).toEqual(bare)
})
