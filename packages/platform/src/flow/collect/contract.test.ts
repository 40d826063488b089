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
  expect(checkOf({ schema, unknown: 'reject' })({ event: 'Bought', more: 1 })).toBe(
    'the body must not have additional properties (more)',
  )
  const open = { ...schema, additionalProperties: true }
  expect(checkOf({ schema: open, unknown: 'reject' })({ event: 'Bought', more: 1 })).toBeUndefined()
})

test('what belongs to the way a body is sent needs no name', () => {
  const always = ['receivedAt']
  const body = { event: 'Bought', receivedAt: 'now' }
  const closed = { ...schema, additionalProperties: false }
  expect(checkOf({ schema, unknown: 'reject', always })(body)).toBeUndefined()
  expect(checkOf({ schema: closed, unknown: 'allow', always })(body)).toBeUndefined()
  expect(unknownIn({ schema, unknown: 'warn', always }, body)).toEqual([])
  expect(checkOf({ schema, unknown: 'reject', always })({ ...body, more: 1 })).toMatch(/more/)
  // What the schema says of it counts all the same.
  const strict = { properties: { receivedAt: { type: 'number' } } }
  expect(checkOf({ schema: strict, unknown: 'reject', always })(body)).toMatch(
    /receivedAt must be number/,
  )
})
