import { queryOptions } from '@tanstack/react-query'
import type {
  ActionView,
  Activation,
  Alert,
  DefinitionAnswer,
  GraphAnswer,
  IntakeState,
  Job,
  ParkedKey,
  Review,
  StreamHours,
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

const slowMs = 15_000

/** How many pairs wait for review, by ruleset. */
export const reviewsQuery = (rulesets: readonly string[]) =>
  queryOptions({
    queryKey: ['identity', 'reviews', ...rulesets],
    queryFn: ({ signal }) =>
      Promise.all(
        rulesets.map(async (ruleset) => {
          const path = `/identity/${encodeURIComponent(ruleset)}/review`
          const { pairs } = await ask<Review>(path, { signal, query: { limit: 1 } })
          return { ruleset, pairs }
        }),
      ),
    enabled: rulesets.length > 0,
    refetchInterval: slowMs,
  })

/** What came with write keys that open nothing. */
export const parkedQuery = queryOptions({
  queryKey: ['parked'],
  queryFn: ({ signal }) => ask<ParkedKey[]>('/parked', { signal }),
  refetchInterval: slowMs,
})

/** Streams that brought far more or far less than usual. */
export const alertsQuery = queryOptions({
  queryKey: ['alerts'],
  queryFn: ({ signal }) => ask<Alert[]>('/alerts', { signal }),
  refetchInterval: 60_000,
})

/** All actions with their ledgers. */
export const actionsQuery = queryOptions({
  queryKey: ['actions'],
  queryFn: ({ signal }) => ask<ActionView[]>('/actions', { signal }),
  refetchInterval: slowMs,
})

/** All activations with their ledgers. */
export const activationsQuery = queryOptions({
  queryKey: ['activations'],
  queryFn: ({ signal }) => ask<Activation[]>('/activations', { signal }),
  refetchInterval: slowMs,
})

/** What arrived in each stream within the last day. */
export const dayQuery = (streams: readonly string[]) =>
  queryOptions({
    queryKey: ['streams', 'day', ...streams],
    queryFn: ({ signal }) => {
      const from = new Date(Date.now() - 24 * 3_600_000).toISOString()
      return Promise.all(
        streams.map(async (stream) => {
          const path = `/streams/${encodeURIComponent(stream)}/hours`
          const { totals } = await ask<StreamHours>(path, { signal, query: { from } })
          return { stream, totals }
        }),
      )
    },
    enabled: streams.length > 0,
    refetchInterval: 60_000,
  })
