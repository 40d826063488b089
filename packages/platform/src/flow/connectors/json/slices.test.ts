import fc from 'fast-check'
import { expect, test } from 'vitest'
import { onOneLine, sliceAt, slicesOf } from './slices.ts'

const parts = (text: string) =>
  [...slicesOf(text)].map(({ name, start, end }) => [name, text.slice(start, end)])

test('tells the items of a list and the members of an object as they were written', () => {
  expect(parts(' [1.10, {"a": [1,\n2]} ,"x]\\"", null]\n')).toEqual([
    ['', '1.10'],
    ['', '{"a": [1,\n2]}'],
    ['', '"x]\\""'],
    ['', 'null'],
  ])
  expect(parts('{"id": 12345678901234567890, "\\u0061": 1e400 , "": {}}')).toEqual([
    ['id', '12345678901234567890'],
    ['a', '1e400'],
    ['', '{}'],
  ])
  expect(parts('[ ]')).toEqual([])
  expect(parts('{}')).toEqual([])
})

test('finds what stands at a path, the last of several', () => {
  const text = '{"data": {"items": [1]}, "data": {"items": [2], "n": 3}} '
  const at = (...path: string[]) => {
    const found = sliceAt(text, path)
    return found && text.slice(found.start, found.end)
  }
  expect(at('data', 'items')).toBe('[2]')
  expect(at('data', 'none')).toBeUndefined()
  expect(at('data', 'n', 'deeper')).toBeUndefined()
  expect(at()).toBe(text.trimEnd())
})

test('agrees with the parser, however the text is spaced', () => {
  const spaced = fc
    .tuple(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t', '\r\n'))
    .map(([value, space]) => JSON.stringify({ list: [value, value], value }, null, space))
  fc.assert(
    fc.property(spaced, (text) => {
      const whole = JSON.parse(text)
      const list = sliceAt(text, ['list'])
      const items = [...slicesOf(text, list?.start)].map(({ start, end }) =>
        JSON.parse(onOneLine(text.slice(start, end))),
      )
      expect(items).toEqual(whole.list)
      expect(
        Object.fromEntries(parts(text).map(([name, json]) => [name, JSON.parse(json!)])),
      ).toEqual(whole)
      expect(onOneLine(text)).not.toMatch(/[\r\n]/)
    }),
  )
})
