import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { GraphNode, Job } from '@tessera/platform/contract'
import { useEffect, useState } from 'react'
import { cancelJob, isUnderway, jobQuery, nodesQuery, startRefresh } from './jobs.ts'

/** How something derived stands, and the means to bring them up to date. */
export interface Refresh {
  /** It as a part of the flow; nothing until that is known. */
  readonly node: GraphNode | undefined
  /** The refresh that was begun here. */
  readonly job: Job | undefined
  readonly isBusy: boolean
  readonly isCancelling: boolean
  /** Why the last start or stop was refused. */
  readonly refused: Error | null
  readonly start: () => void
  /** Begins other work that brings it up to date, and follows that. */
  readonly follow: (begin: () => Promise<{ readonly job: string }>) => void
  readonly cancel: () => void
  readonly dismiss: () => void
}

/** Refreshes something derived with what it needs, and afterwards asks everything anew. */
export function useRefresh(key: string): Refresh {
  const queries = useQueryClient()
  const [started, setStarted] = useState('')
  const { data: flow } = useQuery(nodesQuery)
  const { data: job } = useQuery(jobQuery(started))
  const begin = useMutation({
    mutationFn: (by: () => Promise<{ readonly job: string }>) => by(),
    onSuccess: ({ job: id }) => setStarted(id),
  })
  const end = useMutation({
    mutationFn: cancelJob,
    onSuccess: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
  const isOver = job !== undefined && !isUnderway(job)
  useEffect(() => {
    if (isOver) void queries.invalidateQueries()
  }, [isOver, queries])
  return {
    node: flow?.nodes.find((node) => node.key === key),
    job,
    isBusy: begin.isPending || (started !== '' && !isOver),
    isCancelling: end.isPending,
    refused: begin.error ?? end.error,
    start: () => begin.mutate(() => startRefresh(key)),
    follow: begin.mutate,
    cancel: () => end.mutate(started),
    dismiss: () => {
      setStarted('')
      begin.reset()
      end.reset()
    },
  }
}
