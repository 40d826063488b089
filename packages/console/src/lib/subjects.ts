import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { SubjectsAnswer } from '@tessera/platform/contract'
import { ask } from './client.ts'

/** What conditions can ask about people, or about whatever else a segment is about, and how values are compared. */
export const subjectsQuery = (on: string) =>
  queryOptions({
    queryKey: ['segments', 'subjects', on],
    queryFn: ({ signal }) => ask<SubjectsAnswer>('/segments/subjects', { signal, query: { on } }),
    staleTime: 30_000,
    placeholderData: keepPreviousData,
  })
