import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import type {
  Decision,
  Explanation,
  IdentityRun,
  LinkBody,
  Profile,
  ProfileChange,
  ProfileGraph,
  Review,
  RulesetStatus,
  SettleBody,
  UnlinkBody,
  WithdrawBody,
} from '@tessera/platform/contract'
import { ask } from '../../../lib/client.ts'

const pollMs = 5_000
const pathOf = (ruleset: string) => `/identity/${encodeURIComponent(ruleset)}`

/** Everything that was asked about identity begins so, to be asked anew together. */
export const identityKey = ['identity'] as const

/** A ruleset with its last run. */
export const statusQuery = (ruleset: string) =>
  queryOptions({
    queryKey: [...identityKey, ruleset, 'status'],
    queryFn: ({ signal }) => ask<RulesetStatus>(pathOf(ruleset), { signal }),
    refetchInterval: pollMs,
  })

/** Asks for a run that is published however many profiles change. */
export const runConfirmed = (ruleset: string): Promise<{ readonly job: string }> =>
  ask(`${pathOf(ruleset)}/run`, { method: 'POST', body: { confirm: true } })

/** The runs of a ruleset, newest first. */
export const runsQuery = (ruleset: string) =>
  queryOptions({
    queryKey: [...identityKey, ruleset, 'runs'],
    queryFn: ({ signal }) =>
      ask<IdentityRun[]>(`${pathOf(ruleset)}/runs`, { signal, query: { limit: 50 } }),
    refetchInterval: pollMs,
  })

const mostChanges = 200

/** What happened to profiles of late, newest first. */
export const changesQuery = (ruleset: string) =>
  queryOptions({
    queryKey: [...identityKey, ruleset, 'changes'],
    queryFn: ({ signal }) =>
      ask<ProfileChange[]>(`${pathOf(ruleset)}/changes`, {
        signal,
        query: { limit: mostChanges },
      }),
    refetchInterval: pollMs,
  })

const pairsPerPage = 25

/** Pairs of profiles that wait for somebody's word, those with the most links first, page after page. */
export const reviewQuery = (ruleset: string) =>
  infiniteQueryOptions({
    queryKey: [...identityKey, ruleset, 'review'],
    queryFn: ({ signal, pageParam }) =>
      ask<Review>(`${pathOf(ruleset)}/review`, {
        signal,
        query: { limit: pairsPerPage, offset: pageParam },
      }),
    initialPageParam: 0,
    getNextPageParam: (last, pages) => {
      const shown = pages.reduce((sum, { items }) => sum + items.length, 0)
      return last.items.length > 0 && shown < last.pairs ? shown : undefined
    },
    // Profiles follow what comes in, so the list changes while one looks at it.
    refetchInterval: pollMs,
  })

/** Joins pairs that wait, or keeps them apart. */
export const settle = (ruleset: string, body: SettleBody): Promise<Decision[]> =>
  ask(`${pathOf(ruleset)}/review/settle`, { method: 'POST', body })

const decisionsPerPage = 1000

/** What people decided, newest first, page after page; what was withdrawn is among it. */
export const decisionsQuery = (ruleset: string) =>
  infiniteQueryOptions({
    queryKey: [...identityKey, ruleset, 'decisions'],
    queryFn: ({ signal, pageParam }) =>
      ask<Decision[]>(`${pathOf(ruleset)}/decisions`, {
        signal,
        query: { limit: decisionsPerPage, before: pageParam },
      }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (last) => (last.length < decisionsPerPage ? undefined : last.at(-1)?.number),
    staleTime: pollMs,
  })

/** Links two records for good. */
export const link = (ruleset: string, body: LinkBody): Promise<Decision[]> =>
  ask(`${pathOf(ruleset)}/link`, { method: 'POST', body })

/** Takes a record out of its profile for good. */
export const unlink = (ruleset: string, body: UnlinkBody): Promise<Decision[]> =>
  ask(`${pathOf(ruleset)}/unlink`, { method: 'POST', body })

/** Withdraws decisions. */
export const withdraw = (ruleset: string, body: WithdrawBody): Promise<Decision[]> =>
  ask(`${pathOf(ruleset)}/decisions/withdraw`, { method: 'POST', body })

/** Two records by their names: `stream:id`, or a key. */
export interface Two {
  readonly left: string
  readonly right: string
}

/** Why two records are one, or what stands between them. */
export const explain = (ruleset: string, { left, right }: Two, signal?: AbortSignal) =>
  ask<Explanation>(`${pathOf(ruleset)}/explain`, {
    query: { left, right },
    ...(signal === undefined ? {} : { signal }),
  })

/** The same as a question that is asked again. */
export const explainQuery = (ruleset: string, two: Two) =>
  queryOptions({
    queryKey: [...identityKey, ruleset, 'explain', two],
    queryFn: ({ signal }) => explain(ruleset, two, signal),
    enabled: two.left !== '' && two.right !== '',
    // What was decided is heeded while one looks.
    refetchInterval: pollMs,
  })

/** The records of a profile and what holds them together. */
export const graphQuery = (ruleset: string, profile: string) =>
  queryOptions({
    queryKey: [...identityKey, ruleset, 'graph', profile],
    queryFn: ({ signal }) =>
      ask<ProfileGraph>(`${pathOf(ruleset)}/profiles/${encodeURIComponent(profile)}/graph`, {
        signal,
      }),
    staleTime: pollMs,
  })

/** Everything about one person, to be compared with another. */
export const personQuery = (id: string) =>
  queryOptions({
    queryKey: ['profiles', id],
    queryFn: ({ signal }) => ask<Profile>(`/profiles/${encodeURIComponent(id)}`, { signal }),
    staleTime: 15_000,
  })
