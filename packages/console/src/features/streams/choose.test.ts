import type { StreamOverview } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { readStreamsAddress } from './address.ts'
import { chooseStreams } from './choose.ts'

const stream = (key: string, of: Partial<StreamOverview> = {}): StreamOverview => ({
  key,
  label: key,
  connection: 'files',
  mode: 'full',
  category: 'profile',
  rows: 0,
  ledger: {
    received: 0,
    stored: 0,
    unchanged: 0,
    rejected: 0,
    duplicate: 0,
    parked: 0,
    deleted: 0,
    mended: 0,
    waiting: 0,
    batches: 0,
  },
  receives: false,
  fields: [],
  ...of,
})

const streams = [
  stream('web_visits', { connection: 'web', category: 'engagement', rows: 900 }),
  stream('crm_contacts', { label: 'Contacts', rows: 20 }),
  stream('shop_orders', { label: 'Orders', category: 'engagement', rows: 300 }),
]

const keysFor = (words: Record<string, string>) =>
  chooseStreams(streams, readStreamsAddress(words)).map(({ key }) => key)

test('streams stand by name unless the address says something', () => {
  expect(keysFor({})).toEqual(['crm_contacts', 'shop_orders', 'web_visits'])
})

test('every word must be found, in the name, the key or the connection', () => {
  expect(keysFor({ q: 'shop ord' })).toEqual(['shop_orders'])
  expect(keysFor({ q: 'files' })).toEqual(['crm_contacts', 'shop_orders'])
})

test('filters narrow, and amounts stand from the largest', () => {
  expect(keysFor({ category: 'engagement', sort: 'rows' })).toEqual(['web_visits', 'shop_orders'])
  expect(keysFor({ connection: 'files', sort: 'rows', order: 'up' })).toEqual([
    'crm_contacts',
    'shop_orders',
  ])
})

test('what an address cannot mean is left out', () => {
  expect(readStreamsAddress({ sort: 'colour', order: 'sideways', q: ' ' })).toEqual({})
})
