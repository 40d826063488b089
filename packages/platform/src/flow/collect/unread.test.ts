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

test('where nothing more follows from an event, what it says needs none of its objects', () => {
  const text = fc.constantFrom(undefined, '', 'a', 'b', ':a', '1')
  const object = fc.option(fc.dictionary(fc.constantFrom('externalIds', 'order_id'), fc.json()), {
    nil: undefined,
  })
  const event = fc.record({
    type: fc.constantFrom('track', 'page', 'identify', 'group', undefined),
    event: fc.constantFrom('x', 'Order Completed', undefined),
    ...{ userId: text, anonymousId: text, groupId: text },
    ...{ context: object, traits: object, properties: object },
  })
  const persons = new Map<string, string>()
  fc.assert(
    fc.property(event, (message) => {
      const unread = Object.fromEntries(
        Object.entries(message).map(([name, value]) => [
          name,
          typeof value === 'object' ? new Unread(JSON.stringify(value)) : value,
        ]),
      )
      const person = personIn(unread)
      expect(person).toBe(personIn(message))
      if (person === undefined) return
      expect(statementsOf(unread)).toEqual(statementsOf(message))
      // No two persons are taken for one.
      const ids = JSON.stringify([message.userId || undefined, message.anonymousId || undefined])
      expect(persons.get(person) ?? ids).toBe(ids)
      persons.set(person, ids)
    }),
    { numRuns: 2000 },
  )
})
