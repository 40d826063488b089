import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  column,
  duckdb,
  join,
  type Part,
  print,
  type Row,
  sql,
  table,
  typeName,
  value,
} from '#engine'
import { memoryEngine } from '#engine/testing'
import type { FieldType } from '#kernel/scalar.ts'
import { checkQuery } from './check.ts'
import type { Relation } from './relation.ts'
import { type Traced, type TracedTable, traceQuery } from './trace.ts'

const engine = await memoryEngine()

type Columns = Readonly<Record<string, FieldType>>

const tables: Readonly<Record<string, Columns>> = {
  orders: {
    id: 'integer',
    person: 'integer',
    product: 'integer',
    amount: 'decimal',
    channel: 'text',
    day: 'date',
  },
  products: { id: 'integer', category: 'text', price: 'decimal' },
  people: { id: 'integer', region: 'text' },
  refunds: { id: 'integer', person: 'integer', amount: 'decimal' },
}

const relations: readonly Relation[] = Object.entries(tables).map(([name, columns]) => ({
  name,
  table: table('model', name),
  columns: Object.entries(columns).map(([of, type]) => ({ name: of, type })),
}))

type Rows = Readonly<Record<string, readonly (readonly (string | number | null)[])[]>>

async function fill(rows: Rows): Promise<void> {
  await engine.change('shop', async (writer) => {
    for (const [name, columns] of Object.entries(tables)) {
      const shape = Object.entries(columns)
      const list = join(shape.map(([of, type]) => sql`${column(of)} ${typeName(type)}`))
      await writer.run(sql`create or replace table ${table('model', name)} (${list})`)
      const values = (rows[name] ?? []).map(
        (row) => sql`(${join(row.map((cell, i) => value(cell, shape[i]?.[1] ?? 'text')))})`,
      )
      if (values.length > 0)
        await writer.run(sql`insert into ${table('model', name)} values ${join(values)}`)
    }
  })
}

const traced = (text: string): Traced => {
  checkQuery(text, relations)
  const found = traceQuery(text, relations, { ids: () => ['id'] })
  if ('untold' in found) throw new Error(found.untold)
  return found
}

const untold = (text: string): string | undefined => {
  checkQuery(text, relations)
  const found = traceQuery(text, relations, { ids: () => ['id'] })
  return 'untold' in found ? found.untold : undefined
}

/** The ids of the rows behind, by what the query calls their table. */
async function behind(
  text: string,
  where: Part,
  measure?: string,
): Promise<Readonly<Record<string, readonly unknown[]>>> {
  const found = await Promise.all(
    traced(text).tables.map(async (one) => {
      const rows = await engine.rows(
        sql`select id0 from (${one.behind({ where, measure })}) as b order by id0`,
      )
      return [one.name, rows.map(({ id0 }) => id0)] as const
    }),
  )
  return Object.fromEntries(found)
}

const ids = async (query: Part) =>
  (await engine.rows(query)).map((row) => Object.values(row)[0]).toSorted()

const shop: Rows = {
  orders: [
    [1, 1, 1, 10, 'web', '2026-01-01'],
    [2, 1, 2, 20, 'store', '2026-01-02'],
    [3, 2, 1, 30, 'web', '2026-01-03'],
    [4, 2, 3, 40, null, '2026-02-01'],
    [5, 3, 2, 50, 'web', '2026-02-02'],
    [6, null, 2, 60, 'web', '2026-02-03'],
    [7, 3, null, null, 'store', '2026-02-04'],
  ],
  products: [
    [1, 'tea', 3],
    [2, 'tea', 5],
    [3, 'jam', 4],
    [4, 'jam', 9],
  ],
  people: [
    [1, 'north'],
    [2, 'south'],
    [3, 'north'],
    [4, 'south'],
  ],
  refunds: [
    [1, 1, 5],
    [2, 2, 7],
    [3, 1, 1],
  ],
}

