import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Engine, join, made, makeAll, type Part, placed, type Step, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { modelOf } from '#model'
import { assignSteps } from './assign.ts'
import { prepareUnified } from './tables.ts'

const engine = await memoryEngine()
await prepareUnified(engine, modelOf([]), 'individual')

/** Which group each record is in, by the key of the record; records that are not named are gone. */
type Groups = Readonly<Record<number, string>>

const relation = (columns: string, rows: readonly (readonly (string | number)[])[]): Part =>
  rows.length === 0
    ? sql`select 0 as ${name(columns, 0)}, 0 as ${name(columns, 1)}, 0 as ${name(columns, 2)} where false`
    : join(
        rows.map(
          (row) =>
            sql`select ${join(row.map((cell, i) => sql`${value(cell)} as ${name(columns, i)}`))}`,
        ),
        sql` union all `,
      )

const name = (columns: string, i: number): Part => ({
  kind: 'column',
  name: columns.split(' ')[i] ?? `c${i}`,
})

// Records are seen in the order of their keys.
function stepsOf(groups: Groups): readonly Step[] {
  const records = Object.keys(groups).map(Number)
  const rows = records.map((record, n) => [n, record, record])
  const roots = records.map((record, n) => [
    n,
    records.findIndex((other) => groups[other] === groups[record]),
    0,
  ])
  return [
    { name: 'record', says: '', query: relation('n record since', rows) },
    { name: 'cluster', says: '', query: relation('n root unused', roots) },
    ...assignSteps('individual'),
  ]
}

interface Settled {
  readonly ids: Readonly<Record<number, string>>
  readonly changes: readonly (readonly [kind: string, profile: string, other: string])[]
}

const text = (of: unknown) => (of === null ? '' : String(of))

/** Runs the steps and publishes what they give, as a run would. */
async function settle(groups: Groups, tools: Engine = engine): Promise<Settled> {
  const bench = { engine: tools, ask: {}, now: () => new Date(0), timings: [] }
  return makeAll(bench, stepsOf(groups), new Map(), async (where) => {
    const ask = (query: Part) => tools.rows(placed(query, where))
    const links = await ask(sql`select record, profile from ${made('link')} order by record`)
    const changes = await ask(sql`select * from ${made('change')} order by 1, 2, 3`)
    await tools.change('test', async (writer) => {
      for (const statement of [
        sql`insert into unified.change_individual select 1, kind, profile, other from ${made('change')}`,
        sql`delete from unified.link_individual`,
        sql`insert into unified.link_individual select record, profile, since from ${made('link')}`,
        sql`delete from unified.individual`,
        sql`insert into unified.individual (profile, first_seen) select profile, first_seen from ${made('assigned')}`,
      ])
        await writer.run(placed(statement, where))
    })
    return {
      ids: Object.fromEntries(links.map((row) => [row['record'], text(row['profile'])])),
      changes: changes.map((row) => [text(row['kind']), text(row['profile']), text(row['other'])]),
    }
  })
}

async function forget() {
  await engine.change('forget', async (writer) => {
    for (const table of ['link_individual', 'change_individual', 'individual'])
      await writer.run(sql`delete from ${{ kind: 'table', schema: 'unified', name: table }}`)
  })
}

/** The rules in words, slow and obvious; ids that would be new are left out. */
function idsByHand(before: Settled['ids'], age: ReadonlyMap<string, number>, groups: Groups) {
  const members = Map.groupBy(Object.keys(groups).map(Number), (record) => groups[record] ?? '')
  const claims = new Map<string, string[]>()
  for (const id of new Set(Object.values(before))) {
    const parts = [...members]
      .map(([group, records]) => ({ group, common: records.filter((r) => before[r] === id) }))
      .filter(({ common }) => common.length > 0)
      .sort((a, b) => b.common.length - a.common.length || a.common[0]! - b.common[0]!)
    if (parts[0]) claims.set(parts[0].group, [...(claims.get(parts[0].group) ?? []), id])
  }
  const oldest = (ids: readonly string[]) =>
    ids.toSorted((a, b) => age.get(a)! - age.get(b)! || (BigInt(a) < BigInt(b) ? -1 : 1))[0]
  return new Map([...claims].map(([group, ids]) => [group, oldest(ids)!]))
}

const history = fc.array(
  fc.dictionary(fc.integer({ min: 1, max: 9 }).map(String), fc.constantFrom('a', 'b', 'c', 'd'), {
    maxKeys: 9,
  }),
  { minLength: 1, maxLength: 5 },
)

interface Moment {
  readonly groups: Groups
  readonly before: Settled['ids']
  readonly after: Settled
  readonly age: ReadonlyMap<string, number>
}

function expectIds({ groups, before, after: { ids }, age }: Moment) {
  const expected = idsByHand(before, age, groups)
  for (const [record, group] of Object.entries(groups)) {
    const id = ids[Number(record)]!
    if (expected.has(group)) expect(id).toBe(expected.get(group))
    else expect(age.has(id)).toBe(false)
    for (const [other, theirs] of Object.entries(groups))
      expect(ids[Number(other)] === id).toBe(theirs === group)
  }
}

function expectChanges({ before, after: { ids, changes } }: Moment) {
  const survivors = new Set(Object.values(ids))
  const gone = Object.values(before).filter((id) => !survivors.has(id))
  const told = changes.filter(([kind]) => kind === 'merged' || kind === 'retired')
  expect(new Set(told.map(([, profile]) => profile))).toEqual(new Set(gone))
  for (const [kind, , other] of told) expect(survivors.has(other)).toBe(kind === 'merged')
}

test('ids are kept, merged, split and retired by the rules, and never used twice', async () => {
  await fc.assert(
    fc.asyncProperty(history, async (states) => {
      await forget()
      let before: Settled['ids'] = {}
      const age = new Map<string, number>()
      for (const groups of states) {
        const after = await settle(groups)
        expectIds({ groups, before, after, age })
        expectChanges({ groups, before, after, age })
        expect((await settle(groups)).changes).toEqual([])
        for (const [record, id] of Object.entries(after.ids))
          age.set(id, Math.min(age.get(id) ?? 99, Number(record)))
        before = after.ids
      }
    }),
    { numRuns: 15 },
  )
}, 60_000)

test('a record that was split off, merged back and split off again gets a third id', async () => {
  await forget()
  const together = { 1: 'a', 2: 'a', 3: 'a' }
  const apart = { 1: 'a', 2: 'a', 3: 'b' }
  const ids = []
  for (const groups of [together, apart, together, apart, together, apart])
    ids.push((await settle(groups)).ids[3])
  expect(ids[0]).toBe(ids[2])
  expect(new Set(ids).size).toBe(4)
})

test('the same history gives the same ids in another engine', async () => {
  const other = await memoryEngine()
  await prepareUnified(other, modelOf([]), 'individual')
  await forget()
  for (const groups of [
    { 1: 'a', 2: 'b' },
    { 1: 'a', 2: 'a', 3: 'c' },
    { 2: 'a', 3: 'c' },
  ])
    expect(await settle(groups, other)).toEqual(await settle(groups))
})
