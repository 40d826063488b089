import { expect, test } from 'vitest'
import { questionOf, timesIn, usualDrawing } from './question.ts'

const insight = { dimensions: ['month', 'channel'] }

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
  expect(usualDrawing({ columns: [person, month, total] })).toEqual({
    type: 'line',
    x: 'month',
    y: ['total'],
  })
  expect(usualDrawing({ columns: [person, last, total] })).toEqual({
    type: 'bar',
    x: 'profile_id',
    y: ['total'],
  })
  expect(usualDrawing({ columns: [person, last] })).toBeUndefined()
})