describe('the rows behind a row of an answer', () => {
  const isChannel = (of: string) => sql`channel = ${value(of)}`

  test('are those of its group, under the same conditions', async () => {
    await fill(shop)
    const text =
      "select channel, sum(amount) as total from orders where day < '2026-02-03' group by 1"
    expect(await behind(text, isChannel('web'))).toEqual({ orders: [1, 3, 5] })
    expect(await behind(text, sql`channel is null`)).toEqual({ orders: [4] })
  })

  test('are those that count for a measure, with what each brings', async () => {
    await fill(shop)
    const text = `select channel, count(*) as n, sum(amount) filter (where amount > 20) as large, avg(amount) as mean
      from orders group by channel`
    expect(await behind(text, isChannel('web'), 'large')).toEqual({ orders: [3, 5, 6] })
    expect(await behind(text, isChannel('store'), 'mean')).toEqual({ orders: [2] })
    expect(await behind(text, isChannel('store'), 'n')).toEqual({ orders: [2, 7] })
    const [orders] = traced(text).tables as [TracedTable]
    const rows = await engine.rows(orders.behind({ where: isChannel('web'), measure: 'large' }))
    expect(rows.map((row) => Number(row['value'])).toSorted()).toEqual([30, 50, 60])
  })

  test('through joins are rows of each table, with how often each was taken', async () => {
    await fill(shop)
    const text = `select p.category, sum(o.amount) as total, count(r.id) as refunds
      from orders o join products p on p.id = o.product left join refunds r using (person)
      group by p.category`
    expect(await behind(text, sql`category = 'tea'`)).toEqual({
      o: [1, 2, 3, 5, 6],
      p: [1, 2],
      r: [1, 2, 3],
    })
    const [orders] = traced(text).tables as [TracedTable]
    const rows = await engine.rows(
      sql`select id0, times from (${orders.behind({ where: sql`category = 'tea'` })}) as b order by id0`,
    )
    // Two refunds of the first person double the orders, which is what somebody wants to see.
    expect(rows.map(({ times }) => times)).toEqual([2, 2, 1, 1, 1])
  })

  test('through WITH and sub-queries in FROM are the rows of the groups in them', async () => {
    await fill(shop)
    const text = `with spend as (select person, sum(amount) as total from orders group by person)
      select region, sum(spend.total) as total
      from people left join spend on spend.person = people.id
      left join (select person, count(*) as n from refunds group by all) as r on r.person = people.id
      where coalesce(r.n, 0) < 2
      group by region`
    const rows = await behind(text, sql`region = 'south'`)
    expect(rows).toEqual({ people: [2, 4], 'spend.orders': [3, 4], 'r.refunds': [2] })
    expect(await behind(text, sql`region = 'north'`)).toEqual({
      people: [3],
      'spend.orders': [5, 7],
      'r.refunds': [],
    })
  })

  test('through set operations are rows of the side that gave them', async () => {
    await fill(shop)
    const flow = `select person, sum(amount) as total from (
      select person, amount from orders union all select person, -amount from refunds
    ) as flow group by person`
    expect(await behind(flow, sql`person = 1`)).toEqual({
      'flow.orders': [1, 2],
      'flow.refunds': [1, 3],
    })
    const either = `select person, count(*) as n from (
      select person from orders union select person from refunds) as who group by person`
    expect(await behind(either, sql`person = 2`)).toEqual({
      'who.orders': [3, 4],
      'who.refunds': [2],
    })
    const only = 'select person, 1 as n from orders except select person, 1 from refunds'
    expect(await behind(only, sql`person = 3`)).toEqual({ orders: [5, 7] })
    expect(traced(only).asked).toEqual(['refunds'])
  })

  test('of windows are all rows of the window, since what it says depends on them', async () => {
    await fill(shop)
    const best = `select person, amount from orders where amount is not null
      qualify row_number() over (partition by person order by amount desc) = 1`
    expect(await behind(best, sql`person = 1`)).toEqual({ orders: [1, 2] })
    const ranked = `select person, sum(amount) as total, rank() over w as place
      from orders join people on people.id = person group by person, region
      window w as (partition by region order by sum(amount) desc)`
    expect(await behind(ranked, sql`person = 1`)).toEqual({
      orders: [1, 2, 5, 7],
      people: [1, 3],
    })
    const share = 'select id, amount / sum(amount) over () as share from orders'
    expect(await behind(share, sql`id = 1`)).toEqual({ orders: [1, 2, 3, 4, 5, 6, 7] })
  })

  test('of DISTINCT and of the first rows are those that gave them', async () => {
    await fill(shop)
    const distinct = 'select distinct person, channel from orders'
    expect(await behind(distinct, sql`person = 1 and channel = 'web'`)).toEqual({ orders: [1] })
    const first = `select 1 as one, sum(total) as total from (
      select person, sum(amount) as total from orders where person is not null
      group by person order by total desc limit 2) as best`
    expect(await behind(first, sql`one = 1`)).toEqual({ 'best.orders': [3, 4, 5, 7] })
    const newest =
      'select distinct on (person) person, amount from orders order by person, day desc'
    expect(await behind(newest, sql`person = 1`)).toEqual({ orders: [2] })
  })

  test('keys may be names of the SELECT list, of expressions, and be empty', async () => {
    await fill(shop)
    const text = `select coalesce(channel, 'none') as way, way || '!' as loud, count(*) as n
      from orders where way <> 'store' group by way, loud`
    expect(await behind(text, sql`loud = 'none!'`)).toEqual({ orders: [4] })
    const all = 'select extract(month from day) as m, max(amount) as most from orders group by all'
    expect(await behind(all, sql`m = 2`)).toEqual({ orders: [4, 5, 6, 7] })
    const one = 'select count(*) as n, max(amount) as most from orders'
    expect(await behind(one, sql`true`)).toEqual({ orders: [1, 2, 3, 4, 5, 6, 7] })
    expect(await behind(one, sql`true`, 'most')).toEqual({ orders: [1, 2, 3, 4, 5, 6] })
    const stars = 'select * from orders o join products using (id)'
    expect(await behind(stars, sql`id = 3`)).toEqual({ o: [3], products: [3] })
  })

  test('what only conditions and values ask is named, not told', async () => {
    await fill(shop)
    const text = `with teas as (select id from products where category = 'tea')
      select person, sum(amount) / (select sum(amount) from refunds) as share from orders
      where product in (select id from teas) and exists (select 1 from people where people.id = person)
      group by person`
    expect(await behind(text, sql`person = 2`)).toEqual({ orders: [3] })
    expect(traced(text).asked.toSorted()).toEqual(['people', 'products', 'refunds'])
    const half =
      'select channel, count(*) as n from orders semi join people on people.id = person group by 1'
    expect(await behind(half, isChannel('web'))).toEqual({ orders: [1, 3, 5] })
    expect(traced(half).asked).toEqual(['people'])
  })

  test('a table that is joined to itself stands there twice', async () => {
    await fill(shop)
    const text = `select a.person, count(*) as pairs from orders a join orders b
      on b.person = a.person and b.day > a.day group by a.person`
    expect(await behind(text, sql`person = 1`)).toEqual({ a: [1], b: [2] })
  })

  test.each([
    ['group by rollup (channel)', 'select channel, count(*) as n from orders', 'ROLLUP'],
    ['', 'select channel, random() as r from orders', 'random()'],
    [
      '',
      'select p.id, x.n from people p, lateral (select count(*) as n from orders where person = p.id) x',
      'LATERAL',
    ],
    [
      '',
      'with recursive r as (select 1 as n union all select n + 1 from r where n < 3) select n from r',
      'WITH RECURSIVE',
    ],
    ['', 'select person from orders except all select person from refunds', 'EXCEPT ALL'],
    ['', 'select o from orders o', 'a whole row'],
    ['', 'select distinct channel, count(*) as n from orders group by channel', 'DISTINCT beside'],
  ])('is not told for %s %s', (tail, text, clause) => {
    expect(untold(`${text} ${tail}`)).toContain(clause)
  })
})

