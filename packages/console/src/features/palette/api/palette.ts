import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { DefinitionAnswer, FoundProfiles } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

/** Everything that users defined. */
export const allDefinitionsQuery = queryOptions({
  queryKey: ['definitions', 'all'],
  queryFn: ({ signal }) => ask<DefinitionAnswer[]>('/definitions', { signal }),
  staleTime: 10_000,
})

/** The customers that fit best; nobody before there is something to look for. */
export const customersQuery = (q: string) =>
  queryOptions({
    queryKey: ['profiles', 'palette', q],
    queryFn: ({ signal }) => ask<FoundProfiles>('/profiles', { signal, query: { q, limit: 6 } }),
    enabled: q.trim().length > 1,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })
