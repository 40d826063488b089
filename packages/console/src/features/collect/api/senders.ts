import { queryOptions } from '@tanstack/react-query'
import type { NewSender, ParkedKey, SenderAnswer, WriteKey } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

/** Every write key there ever was. */
export const keysQuery = queryOptions({
  queryKey: ['write-keys'],
  queryFn: ({ signal }) => ask<WriteKey[]>('/write-keys', { signal }),
  refetchInterval: 10_000,
})

/** What found no stream that takes it. */
export const parkedQuery = queryOptions({
  queryKey: ['parked'],
  queryFn: ({ signal }) => ask<ParkedKey[]>('/parked', { signal }),
  refetchInterval: 5_000,
})

/** Sets up a sender. */
export const addSender = (body: NewSender): Promise<SenderAnswer> =>
  ask('/senders', { method: 'POST', body })

/** Makes another key for a sender. */
export const addKey = (body: { connection: string; label?: string }): Promise<WriteKey> =>
  ask('/write-keys', { method: 'POST', body })

/** Closes a key. */
export const closeKey = (key: string): Promise<void> =>
  ask(`/write-keys/${encodeURIComponent(key)}`, { method: 'DELETE' })

/** What is to be done with what is parked: given to a sender, or put back into its stream. */
export interface Adoption {
  readonly write_key: string
  readonly stream?: string
  readonly connection?: string
  readonly keep_key?: boolean
}

/** Gives what is parked to a sender or to its stream. */
export const adopt = (
  body: Adoption,
): Promise<{ adopted: number; duplicates: number; rejected: number }> =>
  ask('/parked/adopt', { method: 'POST', body })