/** Queries whose answers are told from the rows behind alone: computed from these, each row is the same. */
const recomputed: Readonly<Record<string, string>> = {
  grouped: 'select channel, count(*) as n, sum(amount) as total from orders group by channel',
  'grouped by an expression': `select extract(month from day) as m, count(distinct person) as people
    from orders where amount > 5 group by 1 having count(*) > 1`,
  joined: `select category, region, sum(amount) as total, count(*) as n from orders o
    join products p on p.id = o.product join people on people.id = o.person group by 1, 2`,
  'with the whole of a side': `select region, count(o.id) as orders, max(o.amount) as most
    from people left join orders o on o.person = people.id group by region`,
  nested: `with spend as (select person, sum(amount) as total, count(*) as n from orders group by person)
    select case when total > 40 then 'much' else 'little' end as band, count(*) as people, sum(n) as orders
    from spend where person is not null group by 1`,
  'nested twice': `select region, avg(best) as best from people join (
      select person, max(day_total) as best from (
        select person, day, sum(amount) as day_total from orders group by person, day) as days
      group by person) as p on p.person = people.id group by region`,
  'of a union': `select person, sum(amount) as total, count(*) as n from (
    select person, amount from orders union all select person, -amount from refunds) as f group by person`,
  'of a distinct union': `select person, count(*) as n from (
    select person, channel as of from orders union select person, 'refund' from refunds) as f group by person`,
  'of an intersection': `select person, 1 as is_both from (
    select person from orders intersect select person from refunds) as both_of_them`,
  ranked: `select region, person, total, place from (
    select region, person, sum(amount) as total, row_number() over (partition by region order by sum(amount) desc, person) as place
    from orders join people on people.id = person group by region, person) as r where place <= 2`,
  running: `select id, sum(amount) over (partition by person order by day, id) as so_far from orders`,
  latest: `select person, channel, amount from orders
    qualify row_number() over (partition by person order by day desc, id desc) = 1`,
  fifths: `select person, ntile(3) over (order by total desc, person) as third from (
    select person, sum(amount) as total from orders group by person) as spend`,
  distinct: 'select distinct person, channel, 1 as one from orders',
  'the best': `select person, sum(amount) as total from orders group by person order by total desc, person limit 2`,
}

