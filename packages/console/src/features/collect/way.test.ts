import { expect, test } from 'vitest'
import { detailsOf } from './way.ts'

const nothing = { parts: [], statements: [] }

test('each object of the model is a part, with its profile', () => {
  const details = [
    { object: 'visit', state: 'done', say: 'Visit 1', profile: '7' },
    { object: 'order', state: 'none', say: 'left out' },
  ]
  expect(detailsOf({ details })).toEqual({
    ...nothing,
    parts: [
      { say: 'Visit 1', state: 'done', profile: '7' },
      { say: 'left out', state: 'none' },
    ],
  })
})

test('what the event says of others, and what it repeats', () => {
  const statements = [{ position: 2, stream: 'shop_people' }]
  expect(detailsOf({ details: { statements, original: 4 } })).toEqual({
    parts: [],
    statements,
    original: 4,
  })
})

test.each([[undefined], ['text'], [null], [[3]], [{ statements: 'many', original: 'first' }]])(
  'of %j nothing is shown',
  (details) => {
    expect(detailsOf({ details })).toEqual(nothing)
  },
)
