import type { Caller } from '#kernel/caller.ts'
import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import type { Activations, DeliveryPage } from './activations.ts'
import * as api from './api.ts'
import { destinationDefinitions } from './destinations/definitions.ts'

const tag = 'activation'

/** The HTTP face of activations. */
export function activationRoutes(of: {
  readonly activations: Activations
  /** Writes down who did what; given by whoever wires the rooms. */
  readonly record: (caller: Caller, verb: string, subject: string) => Promise<unknown>
}): readonly Route[] {
  return [...listingRoutes(of.activations), typesRoute, ...testRoutes(of), ...deliveryRoutes(of)]
}

const listingRoutes = ({ list: activations, get, preview, draft, destinations }: Activations) => [
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
    method: 'POST',
    path: '/activations/preview',
    summary: 'What an activation that is still being written would send: the first 20 rows',
    tag,
    may: 'read',
    body: api.previewBody,
    answer: api.previewAnswer,
    run: ({ body: { key = '', body } }) => draft(key, body),
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

const typesRoute = route({
  method: 'GET',
  path: '/destination-types',
  summary: 'The types of destination, with what they promise and the schema of their settings',
  tag,
  may: 'read',
  answer: api.destinationTypesAnswer,
  run: async () =>
    destinationDefinitions.map(({ key: type, label, about, guarantee, settings }) => ({
      type,
      label,
      about,
      guarantee,
      settings,
    })),
})

const testRoutes = ({ activations, record }: Parameters<typeof activationRoutes>[0]) => [
  route({
    method: 'POST',
    path: '/destinations/test',
    summary: 'Whether a destination that is still being written could be delivered to',
    tag,
    // It takes secrets out of the house, as whoever keeps a destination does.
    may: 'write',
    body: api.testBody,
    answer: api.testedAnswer,
    run: async ({ body: { body }, caller, signal }) => {
      await record(caller, 'destination.test', `destination-type:${body.type}`)
      return activations.test(body, signal)
    },
  }),
  route({
    method: 'POST',
    path: '/destinations/:key/test',
    summary: 'Whether a destination could be delivered to; no member is sent',
    tag,
    may: 'write',
    params: api.destinationParams,
    answer: api.testedAnswer,
    run: async ({ params, caller, signal }) => {
      await record(caller, 'destination.test', `destination:${params.key}`)
      return activations.test(params.key, signal)
    },
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
    method: 'GET',
    path: '/activations/:key/dead',
    summary: 'What was given up, by the reason, the most members first',
    tag,
    may: 'read',
    params: api.activationParams,
    answer: list(api.deadAnswer),
    run: ({ params }) => activations.dead(params.key),
  }),
  route({
    method: 'GET',
    path: '/activations/:key/people',
    summary: 'Who was queued or sent, and who is held back and why, page by page',
    tag,
    may: 'read',
    params: api.activationParams,
    query: api.reachedQuery,
    answer: api.reachedAnswer,
    run: ({ params, query: { profile, after, limit = 100, ...of } }) =>
      activations.people(params.key, {
        ...of,
        limit,
        profile: profile === undefined ? undefined : BigInt(profile),
        after: after === undefined ? undefined : BigInt(after),
      }),
  }),
  ...deadRoutes({ activations, record }),
  route({
    method: 'POST',
    path: '/activations/:key/confirm',
    summary: 'Say yes to sending as many members as were counted, and queue them',
    tag,
    may: 'write',
    params: api.activationParams,
    body: api.confirmBody,
    answer: api.confirmAnswer,
    run: async ({ params, body, caller, signal }) => {
      await activations.confirm(params.key, body.members)
      await record(caller, 'activation.confirm', `activation:${params.key}`)
      const { counts } = await activations.refresh(params.key, signal)
      return { members: counts.queued }
    },
  }),
]

/** The same two verbs for what one activation and for what one destination gave up. */
function deadRoutes({ activations, record }: Parameters<typeof activationRoutes>[0]) {
  const verbs = [
    { verb: 'retry', run: activations.retry, summary: 'Try again what was given up' },
    { verb: 'cancel', run: activations.cancel, summary: 'Let go for good of what was given up' },
  ] as const
  const of = [
    { noun: 'activation', params: api.activationParams },
    { noun: 'destination', params: api.destinationParams },
  ] as const
  return verbs.flatMap(({ verb, run, summary }) =>
    of.map(({ noun, params: schema }) =>
      route({
        method: 'POST',
        path: `/${noun}s/:key/${verb}`,
        summary: `${summary} of one ${noun}: all, one by its id, of a time, or for a reason`,
        tag,
        may: 'write',
        params: schema,
        body: api.deadBody,
        answer: api.batchesAnswer,
        run: async ({ params, body, caller }) => {
          const batches = await run({ ...body, [noun]: params.key })
          await record(caller, `${noun}.${verb}`, `${noun}:${params.key}`)
          return { batches }
        },
      }),
    ),
  )
}

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
