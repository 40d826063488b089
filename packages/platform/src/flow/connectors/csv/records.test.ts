import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordsOf } from './records.ts'

const signs = { delimiter: ',', quote: '"', escape: '"' }
const texts = (text: string, change: Partial<typeof signs> = {}) =>
  [...recordsOf(text, { ...signs, ...change })].map((record) => record.map((cell) => cell.text))

test.each([
  ['values', 'a,b\n1,2\n', [['a', 'b'], ['1', '2']]], // biome-ignore format: reads as a table
  ['no line end at the end', 'a,b\n1,2', [['a', 'b'], ['1', '2']]], // biome-ignore format: reads as a table
  ['returns and line feeds', 'a\r\n1\r2\n', [['a'], ['1'], ['2']]],
  ['empty values', ',\n"",\n', [['', ''], ['', '']]], // biome-ignore format: reads as a table
  ['an empty value at the very end', 'a,', [['a', '']]],
  ['empty lines', '\na\n\n\nb\n', [['a'], ['b']]],
  ['a quoted empty value alone', '""\n', [['']]],
  ['delimiters and quotes in quotes', '"a,""b""",c', [['a,"b"', 'c']]],
  ['line ends in quotes', '"a\r\nb\n",c\nd,e', [['a\r\nb\n', 'c'], ['d', 'e']]], // biome-ignore format: reads as a table
  ['a quote within a value', '5" pipe,x', [['5" pipe', 'x']]],
  ['quotes that end too early', '"a"b,c', [['"a"b', 'c']]],
  ['quotes that never end', '"a,b\nc,d', [['"a', 'b'], ['c', 'd']]], // biome-ignore format: reads as a table
  ['records of different length', 'a\nb,c\nd,e,f', [['a'], ['b', 'c'], ['d', 'e', 'f']]],
  ['nothing', '', []],
])('reads %s', (_, text, records) => {
  expect(texts(text)).toEqual(records)
})

test('reads other signs', () => {
  expect(texts("'a|''b'''|c", { delimiter: '|', quote: "'", escape: "'" })).toEqual([
    ["a|'b'", 'c'],
  ])
  expect(texts('"a\\"b\\\\",c', { escape: '\\' })).toEqual([['a"b\\', 'c']])
  expect(texts('"a,b"', { quote: '', escape: '' })).toEqual([['"a', 'b"']])
  expect(texts('a^b]', { delimiter: '^' })).toEqual([['a', 'b]']])
})

test('tells quoted and broken values', () => {
  const [record] = recordsOf('"a",b,"c', signs)
  expect(record?.map(({ isQuoted, isBroken }) => [isQuoted, isBroken])).toEqual([
    [true, false],
    [false, false],
    [false, true],
  ])
})

test('reads back whatever was written', () => {
  const cell = fc.string({ unit: fc.constantFrom('a', 'é', ',', '"', '\n', '\r', ' ', ';') })
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }))
  fc.assert(
    fc.property(table, (records) => {
      const written = records
        .map((record) => record.map((text) => `"${text.replaceAll('"', '""')}"`).join(','))
        .join('\r\n')
      expect(texts(written)).toEqual(records)
    }),
  )
})

// Looking to the end from each of them would take hours.
test('quotes that never end are read in one go', () => {
  const text = '"aaaaaaaa\n'.repeat(100_000)
  expect(texts(text)).toHaveLength(100_000)
})