const cell = fc.option(fc.integer({ min: 1, max: 4 }), { freq: 5 })
const amount = fc.option(fc.integer({ min: 1, max: 60 }), { freq: 8 })
const rowsOf = (...cells: readonly fc.Arbitrary<string | number | null>[]) =>
  fc
    .array(fc.tuple(...cells), { maxLength: 9 })
    .map((rows) => rows.map((row, i) => [i + 1, ...row]))
const data = fc.record({
  orders: rowsOf(
    cell,
    cell,
    amount,
    fc.constantFrom('web', 'store', null),
    fc.constantFrom('2026-01-01', '2026-01-05', '2026-02-01'),
  ),
  products: fc.constant([
    [1, 'tea', 3],
    [2, 'tea', 5],
    [3, 'jam', 4],
  ]),
  people: fc.constant([
    [1, 'north'],
    [2, 'south'],
    [3, 'north'],
    [4, null],
  ]),
  refunds: rowsOf(cell, amount),
})

/** Answers a query as if there were only those rows of each table that are behind some rows of its answer. */
async function answerFrom(text: string, where: Part): Promise<readonly Row[]> {
  const { tables: read } = traced(text)
  const kept = relations.map((relation) => {
    const those = read.filter((one) => one.relation.name === relation.name)
    const behindIt = those.map((one) => sql`select id0 from (${one.behind({ where })}) as b`)
    if (behindIt.length === 0) return sql`select * from ${relation.table}`
    return sql`select * from ${relation.table} where id in (${join(behindIt, sql` union `)})`
  })
  const answer = async (
    left: readonly Relation[],
    among: readonly Relation[],
  ): Promise<readonly Row[]> => {
    const [next, ...others] = left
    if (!next) return engine.rows(checkQuery(text, among).part)
    return engine.staged(kept[relations.indexOf(next)] ?? sql``, (staged) =>
      answer(others, [...among, { ...next, table: staged }]),
    )
  }
  return answer(relations, [])
}

describe('rows behind one measure', () => {
  test('are those for which count_if holds, and all for what takes empty values too', async () => {
    await fill(shop)
    const text = `select product, count_if(amount > 30 or channel = 'store') as large, array_agg(channel) as ways,
        first(channel) as one, max(channel) as most, count_if(amount > 30) filter (where person = 3) as third
      from orders group by product`
    const of = async (measure: string, product: number) =>
      (await behind(text, sql`product = ${value(product)}`, measure))['orders']
    expect(await of('large', 1)).toEqual([])
    expect(await of('large', 2)).toEqual([2, 5, 6])
    expect(await of('third', 2)).toEqual([5])
    expect(await of('ways', 3)).toEqual([4])
    expect(await of('one', 3)).toEqual([4])
    expect(await of('most', 3)).toEqual([])
  })

  test.each([
    ['told', 'select channel, sum(amount) as m from orders group by channel'],
    ['told', 'select id, amount as m from orders'],
    ['told', 'select person, m from (select person, amount as m from orders) as o'],
    ['told', 'select id, m from (select id, amount as m from orders union all select 0, 1) as o'],
    ['told', 'select id, sum(amount) over (partition by person) as m from orders'],
    [
      'told',
      'select person as p, max(t) as m from (select person, sum(amount) as t from orders group by 1) as o group by 1',
    ],
    [
      'refused',
      'with o as (select person, sum(amount) as m from orders group by 1) select person, m from o',
    ],
    [
      'refused',
      'select person, m from (select person, sum(amount) as m from orders group by 1) as o',
    ],
    [
      'refused',
      'with o as (select person, sum(amount) as m from orders group by 1) select * from o',
    ],
    ['refused', 'select person, sum(amount) as m from orders group by 1 union all select 0, 1'],
    ['refused', 'select person, sum(amount) as t, t * 2 as m from orders group by person'],
    [
      'refused',
      'select p, m from (select p, m from (select person as p, max(id) as m from orders group by 1) as a) as b',
    ],
  ])('are %s: %s', (is, text) => {
    expect(traced(text).untoldOf('m')).toEqual(
      is === 'told' ? undefined : expect.stringContaining('the measure "m", which is aggregated'),
    )
  })
})

