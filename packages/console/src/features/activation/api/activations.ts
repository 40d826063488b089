import { queryOptions } from '@tanstack/react-query'
import type { Activation } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

/** All activations with their ledgers. */
export const activationsQuery = queryOptions({
  queryKey: ['activations'],
  queryFn: ({ signal }) => ask<Activation[]>('/activations', { signal }),
  refetchInterval: 5_000,
})
