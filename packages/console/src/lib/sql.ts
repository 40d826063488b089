import { queryOptions, useQuery } from '@tanstack/react-query'
import type { QueryFunctions, Relations } from '@tessera/platform/contract'
import { useMemo } from 'react'
import { ask } from './client.ts'

/** Everything that can be named in SQL; it changes with the definitions. */
export const relationsQuery = queryOptions({
  queryKey: ['relations'],
  queryFn: ({ signal }) => ask<Relations>('/relations', { signal }),
  staleTime: 30_000,
})

const functionsQuery = queryOptions({
  queryKey: ['query-functions'],
  queryFn: ({ signal }) => ask<QueryFunctions>('/query-functions', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

const nothing = [] as const

/** What an editor of SQL offers; nothing until it is known. */
export function useSqlCatalogue() {
  const { data: relations = nothing } = useQuery(relationsQuery)
  const { data: functions = nothing } = useQuery(functionsQuery)
  return useMemo(
    () => ({ relations, functions: functions.map(({ name }) => name) }),
    [relations, functions],
  )
}
