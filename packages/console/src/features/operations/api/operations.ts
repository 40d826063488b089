import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  AuditEntry,
  IntakeState,
  Job,
  Machine,
  MadeToken,
  NewToken,
  Schedule,
  SettingAnswer,
  TickStatus,
  Token,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'
import type { JobState } from '../address.ts'

/** What is left of the machine. */
export const machineQuery = queryOptions({
  queryKey: ['machine'],
  queryFn: ({ signal }) => ask<Machine>('/machine', { signal }),
  refetchInterval: 5_000,
})

/** What runs and what waits in the engine, by lane. */
export type Pressure = Readonly<
  Record<string, { readonly running: number; readonly waiting: number }>
>

/** What runs and what waits in the engine. */
export const pressureQuery = queryOptions({
  queryKey: ['pressure'],
  queryFn: ({ signal }) => ask<Pressure>('/pressure', { signal }),
  refetchInterval: 2_000,
})

/** How events come in. */
export const intakeQuery = queryOptions({
  queryKey: ['intake'],
  queryFn: ({ signal }) => ask<IntakeState>('/intake', { signal }),
  refetchInterval: 2_000,
})

/** How live segments are kept. */
export const tickQuery = queryOptions({
  queryKey: ['tick'],
  queryFn: ({ signal }) => ask<TickStatus>('/tick', { signal }),
  refetchInterval: 2_000,
})

/** How many jobs, and how many entries of the audit, stand on one page. */
export const perPage = 50

/** A page of jobs, newest first; asked often, for they go on. */
export const jobsPageQuery = (page: {
  readonly state?: JobState | undefined
  readonly kind?: string | undefined
  readonly before?: string | undefined
}) =>
  queryOptions({
    queryKey: ['jobs', 'page', page],
    queryFn: ({ signal }) => ask<Job[]>('/jobs', { query: { ...page, limit: perPage }, signal }),
    refetchInterval: 2_000,
    placeholderData: keepPreviousData,
  })

/** Tries again a job that failed or was cancelled. */
export const retryJob = (id: string): Promise<Job> =>
  ask(`/jobs/${encodeURIComponent(id)}/retry`, { method: 'POST' })

/** What comes round by the calendar. */
export const schedulesQuery = queryOptions({
  queryKey: ['schedules'],
  queryFn: ({ signal }) => ask<Schedule[]>('/schedules', { signal }),
  refetchInterval: 10_000,
})

/** A page of what was done, newest first. */
export const auditQuery = (page: {
  readonly search?: string | undefined
  readonly verb?: string | undefined
  readonly before?: string | undefined
}) =>
  queryOptions({
    queryKey: ['audit', page],
    queryFn: ({ signal }) =>
      ask<AuditEntry[]>('/audit', { query: { ...page, limit: perPage }, signal }),
    refetchInterval: 10_000,
    placeholderData: keepPreviousData,
  })

/** All settings; they change only with a start of the server. */
export const settingsQuery = queryOptions({
  queryKey: ['settings'],
  queryFn: ({ signal }) => ask<SettingAnswer[]>('/settings', { signal }),
  staleTime: 60_000,
})

/** All tokens, also those that were taken back. */
export const tokensQuery = queryOptions({
  queryKey: ['tokens'],
  queryFn: ({ signal }) => ask<Token[]>('/tokens', { signal }),
})

/** Makes a token; its secret is in the answer and nowhere else. */
export const makeToken = (body: NewToken): Promise<MadeToken> =>
  ask('/tokens', { method: 'POST', body })

/** Takes a token back. */
export const revokeToken = (id: string): Promise<void> =>
  ask(`/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' })
