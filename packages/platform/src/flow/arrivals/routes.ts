import { eventWay, positionParams } from '#collect/api'
import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import { alert, hoursQuery, retryAnswer, retryBody, streamHours, streamParams } from './api.ts'
import type { Arrivals } from './arrivals.ts'

const common = { tag: 'arrivals', may: 'read' } as const

/** The HTTP face of arrivals. */
export const arrivalRoutes = (arrivals: Arrivals): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/streams/:key/hours',
    summary: 'What became of what arrived in a stream, hour by hour, and what still waits',
    params: streamParams,
    query: hoursQuery,
    answer: streamHours,
    run: ({ params, query }) => arrivals.hours(params.key, query),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/streams/:key/rejected/retry',
    summary: 'Try rejected records again, mended or as they were',
    params: streamParams,
    body: retryBody,
    answer: retryAnswer,
    run: ({ params, body, caller, signal }) =>
      arrivals.retry(caller, { stream: params.key, wish: body, signal }),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/alerts',
    summary: 'Streams that brought far more or far less than usual at this time of day',
    answer: list(alert),
    run: () => arrivals.alerts(),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/events/:position',
    summary: 'The way of one event: received, checked, stored, mapped, and whose it became',
    params: positionParams,
    answer: eventWay,
    run: ({ params }) => arrivals.way(params.position),
  }),
]
