import fc from 'fast-check'
import { expect, test } from 'vitest'
import { makeFrames } from './frames.ts'

const framed = (content: string) => {
  const length = Buffer.alloc(4)
  length.writeInt32BE(content.length)
  return Buffer.concat([length, Buffer.from(content)])
}

function framesIn(pieces: readonly Buffer[]) {
  const found: string[] = []
  const take = makeFrames({
    onFrame: (frame) => found.push(frame.toString()),
    onNonsense: (why) => found.push(`! ${why}`),
  })
  for (const piece of pieces) take(piece)
  return found
}

test('frames arrive whole, however they were cut on their way', () => {
  const text = fc.string({ unit: 'grapheme-ascii', minLength: 4, maxLength: 20 })
  const cuts = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 20 })
  fc.assert(
    fc.property(fc.array(text, { maxLength: 8 }), cuts, (contents, sizes) => {
      const whole = Buffer.concat(contents.map(framed))
      const pieces: Buffer[] = []
      for (let at = 0, i = 0; at < whole.length; i++) {
        const size = sizes[i % sizes.length]!
        pieces.push(whole.subarray(at, at + size))
        at += size
      }
      expect(framesIn(pieces)).toEqual(contents)
    }),
  )
})

test('another protocol is told by its first bytes', () => {
  expect(framesIn([Buffer.from('HTTP/1.1 400')])).toEqual(['! what listens there is not Kafka'])
  expect(framesIn([Buffer.from([0x15, 3, 3, 0, 2, 2, 40])])).toEqual(['! it speaks TLS (tls)'])
  expect(framesIn([Buffer.from([0xff, 0xff, 0xff, 0xff])])).toEqual([
    '! what listens there is not Kafka',
  ])
})
