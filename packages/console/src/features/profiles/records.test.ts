import { expect, test } from 'vitest'
import type { ProfileSource } from '../../lib/api-types.ts'
import { matrixOf } from './records.ts'

const record = (key: string, values: Record<string, string>): ProfileSource => ({
  record: key,
  stream: 'crm_contacts',
  source: 'crm',
  id: key,
  fields: Object.entries(values).map(([field, value]) => ({
    ...{ field, label: field, value },
    type: 'text' as const,
  })),
})

test('every field that a record fills has a row, in the order they are met', () => {
  const rows = matrixOf([
    record('a', { first: 'Ada' }),
    record('b', { city: 'Rome', first: 'Ada' }),
  ])
  expect(rows.map(({ field, cells }) => [field, [...cells]])).toEqual([
    [
      'first',
      [
        ['a', 'Ada'],
        ['b', 'Ada'],
      ],
    ],
    ['city', [['b', 'Rome']]],
  ])
})

test('who says something else than most is marked, who says nothing is not', () => {
  const sources = [
    record('a', { city: 'Rome' }),
    record('b', { city: 'Roma' }),
    record('c', { city: 'Rome' }),
    record('d', {}),
  ]
  expect([...(matrixOf(sources)[0]?.dissenters ?? [])]).toEqual(['b'])
})
