import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RetryAnswer } from '@tessera/platform/contract'
import { type RetryWish, retryRejected } from './api/streams.ts'

/** The means to try rejected records again, and what came of it. */
export interface Retry {
  readonly isBusy: boolean
  readonly start: (wish: RetryWish) => void
  /** Why the last try was refused altogether. */
  readonly refused: Error | null
  readonly answer: RetryAnswer | undefined
}

/** Tries rejected records of a stream again; afterwards everything of the stream is asked anew. */
export function useRetry(stream: string): Retry {
  const queries = useQueryClient()
  const attempt = useMutation({
    mutationFn: (wish: RetryWish) => retryRejected(stream, wish),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['streams'] }),
  })
  return {
    isBusy: attempt.isPending,
    start: attempt.mutate,
    refused: attempt.error,
    answer: attempt.data,
  }
}
