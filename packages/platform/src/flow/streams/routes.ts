import { anything, list, object, record } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  connectorView,
  lookBody,
  pageQuery,
  rejectedQuery,
  rejectedRecord,
  sourceLook,
  streamOverview,
  streamParams,
  streamRun,
  triedConnection,
  tryBody,
} from './api.ts'
import { type ConnectTools, connectorViews, lookAtSource, tryConnection } from './connect.ts'
import type { Streams } from './streams.ts'

const common = { tag: 'streams', may: 'read' } as const

/** The HTTP face of setting up a connection, before anything is defined. */
export const connectRoutes = (tools: ConnectTools): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/connectors',
    summary: 'The systems that can be read or received from, with what each asks for',
    answer: list(connectorView),
    run: async () => connectorViews(tools),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/connections/try',
    summary: 'Ask a system what could be taken, with settings that need not be defined yet',
    body: tryBody,
    answer: triedConnection,
    run: ({ body, signal }) => tryConnection(tools, { ...body, signal }),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/connections/look',
    summary: 'What the first batch of a source holds: fields, types and examples; nothing is kept',
    body: lookBody,
    answer: sourceLook,
    run: ({ body, signal }) => lookAtSource(tools, { ...body, signal }),
  }),
]

/** The HTTP face of streams. */
export const streamRoutes = (streams: Streams): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/streams',
    summary: 'All streams with their ledgers',
    answer: list(streamOverview),
    run: () => streams.list(),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/streams/:key',
    summary: 'One stream with its ledger and its fields',
    params: streamParams,
    answer: streamOverview,
    run: ({ params }) => streams.get(params.key),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/streams/:key/runs',
    summary: 'The runs of a stream, newest first',
    params: streamParams,
    query: pageQuery,
    answer: list(streamRun),
    run: ({ params, query }) => streams.runsOf(params.key, query.limit ?? 50),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/streams/:key/rejected',
    summary: 'Records that could not be taken, with the reason and their text',
    params: streamParams,
    query: rejectedQuery,
    answer: list(rejectedRecord),
    run: ({ params, query }) => streams.rejectedOf(params.key, query),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/streams/:key/rows',
    summary: 'The first rows of a stream as they are now',
    params: streamParams,
    query: object({ limit: pageQuery.properties.limit }),
    answer: list(record(anything())),
    run: ({ params, query }) => streams.preview(params.key, Math.min(500, query.limit ?? 50)),
  }),
]
