import { expect, test } from 'vitest'
import { chartFor, draw, usualChart } from './chart.ts'

const columns = [
  { name: 'month', type: 'date' },
  { name: 'country', type: 'text' },
  { name: 'total', type: 'decimal' },
  { name: 'orders', type: 'integer' },
]
const rows = [
  { month: '2026-01-01', country: 'IT', total: '10.50', orders: 2 },
  { month: '2026-01-01', country: 'FR', total: '4', orders: 1 },
  { month: '2026-02-01', country: 'IT', total: null, orders: 3 },
  { month: '2026-02-01', country: 'IT', total: '1', orders: 1 },
]
const answer = { columns, rows }

test('an answer is drawn along its first column that is no number, times as lines', () => {
  expect(usualChart(answer)).toEqual({ type: 'line', x: 'month', y: ['total', 'orders'] })
  expect(usualChart({ columns: columns.slice(1) })).toMatchObject({ type: 'bar', x: 'country' })
  expect(usualChart({ columns: columns.slice(0, 2) })).toBeUndefined()
  expect(usualChart({ columns: columns.slice(2) })).toMatchObject({ x: 'total', y: ['orders'] })
})

test('a chart that was saved holds as far as the answer still has its columns', () => {
  const saved = { type: 'bar', x: 'country', y: ['orders', 'gone'], series: 'gone' }
  expect(chartFor(answer, saved)).toEqual({ type: 'bar', x: 'country', y: ['orders'] })
  expect(chartFor(answer, { ...saved, y: ['gone'] })).toEqual(usualChart(answer))
  expect(chartFor(answer, undefined)).toEqual(usualChart(answer))
})

test('values that meet are added up, missing ones are gaps', () => {
  expect(draw(answer, { type: 'line', x: 'month', y: ['total'], series: 'country' })).toEqual({
    steps: ['1 Jan 2026', '1 Feb 2026'],
    series: [
      { name: 'IT', values: [10.5, 1] },
      { name: 'FR', values: [4, null] },
    ],
    allSteps: 2,
    seriesLeftOut: 0,
    together: [],
    refused: [],
  })
  const both = draw(answer, { type: 'bar', x: 'country', y: ['total', 'orders'], series: 'month' })
  expect(both.series.map(({ name }) => name)).toEqual([
    '1 Jan 2026: total',
    '1 Feb 2026: total',
    '1 Jan 2026: orders',
    '1 Feb 2026: orders',
  ])
})

test('times and numbers stand in their order, whatever order they came in', () => {
  const times = [{ month: '2026-03-01' }, { month: null }, { month: '2025-12-01' }]
  const late = draw(
    { columns, rows: times.map((row, i) => ({ ...row, orders: i })) },
    { type: 'line', x: 'month', y: ['orders'] },
  )
  expect(late.steps).toEqual(['1 Dec 2025', '1 Mar 2026', '–'])
  expect(late.series).toEqual([{ name: 'orders', values: [2, 0, 1] }])
  const numbers = [10, 9, 100].map((orders) => ({ orders, total: orders }))
  const along = draw({ columns, rows: numbers }, { type: 'bar', x: 'orders', y: ['total'] })
  expect(along.steps).toEqual(['9', '10', '100'])
  // Two moments of one minute stay two.
  const moments = ['2026-01-01T10:00:01Z', '2026-01-01T10:00:02Z'].map((at) => ({ at, orders: 1 }))
  const timed = { columns: [...columns, { name: 'at', type: 'timestamp' }], rows: moments }
  expect(draw(timed, { type: 'bar', x: 'at', y: ['orders'] }).series[0]?.values).toEqual([1, 1])
})

test('only what can be put together is, in the way of its measure', () => {
  const chart = { type: 'bar', x: 'country', y: ['total', 'orders'] } as const
  const ways = { orders: 'max' } as const
  const drawn = draw(answer, chart, (name) => (name === 'orders' ? ways.orders : undefined))
  expect(drawn).toMatchObject({
    series: [{ name: 'orders', values: [3, 1] }],
    together: ['orders'],
    refused: ['total'],
  })
  const apart = { ...chart, y: ['total'], series: 'month' }
  expect(draw(answer, apart, () => undefined)).toMatchObject({ refused: [] })
  expect(draw(answer, chart)).toMatchObject({ together: ['total', 'orders'], refused: [] })
})

test('what there is no room for is told', () => {
  const many = Array.from({ length: 500 }, (_, i) => ({ country: `c${i}`, orders: i }))
  const drawn = draw({ columns, rows: many }, { type: 'bar', x: 'country', y: ['orders'] })
  expect([drawn.steps.length, drawn.allSteps]).toEqual([400, 500])
  const apart = draw(
    { columns, rows: many.slice(0, 20) },
    { type: 'bar', x: 'month', y: ['orders'], series: 'country' },
  )
  expect([apart.series.length, apart.seriesLeftOut]).toEqual([12, 8])
})
