import fc from 'fast-check'
import { expect, test } from 'vitest'
import { recordsOf } from '../../csv/records.ts'
import { csvLine } from './csv.ts'

test.each([
  [['a', '1'], 'a,1\n'],
  [[null, ''], ',""\n'],
  [['a "b"', 'c,d', 'e\r\nf'], '"a ""b""","c,d","e\r\nf"\n'],
  [[null], '""\n'],
])('writes %j', (cells, line) => {
  expect(csvLine(cells)).toBe(line)
})

const value = fc.option(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', 'é') }))

test('whatever a value is, a reader of delimited text finds it again', () => {
  const table = fc.array(fc.array(value, { minLength: 2, maxLength: 2 }))
  fc.assert(
    fc.property(table, (rows) => {
      const signs = { delimiter: ',', quote: '"', escape: '"' }
      const found = [...recordsOf(rows.map(csvLine).join(''), signs)]
      const values = found.map((record) =>
        record.map(({ text, isQuoted }) => (text === '' && !isQuoted ? null : text)),
      )
      expect(values).toEqual(rows)
    }),
  )
})
