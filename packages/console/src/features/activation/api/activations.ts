import { queryOptions } from '@tanstack/react-query'
import type { ActivationOverview } from '../../../lib/api-types.ts'
import { ask } from '../../../lib/client.ts'

/** All activations with their ledgers. */
export const activationsQuery = queryOptions({
  queryKey: ['activations'],
  queryFn: ({ signal }) => ask<ActivationOverview[]>('/activations', { signal }),
  refetchInterval: 5_000,
})
