import { queryOptions } from '@tanstack/react-query'
import type { CastBody, ConflictAnswer, FieldConflict } from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

const pathOf = (stream: string) => `/streams/${encodeURIComponent(stream)}/conflicts`

/** Fields with values that do not fit their type. */
export const differencesQuery = (stream: string) =>
  queryOptions({
    queryKey: ['streams', stream, 'conflicts'],
    queryFn: ({ signal }) => ask<FieldConflict[]>(pathOf(stream), { signal }),
    refetchInterval: 5_000,
  })

/** What is done about the values of a field that do not fit. */
export type Decision =
  | { readonly field: string; readonly kind: 'accept' | 'refuse' }
  | ({ readonly field: string; readonly kind: 'cast' } & CastBody)

/** Does what was decided. */
export function decide(stream: string, decision: Decision): Promise<ConflictAnswer> {
  const { field, kind } = decision
  const body = kind === 'cast' ? { type: decision.type } : undefined
  return ask(`${pathOf(stream)}/${encodeURIComponent(field)}/${kind}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body }),
  })
}
