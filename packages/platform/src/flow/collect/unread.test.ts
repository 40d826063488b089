import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Unread } from '#kernel/unread.ts'
import { bodyOf } from './body.ts'
import { personIn, statementsOf } from './derive.ts'

test('what was not read is kept word for word, wherever it stands', () => {
  const unread = new Unread('{"b": 1, "c": [ ]}')
  expect(bodyOf({ a: 1, context: unread, d: 'x' })).toBe(
    '{"a":1,"d":"x","context":{"b": 1, "c": [ ]}}',
  )
  expect(bodyOf({ context: unread })).toBe('{"context":{"b": 1, "c": [ ]}}')
  expect(bodyOf({ reason: 'r', raw: { context: unread } })).toBe(
    '{"reason":"r","raw":{"context":{"b":1,"c":[]}}}',
  )
})

test('an object means the same, read or not', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (of) => {
      const text = JSON.stringify(of)
      expect(JSON.parse(bodyOf({ event: 'e', of: new Unread(text) }))).toEqual(
        JSON.parse(`{"event":"e","of":${text}}`),
      )
    }),
  )
})

test('who an event is about is told without reading it, unless it may name others', () => {
  const message = { type: 'track', event: 'x', userId: 'u' }
  expect(personIn({ ...message, context: new Unread('{"ip":"1"}') })).toBe(personIn(message))
  const naming = { ...message, context: new Unread('{"externalIds":[]}') }
  expect(personIn(naming)).toBeUndefined()
  expect(statementsOf(message).length).toBeGreaterThan(0)
})
