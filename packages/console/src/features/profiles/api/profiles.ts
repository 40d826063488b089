import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  InsightValues,
  Profile,
  ProfileChange,
  ProfilePage,
  SourceRecords,
  Stays,
  TimelinePage,
} from '../../../lib/api-types.ts'
import { ask } from '../../../lib/client.ts'

const pageSize = 100
const pathOf = (id: string) => `/profiles/${encodeURIComponent(id)}`

/** Customers by name, e-mail, phone or id, page after page. The last answer stays while one types on. */
export const searchQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['profiles', 'search', q],
    queryFn: ({ signal, pageParam }) =>
      ask<ProfilePage>('/profiles', { signal, query: { q, limit: pageSize, offset: pageParam } }),
    initialPageParam: 0,
    getNextPageParam: ({ profiles }, pages) =>
      profiles.length < pageSize ? undefined : pages.length * pageSize,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })

/** One customer: values with their sources, and contact points. */
export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id],
    queryFn: ({ signal }) => ask<Profile>(pathOf(id), { signal }),
    refetchInterval: 15_000,
  })

/** What happened with a customer, newest first. */
export const timelineQuery = (id: string, kind: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['profiles', id, 'timeline', kind ?? ''],
    queryFn: ({ signal, pageParam }) =>
      ask<TimelinePage>(`${pathOf(id)}/timeline`, {
        signal,
        query: { object: kind, before: pageParam, limit: 30 },
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  })

/** The source records of a customer. */
export const recordsQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'records'],
    queryFn: ({ signal }) => ask<SourceRecords>(`${pathOf(id)}/records`, { signal }),
    staleTime: 10_000,
  })

/** How a profile came to be what it is. */
export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'history'],
    queryFn: ({ signal }) => ask<ProfileChange[]>(`${pathOf(id)}/history`, { signal }),
    staleTime: 10_000,
  })

/** The segments a customer is in, and those they were in. */
export const staysQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'stays'],
    queryFn: ({ signal }) => ask<Stays>(`/segments/stays/${encodeURIComponent(id)}`, { signal }),
    staleTime: 10_000,
  })

/** What all insights say about a customer. */
export const insightsQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'insights'],
    queryFn: ({ signal }) =>
      ask<InsightValues[]>(`/insights/values/${encodeURIComponent(id)}`, { signal }),
    staleTime: 10_000,
  })
