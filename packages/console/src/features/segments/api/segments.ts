import { queryOptions } from '@tanstack/react-query'
import type { SegmentOverview } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

/** All segments with their sizes. */
export const segmentsQuery = queryOptions({
  queryKey: ['segments'],
  queryFn: ({ signal }) => ask<SegmentOverview[]>('/segments', { signal }),
  refetchInterval: 5_000,
})
