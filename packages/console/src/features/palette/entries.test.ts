import { expect, test } from 'vitest'
import { entriesFor } from './entries.ts'

const definition = (kind: string, key: string, body: object) => ({
  kind,
  key,
  body,
  version: 1,
  changedAt: '2026-01-01T00:00:00Z',
})
const places = [
  { to: '/', label: 'Flow' },
  { to: '/segments', label: 'Segments' },
]
const definitions = [
  definition('segment', 'vips', { label: 'Best customers' }),
  definition('mapping', 'm1', { stream: 'crm' }),
  definition('match_model', 'people', { label: 'Best guesses' }),
]
const customer = {
  id: '7',
  name: 'Ada',
  emails: ['ada@x.org'],
  phones: [],
  records: 1,
  sources: ['crm'],
}
const found = (q: string, customers: (typeof customer)[] = []) =>
  entriesFor(q, { places, definitions, customers }).map(({ label, to }) => [label, to])

test('nothing asked: all pages, and no list of everything that was ever defined', () => {
  expect(found('')).toEqual([
    ['Flow', '/'],
    ['Segments', '/segments'],
  ])
})

test('definitions are found by name, key and kind, and lead to their pages', () => {
  expect(found('best')).toEqual([['Best customers', '/segments/vips']])
  expect(found('m1')).toEqual([['m1', '/mappings/crm']])
  expect(found('segment').map(([label]) => label)).toEqual(['Segments', 'Best customers'])
})

test('customers come as the server found them', () => {
  expect(found('ada', [customer])).toEqual([['Ada', '/customers/7']])
  expect(found('x', [{ ...customer, name: '' }])).toEqual([['ada@x.org', '/customers/7']])
})
