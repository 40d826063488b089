import { type Route, route } from '#kernel/route.ts'
import * as api from './api.ts'
import type { Graph } from './graph.ts'

/** The HTTP face of the graph. */
export const graphRoutes = (graph: Graph): readonly Route[] => [
  route({
    method: 'GET',
    path: '/graph',
    summary: 'Everything derived: what it is made from, how fresh it is and why it is stale',
    tag: 'graph',
    may: 'read',
    answer: api.graphAnswer,
    run: async () => {
      const nodes = await graph.view()
      const edges = nodes.flatMap(({ key, inputs }) => inputs.map((from) => ({ from, to: key })))
      return { nodes, edges }
    },
  }),
  route({
    method: 'GET',
    path: '/graph/:key',
    summary: 'One node of the graph',
    tag: 'graph',
    may: 'read',
    params: api.nodeParams,
    answer: api.nodeAnswer,
    run: ({ params }) => graph.get(params.key),
  }),
]
