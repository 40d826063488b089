import { expect, test } from 'vitest'
import type { SourceRecord } from '../../lib/api-types.ts'
import { dissenters, filledFields } from './records.ts'

const record = (values: Record<string, unknown>, key = '1'): SourceRecord => ({
  record: key,
  from: { record: key, stream: 'crm', source: 'crm' },
  values,
})

const field = (name: string) => ({ name, label: name, type: 'text' as const })

test('fields that nobody fills are left out', () => {
  const records = [record({ a: null, b: 'x' }), record({ a: '', b: null })]
  expect(filledFields({ fields: [field('a'), field('b')], records })).toEqual([field('b')])
})

test('who says something else than most is marked, who says nothing is not', () => {
  const records = [
    record({ city: 'Rome' }, 'a'),
    record({ city: 'Roma' }, 'b'),
    record({ city: 'Rome' }, 'c'),
    record({ city: null }, 'd'),
  ]
  expect([...dissenters('city', records)]).toEqual(['b'])
})

test('keys differ by nature', () => {
  expect(dissenters('id', [record({ id: 1 }, 'a'), record({ id: 2 }, 'b')]).size).toBe(0)
})
