import type { Caller } from '#kernel/caller.ts'
import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import type { Activations, DeliveryPage } from './activations.ts'
import * as api from './api.ts'

const tag = 'activation'

/** The HTTP face of activations. */
export function activationRoutes(of: {
  readonly activations: Activations
  /** Writes down who did what; given by whoever wires the rooms. */
  readonly record: (caller: Caller, verb: string, subject: string) => Promise<unknown>
}): readonly Route[] {
  return [...listingRoutes(of.activations), ...deliveryRoutes(of)]
}

const listingRoutes = ({ list: activations, get, preview, destinations }: Activations) => [
  route({
    method: 'GET',
    path: '/activations',
    summary: 'All activations with their ledgers',
    tag,
    may: 'read',
    answer: list(api.activationAnswer),
    run: () => activations(),
  }),
  route({
    method: 'GET',
    path: '/activations/:key',
    summary: 'An activation with its ledger',
    tag,
    may: 'read',
    params: api.activationParams,
    answer: api.activationAnswer,
    run: ({ params }) => get(params.key),
  }),
  route({
    method: 'POST',
    path: '/activations/:key/preview',
    summary: 'What would be sent: the first 20 rows',
    tag,
    may: 'read',
    params: api.activationParams,
    answer: api.previewAnswer,
    run: ({ params }) => preview(params.key),
  }),
  route({
    method: 'GET',
    path: '/destinations',
    summary: 'All destinations and what they promise',
    tag,
    may: 'read',
    answer: list(api.destinationAnswer),
    run: () => destinations(),
  }),
]

const deliveryRoutes = ({ activations, record }: Parameters<typeof activationRoutes>[0]) => [
  route({
    method: 'GET',
    path: '/activations/:key/deliveries',
    summary: 'What was sent, what waits and what was given up, newest first',
    tag,
    may: 'read',
    params: api.activationParams,
    query: api.deliveriesQuery,
    answer: list(api.deliveryAnswer),
    run: ({ params, query }) => activations.deliveries(params.key, pageOf(query)),
  }),
  route({
    method: 'POST',
    path: '/activations/:key/retry',
    summary: 'Try again what was given up: one delivery by its id, or all',
    tag,
    may: 'write',
    params: api.activationParams,
    body: api.retryBody,
    answer: api.retryAnswer,
    run: async ({ params, body, caller }) => {
      const batches = await activations.retry(params.key, body.id)
      await record(caller, 'activation.retry', `activation:${params.key}`)
      return { batches }
    },
  }),
]

function pageOf(query: {
  readonly state?: DeliveryPage['state']
  readonly before?: string
  readonly limit?: string
}): DeliveryPage {
  return {
    ...(query.state === undefined ? {} : { state: query.state }),
    ...(query.before === undefined ? {} : { before: Number(query.before) }),
    ...(query.limit === undefined ? {} : { limit: Number(query.limit) }),
  }
}
