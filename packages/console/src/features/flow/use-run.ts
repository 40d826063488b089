import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Job } from '@tessera/platform/contract'
import { useState } from 'react'
import { cancelJob, jobsQuery, startRun } from './api/flow.ts'
import { jobToShow } from './run.ts'

/** The run that is going on, and the means to start and stop one. */
export interface Run {
  readonly job: Job | undefined
  readonly isStarting: boolean
  readonly isCancelling: boolean
  /** Why the last start or stop was refused. */
  readonly refused: Error | null
  readonly start: (nodes?: readonly string[]) => void
  readonly cancel: (id: string) => void
  readonly dismiss: () => void
}

/** Follows the run. */
export function useRun(): Run {
  const queries = useQueryClient()
  const [started, setStarted] = useState<string>()
  const { data: jobs = [] } = useQuery(jobsQuery)
  const begin = useMutation({
    mutationFn: startRun,
    onSuccess: ({ job }) => {
      setStarted(job)
      return queries.invalidateQueries()
    },
  })
  const end = useMutation({
    mutationFn: cancelJob,
    onSuccess: () => queries.invalidateQueries({ queryKey: jobsQuery.queryKey }),
  })
  return {
    job: jobToShow(jobs, started),
    isStarting: begin.isPending,
    isCancelling: end.isPending,
    refused: begin.error ?? end.error,
    start: (nodes) => begin.mutate(nodes),
    cancel: (id) => end.mutate(id),
    dismiss: () => {
      setStarted(undefined)
      begin.reset()
      end.reset()
    },
  }
}
