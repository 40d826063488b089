import fc from 'fast-check'
import { expect, test } from 'vitest'
import { watchUtf8 } from './utf8.ts'

function firstBad(bytes: Uint8Array, chunkBytes: number): number | undefined {
  const watch = watchUtf8()
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    const bad = watch.look(bytes.subarray(at, at + chunkBytes))
    if (bad !== undefined) return bad
  }
  return watch.end()
}

const letters = Buffer.from('aé€😀z')

test.each([1, 2, 3, 4, 5, 100])('letters may be cut into chunks of %i bytes', (chunkBytes) => {
  expect(firstBad(letters, chunkBytes)).toBeUndefined()
})

test.each([
  ['a lone letter of another encoding', Buffer.from([...letters, 0xe9, 0x20, 0x61]), 11],
  ['a letter that is cut off at the end', Buffer.from([...letters, 0xe2, 0x82]), 11],
  ['a byte that never occurs', Buffer.from([0x61, 0xff, 0x61]), 1],
  ['half of a surrogate pair', Buffer.from([0x61, 0xed, 0xa0, 0x80]), 1],
  ['a stray continuation', Buffer.from([0x61, 0x61, 0x80]), 2],
])('finds %s', (_, bytes, position) => {
  for (const chunkBytes of [1, 2, 3, 100]) expect(firstBad(bytes, chunkBytes)).toBe(position)
})

test('agrees with a strict decoder, however the bytes are cut', () => {
  const bytes = fc.array(
    fc.constantFrom(...letters, 0xe9, 0xff, 0x80).map((byte) => byte),
    { maxLength: 40 },
  )
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 7 }), (list, chunkBytes) => {
      const decoder = new TextDecoder('utf-8', { fatal: true })
      const isGood = (part: Uint8Array) => {
        try {
          decoder.decode(part)
          return true
        } catch {
          return false
        }
      }
      const all = Uint8Array.from(list)
      const bad = firstBad(all, chunkBytes)
      expect(bad === undefined).toBe(isGood(all))
      if (bad !== undefined) expect(isGood(all.subarray(0, bad))).toBe(true)
    }),
  )
})
