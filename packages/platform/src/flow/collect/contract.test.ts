import { expect, test } from 'vitest'
import { checkOf, unknownIn } from './contract.ts'

const schema = {
  type: 'object',
  required: ['event'],
  properties: {
    event: { type: 'string', enum: ['Bought', 'Looked'] },
    properties: { type: 'object', properties: { price: { type: 'number', minimum: 0 } } },
  },
}

test('says everything that is not as agreed, with its place', () => {
  const check = checkOf({ schema, unknown: 'allow' })
  expect(check({ event: 'Bought', properties: { price: 1 }, more: 1 })).toBeUndefined()
  expect(check({ properties: { price: -1 } })).toMatch(/the body .*event.*; properties\.price/)
  expect(check({ event: 'Stolen' })).toMatch(/^event /)
})

test('members that were not agreed on are allowed, warned of, or rejected', () => {
  // One is called as something that every object has.
  const body = { event: 'Bought', properties: { price: 1, constructor: 'red' }, more: 1 }
  expect(checkOf({ schema, unknown: 'warn' })(body)).toBeUndefined()
  expect(unknownIn({ schema, unknown: 'warn' }, body)).toEqual(['properties.constructor', 'more'])
  expect(checkOf({ schema, unknown: 'reject' })(body)).toMatch(/constructor/)
  const open = { ...schema, additionalProperties: true }
  expect(checkOf({ schema: open, unknown: 'reject' })({ event: 'Bought', more: 1 })).toBeUndefined()
})
