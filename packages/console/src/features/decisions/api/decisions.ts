import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  DecisionOverview,
  DecisionRecorded,
  DecisionReport,
  DecisionTried,
} from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { ask } from '../../../lib/client.ts'
import type { By, Given, Outcome } from '../address.ts'
import { personQuery } from '../choose.ts'

/** Everything about decisions is asked anew below this. */
export const decisionsKey = ['decisions'] as const

const watchedMs = 2_000
const pathOf = (key: string) => `/decisions/${encodeURIComponent(key)}`

/** All decisions with their figures. */
export const decisionsQuery = queryOptions({
  queryKey: decisionsKey,
  queryFn: ({ signal }) => ask<DecisionOverview[]>('/decisions', { signal }),
  refetchInterval: 5_000,
})

/** How often each offer was chosen, shown and clicked, by day. */
export const reportQuery = (key: string, days: number) =>
  queryOptions({
    queryKey: [...decisionsKey, key, 'report', days],
    queryFn: ({ signal }) =>
      ask<DecisionReport>(`${pathOf(key)}/report`, { signal, query: { days } }),
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
  })

/** How many decisions stand on one page. */
export const recordsPerPage = 50

/** A page of what was decided, newest first. */
export const recordedQuery = (of: {
  readonly decision: string
  readonly offer?: string | undefined
  readonly outcome?: Outcome | undefined
  readonly given?: Given | undefined
  readonly person?: string | undefined
  readonly before?: string | undefined
}) =>
  queryOptions({
    queryKey: [...decisionsKey, of.decision, 'recorded', of],
    queryFn: ({ signal }) => {
      const { given: state, person, ...rest } = of
      const who = person === undefined ? {} : personQuery(person)
      return ask<DecisionRecorded[]>('/decisions/recorded', {
        signal,
        query: { ...rest, state, ...who, limit: recordsPerPage },
      })
    },
    refetchInterval: watchedMs,
    placeholderData: keepPreviousData,
  })

/** Whom a decision is tried for. */
export interface Whom {
  readonly by: By
  readonly who: string
}

/** What somebody would get now, asked again while one looks; by a draft where there is one. */
export const triedQuery = (
  key: string,
  { by, who, ...told }: Whom & { readonly context: Body; readonly body?: Body | undefined },
) =>
  queryOptions({
    queryKey: [...decisionsKey, key, 'tried', by, who, told],
    queryFn: ({ signal }) =>
      ask<DecisionTried>(`${pathOf(key)}/try`, {
        method: 'POST',
        signal,
        body: { identifier: { [by === 'person' ? 'profile' : by]: who }, limit: 20, ...told },
      }),
    refetchInterval: watchedMs,
    placeholderData: keepPreviousData,
    gcTime: 60_000,
  })
