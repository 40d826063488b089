import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Row } from './database.ts'
import { type Follower, follow, followUnique, readPosition } from './position.ts'

const columns = ['id', 'word']
const at = (cursor: string | undefined) => ({
  columns,
  cursor: 'at',
  start: readPosition(cursor, 'at'),
})

/** Reads a table as a database would hand it over: from the value of a position, in order; stops after some rows. */
function readOn(
  table: readonly Row[],
  cursor: string | undefined,
  most: number,
): readonly [readonly Row[], string | undefined] {
  const { start, ...of } = at(cursor)
  const follower: Follower = follow({ ...of, start })
  const rows = table
    .filter((row) => start === undefined || Number(row[2]) >= Number(start.value))
    .toSorted((a, b) => Number(a[2]) - Number(b[2]))
  const taken = rows.slice(0, most).filter((row) => follower.take(row))
  const position = follower.position()
  return [taken, position ? JSON.stringify(position) : undefined]
}

test('however a table grows and readings break off, every row is taken once', () => {
  const steps = fc.array(
    fc.record({
      rows: fc.array(fc.record({ word: fc.constantFrom('a', 'b'), later: fc.boolean() })),
      most: fc.integer({ min: 0, max: 6 }),
    }),
    { maxLength: 8 },
  )
  fc.assert(
    fc.property(steps, (all) => {
      const [table, taken]: [Row[], Row[]] = [[], []]
      let cursor: string | undefined
      let now = 1
      const read = (most: number) => {
        const [rows, reached] = readOn(table, cursor, most)
        taken.push(...rows)
        cursor = reached
      }
      for (const { rows, most } of all) {
        for (const { word, later } of rows) {
          if (later) now++
          // Rows that are the same in everything are rows all the same, and anywhere in the table.
          const place = word === 'a' ? 0 : table.length
          table.splice(place, 0, ['1', word, String(now)])
        }
        read(most)
      }
      read(Infinity)
      const sorted = (rows: readonly Row[]) => rows.map((row) => row.join()).toSorted()
      expect(sorted(taken)).toEqual(sorted(table))
    }),
  )
})

test('a row that changed without its cursor is taken again, one that got a column is not', () => {
  const first = follow(at(undefined))
  expect([first.take(['1', 'a', '5']), first.take(['2', 'b', '5'])]).toEqual([true, true])
  const start = readPosition(JSON.stringify(first.position()), 'at')
  const next = follow({ columns: ['new', 'word', 'id'], cursor: 'at', start })
  expect(next.take(['x', 'a', '1', '5'])).toBe(false)
  expect(next.take(['x', 'c', '2', '5'])).toBe(true)
})

test('where no two rows have the same cursor, nothing is remembered but the last', () => {
  const follower = followUnique(at(undefined))
  expect(follower.position()).toBeUndefined()
  expect(follower.take(['1', 'a', '5'])).toBe(true)
  expect(follower.position()).toEqual({ cursor: 'at', value: '5', columns })
})

test('too many rows of one value are not remembered one by one', () => {
  const follower = follow(at(undefined))
  for (let id = 0; id < 6000; id++) follower.take([String(id), 'a', '5'])
  expect(follower.position()).toEqual({ cursor: 'at', value: '5', columns })
})

test('the position of another cursor is none', () => {
  const cursor = JSON.stringify({ cursor: 'id', value: '5', columns })
  expect(readPosition(cursor, 'at')).toBeUndefined()
  expect(readPosition(undefined, 'at')).toBeUndefined()
  expect(() => readPosition('{"value": 5}', 'id')).toThrow('cursor.value')
})
