import { notifyManager, queryOptions, useQueryClient } from '@tanstack/react-query'
import { useCallback, useSyncExternalStore } from 'react'
import { ask } from './client.ts'
import { mayPass } from './refusal.ts'

/** Whether the server is there, asked now and then from every page. */
export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: ({ signal }) => ask<unknown>('/health', { signal }),
  refetchInterval: 5_000,
})

/** Whether something that the page asks for is not coming for now, though it may come later. */
export function useFailing(): boolean {
  const cache = useQueryClient().getQueryCache()
  const follow = useCallback(
    (listener: () => void) => cache.subscribe(notifyManager.batchCalls(listener)),
    [cache],
  )
  return useSyncExternalStore(follow, () =>
    cache.getAll().some((query) => query.isActive() && mayPass(query.state.fetchFailureReason)),
  )
}
