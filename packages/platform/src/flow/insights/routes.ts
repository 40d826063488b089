import type { Definitions } from '#definitions'
import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  comparison,
  comparisonBody,
  insightOverview,
  insightParams,
  insightSql,
  insightValues,
  lineageAnswer,
  preview,
  previewBody,
  profileParams,
  refreshed,
  rollupQuestion,
  row,
  rowsQuery,
  templateBody,
  templateMade,
  templateOverview,
  templateParams,
} from './api.ts'
import { type Insights, shownRun } from './insights.ts'
import { behindAnswer, behindBody } from './rows-api.ts'

const common = { tag: 'insights', may: 'read' } as const

/** The HTTP face of insights. They are defined with the other definitions, as kind `insight`. */
export const insightRoutes = (
  insights: Insights,
  definitions: Pick<Definitions, 'put'>,
): readonly Route[] => [
  ...routesOfAll(insights),
  ...routesOfTemplates(insights, definitions),
  ...routesOfOne(insights),
]

const routesOfAll = (insights: Insights): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/insights',
    summary: 'All insights with the range of each measure, and why one is stale',
    answer: list(insightOverview),
    run: () => insights.list(),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/insights/preview',
    summary: 'The first rows that SQL or a definition would give; nothing is kept',
    body: previewBody,
    answer: preview,
    run: ({ body, signal }) => insights.preview(body, signal),
  }),
  route({
    ...common,
    may: 'read_customers',
    method: 'GET',
    path: '/insights/values/:profile',
    summary: 'What all insights say about one person',
    params: profileParams,
    answer: list(insightValues),
    run: ({ params }) => insights.valuesOf(BigInt(params.profile)),
  }),
]

const routesOfTemplates = (
  insights: Insights,
  definitions: Pick<Definitions, 'put'>,
): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/insights/templates',
    summary: 'Ready-made insights, each with what the model lacks for it',
    answer: list(templateOverview),
    run: () => insights.templates(),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/insights/templates/:template',
    summary: 'Define a ready-made insight; refused with what is missing',
    may: 'write',
    params: templateParams,
    body: templateBody,
    answer: templateMade,
    run: async ({ params: { template }, body: { key = template }, caller }) => {
      const body = await insights.fromTemplate(template)
      await definitions.put({ kind: 'insight', key, body }, caller, { over: 0 })
      return { key }
    },
  }),
]

const routesOfOne = (insights: Insights): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/insights/:key',
    summary: 'One insight with the range of each measure, its last run, and why it is stale',
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
    path: '/insights/:key/rows',
    summary: 'The rows that one row of an insight was computed from, newest first',
    params: insightParams,
    body: behindBody,
    answer: behindAnswer,
    run: ({ params, body, signal }) => insights.rowsBehind(params.key, body, signal),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/insights/:key/query',
    summary:
      'Rows put together to fewer dimensions or coarser times; refused where that is impossible',
    params: insightParams,
    body: rollupQuestion,
    answer: preview,
    run: ({ params, body, signal }) => insights.query(params.key, body, signal),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/insights/:key/preview',
    summary: 'Compute a version of an insight beside the kept rows and tell how they differ',
    params: insightParams,
    body: comparisonBody,
    answer: comparison,
    run: ({ params, body, signal }) => insights.compare(params.key, body.definition, signal),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/insights/:key/sql',
    summary: 'The SQL of an insight, also of one built from parts',
    params: insightParams,
    answer: insightSql,
    run: ({ params }) => insights.sql(params.key),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/insights/:key/lineage',
    summary: 'Which fields each column of an insight is made of',
    params: insightParams,
    answer: lineageAnswer,
    run: ({ params }) => insights.lineage(params.key),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/insights/:key/refresh',
    summary: 'Compute an insight now, whole',
    may: 'write',
    params: insightParams,
    answer: refreshed,
    run: async ({ params, signal }) => {
      const { run, ...done } = await insights.refresh(params.key, { signal })
      return { ...done, run: shownRun(run) }
    },
  }),
]
