import { queryOptions } from '@tanstack/react-query'
import type {
  DefinitionAnswer,
  GraphAnswer,
  IntakeState,
  Job,
  Summary,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

const pollMs = 2_000

/** Every node of the flow, renewed as one looks. */
export const graphQuery = queryOptions({
  queryKey: ['graph'],
  queryFn: ({ signal }) => ask<GraphAnswer>('/graph', { signal }),
  refetchInterval: pollMs,
})

/** Today's figures. */
export const summaryQuery = queryOptions({
  queryKey: ['summary'],
  queryFn: ({ signal }) => ask<Summary>('/summary', { signal }),
  refetchInterval: pollMs,
})

/** How the way in is doing. */
export const intakeQuery = queryOptions({
  queryKey: ['intake'],
  queryFn: ({ signal }) => ask<IntakeState>('/intake', { signal }),
  refetchInterval: pollMs,
})

/** The newest jobs, so that a run begun elsewhere is seen too. */
export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: ({ signal }) => ask<Job[]>('/jobs', { signal, query: { limit: 20 } }),
  refetchInterval: pollMs,
})

/** The rulesets, to lead from profiles to what makes them. */
export const rulesetsQuery = queryOptions({
  queryKey: ['definitions', 'ruleset'],
  queryFn: ({ signal }) => ask<DefinitionAnswer[]>('/definitions/ruleset', { signal }),
  staleTime: 10_000,
})

/** Asks for a refresh: of everything that is not fresh, or of these nodes with what they need. */
export const startRun = (nodes?: readonly string[]): Promise<{ readonly job: string }> =>
  ask('/run', { method: 'POST', body: nodes === undefined ? {} : { nodes } })

/** Stops a job. */
export const cancelJob = (id: string): Promise<Job> =>
  ask(`/jobs/${encodeURIComponent(id)}/cancel`, { method: 'POST' })
