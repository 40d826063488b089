import { QueryClient } from '@tanstack/react-query'
import { mayPass } from './refusal.ts'

/** Answers that were fetched, and when to ask again: for ever while the server is away, never after a refusal. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always',
      staleTime: 2_000,
      retry: (_count, thrown) => mayPass(thrown),
      retryDelay: (count) => Math.min(2_000, 500 * 2 ** count),
    },
    mutations: { networkMode: 'always' },
  },
})
