import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import {
  alert,
  castBody,
  conflictAnswer,
  conflictParams,
  eventWay,
  fieldConflict,
  hoursQuery,
  newReplay,
  positionParams,
  replay,
  replayParams,
  replayStarted,
  retryAnswer,
  retryBody,
  streamHours,
  streamParams,
} from './api.ts'
import type { Arrivals } from './arrivals.ts'

const common = { tag: 'arrivals', may: 'read' } as const

const decision = {
  ...common,
  may: 'write',
  method: 'POST',
  params: conflictParams,
  answer: conflictAnswer,
} as const

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
    path: '/streams/:key/conflicts',
    summary: 'Fields with values that do not fit their columns and stand beside them',
    params: streamParams,
    answer: list(fieldConflict),
    run: ({ params }) => arrivals.conflicts(params.key),
  }),
  route({
    ...decision,
    path: '/streams/:key/conflicts/:field/accept',
    summary: 'Let a field take all of its values, as text',
    run: ({ params: { key: stream, field }, caller }) =>
      arrivals.decide(caller, { stream, field, decision: { kind: 'accept' } }),
  }),
  route({
    ...decision,
    path: '/streams/:key/conflicts/:field/cast',
    summary: 'Give a field a type and read all of its values as that',
    body: castBody,
    run: ({ params: { key: stream, field }, body, caller }) =>
      arrivals.decide(caller, { stream, field, decision: { kind: 'cast', ...body } }),
  }),
  route({
    ...decision,
    path: '/streams/:key/conflicts/:field/refuse',
    summary: 'Take the rows out whose value of a field does not fit; they become rejected records',
    run: ({ params: { key: stream, field }, caller }) =>
      arrivals.decide(caller, { stream, field, decision: { kind: 'refuse' } }),
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
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/replays',
    summary: 'Run events of the log again as things are defined today, beside what is there',
    body: newReplay,
    answer: replayStarted,
    run: ({ body, caller, signal }) => arrivals.replays.start(caller, body, signal),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/replays',
    summary: 'Replays, newest first, with what they would change',
    answer: list(replay),
    run: () => arrivals.replays.list(),
  }),
  route({
    ...common,
    method: 'GET',
    path: '/replays/:id',
    summary: 'One replay with what it would change',
    params: replayParams,
    answer: replay,
    run: ({ params }) => arrivals.replays.get(params.id),
  }),
  route({
    ...common,
    may: 'write',
    method: 'POST',
    path: '/replays/:id/swap',
    summary: 'Put what was compared in the place of what is there',
    params: replayParams,
    answer: replayStarted,
    run: ({ params, caller }) => arrivals.replays.swap(caller, params.id),
  }),
  route({
    ...common,
    may: 'write',
    method: 'DELETE',
    path: '/replays/:id',
    summary: 'Give a replay up',
    params: replayParams,
    run: ({ params, caller }) => arrivals.replays.discard(caller, params.id),
  }),
]
