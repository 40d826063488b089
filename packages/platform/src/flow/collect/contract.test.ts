import { expect, test } from 'vitest'
import { checkOf, newCheckOf, unknownIn } from './contract.ts'

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

test('what could never be as agreed is refused when it is agreed on', () => {
  const why = (more: object) => () =>
    newCheckOf({ schema: { properties: { a: more } }, unknown: 'allow' })
  expect(why({ type: 'nope' })).toThrow('properties.a: there is no type "nope"')
  expect(why({ anyOf: [{ $ref: 'http://127.0.0.1/x' }] })).toThrow(
    'properties.a.anyOf.0: the reference "http://127.0.0.1/x" leads nowhere',
  )
  expect(why({ $ref: '#/$defs/b' })).toThrow('leads nowhere')
  // Data is no schema, and a field may be called as a word of it.
  expect(why({ enum: [{ type: 'nope' }], properties: { type: { type: 'string' } } })).not.toThrow()
  expect(why({ dependentRequired: { type: ['nope'] }, 'x-note': { type: 'nope' } })).not.toThrow()
  expect(why({ properties: { default: { type: 'nope' } } })).toThrow(
    'properties.a.properties.default',
  )
  const known = { $defs: { 'b%': { type: ['string', 'null'] } } }
  for (const $ref of ['#/$defs/b%25', '#'])
    expect(() =>
      newCheckOf({ schema: { ...known, properties: { a: { $ref } } }, unknown: 'allow' }),
    ).not.toThrow()
})
