import { expect, test } from 'vitest'
import { questionIn } from './condition.ts'

const include = { all: [{ field: 'a', op: '=' }] }

test('what is asked of the server is whom a definition means, not how it is called', () => {
  expect(questionIn({ label: 'x', include, on: 'individual', about: 'y' })).toEqual({
    on: 'individual',
    include,
  })
  expect(questionIn({ label: 'x', on: 'individual', sql: 'select 1' })).toEqual({
    on: 'individual',
    sql: 'select 1',
  })
  expect(questionIn({ label: 'x' })).toBeUndefined()
})
