import { expect, test } from 'vitest'
import { arrange, type ListOf, readListAddress, sortedBy, sortingOf } from './listing.ts'

interface Row {
  readonly name: string
  readonly dead: number
  readonly at: string
}

const rows: readonly Row[] = [
  { name: 'beta', dead: 1, at: '2026-01-02' },
  { name: 'Alpha shop', dead: 30, at: '2026-01-03' },
  { name: 'gamma shop', dead: 4, at: '' },
]

const of: ListOf<Row, 'name' | 'dead' | 'at'> = {
  text: ({ name }) => name,
  by: { name: ({ name }) => name, dead: ({ dead }) => dead, at: ({ at }) => at },
  usual: 'name',
  newestFirst: ['at'],
}

const names = (address: Parameters<typeof arrange<Row, 'name' | 'dead' | 'at'>>[1]) =>
  arrange(rows, address, of).map(({ name }) => name)

test('an address says what is searched and how it is sorted; what it does not know is left out', () => {
  expect(
    readListAddress({ q: 'x', sort: 'dead', order: 'down', page: 3 }, ['name', 'dead']),
  ).toEqual({
    q: 'x',
    sort: 'dead',
    order: 'down',
  })
  expect(readListAddress({ q: ' ', sort: 'size', order: 'sideways' }, ['name'])).toEqual({})
})

test('rows are sorted in their natural order: names up, amounts and times down', () => {
  expect(names({})).toEqual(['Alpha shop', 'beta', 'gamma shop'])
  expect(names({ sort: 'dead' })).toEqual(['Alpha shop', 'gamma shop', 'beta'])
  expect(names({ sort: 'dead', order: 'up' })).toEqual(['beta', 'gamma shop', 'Alpha shop'])
  expect(names({ sort: 'at' })).toEqual(['Alpha shop', 'beta', 'gamma shop'])
})

test('every word that is searched has to be found', () => {
  expect(names({ q: 'SHOP a' })).toEqual(['Alpha shop', 'gamma shop'])
  expect(names({ q: 'shop gam' })).toEqual(['gamma shop'])
})

test('a head that is pressed twice turns the order around and keeps what is searched', () => {
  const first = sortedBy({ q: 'a' }, 'dead', rows, of)
  expect(first).toEqual({ q: 'a', sort: 'dead', order: 'down' })
  expect(sortedBy(first, 'dead', rows, of)).toEqual({ q: 'a', sort: 'dead', order: 'up' })
  expect(sortingOf([], {}, of)).toEqual({ by: 'name', order: 'up' })
  const { dead: _, ...others } = of.by
  expect(sortingOf(rows, first, { ...of, by: others }).by).toBe('name')
})
