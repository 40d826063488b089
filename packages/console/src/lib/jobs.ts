import { queryOptions } from '@tanstack/react-query'
import type { GraphAnswer, Job } from '@tessera/platform/contract'
import { ask } from './client.ts'

/** Every derived thing with its state; asked less often than where one watches the flow. */
export const nodesQuery = queryOptions({
  queryKey: ['graph'],
  queryFn: ({ signal }) => ask<GraphAnswer>('/graph', { signal }),
  refetchInterval: 5_000,
})

/** A job, asked until it is over. */
export const jobQuery = (job: string) =>
  queryOptions({
    queryKey: ['jobs', job],
    queryFn: ({ signal }) => ask<Job>(`/jobs/${encodeURIComponent(job)}`, { signal }),
    refetchInterval: ({ state: { data } }) =>
      data === undefined || isUnderway(data) ? 1_000 : false,
    enabled: job !== '',
  })

/** Whether work waits or goes on. */
export const isUnderway = ({ state }: Pick<Job, 'state'>): boolean =>
  state === 'waiting' || state === 'running'

/** Asks for a refresh of one derived thing, with what it needs. */
export const startRefresh = (node: string): Promise<{ readonly job: string }> =>
  ask('/run', { method: 'POST', body: { nodes: [node] } })

/** Stops a job. */
export const cancelJob = (id: string): Promise<Job> =>
  ask(`/jobs/${encodeURIComponent(id)}/cancel`, { method: 'POST' })
