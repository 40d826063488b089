import { expect, test } from 'vitest'
import { editableOf, mendedOf } from './mending.ts'

test('an object is edited with a line for each member', () => {
  expect(editableOf('{"a":1,"b":"x"}')).toBe('{\n  "a": 1,\n  "b": "x"\n}')
})

test.each(['17;Ada;ada@example.org', '[1,2]', '"text"', ''])('%j is edited as it came', (raw) => {
  expect(editableOf(raw)).toBe(raw)
  expect(mendedOf('18;Ada', raw)).toEqual({ body: '18;Ada' })
})

test('what came as an object has to be one again', () => {
  const raw = '{"a":1}'
  expect(mendedOf('{"a":2}', raw)).toEqual({ body: { a: 2 } })
  expect(mendedOf('[2]', raw)).toHaveProperty('problem')
  expect(mendedOf('{"a":', raw)).toHaveProperty('problem')
})
