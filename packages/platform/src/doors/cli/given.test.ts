import { expect, test } from 'vitest'
import { givenIn } from './given.ts'

const parameters = {
  town: {},
  least: { type: 'number' },
  id: { type: 'integer' },
  is_new: { type: 'boolean' },
  ids: { type: 'integer', list: true },
}

test('values of parameters are of their types; what is none, and numbers with too many digits, stay as written', () => {
  const of = (...words: readonly string[]) => givenIn(words, parameters)
  expect(of('town=a=b', 'least=1.5', 'id=7', 'is_new=true', 'ids=1,2')).toEqual({
    town: 'a=b',
    least: 1.5,
    id: 7,
    is_new: true,
    ids: [1, 2],
  })
  expect(of('id=12345678901234567890', 'least=many', 'is_new=maybe')).toEqual({
    id: '12345678901234567890',
    least: 'many',
    is_new: 'maybe',
  })
  for (const word of ['town', '=Paris'])
    expect(() => of(word)).toThrow(expect.objectContaining({ code: 'cli.bad_given' }))
})
