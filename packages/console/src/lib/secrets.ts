import { queryOptions } from '@tanstack/react-query'
import { ask } from './client.ts'

/** The names of all secrets; what they are never comes out. */
export const secretsQuery = queryOptions({
  queryKey: ['secrets'],
  queryFn: ({ signal }) => ask<readonly { readonly name: string }[]>('/secrets', { signal }),
  staleTime: 30_000,
})

/** Keeps a secret under a name. */
export const setSecret = (of: {
  readonly name: string
  readonly value: string
}): Promise<unknown> =>
  ask(`/secrets/${encodeURIComponent(of.name)}`, { method: 'PUT', body: { value: of.value } })
