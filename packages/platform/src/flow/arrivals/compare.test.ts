import fc from 'fast-check'
import { expect, test } from 'vitest'
import { join, type Part, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { compare } from './compare.ts'

const engine = await memoryEngine()

interface Row {
  readonly event: number
  readonly id: string
  readonly a: string | null
  readonly b: string | null
}

const table = (rows: readonly Row[]): Part => {
  const empty = sql`select cast(null as bigint) as event, cast(null as varchar) as id, cast(null as varchar) as a, cast(null as varchar) as b where false`
  const cell = (of: string | null) => (of === null ? sql`null` : value(of))
  const selects = rows.map(
    ({ event, id, a, b }) => sql`select ${value(event)}, ${value(id)}, ${cell(a)}, ${cell(b)}`,
  )
  return join([empty, ...selects], sql` union all `)
}

/** The same, found by looking through lists. */
function byHand(was: readonly Row[], is: readonly Row[]) {
  const keyOf = ({ event, id }: Row) => `${event} ${id}`
  const other = new Map(is.map((row) => [keyOf(row), row]))
  const pairs = was.flatMap((row) => {
    const now = other.get(keyOf(row))
    return now ? [[row, now] as const] : []
  })
  const differing = (name: 'a' | 'b') => pairs.filter(([x, y]) => x[name] !== y[name]).length
  const same = pairs.filter(([x, y]) => x.a === y.a && x.b === y.b).length
  const changed = { a: differing('a'), b: differing('b') }
  return {
    same,
    changed: pairs.length - same,
    added: is.length - pairs.length,
    missing: was.length - pairs.length,
    fields: (['a', 'b'] as const)
      .filter((name) => changed[name] > 0)
      .map((name) => [name, changed[name]]),
  }
}

test('rows that are found in each other are compared field by field', async () => {
  const cell = fc.constantFrom(null, '', 'x', 'y')
  const row = fc.record({
    event: fc.integer({ min: 1, max: 5 }),
    id: fc.constantFrom('p', 'q'),
    a: cell,
    b: cell,
  })
  const rows = fc.uniqueArray(row, { maxLength: 6, selector: ({ event, id }) => `${event} ${id}` })
  await fc.assert(
    fc.asyncProperty(rows, rows, async (was, is) => {
      const found = await compare(engine, {
        was: table(was),
        is: table(is),
        keys: ['event', 'id'],
        fields: ['a', 'b'],
      })
      const fields = found.fields.map(({ field, changed }) => [field, changed])
      expect({ ...found, fields }).toEqual(byHand(was, is))
    }),
    { numRuns: 30 },
  )
})

test('rows that stand twice pair up; examples say what was and what is', async () => {
  const twice = [
    { event: 1, id: 'p', a: 'x', b: null },
    { event: 1, id: 'p', a: 'y', b: 'z' },
  ]
  const of = { keys: ['event', 'id'], fields: ['a', 'b'] }
  const same = { was: table(twice), is: table(twice.toReversed()) }
  expect(await compare(engine, { ...of, ...same })).toMatchObject({ same: 2, changed: 0 })
  const other = { was: table(twice), is: table([{ ...twice[0]!, b: 'now' }, twice[1]!]) }
  expect((await compare(engine, { ...of, ...other })).fields).toEqual([
    { field: 'b', changed: 1, examples: [{ event: 1, is: 'now' }] },
  ])
})
