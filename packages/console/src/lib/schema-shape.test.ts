import { expect, test } from 'vitest'
import { chosenOf, membersOf, nameOf, optionsOf, shapeOf, startOf } from './schema-shape.ts'

const secret = {
  type: 'object',
  properties: { secret: { type: 'string' } },
  'x-secret': true,
}
const hmac = {
  type: 'object',
  required: ['kind', 'header'],
  properties: { kind: { type: 'string', const: 'hmac' }, header: { type: 'string' }, secret },
}
const none = { type: 'object', properties: { kind: { type: 'string', const: 'none' } } }
const signature = { anyOf: [hmac, none] }

test.each([
  ['secret', secret],
  ['choice', { enum: ['full', 'upsert'] }],
  ['number', { type: 'integer' }],
  ['flag', { type: 'boolean' }],
  ['text', { type: 'string' }],
  ['text', { anyOf: [{ type: 'string' }, { type: 'string', pattern: '^x' }] }],
  ['texts', { type: 'array', items: { type: 'string' } }],
  ['list', { type: 'array', items: hmac }],
  ['one of', signature],
  ['one of', { anyOf: [{ type: 'string' }, secret] }],
  ['members', hmac],
  ['named', { type: 'object', patternProperties: { '^.*$': { type: 'string' } } }],
  [undefined, {}],
])('what is asked for as %s', (shape, schema) => expect(shapeOf(schema)).toBe(shape))

test('a shape is known by the word that it says of itself, and begins with it', () => {
  expect(optionsOf(signature).map(nameOf)).toEqual(['hmac', 'none'])
  expect(startOf(signature)).toEqual({ kind: 'hmac' })
  expect(chosenOf([hmac, none], { kind: 'none' })).toBe(none)
  expect(chosenOf([hmac, none], undefined)).toBeUndefined()
  expect(membersOf(hmac).map(([name]) => name)).toEqual(['header', 'secret'])
})

test('a text is told from the name of a secret', () => {
  const options = [{ type: 'string' }, secret]
  expect(options.map(nameOf)).toEqual(['text', 'secret'])
  expect(chosenOf(options, 'plain')).toBe(options[0])
  expect(chosenOf(options, startOf(secret))).toBe(secret)
})

test('shapes without a word are told apart by what they ask for', () => {
  const of = (name: string) => ({
    type: 'object',
    required: [name],
    properties: { [name]: { type: 'string' } },
  })
  const options = [of('bucket'), of('host')]
  expect(options.map(nameOf)).toEqual(['bucket', 'host'])
  expect(chosenOf(options, { host: 'a' })).toBe(options[1])
})
