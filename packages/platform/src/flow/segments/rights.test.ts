import { expect, test } from 'vitest'
import { insightKind, insightRoutes } from '#insights'
import { tenantModel } from '#insights/testing'
import type { Route } from '#kernel/route.ts'
import { queryRoutes } from '#query'
import { segmentKind } from './kinds.ts'
import { segmentRoutes } from './routes.ts'

// What the routes would do is not asked, so the rooms behind them need not be there.
const nothing = {} as never
const routes: readonly Route[] = [
  ...queryRoutes(nothing),
  ...insightRoutes(nothing, nothing),
  ...segmentRoutes(nothing),
]

test('whoever asks in SQL must be allowed to read', () => {
  const asking = routes.filter(({ body }) => JSON.stringify(body ?? {}).includes('"sql"'))
  const paths = asking.map(({ method, path, may }) => `${may} ${method} ${path}`)
  expect(paths).toEqual(
    expect.arrayContaining([
      'read POST /query',
      'read POST /query/check',
      'read POST /insights/preview',
      'read POST /segments/count',
      'read POST /segments/sample',
    ]),
  )
  expect(asking.filter(({ may }) => may !== 'read')).toEqual([])
})

test('whoever saves SQL must be allowed to read', () => {
  const segment = segmentKind({ modelIn: () => tenantModel, shapesIn: nothing })
  const about = { label: 'a', on: 'individual' }
  expect(segment.rights?.({ ...about, sql: 'select 1' })).toEqual(['read'])
  expect(segment.rights?.({ ...about, include: { all: [] } })).toEqual([])
  const insight = insightKind(() => [])
  expect(insight.rights?.({ label: 'a', sql: 'select 1' })).toEqual(['read'])
  expect(insight.rights?.({ label: 'a', build: { from: 'x', measures: [] } })).toEqual([])
})
