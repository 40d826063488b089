import { queryOptions } from '@tanstack/react-query'
import type { SegmentOverview } from '../../../lib/api-types.ts'
import { ask } from '../../../lib/client.ts'

/** All segments with their sizes. */
export const segmentsQuery = queryOptions({
  queryKey: ['segments'],
  queryFn: ({ signal }) => ask<SegmentOverview[]>('/segments', { signal }),
  refetchInterval: 5_000,
})
