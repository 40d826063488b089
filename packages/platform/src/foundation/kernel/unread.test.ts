import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Unread, withAllRead } from './unread.ts'

test('what an object has is told without reading it', () => {
  const names = fc.constantFrom('ip', 'a', 'é', 'b c', 'ips')
  const value = fc.jsonValue()
  const text = fc.constantFrom('"ip"', '"ip":', '\\"ip\\":1', '{"ip":1}', ':', '\\')
  fc.assert(
    fc.property(
      fc.dictionary(names, fc.oneof(value, text, fc.dictionary(names, fc.oneof(value, text)))),
      fc.constantFrom(0, 1),
      (of, indent) => {
        const json = JSON.stringify(of, null, indent).replaceAll('\n', '')
        for (const name of ['ip', 'a', 'é', 'b c', 'x'])
          expect(new Unread(json).has(name), json).toBe(Object.hasOwn(of, name))
      },
    ),
    { numRuns: 3000 },
  )
})

test('only what is not read yet is read', () => {
  const plain = { a: 1, b: { c: 2 } }
  expect(withAllRead(plain)).toBe(plain)
  const half = { a: 1, b: new Unread('{"c":2}') }
  expect(withAllRead(half)).toEqual(plain)
  expect(JSON.stringify(half)).toBe(JSON.stringify(plain))
})
