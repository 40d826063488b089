import { describe, expect, test } from 'vitest'
import { duckdb, print, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { problemsOfMembership } from './check.ts'
import { compile } from './compile.ts'
import type { Comparison, Condition, Membership } from './definition.ts'
import { memberTable } from './tables.ts'
import { profileId, segmentTenant, tenantGround, tenantSubjects } from './testing/index.ts'

const now = new Date('2026-02-16T12:00:00Z')
const orders = { related: 'sales_order', measure: 'count' } as const

const goldens: Readonly<Record<string, Membership>> = {
  vips: {
    include: {
      all: [
        { field: 'country', op: 'in', value: ['France', 'Italy'] },
        { insight: 'spend.total', op: '>', value: 1000 },
        { ...orders, op: '>=', value: 3 },
      ],
    },
  },
  'web-regulars': {
    include: {
      any: [
        { ...orders, where: { field: 'channel', op: '=', value: 'web' }, op: '>=', value: 2 },
        {
          ...orders,
          where: {
            all: [
              { field: 'purchased_at', op: 'within_last_days', value: 90 },
              { not: { field: 'status', op: 'contains', value: 'cancel' } },
            ],
          },
          measure: 'sum',
          of: 'grand_total_amount',
          op: '>',
          value: 99.5,
        },
      ],
    },
    exclude: { segment: 'vips' },
  },
  'cross-sell': {
    include: {
      sequence: [
        {
          related: 'sales_order_product',
          where: { field: 'product_id.category', op: '=', value: 'bikes' },
        },
        {
          related: 'sales_order_product',
          where: { field: 'product_id.category', op: '=', value: 'helmets' },
          within: { value: 7, unit: 'day' },
          never: true,
        },
      ],
    },
    time_zone: 'Europe/Paris',
    rank: {
      first: 3,
      per: 'country',
      by: { ...orders, measure: 'last', of: 'grand_total_amount' },
    },
  },
  'never-bought': { include: { ...orders, op: '=', value: 0 } },
  'win-back': {
    include: {
      all: [
        { ...orders, measure: 'max', of: 'purchased_at', op: 'before', value: '2025-09-01' },
        { not: { field: 'birth_date', op: 'after', value: '2008-01-01' } },
      ],
    },
  },
}

test.each(Object.entries(goldens))('the SQL of %s', async (name, membership) => {
  expect(problemsOfMembership(membership, tenantSubjects)).toEqual([])
  for (const dialect of [duckdb]) {
    const { text } = print(compile(membership, tenantGround(now)), dialect)
    await expect(`${text}\n`).toMatchFileSnapshot(`goldens/${name}.${dialect.name}.sql`)
  }
})

describe('who is meant', async () => {
  const engine = await memoryEngine()
  await segmentTenant(engine)
  await engine.change('vips', (writer) =>
    writer.run(
      sql`insert into ${memberTable} (segment, profile) values ('vips', ${value(profileId(3))}), ('others', ${value(profileId(4))})`,
    ),
  )
  const names = ['', 'ada', 'bob', 'cleo', 'dan', 'eve']

  const who = async (membership: Membership) => {
    expect(problemsOfMembership(membership, tenantSubjects)).toEqual([])
    const rows = await engine.rows(
      sql`select profile from (${compile(membership, tenantGround(now))}) t order by 1`,
    )
    const ids = rows.map((row) => BigInt(String(row['profile'])))
    return ids.map((id) => names[Number(id - profileId(0))]).join(' ')
  }
  const include = (condition: Condition) => who({ include: condition })
  const field = (name: string, asked: Comparison) => include({ field: name, ...asked })
  const opposite = (name: string, asked: Comparison) => include({ not: { field: name, ...asked } })

  // Dan's country is '' and Eve's is null: both are empty.
  test.each([
    ['country', { op: '=', value: 'france' }, 'ada bob'],
    ['country', { op: '=', value: 'France', case_sensitive: true }, 'ada'],
    ['country', { op: '<>', value: 'france' }, 'cleo dan eve'],
    ['country', { op: 'in', value: ['FRANCE', "côte d'ivoire"] }, 'ada bob cleo'],
    ['country', { op: 'not in', value: ['france'] }, 'cleo dan eve'],
    ['country', { op: 'contains', value: "D'I" }, 'cleo'],
    ['country', { op: 'contains', value: '%' }, ''],
    ['country', { op: 'starts_with', value: 'fra' }, 'ada bob'],
    ['country', { op: 'ends_with', value: 'CE' }, 'ada bob'],
    ['country', { op: 'is_empty' }, 'dan eve'],
    ['country', { op: 'is_filled' }, 'ada bob cleo'],
    ['yearly_income', { op: '>', value: 10 }, 'bob'],
    ['yearly_income', { op: '>=', value: 10 }, 'bob eve'],
    ['yearly_income', { op: '>', value: 9.99999 }, 'bob eve'],
    ['yearly_income', { op: 'between', value: [10, 52000.5] }, 'bob eve'],
    ['yearly_income', { op: '<>', value: 10 }, 'ada bob cleo dan'],
    ['number_of_children', { op: '=', value: 0 }, 'bob'],
    ['number_of_children', { op: 'is_empty' }, 'cleo dan eve'],
    ['owns_home', { op: '=', value: false }, 'bob'],
    ['owns_home', { op: '<>', value: false }, 'ada cleo dan eve'],
    ['birth_date', { op: 'before', value: '1985-12-10' }, ''],
    ['birth_date', { op: 'on', value: '1985-12-10' }, 'ada'],
    ['created_at', { op: 'on', value: '2026-01-31' }, 'cleo'],
    ['created_at', { op: '=', value: '2026-01-31T12:00+02:00' }, 'cleo'],
    ['created_at', { op: '<>', value: '2026-01-31' }, 'ada bob dan eve'],
    ['created_at', { op: 'after', value: '2026-01-31' }, ''],
    ['created_at', { op: '>=', value: '2026-01-31' }, 'cleo'],
    ['created_at', { op: '<=', value: '2026-01-31' }, 'cleo'],
    ['created_at', { op: '<=', value: '2026-01-31T09:59:59Z' }, ''],
    ['created_at', { op: 'between', value: ['2026-01-30', '2026-01-31'] }, 'cleo'],
    ['created_at', { op: 'within_last_days', value: 17 }, 'cleo'],
    ['created_at', { op: 'within_last_days', value: 16 }, ''],
    ['created_at', { op: 'not_within_last_days', value: 17 }, 'ada bob dan eve'],
    ['created_at', { op: 'within_next_days', value: 17 }, ''],
    // Where the calendar of four digits ends, and beyond.
    ['created_at', { op: '<=', value: '9999-12-31' }, 'cleo'],
    ['created_at', { op: 'on', value: '9999-12-31' }, ''],
    ['created_at', { op: 'within_next', value: 10_000, unit: 'year' }, ''],
    ['birth_date', { op: 'within_last', value: 10_000, unit: 'year' }, 'ada'],
    ['birth_date', { op: 'more_than_ago', value: 10_000, unit: 'quarter' }, ''],
  ] as const)('%s %j', async (name, asked, expected) => {
    // The table is written as plain data.
    const comparison = structuredClone(asked) as unknown as Comparison
    expect(await field(name, comparison)).toBe(expected)
    const others = names.slice(1).filter((person) => !expected.split(' ').includes(person))
    expect(await opposite(name, comparison)).toBe(others.join(' '))
  })

  test('rows that belong to a person, some of them, and none', async () => {
    expect(await include({ ...orders, op: '>=', value: 3 })).toBe('ada')
    expect(await include({ ...orders, op: '=', value: 0 })).toBe('dan')
    const web = { field: 'channel', op: '=', value: 'web' } as const
    expect(await include({ ...orders, where: web, op: '>=', value: 1 })).toBe('ada cleo eve')
    expect(await include({ ...orders, where: web, op: '<', value: 1 })).toBe('bob dan')
    const amount = { ...orders, measure: 'sum', of: 'grand_total_amount' } as const
    expect(await include({ ...amount, op: '>', value: 400 })).toBe('ada cleo')
    // Whoever has no rows has no sum, which is not the same as a sum of 0.
    expect(await include({ ...amount, op: '<', value: 100 })).toBe('bob eve')
    expect(await include({ ...amount, op: 'is_empty' })).toBe('dan')
    expect(await include({ ...amount, measure: 'avg', op: 'between', value: [100, 150] })).toBe(
      'ada',
    )
    const last = { ...orders, measure: 'max', of: 'purchased_at' } as const
    expect(await include({ ...last, op: 'on', value: '2026-02-14' })).toBe('bob')
    expect(await include({ ...last, op: 'not_within_last_days', value: 30 })).toBe('cleo dan')
  })

  // Ada: 5 January 9:00 (web), 10 February 9:00 (store), 1 June 2025 9:00 (web). Bob: 14 February (store). Eve: 15 February 12:00 (web).
  test('rows one after the other, to the minute', async () => {
    const order = { related: 'sales_order' } as const
    const web = { ...order, where: { field: 'channel', op: '=', value: 'web' } } as const
    const store = { ...order, where: { field: 'channel', op: '=', value: 'store' } } as const
    const then = (minutes: number) =>
      ({ ...store, within: { value: minutes, unit: 'minute' } }) as const
    const gap = 36 * 24 * 60
    expect(await include({ sequence: [web, store] })).toBe('ada')
    expect(await include({ sequence: [store, web] })).toBe('')
    expect(await include({ sequence: [web, then(gap)] })).toBe('ada')
    expect(await include({ sequence: [web, then(gap - 1)] })).toBe('')
    // One row is not after itself, also where it fits both steps.
    expect(await include({ sequence: [store, store] })).toBe('')
    expect(await include({ sequence: [web, web, then(gap)] })).toBe('ada')
    expect(
      await include({ sequence: [web, { ...web, within: { value: 200, unit: 'day' } }] }),
    ).toBe('')
    const never = (value: number, unit: 'hour' | 'minute') =>
      ({ ...order, within: { value, unit }, never: true }) as const
    expect(await include({ sequence: [order, { ...order, never: true }] })).toBe('ada bob cleo eve')
    // Eve ordered 24 hours ago: only after those are over it is known that nothing came within them.
    expect(await include({ sequence: [order, never(24, 'hour')] })).toBe('ada bob cleo')
    expect(await include({ sequence: [order, never(24 * 60 - 1, 'minute')] })).toBe(
      'ada bob cleo eve',
    )
    expect(await include({ sequence: [web, { ...never(1, 'hour') }] })).toBe('ada cleo eve')
  })

  test('insights and segments', async () => {
    expect(await include({ insight: 'spend.total', op: '>=', value: 420.5 })).toBe('ada cleo')
    expect(await include({ not: { insight: 'spend.total', op: '>', value: 0 } })).toBe('dan')
    expect(await include({ segment: 'vips' })).toBe('cleo')
    expect(await include({ not: { segment: 'vips' } })).toBe('ada bob dan eve')
  })

  test('an empty "all" holds for everyone and an empty "any" for nobody', async () => {
    expect(await include({ all: [] })).toBe('ada bob cleo dan eve')
    expect(await include({ any: [] })).toBe('')
    expect(await who({ include: { all: [] }, exclude: { all: [] } })).toBe('')
  })

  test('who is to be left out is left out, also where the answer is not known', async () => {
    const income = { field: 'yearly_income', op: '<', value: 100 } as const
    expect(await who({ include: { all: [] }, exclude: income })).toBe('ada bob cleo dan')
  })

  test('a table or a field that nothing has filled yet is empty', async () => {
    const ground = { ...tenantGround(now), columns: () => new Set<string>() }
    const count = async (condition: Condition) => {
      const who = compile({ include: condition }, ground)
      return (await engine.rows(sql`select profile from (${who}) t`)).length
    }
    expect(await count({ ...orders, related: 'case', op: '=', value: 0 })).toBe(5)
    expect(await count({ ...orders, measure: 'sum', of: 'tax_amount', op: 'is_empty' })).toBe(5)
    expect(await count({ field: 'country', op: 'is_filled' })).toBe(0)
  })
})
