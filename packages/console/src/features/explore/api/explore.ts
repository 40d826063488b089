import { queryOptions } from '@tanstack/react-query'
import type { Machine, QueryAnswer } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

/** A question with the most rows that its answer may have. */
export interface Question {
  readonly sql: string
  readonly limit: number
}

/** Asks; whoever gives up ends the work of the engine too. */
export const askQuestion = (
  { sql, limit }: Question,
  signal: AbortSignal,
  waitMs: number,
): Promise<QueryAnswer> => ask('/query', { method: 'POST', body: { sql, limit }, signal, waitMs })

/** Whether a question can be asked; nothing is computed. */
export const checkQuery = (sql: string) =>
  queryOptions({
    queryKey: ['query-check', sql],
    queryFn: ({ signal }) =>
      ask<unknown>('/query/check', { method: 'POST', body: { sql }, signal }),
    enabled: sql.trim() !== '',
    gcTime: 30_000,
    staleTime: 30_000,
  })

/** What the server lets a question take. */
export const limitsQuery = queryOptions({
  queryKey: ['machine'],
  queryFn: ({ signal }) => ask<Machine>('/machine', { signal }),
  staleTime: 60_000,
})
