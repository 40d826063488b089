import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { RetryAnswer, RetryResult } from '@tessera/platform/contract'
import { useState } from 'react'
import { type RetryWish, retryRejected } from './api/streams.ts'

/** The means to try rejected records again, and what came of it. */
export interface Retry {
  readonly isBusy: boolean
  readonly start: (wish: RetryWish) => void
  /** Why the last try was refused altogether. */
  readonly refused: Error | null
  readonly answer: RetryAnswer | undefined
  /** What the last try said of a record that is still on the list. */
  readonly stillWrong: ReadonlyMap<string, RetryResult>
}

/** Tries rejected records of a stream again; afterwards everything of the stream is asked anew. */
export function useRetry(stream: string, onTried: () => void): Retry {
  const queries = useQueryClient()
  const [stillWrong, setStillWrong] = useState<ReadonlyMap<string, RetryResult>>(new Map())
  const attempt = useMutation({
    mutationFn: (wish: RetryWish) => retryRejected(stream, wish),
    onSuccess: async ({ results }) => {
      const wrong = results.filter(({ status }) => status === 'rejected')
      setStillWrong(new Map(wrong.map((result) => [result.now ?? result.id, result])))
      await queries.invalidateQueries({ queryKey: ['streams'] })
      onTried()
    },
  })
  return {
    isBusy: attempt.isPending,
    start: attempt.mutate,
    refused: attempt.error,
    answer: attempt.data,
    stillWrong,
  }
}
