import { expect, test } from 'vitest'
import type { SourceRecord } from '../../lib/api-types.ts'
import { disagree, filledFields } from './records.ts'

const record = (values: Record<string, unknown>): SourceRecord => ({
  record: '1',
  from: { record: '1', stream: 'crm', source: 'crm' },
  values,
})

const field = (name: string) => ({ name, label: name, type: 'text' as const })

test('fields that nobody fills are left out', () => {
  const records = [record({ a: null, b: 'x' }), record({ a: '', b: null })]
  expect(filledFields({ fields: [field('a'), field('b')], records })).toEqual([field('b')])
})

test('records disagree when two say different things, not when one says nothing', () => {
  expect(disagree('a', [record({ a: 'x' }), record({ a: null })])).toBe(false)
  expect(disagree('a', [record({ a: 'x' }), record({ a: 'y' })])).toBe(true)
})
