import { expect, test } from 'vitest'
import { duckdb, type Engine, printSteps, sql } from '#engine'
import { memoryEngine } from '#engine/testing'
import { systemCaller } from '#kernel/caller.ts'
import { modelOf } from '#model'
import { evidenceSteps } from './compile.ts'
import type { Criterion, Ruleset } from './definition.ts'
import { houseOfPeople, putRows, unify } from './testing/index.ts'

const model = modelOf([])

const first: Criterion = { object: 'individual', field: 'first_name', by: 'fuzzy' }
const last: Criterion = { object: 'individual', field: 'last_name', by: 'normalised' }
const email: Criterion = {
  object: 'contact_point_email',
  field: 'email_address',
  by: 'normalised',
}

const asking = (...all: Criterion[]): Ruleset => ({
  key: 'people',
  on: 'individual',
  match: [{ key: 'alike', label: 'Alike', all }],
  reconcile: { default: 'last_updated' },
})

async function people(
  engine: Engine,
  of: Readonly<Record<string, readonly [string | null, string | null, (string | null)?]>>,
): Promise<void> {
  const all = Object.entries(of)
  await putRows(
    engine,
    model,
    'individual',
    all.map(([id, [first_name, last_name]]) => ({ id, first_name, last_name })),
  )
  await putRows(
    engine,
    model,
    'contact_point_email',
    all.map(([id, [, , email_address = 'home@x.de']]) => ({
      id,
      individual_id: id,
      email_address,
    })),
  )
}

const groups = async (engine: Engine): Promise<unknown[]> => {
  const rows = await engine.rows(
    sql`select list(i.id order by i.id) as ids from model.individual i join unified.link_individual l on l.record = i._key group by l.profile order by 1`,
  )
  return rows.map((row) => row['ids'])
}

test('a fuzzy first name with an exact last name and e-mail tells a household apart', async () => {
  const engine = await memoryEngine()
  await people(engine, {
    a: ['Robert', 'Müller'],
    b: ['Bob', 'Mueller'],
    c: ['Katharina', 'Müller'],
    d: ['Catharina', 'Muller'],
    e: ['', 'Müller'],
    f: [null, 'Müller'],
    g: ['Robert', 'Müller', 'other@x.de'],
    h: ['Роберт', 'Müller', null],
  })
  const result = await unify(engine, model, asking(first, last, email))
  expect(await groups(engine)).toEqual([['a', 'b'], ['c', 'd'], ['e'], ['f'], ['g'], ['h']])
  expect(result.rules).toMatchObject([{ rule: 'alike', links: 2, left_out_blocks: 0 }])
  const evidence = await engine.rows(
    sql`select matched from unified.evidence_individual order by 1`,
  )
  expect(evidence.map(({ matched }) => matched)).toEqual([
    'katharina ~ catharina · muller · home@x.de',
    'robert ~ bob · muller · home@x.de',
  ])
  expect(await unify(engine, model, asking(first, last, email))).toMatchObject({ changed: false })
})

test('rows of one object agree as one: the street of one address with the town of the same', async () => {
  const engine = await memoryEngine()
  await people(engine, { a: ['Ada', 'Ann'], b: ['Ada', 'Ann'], c: ['Ada', 'Ann'] })
  const home = (id: string, person: string, address_line_1: string, city: string) => ({
    id,
    individual_id: person,
    address_line_1,
    city,
  })
  await putRows(engine, model, 'contact_point_address', [
    home('1', 'a', '12 Main Street', 'Boston'),
    home('2', 'a', '7 Park Road', 'Bristol'),
    home('3', 'b', 'Main St. 12', 'Bostn'),
    home('4', 'c', '12 Main Street', 'Bristol'),
  ])
  const of = { object: 'contact_point_address', by: 'fuzzy', precision: 'high' } as const
  await unify(engine, model, asking({ ...of, field: 'address_line_1' }, { ...of, field: 'city' }))
  expect(await groups(engine)).toEqual([['a', 'b'], ['c']])
})

test('a block above the limit makes no pair, and is told with its value masked', async () => {
  const engine = await memoryEngine()
  await people(
    engine,
    Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`${i}`, ['Ada', 'Ann']])),
  )
  const limited = { ...asking(first, last, email), limits: { block: 5 } }
  const result = await unify(engine, model, limited)
  expect(result).toMatchObject({
    profiles: 6,
    rules: [
      {
        links: 0,
        left_out_blocks: 1,
        left_out: [{ matched: 'a*** · h***@x***.d***', records: 6 }],
      },
    ],
  })
})

test('blocked values are told however they are written, also where values are only alike', async () => {
  const engine = await memoryEngine()
  await people(engine, { a: ['Max', 'Mustermann'], b: ['Max', 'MUSTERMANN '], c: ['Max', 'Mann'] })
  const named = asking({ ...last, by: 'fuzzy' }, email)
  expect(await unify(engine, model, named)).toMatchObject({ profiles: 2 })
  const blocked = { 'individual.last_name': ['Musterm\u00e4nn'] }
  expect(await unify(engine, model, { ...named, limits: { blocked } })).toMatchObject({
    profiles: 3,
  })
})

test('columns of nothing, ids and names of 10 KB, and scripts without letters do no harm', async () => {
  const engine = await memoryEngine()
  const long = 'x'.repeat(10_000)
  await people(engine, {
    [`${long}1`]: [`${long}a`, 'Ann'],
    [`${long}2`]: [`${long}b`, 'Ann'],
    [`${long}3`]: [`${long}a`, 'Ann'],
    n1: [null, null, null],
    n2: [null, null, null],
    s1: ['小明', '王'],
    s2: ['小红', '王'],
    s3: ['小明', '王'],
  })
  await unify(engine, model, asking({ ...first, precision: 'low' }, last, email))
  expect((await groups(engine)).map((ids) => (ids as string[]).map((id) => id.slice(-2)))).toEqual([
    ['n1'],
    ['n2'],
    ['s1', 's3'],
    ['s2'],
    ['x1', 'x3'],
    ['x2'],
  ])
  const empty = await memoryEngine()
  await putRows(empty, model, 'individual', [{ id: '1' }, { id: '2' }])
  expect(await unify(empty, model, asking(first, { ...last, by: 'fuzzy' }))).toMatchObject({
    profiles: 2,
  })
})

test('pairs that people keep apart come between: who is like the second need not follow the first', async () => {
  const chain: Ruleset = asking({ object: 'individual', field: 'last_name', by: 'fuzzy' }, email)
  const house = await houseOfPeople(chain)
  const shared = { email: 'home@x.de' }
  await house.put({ Jansen: shared, Jensen: shared, Jenson: shared })
  await house.identity.run('people')
  expect(await groups(house.engine)).toEqual([['Jansen', 'Jensen', 'Jenson']])
  await house.identity.unlink(
    'people',
    { record: 'crm:Jenson', from: 'crm:Jansen', why: 'twins' },
    systemCaller,
  )
  await house.identity.run('people')
  expect(await groups(house.engine)).toEqual([['Jansen', 'Jensen'], ['Jenson']])
})

test('the SQL of a fuzzy rule reads like what it does', async () => {
  const rule = asking(first, { ...last, by: 'fuzzy' })
  const steps = evidenceSteps(rule, model).filter(({ name }) => name !== 'short_name')
  await expect(printSteps(steps, duckdb)).toMatchFileSnapshot('goldens/fuzzy.duckdb.sql')
})
