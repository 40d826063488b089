import { expect, test } from 'vitest'
import { seriesOf } from './series.ts'

const month = (at: string, spent: string | number) => ({ month: at, spent, shop: 'web' })

test('measures stand in the order of time, also those that are text of digits', () => {
  const rows = [month('2026-02-01', '20.50'), month('2026-01-01', 5), month('2026-03-01', 0)]
  expect(seriesOf(rows)).toEqual([{ name: 'spent', values: [5, 20.5, 0] }])
})

test('two rows are no line, nor are rows of the same time', () => {
  expect(seriesOf([month('2026-01-01', 1), month('2026-02-01', 2)])).toEqual([])
  const twice = [month('2026-01-01', 1), month('2026-01-01', 2), month('2026-02-01', 2)]
  expect(seriesOf(twice)).toEqual([])
  expect(seriesOf([])).toEqual([])
})
