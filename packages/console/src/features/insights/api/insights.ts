import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  InsightComparison,
  InsightLineage,
  InsightOverview,
  InsightPreview,
  InsightRowsBehind,
  InsightTemplate,
} from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { ask } from '../../../lib/client.ts'

const pathOf = (key: string) => `/insights/${encodeURIComponent(key)}`
const pollMs = 5_000

/** All insights with the range of each measure. */
export const insightsQuery = queryOptions({
  queryKey: ['insights'],
  queryFn: ({ signal }) => ask<InsightOverview[]>('/insights', { signal }),
  refetchInterval: pollMs,
})

/** One insight with its last run. */
export const insightQuery = (key: string) =>
  queryOptions({
    queryKey: ['insights', 'one', key],
    queryFn: ({ signal }) => ask<InsightOverview>(pathOf(key), { signal }),
    refetchInterval: pollMs,
  })

/** Ready-made insights. */
export const templatesQuery = queryOptions({
  queryKey: ['insights', 'templates'],
  queryFn: ({ signal }) => ask<InsightTemplate[]>('/insights/templates', { signal }),
  staleTime: pollMs,
})

/** Defines a ready-made insight. */
export const addTemplate = (template: string): Promise<{ readonly key: string }> =>
  ask(`/insights/templates/${encodeURIComponent(template)}`, { method: 'POST', body: {} })

/** The SQL of an insight. */
export const sqlQuery = (key: string) =>
  queryOptions({
    queryKey: ['insights', 'one', key, 'sql'],
    queryFn: ({ signal }) =>
      ask<{ readonly sql: string; readonly written: 'by hand' | 'by parts' }>(
        `${pathOf(key)}/sql`,
        { signal },
      ),
    staleTime: pollMs,
  })

/** Which fields each column is made of. */
export const lineageQuery = (key: string) =>
  queryOptions({
    queryKey: ['insights', 'one', key, 'lineage'],
    queryFn: ({ signal }) => ask<InsightLineage>(`${pathOf(key)}/lineage`, { signal }),
    staleTime: pollMs,
  })

/** How the rows of an insight are put together. */
export interface Question {
  readonly dimensions: readonly (string | { readonly name: string; readonly by: string })[]
  /** All unless set. */
  readonly measures?: readonly string[]
  readonly limit: number
}

/** The rows of an insight, put together to fewer dimensions or coarser times. */
export const rowsQuery = (key: string, question: Question) =>
  queryOptions({
    queryKey: ['insights', 'one', key, 'query', question],
    queryFn: ({ signal }) =>
      ask<InsightPreview>(`${pathOf(key)}/query`, { method: 'POST', signal, body: question }),
    placeholderData: keepPreviousData,
    staleTime: pollMs,
  })

/** The rows that one row of an insight was computed from; of a table, where SQL reads several. */
export const behindQuery = (key: string, dimensions: Body, table?: string) =>
  queryOptions({
    queryKey: ['insights', 'one', key, 'behind', dimensions, table],
    queryFn: ({ signal }) =>
      ask<InsightRowsBehind>(`${pathOf(key)}/rows`, {
        method: 'POST',
        signal,
        body: { dimensions, limit: 50, ...(table === undefined ? {} : { table }) },
      }),
    placeholderData: keepPreviousData,
    staleTime: pollMs,
  })

/** The first rows that a definition would give; nothing is kept. */
export const previewQuery = (definition: Body | undefined) =>
  queryOptions({
    queryKey: ['insights', 'preview', definition],
    queryFn: ({ signal }) =>
      ask<InsightPreview>('/insights/preview', {
        method: 'POST',
        signal,
        body: { definition, limit: 12 },
      }),
    enabled: definition !== undefined,
    placeholderData: keepPreviousData,
    staleTime: 30_000,
    gcTime: 60_000,
  })

/** Computes a definition beside the rows that are kept, and tells how they differ. */
export const compare = (of: {
  readonly key: string
  readonly definition: Body
}): Promise<InsightComparison> =>
  ask(`${pathOf(of.key)}/preview`, { method: 'POST', body: { definition: of.definition } })
