import { expect, test } from 'vitest'
import { Refusal } from '../../lib/refusal.ts'
import { placedIn } from './problems.ts'

const refusal = (of: object) =>
  new Refusal({ status: 422, code: 'query.x', message: 'line 2, column 3: no such column', ...of })

test('one mistake is told without its place twice, several each at its own', () => {
  expect(placedIn(refusal({ at: 'line 2, column 3' }))).toEqual([
    { at: 'line 2, column 3', say: 'no such column' },
  ])
  const problems = [
    { code: 'a', at: 'line 1, column 1', say: 'one' },
    { code: 'b', at: 'limit', say: 'two' },
  ]
  expect(placedIn(refusal({ problems }))).toEqual([problems[0]])
})

test('what has no place in the text is told elsewhere', () => {
  expect(placedIn(refusal({ at: '' }))).toEqual([])
  expect(placedIn(new Error('line 1, column 1'))).toEqual([])
})
