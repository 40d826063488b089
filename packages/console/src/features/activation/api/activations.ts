import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import type {
  Activation,
  ActivationPeople,
  ActivationPreview,
  DeadReason,
  Delivery,
  Destination,
  DestinationTested,
  DestinationTypes,
} from '@tessera/platform/contract'
import type { Body } from '../../../lib/body.ts'
import { ask } from '../../../lib/client.ts'
import type { DeliveryState, PeopleState } from '../address.ts'

/** Everything about activations and destinations is asked anew below these. */
export const activationsKey = ['activations'] as const
export const destinationsKey = ['destinations'] as const

const pathOf = (key: string) => `/activations/${encodeURIComponent(key)}`

/** All activations with their ledgers. */
export const activationsQuery = queryOptions({
  queryKey: activationsKey,
  queryFn: ({ signal }) => ask<Activation[]>('/activations', { signal }),
  refetchInterval: 5_000,
})

/** One activation with its ledger. */
export const activationQuery = (key: string) =>
  queryOptions({
    queryKey: [...activationsKey, key],
    queryFn: ({ signal }) => ask<Activation>(pathOf(key), { signal }),
    refetchInterval: 2_000,
  })

/** Where members can be sent, and how it goes there. */
export const destinationsQuery = queryOptions({
  queryKey: destinationsKey,
  queryFn: ({ signal }) => ask<Destination[]>('/destinations', { signal }),
  refetchInterval: 5_000,
})

/** The kinds of destination; they change only with the program. */
export const destinationTypesQuery = queryOptions({
  queryKey: ['destination-types'],
  queryFn: ({ signal }) => ask<DestinationTypes>('/destination-types', { signal }),
  staleTime: Number.POSITIVE_INFINITY,
})

/** How many deliveries stand on one page. */
export const deliveriesPerPage = 50

/** A page of deliveries, newest first. */
export const deliveriesQuery = (
  key: string,
  page: { readonly state?: DeliveryState | undefined; readonly before?: string | undefined },
) =>
  queryOptions({
    queryKey: [...activationsKey, key, 'deliveries', page],
    queryFn: ({ signal }) =>
      ask<Delivery[]>(`${pathOf(key)}/deliveries`, {
        query: { ...page, limit: deliveriesPerPage },
        signal,
      }),
    refetchInterval: 2_000,
    placeholderData: keepPreviousData,
  })

/** A page of those who were sent or are held back, and why. */
export const peopleQuery = (
  key: string,
  page: {
    readonly state?: PeopleState | undefined
    readonly reason?: string | undefined
    readonly after?: string | undefined
  },
) =>
  queryOptions({
    queryKey: [...activationsKey, key, 'people', page],
    queryFn: ({ signal }) =>
      ask<ActivationPeople>(`${pathOf(key)}/people`, { query: { ...page, limit: 50 }, signal }),
    refetchInterval: 5_000,
    placeholderData: keepPreviousData,
  })

/** What was given up, by the reason. */
export const deadQuery = (key: string) =>
  queryOptions({
    queryKey: [...activationsKey, key, 'dead'],
    queryFn: ({ signal }) => ask<DeadReason[]>(`${pathOf(key)}/dead`, { signal }),
    refetchInterval: 5_000,
  })

/** Which of those that were given up are meant; all without a word. */
export interface DeadOnes {
  readonly id?: string
  readonly reason?: string
  readonly since?: string
  readonly until?: string
}

/** Tries again what was given up, or lets go of it. */
export const settleDead = (of: {
  readonly of: 'activations' | 'destinations'
  readonly key: string
  readonly verb: 'retry' | 'cancel'
  readonly which: DeadOnes
}): Promise<{ readonly batches: number }> =>
  ask(`/${of.of}/${encodeURIComponent(of.key)}/${of.verb}`, { method: 'POST', body: of.which })

/** Says yes to sending so many members. */
export const confirmActivation = (of: {
  readonly key: string
  readonly members: number
}): Promise<{ readonly members: number }> =>
  ask(`${pathOf(of.key)}/confirm`, { method: 'POST', body: { members: of.members } })

/** What a draft would send; of one that is published, what it sent is known. */
export const previewDraft = (of: {
  readonly key: string | undefined
  readonly body: unknown
}): Promise<ActivationPreview> => ask('/activations/preview', { method: 'POST', body: of })

/** Refreshes one activation with what it needs. */
export const refreshActivation = (key: string): Promise<{ readonly job: string }> =>
  ask('/run', { method: 'POST', body: { nodes: [`activation:${key}`] } })

/** Looks whether a destination could be delivered to as it is being written; nobody is sent. */
export const testDestination = (body: Body): Promise<DestinationTested> =>
  ask('/destinations/test', { method: 'POST', body: { body } })
