import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Fault } from '#kernel/fault.ts'
import { parseJson } from './json.ts'
import { firstFault } from './json-fault.ts'

const faultOf = (text: string): Fault => {
  try {
    parseJson(text)
  } catch (thrown) {
    if (thrown instanceof Fault) return thrown
  }
  throw new Error('no fault')
}

test.each([
  ['', 'it is empty', 0],
  ['  ', 'it ends too early', 2],
  ['{', 'it ends too early', 1],
  ['{"a":1', 'it ends too early', 6],
  ['{"a" 1}', 'expected ":", found "1"', 5],
  ['{a:1}', 'unexpected "a"', 1],
  ["{'a':1}", 'unexpected "\'"', 1],
  ['{"a":1,}', 'expected a name, found "}"', 7],
  ['[1,]', 'expected a value, found "]"', 3],
  ['[1 2]', 'expected "," or "]", found "2"', 3],
  ['{"a":1}}', 'expected the end, found "}"', 7],
  ['[01]', 'unexpected "0"', 1],
  ['[nul]', 'unexpected "n"', 1],
  ['["a\nb"]', 'a bare control character "\\n" in a text', 3],
  ['["\\x"]', '"\\\\x" is no escape', 2],
  ['["a', 'a text is not closed', 3],
  ['event=Bought', 'unexpected "e"', 0],
])('%j: %s', (text, why, position) => {
  expect(faultOf(text).details).toMatchObject({ why, position })
})

test('names line and column', () => {
  expect(faultOf('{\n  "a": 1,\n  b: 2\n}').details).toMatchObject({ line: 3, column: 3 })
})

test('agrees with the language on what is JSON, wherever a text is broken', () => {
  const broken = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom('', '"', '{', ']', ',', ':', '\\', '\n', '1', 'x'))
    .map(([text, at, put]) => {
      const place = at % (text.length + 1)
      return text.slice(0, place) + put + text.slice(place + 1)
    })
  fc.assert(
    fc.property(fc.oneof(fc.json(), broken), (text) => {
      expect(firstFault(text) === undefined).toBe(isJson(text))
    }),
    { numRuns: 1000 },
  )
})

test('finds the place where the language finds it, where that tells', () => {
  for (const text of ['{"a" 1}', '[1 2]', '{"a":1}}', '[1,]', '{"a":1 "b":2}']) {
    const [, told] = /at position (\d+)/.exec(messageOf(text)) ?? []
    if (told !== undefined) expect(firstFault(text)?.position).toBe(Number(told))
  }
})

// Looking back from each sign would take hours.
test('a large or deep text is judged in one go', () => {
  expect(firstFault(`["${'\\n'.repeat(500_000)}"`)).toMatchObject({ why: 'it ends too early' })
  expect(firstFault('['.repeat(1_000_000))).toMatchObject({ position: 1_000_000 })
})

test('keeps every digit of a whole number', () => {
  expect(
    parseJson('{"a":12345678901234567890,"b":[-98765432109876543210],"c":9007199254740991}'),
  ).toEqual({ a: '12345678901234567890', b: ['-98765432109876543210'], c: 9007199254740991 })
  expect(parseJson('{"a":0.12345678901234567890,"b":"12345678901234567890"}')).toEqual({
    a: 0.12345678901234568,
    b: '12345678901234567890',
  })
})

test('keeps a number that is larger than any as it is written', () => {
  expect(parseJson('{"a":1e999,"b":[-1.5E+400, 1e0309],"c":1e308,"d":1e-999,"e":"1e999"}')).toEqual(
    { a: '1e999', b: ['-1.5E+400', '1e0309'], c: 1e308, d: 0, e: '1e999' },
  )
})

test('reads what is very deep', () => {
  const deep = `${'['.repeat(1_000_000)}12345678901234567890${']'.repeat(1_000_000)}`
  expect(Array.isArray(parseJson(deep))).toBe(true)
})

test('half a character is no character, and everything else stays', () => {
  expect(
    parseJson('["a\\ud83d","\\uDE00b","\\ud83d\\ude00","\\\\ud83d","\\ud83d\\ud83d\\ude00"]'),
  ).toEqual(['a\ufffd', '\ufffdb', '😀', '\\ud83d', '\ufffd😀'])
  const unit = fc.integer({ min: 0xd7fe, max: 0xe001 }).map((code) => String.fromCharCode(code))
  fc.assert(
    fc.property(fc.array(fc.oneof(unit, fc.constantFrom('\\', '"', 'u'))), (units) => {
      const text = units.join('')
      expect(parseJson(JSON.stringify(text))).toBe(text.toWellFormed())
      expect(parseJson(inAscii(text))).toBe(text.toWellFormed())
    }),
  )
})

/** As clients write it that trust no letter. */
const inAscii = (text: string) =>
  JSON.stringify(text).replace(
    /[^ -~]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const messageOf = (text: string) => {
  try {
    JSON.parse(text)
  } catch (thrown) {
    return String(thrown)
  }
  return ''
}
