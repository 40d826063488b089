import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  Alert,
  RejectedRecord,
  RetryAnswer,
  StreamHours,
  StreamOverview,
  StreamRun,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import type { Span } from '../address.ts'

const pollMs = 5_000
const pathOf = (key: string) => `/streams/${encodeURIComponent(key)}`

/** All streams with their ledgers. */
export const streamsQuery = queryOptions({
  queryKey: ['streams'],
  queryFn: ({ signal }) => ask<StreamOverview[]>('/streams', { signal }),
  refetchInterval: pollMs,
})

/** One stream with its ledger and its fields. */
export const streamQuery = (key: string) =>
  queryOptions({
    queryKey: ['streams', key],
    queryFn: ({ signal }) => ask<StreamOverview>(pathOf(key), { signal }),
    refetchInterval: pollMs,
  })

/** The runs of a stream, newest first. */
export const runsQuery = (key: string) =>
  queryOptions({
    queryKey: ['streams', key, 'runs'],
    queryFn: ({ signal }) =>
      ask<StreamRun[]>(`${pathOf(key)}/runs`, { signal, query: { limit: 100 } }),
    refetchInterval: pollMs,
  })

/** The first rows of a stream as they are now. */
export const rowsQuery = (key: string) =>
  queryOptions({
    queryKey: ['streams', key, 'rows'],
    queryFn: ({ signal }) =>
      ask<Record<string, unknown>[]>(`${pathOf(key)}/rows`, { signal, query: { limit: 50 } }),
    staleTime: 30_000,
  })

const pageSize = 50

/** Records that could not be taken, page after page; all, or those whose reason holds a text. */
export const rejectedQuery = (key: string, reason: string | undefined) =>
  infiniteQueryOptions({
    queryKey: ['streams', key, 'rejected', reason],
    queryFn: ({ signal, pageParam }) =>
      ask<RejectedRecord[]>(`${pathOf(key)}/rejected`, {
        signal,
        query: { limit: pageSize, offset: pageParam, reason },
      }),
    // What was found before stays until the new answer is there, and the search box with it.
    placeholderData: keepPreviousData,
    initialPageParam: 0,
    getNextPageParam: (last, pages) =>
      last.length < pageSize ? undefined : pages.length * pageSize,
    staleTime: 30_000,
  })

/** What is tried again: these records, mended or as they were, or all whose reason holds a text. */
export type RetryWish =
  | { readonly items: readonly { readonly id: string; readonly body?: unknown }[] }
  | { readonly all: true; readonly reason?: string }

/** Tries rejected records again. */
export const retryRejected = (key: string, body: RetryWish): Promise<RetryAnswer> =>
  ask(`${pathOf(key)}/rejected/retry`, { method: 'POST', body })

const hoursIn: Readonly<Record<Span, number>> = { '24h': 24, '48h': 48, '7d': 168, '28d': 672 }

/** What became of what arrived, hour by hour, up to now. */
export const hoursQuery = (key: string, span: Span) =>
  queryOptions({
    queryKey: ['streams', key, 'hours', span],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - hoursIn[span] * 3_600_000).toISOString()
      return ask<StreamHours>(`${pathOf(key)}/hours`, { signal, query: { from } })
    },
    refetchInterval: pollMs,
  })

/** Streams that brought far more or far less than usual. */
export const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: ({ signal }) => ask<Alert[]>('/alerts', { signal }),
  refetchInterval: 60_000,
})
