import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvOf, fits, namesIn, typeOfColumn } from './columns.ts'
import { rowsOfCsv } from './csv-rows.ts'

test.each([
  [[1, 2, null], 'integer'],
  [[1, 2.5], 'decimal'],
  [[1, 'x'], 'text'],
  [['007'], 'text'],
  [['2026-01-31'], 'date'],
  [['2026-01-31T10:00:00Z', ''], 'timestamp'],
  [['2026-01-31', '2026-01-31T10:00:00Z'], 'text'],
  [[true], 'boolean'],
  [[{ a: 1 }], 'json'],
  [[null, undefined, ''], undefined],
])('%j is a column of %s', (values, type) => {
  expect(typeOfColumn(values)).toBe(type)
})

test('a formula names its fields, not its functions, words and texts', () => {
  expect(
    namesIn("case when a_1 is null then lower(b) else concat('it''s c', d) end <> 'e'"),
  ).toEqual(['a_1', 'b', 'd'])
})

test('what is written as CSV is read as it was', () => {
  const cell = fc.oneof(
    fc.string(),
    fc.constantFrom('"', '""', ',', 'a\nb', 'a\r\nb', ' x ', '"quoted"', 'é,"'),
    fc.integer({ min: -999, max: 999 }),
  )
  const rows = fc.array(fc.record({ id: fc.integer({ min: 1, max: 99 }), a: cell, b: cell }), {
    minLength: 1,
    maxLength: 5,
  })
  fc.assert(
    fc.property(rows, (given) => {
      // A file cannot tell "5" from 5, nor "" from nothing.
      const told = (of: unknown) => (of === '' ? null : String(of))
      const read = rowsOfCsv(csvOf(['id', 'a', 'b'], given))
      expect(
        read.map((row) => Object.values(row).map((of) => (of === null ? null : String(of)))),
      ).toEqual(given.map(({ id, a, b }) => [String(id), told(a), told(b)]))
    }),
  )
})

test('numbers of a file are numbers where they are written so', () => {
  expect(rowsOfCsv('\uFEFFid,zip,n\r\n1,01234,2.50\r\n2,,3.5\r\n')).toEqual([
    { id: 1, zip: '01234', n: '2.50' },
    { id: 2, zip: null, n: 3.5 },
  ])
})

test.each([
  ['decimal', ['1.5', 7, null, ''], ['abc', '1,5', true]],
  ['integer', ['-3', 12], [1.5, 'x']],
  ['date', ['2026-01-31', '2026-01-31T10:00:00Z'], ['not a day', '2026-13-01']],
  ['boolean', [true, 'false', 1], ['maybe', 7]],
  ['text', [5, true, 'x'], []],
] as const)('what is of type %s', (type, good, bad) => {
  expect(good.filter((cell) => !fits(cell, type))).toEqual([])
  expect(bad.filter((cell: unknown) => fits(cell, type))).toEqual([])
})
