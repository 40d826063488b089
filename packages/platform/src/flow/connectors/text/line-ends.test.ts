import { text as allOf } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { watchLineEnds, withPlainLineEnds } from './line-ends.ts'

const pieces = (text: string, size: number) =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    text.slice(i * size, (i + 1) * size),
  )

test.each([
  ['a\nb\n', false],
  ['a\r\nb\r\n', false],
  ['a\r\nb', false],
  ['a\rb\r', false],
  ['a', false],
  ['a\r\nb\nc', true],
  ['a\nb\r\n', true],
  ['a\nb\rc', true],
  ['a\r\nb\r', true],
  ['a\r\rb\n', true],
])('of %j it is %s that they are mixed', (text, areMixed) => {
  for (const size of [1, 2, 3, 100]) {
    const watch = watchLineEnds()
    for (const piece of pieces(text, size)) watch.look(Buffer.from(piece))
    expect(watch.areMixed()).toBe(areMixed)
  }
})

test.each([1, 2, 3, 100])('makes them all alike, in pieces of %i', async (size) => {
  async function* text() {
    yield* pieces('a\r\nb\rc\nd\r\r\n\r', size)
  }
  expect(await allOf(withPlainLineEnds(text()))).toBe('a\nb\nc\nd\n\n\n')
})
