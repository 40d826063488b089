import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  ActionTried,
  ActionView,
  FiringView,
  StreamOverview,
} from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { ask } from '../../../lib/client.ts'
import type { FiringState } from '../address.ts'

/** Everything about actions is asked anew below this. */
export const actionsKey = ['actions'] as const

/** All actions with their ledgers. */
export const actionsQuery = queryOptions({
  queryKey: actionsKey,
  queryFn: ({ signal }) => ask<ActionView[]>('/actions', { signal }),
  refetchInterval: 5_000,
})

/** One action with its ledger. */
export const actionQuery = (key: string) =>
  queryOptions({
    queryKey: [...actionsKey, key],
    queryFn: ({ signal }) => ask<ActionView>(`/actions/${encodeURIComponent(key)}`, { signal }),
    refetchInterval: 2_000,
  })

/** The fields of the events of a stream. */
export const streamFieldsQuery = (stream: string) =>
  queryOptions({
    queryKey: ['streams', stream],
    queryFn: ({ signal }) =>
      ask<StreamOverview>(`/streams/${encodeURIComponent(stream)}`, { signal }),
    staleTime: 30_000,
  })

/** How many firings stand on one page. */
export const firingsPerPage = 50

/** A page of firings of an action, newest first. */
export const firingsQuery = (page: {
  readonly action: string
  readonly state?: FiringState | undefined
  readonly person?: string | undefined
  readonly before?: string | undefined
}) =>
  queryOptions({
    queryKey: [...actionsKey, page.action, 'firings', page],
    queryFn: ({ signal }) =>
      ask<FiringView[]>('/action-firings', { query: { ...page, limit: firingsPerPage }, signal }),
    refetchInterval: 2_000,
    placeholderData: keepPreviousData,
  })

/** Tries again what was given up, or takes back what waits. */
export const settleFirings = (of: {
  readonly verb: 'retry' | 'cancel'
  readonly which: { readonly action: string; readonly id?: string; readonly person?: string }
}): Promise<{ readonly firings: number }> =>
  ask(`/action-firings/${of.verb}`, { method: 'POST', body: of.which })

/** What a rule that is being written would have done over the last days; nothing is sent. */
export const tryAction = (of: {
  readonly key: string
  readonly body: Body
  readonly days: number
  readonly profile?: string
}): Promise<ActionTried> => ask('/actions/try', { method: 'POST', body: of })
