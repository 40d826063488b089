import { list } from '#kernel/read.ts'
import { type Route, route } from '#kernel/route.ts'
import * as api from './api.ts'
import type { Definitions } from './definitions.ts'
import { readFiles } from './documents.ts'
import { printPlan } from './print-plan.ts'
import { schemaOf } from './schema.ts'

/** The HTTP face of definitions. */
export const definitionRoutes = (definitions: Definitions): readonly Route[] => [
  ...readingRoutes(definitions),
  ...writingRoutes(definitions),
  ...changeRoutes(definitions),
]

const tag = 'definitions'

const readingRoutes = (definitions: Definitions): readonly Route[] => [
  route({
    method: 'GET',
    path: '/definitions',
    summary: 'All definitions',
    tag,
    may: 'read',
    answer: list(api.definitionAnswer),
    run: () => definitions.list(),
  }),
  route({
    method: 'GET',
    path: '/definitions/:kind',
    summary: 'The definitions of a kind',
    tag,
    may: 'read',
    params: api.kindParams,
    answer: list(api.definitionAnswer),
    run: ({ params }) => definitions.list(params.kind),
  }),
  route({
    method: 'GET',
    path: '/definitions/:kind/:key',
    summary: 'A definition',
    tag,
    may: 'read',
    params: api.definitionParams,
    answer: api.definitionAnswer,
    run: ({ params }) => definitions.get(params),
  }),
  route({
    method: 'GET',
    path: '/definitions/:kind/:key/versions',
    summary: 'Every version of a definition, newest first',
    tag,
    may: 'read',
    params: api.definitionParams,
    answer: list(api.versionAnswer),
    run: ({ params }) => definitions.versions(params),
  }),
  route({
    method: 'GET',
    path: '/definitions-schema',
    summary: 'JSON Schema of definition files, for editors',
    tag,
    may: 'read',
    run: async () => schemaOf(definitions.kinds),
  }),
]

const writingRoutes = (definitions: Definitions): readonly Route[] => [
  route({
    method: 'PUT',
    path: '/definitions/:kind/:key',
    summary: 'Put a definition',
    tag,
    may: 'write',
    params: api.definitionParams,
    body: api.putBody,
    answer: api.changedAnswer,
    run: async ({ params, body: { body, over }, caller }) => {
      const seen = over === undefined ? {} : { over }
      return { change: await definitions.put({ ...params, body }, caller, seen) }
    },
  }),
  route({
    method: 'DELETE',
    path: '/definitions/:kind/:key',
    summary: 'Remove a definition that nothing needs',
    tag,
    may: 'write',
    params: api.definitionParams,
    answer: api.changedAnswer,
    run: async ({ params, caller }) => ({ change: await definitions.remove(params, caller) }),
  }),
  route({
    method: 'POST',
    path: '/definitions/plan',
    summary: 'What definition files would change',
    tag,
    may: 'read',
    body: api.filesBody,
    answer: api.planAnswer,
    run: async ({ body: { files, prune = false } }) => {
      const plan = await definitions.plan(readFiles(files), { prune })
      return { ...plan, text: printPlan(plan) }
    },
  }),
  route({
    method: 'POST',
    path: '/definitions/apply',
    summary: 'Make the changes that definition files ask for',
    tag,
    may: 'write',
    body: api.filesBody,
    answer: api.changedAnswer,
    run: async ({ body: { files, prune = false }, caller }) => {
      const plan = await definitions.plan(readFiles(files), { prune })
      return { text: printPlan(plan), change: await definitions.apply(plan, caller) }
    },
  }),
]

const changeRoutes = (definitions: Definitions): readonly Route[] => [
  route({
    method: 'GET',
    path: '/changes',
    summary: 'Changes of definitions, newest first',
    tag,
    may: 'read',
    query: api.changesQuery,
    answer: list(api.changeAnswer),
    run: ({ query: { before, limit } }) =>
      definitions.changes({
        ...(before === undefined ? {} : { before: Number(before) }),
        ...(limit === undefined ? {} : { limit: Number(limit) }),
      }),
  }),
  route({
    method: 'POST',
    path: '/changes/:number/undo',
    summary: 'Make the reverse of a change',
    tag,
    may: 'write',
    params: api.changeParams,
    answer: api.changedAnswer,
    run: async ({ params, caller }) => ({
      change: await definitions.undo(Number(params.number), caller),
    }),
  }),
]