describe('what a short text makes of itself', () => {
  const chain = (levels: number, of: (before: string) => string) =>
    Array.from({ length: levels }, (_, i) => `c${i + 1} as materialized (${of(`c${i}`)})`).join(
      ', ',
    )

  test('parts of WITH that name each other twice are refused before they fill the machine', () => {
    const doubled = (levels: number) => `with c0 as materialized (select 1 as x),
      ${chain(levels, (before) => `select p.x from ${before} p join ${before} q using (x)`)}
      select o.id, c${levels}.x from orders o join c${levels} on c${levels}.x = o.id`
    expect(untold(doubled(12))).toContain('more than 200 sub-queries')
    expect(untold(doubled(25))).toContain('more than 200 sub-queries')
    expect(untold(doubled(3))).toBeUndefined()
  })

  test('what they ask is looked for once in each', () => {
    const parts = Array.from(
      { length: 40 },
      (_, i) => `c${i + 2} as (select id from c${i + 1} where id in (select id from c${i}))`,
    ).join(', ')
    const text = `with c0 as (select id from products), c1 as (select id from people), ${parts}
      select channel, count(*) as n from orders where id in (select id from c41) group by channel`
    expect(traced(text).asked.toSorted()).toEqual(['people', 'products'])
  })

  test('windows in windows are written once at each level, and equal ones are one', async () => {
    await fill(shop)
    const over = (by: string) => `sum(n) over (partition by ${by})`
    const nest = (levels: number): string =>
      levels === 0
        ? 'select id, person, product, amount as n from orders'
        : `select id, person, product, ${over('person')} + ${over('product')} + ${over('PERSON, product')} + ${over('id')} as n
           from (${nest(levels - 1)}) as o${levels}`
    const printed = (levels: number) => {
      const [orders] = traced(nest(levels)).tables as [TracedTable]
      return print(orders.behind({ where: sql`id = ${value(1)}` }), duckdb).text.length
    }
    expect(printed(6)).toBeLessThan(8 * printed(2))
    expect(await behind(nest(1), sql`id = 5`)).toEqual({ 'o1.orders': [2, 5, 6, 7] })
    const same = traced(
      `select ${over('person')} + ${over(' person ')} as m, id from (${nest(0)}) as o`,
    )
    const other = traced(
      `select ${over('person')} + ${over('product')} as m, id from (${nest(0)}) as o`,
    )
    const nearOf = ({ tables: [one] }: Traced) =>
      print(one!.behind({ where: sql`true` }), duckdb).text.split('exists (').length
    expect(nearOf(other) - nearOf(same)).toBe(1)
  })
})

describe('what is computed from the rows behind equals the row', () => {
  test.each(Object.entries(recomputed))('%s', async (_, text) => {
    await fc.assert(
      fc.asyncProperty(data, async (rows) => {
        await fill(rows)
        const answer = await engine.rows(checkQuery(text, relations).part)
        for (const row of answer.slice(0, 4)) {
          const is = Object.entries(row)
            .filter(([, of]) => typeof of === 'string' || of === null || Number.isInteger(of))
            .map(([name, of]) =>
              of === null
                ? sql`${column(name)} is null`
                : sql`${column(name)} = ${value(of as string | number)}`,
            )
          expect(await answerFrom(text, join(is, sql` and `))).toContainEqual(row)
        }
      }),
      { numRuns: 8 },
    )
  })
})

test('the ids are those that somebody finds by hand', async () => {
  await fill(shop)
  const found = await behind(recomputed['nested twice'] ?? '', sql`region = 'north'`)
  expect(found['p.days.orders']).toEqual(
    await ids(
      sql`select o.id from model.orders o join model.people on people.id = o.person where region = 'north'`,
    ),
  )
})
