import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  insightOverview,
  insightParams,
  insightValues,
  preview,
  previewBody,
  profileParams,
  refreshed,
  row,
  rowsQuery,
} from './api.ts'
import type { Insights } from './insights.ts'

const common = { tag: 'insights', may: 'read' } as const

/** The HTTP face of insights. They are defined with the other definitions, as kind `insight`. */
export const insightRoutes = (insights: Insights): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/insights',
    summary: 'All insights with the range of each measure',
    answer: list(insightOverview),
    run: () => insights.list(),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/insights/preview',
    summary: 'The first 100 rows that SQL would give',
    body: previewBody,
    answer: preview,
    run: ({ body, signal }) => insights.preview(body.sql, signal),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/insights/values/:profile',
    summary: 'What all insights say about one person',
    params: profileParams,
    answer: list(insightValues),
    run: ({ params }) => insights.valuesOf(BigInt(params.profile)),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/insights/:key',
    summary: 'One insight with the range of each measure',
    params: insightParams,
    answer: insightOverview,
    run: ({ params }) => insights.get(params.key),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/insights/:key/rows',
    summary: 'The first rows of an insight',
    params: insightParams,
    query: rowsQuery,
    answer: list(row),
    run: ({ params, query }) => insights.rows(params.key, query.limit ?? 100),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/insights/:key/refresh',
    summary: 'Compute an insight now',
    may: 'write',
    params: insightParams,
    answer: refreshed,
    run: ({ params, signal }) => insights.refresh(params.key, signal),
  }),
]
