import { describe, expect, test } from 'vitest'
import { catalogueOf } from '#definitions'
import { memoryEngine } from '#engine/testing'
import { systemCaller } from '#kernel/caller.ts'
import type { Route } from '#kernel/route.ts'
import type { QueryFunctions } from './api.ts'
import { makeExplore } from './explore.ts'
import { isAllowed } from './functions.ts'
import { savedQueryKind } from './kinds.ts'
import { queryRoutes } from './routes.ts'
import { fillShop, shop } from './testing/shop.ts'

const engine = await memoryEngine()
await fillShop(engine)
let ms = 0
const explore = makeExplore({ engine, relations: async () => shop, elapsed: () => (ms += 5) })

describe('exploring', () => {
  test('gives rows with the types of their columns', async () => {
    expect(await explore.run('select id, total from sales_order order by total desc')).toEqual({
      columns: [
        { name: 'id', type: 'integer' },
        { name: 'total', type: 'decimal' },
      ],
      rows: [
        { id: 11, total: 20.25 },
        { id: 10, total: 9.5 },
        { id: 12, total: 5 },
      ],
      truncated: false,
      reads: [{ relation: 'sales_order', columns: ['id', 'total'] }],
      tookMs: 5,
    })
  })

  test('keeps the order, and says when there is more', async () => {
    const sql = 'select n from range(50000) t(n) order by n desc'
    const answer = await explore.run(sql, { limit: 3 })
    expect(answer.rows.map((row) => row['n'])).toEqual([49999, 49998, 49997])
    expect(answer.truncated).toBe(true)
    expect((await explore.run(sql)).rows).toHaveLength(1000)
    expect(await explore.run('select 1 as a limit 5', { limit: 1 })).toMatchObject({
      truncated: false,
    })
  })

  test.each([0, 10_001, 1.5])('refuses the limit %s', async (limit) => {
    await expect(explore.run('select 1', { limit })).rejects.toMatchObject({
      code: 'query.bad_limit',
    })
  })

  test.each(['select', 'select ;', 'select from sales_order'])(
    'refuses %s, which selects nothing',
    async (text) => {
      await expect(explore.run(text)).rejects.toMatchObject({
        code: 'query.nothing_selected',
      })
    },
  )

  test('refuses before it asks, and passes on what the engine refuses', async () => {
    await expect(explore.run('select * from nowhere')).rejects.toMatchObject({
      code: 'query.unknown_relation',
    })
    await expect(explore.run("select cast('x' as int)")).rejects.toMatchObject({
      code: 'engine.bad_sql',
    })
  })

  test('stops when nobody waits any more', async () => {
    const endless = 'select count(*) from range(100000000) a, range(100000) b'
    await expect(explore.run(endless, { signal: AbortSignal.timeout(50) })).rejects.toThrow(
      /timeout/i,
    )
  })

  test('shows relations without their tables', async () => {
    expect(JSON.stringify(await explore.relations())).not.toMatch(/"model"|first_name|_profile/)
  })
})

describe('routes', () => {
  const routes = queryRoutes(explore)
  const ask = (path: string, body: object = {}) => {
    const found = routes.find((candidate) => candidate.path === path)
    // The server reads the body with the route's own schema; this stands in its place.
    const request = {
      body,
      params: {},
      query: {},
      caller: systemCaller,
      signal: new AbortController().signal,
    }
    return found?.run(request as unknown as Parameters<Route['run']>[0])
  }

  test('answer with JSON, large integers as text', async () => {
    const body = { sql: 'select 9007199254740993 as a, [9007199254740993] as b, {x: 1} as c' }
    expect(await ask('/query', body)).toMatchObject({
      rows: [{ a: '9007199254740993', b: ['9007199254740993'], c: { x: 1 } }],
    })
  })

  test('check without asking', async () => {
    expect(await ask('/query/check', { sql: 'select id from sales_order' })).toEqual({
      reads: [{ relation: 'sales_order', columns: ['id'] }],
      columns: ['id'],
      lineage: { id: [{ relation: 'sales_order', column: 'id' }] },
    })
    expect(await ask('/relations')).toHaveLength(2)
  })

  test('every function that is listed may be used', async () => {
    const listed = (await ask('/query-functions')) as QueryFunctions
    expect(listed).toContainEqual({ name: 'date_trunc', family: 'date' })
    expect(listed.map(({ name }) => name).filter((name) => !isAllowed(name))).toEqual([])
  })
})

describe('questions that are kept', () => {
  const judge = (sql: string) =>
    savedQueryKind.check?.({ sql }, catalogueOf([]), { kind: 'query', key: 'a' })

  test('may read what is not there yet, and have to be readable', () => {
    expect(judge('select a from later')).toEqual([])
    expect(judge('select a frm later where')).toMatchObject([
      { code: 'query.syntax', at: expect.stringMatching(/^sql\.line 1, column \d+$/) },
    ])
  })
})
