import { profileApiFaults } from './faults.ts'

/** Where a list goes on, as clients of this wire read it. */
export interface Cursor {
  readonly url: string
  readonly has_more: boolean
  readonly next: string
  readonly limit: number
}

const usualLimit = 10
const mostLimit = 200

/** How many are asked for at once. */
export function limitIn(query: URLSearchParams): number {
  const said = query.get('limit')
  if (said === null || said === '') return usualLimit
  const limit = Number(said)
  if (/^\d+$/.test(said) && limit >= 1 && limit <= mostLimit) return limit
  throw profileApiFaults.bad_parameter({
    name: 'limit',
    found: said,
    wants: `a whole number from 1 to ${mostLimit}`,
  })
}

/** A list with commas in between; nothing when it was not given. */
export function listIn(query: URLSearchParams, name: string): readonly string[] | undefined {
  const said = query.get(name)
  const all = (said ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
  return all.length === 0 ? undefined : all
}

export const isVerbose = (query: URLSearchParams): boolean => query.get('verbose') === 'true'

/** A page of a list: from the one that `next` names, in the order of their keys. */
export function pageOf<T>(
  all: readonly T[],
  keyOf: (one: T) => string,
  of: { readonly query: URLSearchParams; readonly url: string },
): { readonly page: readonly T[]; readonly cursor: Cursor } {
  const limit = limitIn(of.query)
  const next = of.query.get('next') ?? ''
  const keyed = all
    .map((one) => ({ one, key: keyOf(one) }))
    .toSorted((a, b) => Number(a.key > b.key) - Number(a.key < b.key))
    .filter(({ key }) => key >= next)
  const following = keyed[limit]
  return {
    page: keyed.slice(0, limit).map(({ one }) => one),
    cursor: {
      url: of.url,
      has_more: following !== undefined,
      next: following?.key ?? '',
      limit,
    },
  }
}
