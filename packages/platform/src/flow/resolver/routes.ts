import { type Route, route } from '#kernel/route.ts'
import { resolveBody, resolvedSchema, resolveParams } from './api.ts'
import type { Resolver } from './resolver.ts'

/** The HTTP face of the resolver. */
export const resolverRoutes = (resolver: Resolver): readonly Route[] => [
  route({
    method: 'POST',
    path: '/identity/:ruleset/resolve',
    tag: 'identity',
    may: 'read',
    summary: 'Which profile one record belongs to, from memory, as the next run would have it',
    params: resolveParams,
    body: resolveBody,
    answer: resolvedSchema,
    run: ({ params, body }) => resolver.resolve(params.ruleset, body),
  }),
]
