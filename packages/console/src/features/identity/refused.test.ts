import type { RecordName } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { groundsOf, type Refusal } from './refused.ts'

const record = (id: string): RecordName => ({
  record: id,
  space: 'default',
  stream: 'crm_contacts',
  source: 'crm',
  id,
})
const refusal = (rule: string, matched: string, left: string, right: string): Refusal => ({
  rule,
  matched,
  reason: 'too_many_records',
  left: record(left),
  right: record(right),
})

test('links of one rule for one value stand together, in the order they are met', () => {
  const grounds = groundsOf([
    refusal('email', 'a@x', '1', '2'),
    refusal('phone', '+1', '1', '2'),
    refusal('email', 'a@x', '1', '3'),
    refusal('email', 'b@x', '1', '4'),
  ])
  expect(
    grounds.map(({ of, pairs }) => [of.rule, of.matched, pairs.map(([, { id }]) => id)]),
  ).toEqual([
    ['email', 'a@x', ['2', '3']],
    ['phone', '+1', ['2']],
    ['email', 'b@x', ['4']],
  ])
})
