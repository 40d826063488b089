import { expect, test } from 'vitest'
import { barOf } from './follow.ts'
import { tableOf, tableOfRecords } from './table.ts'

test('columns are as wide as their widest cell; numbers stand to the right, their thousands apart', () => {
  const table = tableOf(
    [{ title: 'name' }, { title: 'n', align: 'right' }],
    [
      ['Ada', 1234567],
      ['Bartholomew', 1],
      [null, undefined],
    ],
  )
  expect(table).toBe(
    [
      'name                 n',
      '───────────  ─────────',
      'Ada          1,234,567',
      'Bartholomew          1',
      '',
    ].join('\n'),
  )
})

test('records become columns in the order they are met', () => {
  expect(
    tableOfRecords([{ a: 1 }, { a: 20, b: 'x\ny' }])
      .split('\n')
      .at(-1),
  ).toBe('20  x y')
})

test('a bar tells how far something is, if anybody knows', () => {
  expect(barOf({ done: 3, total: 4, note: 'lake' })).toBe('██████████████████░░░░░░ 3/4 lake')
  expect(barOf({ done: 7, note: 'rows' })).toBe('7 rows')
})
