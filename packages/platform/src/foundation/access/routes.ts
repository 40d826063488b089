import { type Route, route } from '#kernel/route.ts'
import type { Access } from './access.ts'
import { madeToken, newToken, tokenParams, tokens } from './api.ts'

const common = { tag: 'access', may: 'admin' } as const

/** The HTTP face of access. */
export const accessRoutes = (access: Access): readonly Route[] => [
  route({
    ...common,
    method: 'GET',
    path: '/tokens',
    summary: 'All tokens, without their secrets',
    answer: tokens,
    run: () => access.list(),
  }),
  route({
    ...common,
    method: 'POST',
    path: '/tokens',
    summary: 'Make a token; its secret is shown this once',
    body: newToken,
    answer: madeToken,
    run: ({ body, caller }) => access.create(caller, body),
  }),
  route({
    ...common,
    method: 'DELETE',
    path: '/tokens/:id',
    summary: 'Revoke a token at once',
    params: tokenParams,
    run: ({ params, caller }) => access.revoke(caller, params.id),
  }),
]
