import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  CountAnswer,
  MemberPage,
  OverlapAnswer,
  PersonSummary,
  SegmentChanges,
  SegmentOverview,
  SegmentSize,
  WhyAnswer,
} from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { ask } from '../../../lib/client.ts'
import type { SizeSpan } from '../address.ts'

const pathOf = (key: string) => `/segments/${encodeURIComponent(key)}`
const pollMs = 5_000

/** All segments with their sizes. */
export const segmentsQuery = queryOptions({
  queryKey: ['segments'],
  queryFn: ({ signal }) => ask<SegmentOverview[]>('/segments', { signal }),
  refetchInterval: pollMs,
})

/** One segment with its size. */
export const segmentQuery = (key: string) =>
  queryOptions({
    queryKey: ['segments', 'one', key],
    queryFn: ({ signal }) => ask<SegmentOverview>(pathOf(key), { signal }),
    refetchInterval: pollMs,
  })

/** How many are meant, by the whole and by every condition in it; a question that was overtaken is given up. */
export const countQuery = (question: Body | undefined, how: 'exact' | 'approximate') =>
  queryOptions({
    queryKey: ['segments', 'count', question, how],
    queryFn: ({ signal }) =>
      ask<CountAnswer>('/segments/count', {
        method: 'POST',
        signal,
        body: { ...question, each: true, ...(how === 'exact' ? {} : { approximate: true }) },
      }),
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 60_000,
  })

/** Some of those who are meant. */
export const sampleQuery = (question: Body | undefined) =>
  queryOptions({
    queryKey: ['segments', 'sample', question],
    queryFn: ({ signal }) =>
      ask<PersonSummary[]>('/segments/sample', {
        method: 'POST',
        signal,
        query: { limit: 8 },
        body: question,
      }),
    enabled: question !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 10_000,
    gcTime: 60_000,
  })

const pageSize = 50

/** The members, page after page: those of now, or those of a moment that is past. */
export const membersQuery = (key: string, at: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['segments', 'one', key, 'members', at],
    queryFn: ({ signal, pageParam }) =>
      ask<MemberPage>(`${pathOf(key)}/members`, {
        signal,
        query: { limit: pageSize, after: pageParam, at },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    staleTime: pollMs,
  })

/** The size in each span of time, newest first. */
export const sizesQuery = (key: string, per: SizeSpan) =>
  queryOptions({
    queryKey: ['segments', 'one', key, 'sizes', per],
    queryFn: ({ signal }) =>
      ask<SegmentSize[]>(`${pathOf(key)}/sizes`, { signal, query: { limit: 200, per } }),
    refetchInterval: pollMs,
  })

/** Who entered and who left, newest first, page after page; all, or one person. */
export const changesQuery = (key: string, profile: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['segments', 'one', key, 'changes', profile],
    queryFn: ({ signal, pageParam }) =>
      ask<SegmentChanges>(`${pathOf(key)}/changes`, {
        signal,
        query: { limit: pageSize, after: pageParam, profile },
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next,
    staleTime: pollMs,
  })

/** Why somebody is in a segment or not. */
export const whyQuery = (key: string, profile: string, given: Body) =>
  queryOptions({
    queryKey: ['segments', 'one', key, 'why', profile, given],
    queryFn: ({ signal }) =>
      ask<WhyAnswer>(`${pathOf(key)}/why/${encodeURIComponent(profile)}`, {
        signal,
        query: Object.keys(given).length === 0 ? {} : { given: JSON.stringify(given) },
      }),
    staleTime: pollMs,
  })

/** Why somebody would be in a segment that is being written, or not. */
export const whyDraftQuery = (question: Body, profile: string) =>
  queryOptions({
    queryKey: ['segments', 'why', question, profile],
    queryFn: ({ signal }) =>
      ask<WhyAnswer>('/segments/why', { method: 'POST', signal, body: { ...question, profile } }),
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })

/** Who is in several segments at once. */
export const overlapQuery = (segments: readonly string[]) =>
  queryOptions({
    queryKey: ['segments', 'overlap', segments],
    queryFn: ({ signal }) =>
      ask<OverlapAnswer>('/segments/overlap', { method: 'POST', signal, body: { segments } }),
    enabled: segments.length > 0,
    placeholderData: keepPreviousData,
  })

/** Makes those whom a segment means with these values its members. */
export const publishWith = (key: string, given: Body): Promise<{ readonly members: number }> =>
  ask(`${pathOf(key)}/publish`, { method: 'POST', query: { given: JSON.stringify(given) } })
