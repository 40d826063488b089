import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bodyOf } from './body.ts'

test('what is whole stays as it is', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), (message) => {
      expect(JSON.parse(bodyOf(message))).toEqual(JSON.parse(JSON.stringify(message)))
    }),
  )
})

test('half a character becomes the sign for one that is lost, in names and values', () => {
  const body = bodyOf({ 'a\ud83d': ['x\ud83d', { b: '\ude00' }], c: '\\ud83d' })
  expect(JSON.parse(body)).toEqual({ 'a\ufffd': ['x\ufffd', { b: '\ufffd' }], c: '\\ud83d' })
})

test('a zero character becomes that sign in names, and stays in values', () => {
  const body = bodyOf({ 'a\0b': { '\0': 'x\0y' }, c: '\\u0000' })
  expect(JSON.parse(body)).toEqual({ 'a\ufffdb': { '\ufffd': 'x\0y' }, c: '\\u0000' })
})
