import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type { MappingPreview, MappingProposal, StreamOverview } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import type { MappingBody } from '../../../lib/mapping.ts'

const rows = 5

/** The stream whose fields are mapped. */
export const streamQuery = (key: string) =>
  queryOptions({
    queryKey: ['streams', key],
    queryFn: ({ signal }) => ask<StreamOverview>(`/streams/${encodeURIComponent(key)}`, { signal }),
  })

/** What a draft would make of the first rows; the last answer stays while one types on. */
export const previewQuery = (draft: MappingBody) =>
  queryOptions({
    queryKey: ['mappings', 'preview', draft],
    queryFn: ({ signal }) =>
      ask<MappingPreview>('/mappings/preview', {
        method: 'POST',
        body: { ...draft, rows },
        signal,
      }),
    enabled: draft.objects.length > 0,
    placeholderData: keepPreviousData,
    gcTime: 30_000,
  })

/** What the server would propose for a stream. */
export const proposalQuery = (stream: string) =>
  queryOptions({
    queryKey: ['mappings', 'proposal', stream],
    queryFn: ({ signal }) =>
      ask<MappingProposal>('/mappings/propose', { signal, query: { stream } }),
    staleTime: 60_000,
  })

/** Brings everything up to date that follows from a mapping. */
export const refreshAll = (): Promise<{ readonly job: string }> =>
  ask('/run', { method: 'POST', body: {} })
