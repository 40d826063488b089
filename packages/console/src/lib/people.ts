import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { FoundProfiles } from '@tessera/platform/contract'
import { ask } from './client.ts'

/** People who are found by a name, an address, a number or an id. */
export const peopleQuery = (q: string) =>
  queryOptions({
    queryKey: ['profiles', 'few', q],
    queryFn: ({ signal }) => ask<FoundProfiles>('/profiles', { signal, query: { q, limit: 8 } }),
    enabled: q.trim() !== '',
    placeholderData: keepPreviousData,
  })
