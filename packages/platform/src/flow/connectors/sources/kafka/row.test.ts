import { expect, test } from 'vitest'
import { parseCursor, printCursor } from './cursor.ts'
import { lineOf } from './row.ts'

const line = (value: string | Buffer | null, format: 'json' | 'text' = 'json') => {
  const record = {
    length: 0,
    attributes: 0,
    timestampDelta: 0n,
    offsetDelta: 0,
    key: null,
    value: value === null ? null : Buffer.from(value),
    headers: [],
  }
  const place = { topic: 't', partition: 3 }
  return lineOf({ record, offset: 2n ** 60n, timestamp: -1n }, place, format)
}
const head = (tombstone = false) =>
  `"_partition":3,"_offset":1152921504606846976,"_timestamp":null,"_key":null,"_headers":null,"_tombstone":${tombstone}`

test('a value is put behind what Kafka knows, just as it was written', () => {
  expect(line('\ufeff {"a" : 1.0,\n"b":[1e400]} ')).toBe(`{${head()},"a" : 1.0, "b":[1e400]}`)
  expect(line('{}')).toBe(`{${head()}}`)
  expect(line(null)).toBe(`{${head(true)}}`)
  expect(line('{"_key":{"n":12345678901234567890},"c":1}')).toBe(
    `{${head()},"value_key":{"n":12345678901234567890},"c":1}`,
  )
  expect(line('a\n"', 'text')).toBe(`{${head()},"value":"a\\n\\""}`)
})

test('what is no object is a list, with nothing of it lost', () => {
  for (const value of ['', 'null', '[{}]', '{"a":1}{', '"x"']) {
    expect(JSON.parse(line(value))[1]).toBe(value)
  }
  expect(line(Buffer.from([0xff]))).toBe(`[{${head()}},{"base64":"/w=="}]`)
  expect(line(Buffer.from([0xff]), 'text')).toBe(`[{${head()}},{"base64":"/w=="}]`)
})

test('a schema registry is told by the first byte', () => {
  const value = Buffer.from([0, 0, 0, 1, 0, 9, 9])
  expect(() => line(value)).toThrow(
    'the value at 3:1152921504606846976 of t is not JSON but follows schema 256',
  )
  expect(line(value, 'text')).toContain('"_partition":3')
})

test('a cursor is read as it was printed, and no other is taken for one', () => {
  const cursor = {
    topic: 'id',
    next: new Map([
      [0, 2n ** 62n],
      [12, 0n],
    ]),
  }
  expect(parseCursor(printCursor(cursor))).toEqual(cursor)
  expect(() => parseCursor('{"value":"1","seen":[]}')).toThrow('another connector')
})
