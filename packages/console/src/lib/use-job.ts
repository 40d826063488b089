import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Job } from '@tessera/platform/contract'
import { useEffect, useState } from 'react'
import { cancelJob, isUnderway, jobQuery } from './jobs.ts'

/** Work in the background that was begun here. */
export interface Work<Asked> {
  readonly job: Job | undefined
  /** What was asked for when it was begun. */
  readonly asked: Asked | undefined
  readonly isBusy: boolean
  /** Why it was not begun. */
  readonly refused: Error | null
  readonly start: (of: Asked) => void
  readonly cancel: () => void
}

/** Begins work and follows it; when it is over, what it changed is asked anew. */
export function useJob<Asked>(
  begin: (of: Asked) => Promise<{ readonly job: string }>,
  changes: readonly (readonly unknown[])[] = [],
): Work<Asked> {
  const queries = useQueryClient()
  const [started, setStarted] = useState<{ readonly job: string; readonly of: Asked }>()
  const { data: job } = useQuery(jobQuery(started?.job ?? ''))
  const start = useMutation({
    mutationFn: begin,
    onSuccess: ({ job: id }, of) => setStarted({ job: id, of }),
  })
  const end = useMutation({ mutationFn: cancelJob })
  const isOver = job !== undefined && !isUnderway(job)
  useEffect(() => {
    if (!isOver) return
    for (const queryKey of changes) void queries.invalidateQueries({ queryKey })
  }, [isOver, queries, changes])
  return {
    job,
    asked: started?.of,
    isBusy: start.isPending || (started !== undefined && !isOver),
    refused: start.error,
    start: (of) => start.mutate(of),
    cancel: () => {
      if (started) end.mutate(started.job)
    },
  }
}
