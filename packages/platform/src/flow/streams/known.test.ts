import { expect, test } from 'vitest'
import { makeConnectors } from '#connectors'
import { nowhere } from '#connectors/testing'
import { catalogueOf } from '#definitions'
import type { LakeField } from '#lake'
import { isWaiting, knownFields } from './known.ts'

const connectors = makeConnectors({
  ...nowhere,
  baseFolder: '.',
  closedFolders: [],
  uploadsFolder: '.',
})

const stream = (connection: string, more: object = {}) => ({
  connection,
  source: {},
  mode: 'append',
  category: 'other',
  ...more,
})
const schema = {
  required: ['id'],
  properties: {
    orderId: { type: 'string' },
    total: { type: 'number' },
    buyer: { type: 'object', properties: { name: {}, vip: { type: 'boolean' } } },
    items: { type: 'array' },
  },
}
const all = catalogueOf([
  {
    kind: 'connection',
    key: 'hook',
    body: {
      connector: 'webhook',
      settings: { signature: { kind: 'standard', secret: { secret: 'hook' } } },
    },
  },
  { kind: 'connection', key: 'files', body: { connector: 'files', settings: { folder: '.' } } },
  { kind: 'connection', key: 'web', body: { connector: 'events', settings: {} } },
  { kind: 'stream', key: 'plain', body: stream('hook') },
  { kind: 'stream', key: 'agreed', body: stream('hook', { contract: { schema } }) },
  {
    kind: 'stream',
    key: 'pinned',
    body: stream('hook', { fields: { amount: { type: 'decimal' } } }),
  },
  { kind: 'stream', key: 'read', body: stream('files', { source: { path: 'a.csv' } }) },
  { kind: 'stream', key: 'clicks', body: stream('web') },
  { kind: 'stream', key: 'lost', body: stream('nowhere') },
])

const given: LakeField = { label: 'receivedAt', name: 'received_at', type: 'timestamp' }
const known = (key: string, came: readonly LakeField[] = []) =>
  knownFields(all, connectors, { stream: key, came })?.map(({ name, type }) => `${name} ${type}`)
const waits = (key: string, came: readonly LakeField[] = []) =>
  isWaiting(all, connectors, { stream: key, came })

test('what is received has fields before it comes: those of its connector, and those that are stated', () => {
  expect(known('plain')).toEqual(['received_at timestamp'])
  expect(known('agreed')).toEqual([
    'received_at timestamp',
    'order_id text',
    'total number',
    'buyer_name text',
    'buyer_vip boolean',
    'items json',
  ])
  expect(known('pinned')).toEqual(['received_at timestamp', 'amount decimal'])
  const came: LakeField = { label: 'total', name: 'total', type: 'integer' }
  expect(known('agreed', [given, came])?.slice(0, 3)).toEqual([
    'received_at timestamp',
    'total integer',
    'order_id text',
  ])
  expect([known('read'), known('read', [came])]).toEqual([undefined, ['total integer']])
  expect(known('lost')).toBeUndefined()
})

test('a stream waits while it takes whatever is sent, nothing has come and nothing is stated', () => {
  const came: LakeField = { label: 'total', name: 'total', type: 'integer' }
  expect(['plain', 'clicks'].map((key) => waits(key))).toEqual([true, true])
  expect(waits('plain', [given])).toBe(true)
  expect(waits('plain', [given, came])).toBe(false)
  expect(['agreed', 'pinned', 'read', 'lost'].map((key) => waits(key))).toEqual(
    Array(4).fill(false),
  )
})
