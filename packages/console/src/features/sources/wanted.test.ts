import { expect, test } from 'vitest'
import { definitionsOf, keyFrom } from './wanted.ts'

test('what was left empty is left out of the definitions', () => {
  const wanted = {
    connector: 'files',
    connection: 'crm',
    label: ' ',
    settings: { folder: '.' },
    source: { path: 'a.csv' },
    stream: 'contacts',
    mode: 'full',
    category: 'profile',
    primaryKey: [],
    schedule: '',
  } as const
  expect(definitionsOf(wanted)).toEqual([
    { kind: 'connection', key: 'crm', connector: 'files', settings: { folder: '.' } },
    {
      kind: 'stream',
      key: 'contacts',
      connection: 'crm',
      source: { path: 'a.csv' },
      mode: 'full',
      category: 'profile',
    },
  ])
  const more = { ...wanted, label: 'CRM', primaryKey: ['id'], schedule: '0 * * * *' }
  expect(definitionsOf(more)).toMatchObject([
    { label: 'CRM' },
    { primary_key: ['id'], schedule: '0 * * * *' },
  ])
})

test('names become keys', () => {
  expect(['crm/Kontakte Süd.csv.gz', 'public.orders', '2024-sales.parquet'].map(keyFrom)).toEqual([
    'kontakte_sud',
    'public_orders',
    'sales',
  ])
})
