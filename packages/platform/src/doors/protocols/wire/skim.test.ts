import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Unread } from '#kernel/unread.ts'
import { parseJson, skimmedOr } from './json.ts'
import { skimmed as skimmedBytes } from './skim.ts'

const scalar = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(true, false, null, 0, -0, 0.5, 1e-7, 123456789012345680000, ''),
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, scalar, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(fc.string({ maxLength: 8 }), tie('value'), { maxKeys: 5 }),
}))
const message = fc.dictionary(
  fc.constantFrom('type', 'event', 'context', 'properties', 'x', 'batch'),
  value,
)
const body = fc.oneof(
  message,
  fc.record({ batch: fc.array(message), sentAt: value, context: value }),
  fc.array(message),
  value,
)

const skimmed = (text: string) => skimmedBytes(Buffer.from(text), text)

/** What a reader of JSON makes of it, whoever reads it when. */
const inFull = (of: unknown): unknown => JSON.parse(JSON.stringify(of))

test('whatever is skimmed is what is read', () => {
  fc.assert(
    fc.property(body, fc.constantFrom(undefined, 1, 3), (of, indent) => {
      const text = JSON.stringify(of, null, indent)
      const found = skimmed(text)
      if (found !== undefined) expect(inFull(found)).toEqual(JSON.parse(text))
      expect(inFull(skimmedOr(text, Buffer.from(text)).value)).toEqual(inFull(parseJson(text)))
    }),
    { numRuns: 2000 },
  )
})

test('nothing is skimmed that is no JSON', () => {
  const spoiled = fc
    .tuple(
      body,
      fc.nat(),
      fc.constantFrom('', '"', '\\', ',', ':', '{', ']', '0', '.', 'e', '\n', '\u0001', '-', 'x'),
    )
    .map(([of, at, by]) => {
      const text = JSON.stringify(of)
      const place = at % (text.length + 1)
      return (text.slice(0, place) + by + text.slice(place + (at % 2))).toWellFormed()
    })
  fc.assert(
    fc.property(spoiled, (text) => {
      const found = skimmed(text)
      if (found !== undefined) expect(inFull(found)).toEqual(JSON.parse(text))
    }),
    { numRuns: 5000 },
  )
})

test('numbers are skimmed only as they are printed', () => {
  const written = ['1', '-1', '0', '0.5', '-0.25', '10.01', '123456789012345']
  for (const number of written) {
    const found = skimmed(`{"a":{"b":${number}},"c":${number}}`)
    expect(found).toEqual({ a: new Unread(`{"b":${number}}`), c: Number(number) })
  }
  const others = [
    '-0',
    '1.0',
    '01',
    '1e3',
    '1E3',
    '.5',
    '1.',
    '+1',
    '0x1',
    '1234567890123456',
    '0.0000001',
    '--1',
    '-',
  ]
  for (const number of others) expect(skimmed(`{"a":{"b":${number}}}`), number).toBeUndefined()
})

test('messages are told apart, and their objects stay unread', () => {
  expect(
    skimmed('{"batch": [{"event":"a\\n","properties": {"p": [{"q": 1}]}}, {}], "context": {}}'),
  ).toEqual({
    batch: [{ event: 'a\n', properties: new Unread('{"p": [{"q": 1}]}') }, {}],
    context: new Unread('{}'),
  })
  expect(skimmed('[{"list":[1,{"a":2}]}]')).toEqual([{ list: [1, { a: 2 }] }])
})

test('what is unusual is left alone', () => {
  const odd = [
    '{"__proto__":{}}',
    '{"\\u0061":1}',
    '{"a":{"\\u0061":1}}',
    '{"a":1}\n',
    '{"batch":{}}',
    '[1]',
    '"a"',
    '',
    ' ',
    '{',
    '[',
  ]
  for (const text of odd) expect(skimmed(text), text).toBeUndefined()
  const deep = (levels: number) => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`
  expect(skimmed(deep(63))).toBeDefined()
  expect(skimmed(deep(64))).toBeUndefined()
  expect(skimmed(`${'{"batch":['.repeat(100_000)}`)).toBeUndefined()
})
