import { expect, test } from 'vitest'
import { drawingQuestion, questionOf, timesIn, usualDrawing } from './question.ts'

const insight = {
  dimensions: ['month', 'channel'],
  measures: [{ name: 'total', rollup: 'sum' as const }, { name: 'average' }],
}

test('all dimensions are asked for unless the address says which, in the order of the insight', () => {
  expect(questionOf(insight, {}, ['month']).dimensions).toEqual(['month', 'channel'])
  expect(questionOf(insight, { by: 'channel,month' }, []).dimensions).toEqual(['month', 'channel'])
  expect(questionOf(insight, { by: 'channel' }, ['month']).dimensions).toEqual(['channel'])
  expect(questionOf(insight, { by: ',' }, ['month']).dimensions).toEqual([])
})

test('only times are made coarser', () => {
  expect(questionOf(insight, { grain: 'year' }, ['month']).dimensions).toEqual([
    { name: 'month', by: 'year' },
    'channel',
  ])
})

test('measures that smaller groups do not tell are left out where rows are put together', () => {
  expect(questionOf(insight, {}, ['month']).measures).toBeUndefined()
  expect(questionOf(insight, { by: 'month' }, ['month']).measures).toEqual(['total'])
  expect(questionOf(insight, { grain: 'year' }, ['month']).measures).toEqual(['total'])
})

test('a chart asks for one row for each of its places, with what can be told there', () => {
  const y = ['total', 'average']
  const of = { grain: undefined, times: ['month'] }
  expect(drawingQuestion(insight, { x: 'month', y }, of)).toMatchObject({
    dimensions: ['month'],
    measures: ['total'],
  })
  expect(drawingQuestion(insight, { x: 'month', y, series: 'channel' }, of)?.measures).toEqual(y)
  const byYear = { ...of, grain: 'year' as const }
  expect(drawingQuestion(insight, { x: 'month', y, series: 'channel' }, byYear)).toMatchObject({
    dimensions: [{ name: 'month', by: 'year' }, 'channel'],
    measures: ['total'],
  })
  expect(drawingQuestion(insight, { x: 'total', y }, of)).toBeUndefined()
})

test('times are the columns that the server calls so', () => {
  const columns = [
    { name: 'month', type: 'date' as const, is: 'time' as const },
    { name: 'total', type: 'decimal' as const, is: 'measure' as const },
  ]
  expect(timesIn({ columns, rows: [] })).toEqual(['month'])
  expect(timesIn(undefined)).toEqual([])
})

test('measures are drawn along their time, else along the first dimension; ids are no measures', () => {
  const person = { name: 'profile_id', type: 'integer' as const, is: 'dimension' as const }
  const month = { name: 'month', type: 'date' as const, is: 'time' as const }
  const total = { name: 'total', type: 'decimal' as const, is: 'measure' as const }
  const last = { name: 'last_at', type: 'timestamp' as const, is: 'measure' as const }
  const all = { dimensions: ['profile_id'], measures: insight.measures }
  expect(usualDrawing({ columns: [person, month, total] }, all)).toEqual({
    type: 'line',
    x: 'month',
    y: ['total'],
  })
  expect(usualDrawing({ columns: [person, last, total] }, all)).toEqual({
    type: 'bar',
    x: 'profile_id',
    y: ['total'],
  })
  expect(usualDrawing({ columns: [person, last] }, all)).toBeUndefined()
  const average = { name: 'average', type: 'number' as const, is: 'measure' as const }
  expect(usualDrawing({ columns: [month, average, total] }, insight)?.y).toEqual(['total'])
})
