import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { column, type Engine, join, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import {
  modelOf,
  modelTable,
  noteTouched,
  prepareRowChanges,
  prepareTouched,
  shapeModelTable,
  touchedTable,
} from '#model'
import { type Copy, makeCopies, prepareCopies, rowsOfPeople } from './copies.ts'

const object = 'sales_order'
const rows = modelTable(object)
const read = new Map([[object, new Set(['grand_total_amount'])]])
const everybody = ['1', '2', '3', '4', '5', '6']
const person = fc.constantFrom(...everybody).map(BigInt)

type Happening =
  | { readonly what: 'comes'; readonly at: number; readonly of: bigint }
  | { readonly what: 'goes'; readonly at: number }
  | { readonly what: 'changes hands'; readonly at: number; readonly of: bigint }
  | { readonly what: 'too many are touched' | 'marks are worked off' | 'copies are made' }

// Positions are few, so that rows come late and go again.
const at = fc.nat(40)
const happening: fc.Arbitrary<Happening> = fc.oneof(
  { arbitrary: fc.record({ what: fc.constant('comes' as const), at, of: person }), weight: 5 },
  fc.record({ what: fc.constant('goes' as const), at }),
  fc.record({ what: fc.constant('changes hands' as const), at, of: person }),
  fc.record({
    what: fc.constantFrom(
      'too many are touched' as const,
      ...Array.from({ length: 4 }, () => 'marks are worked off' as const),
      ...Array.from({ length: 4 }, () => 'copies are made' as const),
    ),
  }),
)

async function shop() {
  const engine = await memoryEngine()
  await engine.change('tables', async (writer) => {
    await prepareRowChanges(writer)
    await prepareTouched(writer)
    await prepareCopies(writer)
    await shapeModelTable(writer, modelOf([]).get(object), [])
  })
  const copies = makeCopies(engine, 1)
  const mark = { from: '_position' }
  const ownersAt = (position: number) =>
    sql`select _profile as profile, _position from ${rows} where _position = ${value(position)}`
  const settle = async (writer: Parameters<Parameters<typeof engine.change>[1]>[0]) => {
    await copies.noteStrays(writer, Number.MAX_SAFE_INTEGER)
    await writer.run(sql`delete from ${touchedTable}`)
  }
  const happen = (one: Happening): Promise<unknown> => {
    if (one.what === 'copies are made')
      return copies.make(read, {
        signal: new AbortController().signal,
        alone: (work) => work(),
      })
    return engine
      .change(one.what, async (writer) => {
        if (one.what === 'comes') {
          const cells = [value(one.at), value(one.of), value(10 * one.at)]
          await writer.run(
            sql`insert into ${rows} (_position, _profile, grand_total_amount) values (${join(cells)})`,
          )
          await noteTouched(writer, object, ownersAt(one.at), mark)
        } else if (one.what === 'goes') {
          await noteTouched(writer, object, ownersAt(one.at), mark)
          await writer.run(sql`delete from ${rows} where _position = ${value(one.at)}`)
        } else if (one.what === 'changes hands') {
          await noteTouched(writer, object, ownersAt(one.at), mark)
          await writer.run(
            sql`update ${rows} set _profile = ${value(one.of)} where _position = ${value(one.at)}`,
          )
          await noteTouched(writer, object, ownersAt(one.at), mark)
        } else if (one.what === 'too many are touched') {
          await writer.run(sql`update ${rows} set grand_total_amount = grand_total_amount + 1`)
          await copies.forget(writer, [object])
          await settle(writer)
        } else await settle(writer)
      })
      .finally(one.what === 'too many are touched' ? copies.forgotten : () => {})
  }
  return { engine, copies, happen }
}

/** Expects the rows of some people by a copy to be those in the model; how many there are. */
async function compare(engine: Engine, copy: Copy, those: readonly string[]): Promise<number> {
  const columns = join(['grand_total_amount', '_profile'].map((name) => column(name)))
  const named = join(those.map((of) => value(BigInt(of))))
  const listed = join(those.map((of) => sql`(${value(BigInt(of))})`))
  return engine.staged(sql`select profile from (values ${listed}) p(profile)`, async (among) => {
    const asked = { columns, those: named, among }
    const found = await engine.rows(sql`${rowsOfPeople(copy, asked)} order by all`)
    const expected = await engine.rows(
      sql`select ${columns} from ${rows} where _profile in (${named}) order by all`,
    )
    expect(found).toEqual(expected)
    return found.length
  })
}

test('rows of people by copies are their rows, whatever came, went or changed hands since', async () => {
  let copied = 0
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 5, maxLength: 25 }), async (happenings) => {
      const { engine, copies, happen } = await shop()
      for (const one of happenings) {
        await happen(one)
        const copy = (await copies.having(read)).get(object)
        if (!copy) continue
        copied++
        for (const those of [everybody, ['2', '5']]) await compare(engine, copy, those)
      }
      await engine.close()
    }),
    { numRuns: 15, endOnFailure: true },
  )
  expect(copied).toBeGreaterThan(0)
}, 400_000)

test('whoever gets rows just before a copy is made is in it, however few were there when it began', async () => {
  const { engine, copies, happen } = await shop()
  await happen({ what: 'comes', at: 1, of: 1n })
  await happen({ what: 'comes', at: 2, of: 2n })
  await happen({ what: 'marks are worked off' })
  const hold = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<void>()
  const changing = engine.change('somebody new', async (writer) => {
    begun.resolve()
    await hold.promise
    await writer.run(sql`update ${rows} set _profile = 9000 where _position = 1`)
    const both = sql`select unnest([1, 9000]) as profile, 1 as _position`
    await noteTouched(writer, object, both, { from: '_position' })
  })
  await begun.promise
  const making = copies.make(read, {
    signal: new AbortController().signal,
    alone: async (work) => {
      await happen({ what: 'marks are worked off' })
      return work()
    },
  })
  await vi.waitFor(() => expect(engine.pressure().change.waiting).toBe(1))
  hold.resolve()
  await changing
  await making
  const copy = (await copies.having(read)).get(object)
  expect(copy && (await compare(engine, copy, ['1', '2', '9000']))).toBe(2)
  await engine.close()
})

test('a copy of what is not read any more is dropped', async () => {
  const { engine, copies, happen } = await shop()
  const copied = async () =>
    (await engine.tables('segment')).filter(({ name }) => name.startsWith('_by_person_'))
  await happen({ what: 'comes', at: 1, of: 1n })
  await happen({ what: 'copies are made' })
  expect(await copied()).toHaveLength(1)
  await copies.make(new Map(), {
    signal: new AbortController().signal,
    alone: (work) => work(),
  })
  expect(await copied()).toEqual([])
  expect(await copies.having(read)).toEqual(new Map())
  await happen({ what: 'goes', at: 1 })
  await happen({ what: 'marks are worked off' })
  expect(await engine.rows(sql`select * from segment._stray`)).toEqual([])
  await engine.close()
})
