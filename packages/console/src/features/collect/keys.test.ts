import type { WriteKey } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { chooseKeys, sendersIn, sortedBy } from './keys.ts'

const key = (of: Partial<WriteKey>): WriteKey => ({
  key: 'k',
  connection: 'shop',
  label: 'Shop',
  createdAt: '2026-11-01T00:00:00.000Z',
  createdBy: 'ada',
  ...of,
})
const keys = [
  key({ key: 'a1', label: 'Web', createdAt: '2026-11-01T00:00:00.000Z' }),
  key({ key: 'b2', label: 'Apps', connection: 'app', createdAt: '2026-11-03T00:00:00.000Z' }),
  key({ key: 'c3', label: 'Old', closedAt: '2026-11-04T00:00:00.000Z' }),
]
const chosen = (address: Parameters<typeof chooseKeys>[1]) =>
  chooseKeys(keys, address).map((one) => one.key)

test('the newest stand first, and a head pressed twice turns the order', () => {
  expect(chosen({})).toEqual(['b2', 'a1', 'c3'])
  const once = sortedBy({}, 'label')
  expect(chosen(once)).toEqual(['b2', 'c3', 'a1'])
  expect(chosen(sortedBy(once, 'label'))).toEqual(['a1', 'c3', 'b2'])
})

test('words look into name, sender and key', () => {
  expect(chosen({ q: 'app' })).toEqual(['b2'])
  expect(chosen({ q: 'SHOP a1' })).toEqual(['a1'])
})

test('open and closed keys are told apart', () => {
  expect(chosen({ state: 'closed' })).toEqual(['c3'])
  expect(chosen({ state: 'open' })).toEqual(['b2', 'a1'])
})

test('a sender with many keys is one sender', () => {
  expect(sendersIn(keys)).toEqual(['app', 'shop'])
})
