import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  CustomerRelations,
  Decision,
  FoundProfiles,
  Group,
  InsightValues,
  LiveAnswer,
  Profile,
  Stays,
  Timeline,
  Who,
  WhyAnswer,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import { embedded } from '../../../lib/embedded.ts'
import { isForbidden } from '../../../lib/refusal.ts'
import type { CustomersAddress } from '../address.ts'

const pageSize = 100
const eventsPerPage = 30
const freshMs = 10_000

/** Customers by name, e-mail, phone or id, page after page. The last answer stays while one types on. */
export const searchQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['profiles', 'search', q],
    queryFn: ({ signal, pageParam }) =>
      ask<FoundProfiles>('/profiles', { signal, query: { q, limit: pageSize, offset: pageParam } }),
    initialPageParam: 0,
    getNextPageParam: ({ total }, pages) => {
      const loaded = pages.reduce((sum, { profiles }) => sum + profiles.length, 0)
      return loaded < total ? loaded : undefined
    },
    placeholderData: keepPreviousData,
    staleTime: freshMs,
  })

/** Whom identifiers mean: one customer, or several that could be. Asked once; a refusal is an answer too. */
export const whoQuery = ({ q: _, ...identifiers }: CustomersAddress) =>
  queryOptions({
    queryKey: ['profiles', 'who', identifiers],
    queryFn: ({ signal }) => ask<Who>('/profiles/find', { signal, query: identifiers }),
    staleTime: freshMs,
  })

/** Takes a record out of its profile for good. */
export const takeOut = (of: {
  readonly ruleset: string
  readonly record: string
  readonly why: string
}): Promise<Decision[]> =>
  ask(`/identity/${encodeURIComponent(of.ruleset)}/unlink`, {
    method: 'POST',
    body: { record: of.record, why: of.why, from: 'profile' },
  })

/** Withdraws decisions. */
export const withdraw = (of: {
  readonly ruleset: string
  readonly decisions: readonly number[]
  readonly why: string
}): Promise<Decision[]> =>
  ask(`/identity/${encodeURIComponent(of.ruleset)}/decisions/withdraw`, {
    method: 'POST',
    body: { decisions: of.decisions, why: of.why },
  })

/** Everything about one customer. */
export const profileQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id],
    queryFn: ({ signal }) => ask<Profile>(`/profiles/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: 15_000,
  })

/** A customer at this moment, asked again and again while one looks. */
export const liveQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'live'],
    queryFn: ({ signal }) => ask<LiveAnswer>('/live/profile', { signal, query: { profile: id } }),
    refetchInterval: 1_000,
  })

/** What a customer did, newest first; of one kind if one likes. */
export const timelineQuery = (id: string, objects: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['profiles', id, 'timeline', objects ?? ''],
    queryFn: ({ signal, pageParam }) =>
      ask<Timeline>(`/profiles/${encodeURIComponent(id)}/timeline`, {
        signal,
        query: { objects, before: pageParam, limit: eventsPerPage },
      }),
    initialPageParam: '',
    getNextPageParam: ({ next }) => next,
    placeholderData: keepPreviousData,
    staleTime: freshMs,
  })

/** The segments a customer is in, and those they were in. */
export const staysQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'stays'],
    queryFn: ({ signal }) => ask<Stays>(`/segments/stays/${encodeURIComponent(id)}`, { signal }),
    staleTime: freshMs,
  })

/** Why a customer is in a segment or not; who may see customers alone is told of segments that they are in. */
export const stayWhyQuery = (id: string, segment: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'stays', segment, 'why'],
    queryFn: async ({ signal }) => {
      const [profile, key] = [encodeURIComponent(id), encodeURIComponent(segment)]
      const ofStay = () => ask<WhyAnswer>(`/segments/stays/${profile}/why/${key}`, { signal })
      if (embedded) return ofStay()
      return ask<WhyAnswer>(`/segments/${key}/why/${profile}`, { signal }).catch(
        (thrown: unknown) => {
          if (isForbidden(thrown)) return ofStay()
          throw thrown
        },
      )
    },
    staleTime: freshMs,
  })

/** What all insights say about a customer. */
export const insightsQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'insights'],
    queryFn: ({ signal }) =>
      ask<InsightValues[]>(`/insights/values/${encodeURIComponent(id)}`, { signal }),
    staleTime: freshMs,
  })

/** Whom a customer has to do with. */
export const relationsQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id, 'relations'],
    queryFn: ({ signal }) =>
      ask<CustomerRelations>(`/profiles/${encodeURIComponent(id)}/relations`, { signal }),
    staleTime: freshMs,
  })

/** What people have in common, with its people page after page. */
export const groupQuery = (object: string, record: string) =>
  infiniteQueryOptions({
    queryKey: ['profiles', 'related', object, record],
    queryFn: ({ signal, pageParam }) =>
      ask<Group>(`/related/${encodeURIComponent(object)}/${encodeURIComponent(record)}`, {
        signal,
        query: { limit: pageSize, offset: pageParam },
      }),
    initialPageParam: 0,
    getNextPageParam: ({ people: { total } }, pages) => {
      const next = pages.length * pageSize
      return next < total ? next : undefined
    },
    staleTime: freshMs,
  })
