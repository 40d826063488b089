import type { Decision, Explanation, RecordName } from '@tessera/platform/contract'
import { pairOf } from './cluster.ts'

/** The decisions that fit: those that stand unless withdrawn ones are asked for too, and of these what holds the text. */
export function fitting(
  all: readonly Decision[],
  { q = '', withdrawn }: { readonly q?: string; readonly withdrawn?: 'shown' },
): readonly Decision[] {
  const sought = q.trim().toLowerCase()
  return all
    .filter((decision) => withdrawn === 'shown' || decision.withdrawn === undefined)
    .filter((decision) => wordsOf(decision).some((word) => word.toLowerCase().includes(sought)))
}

/** Decisions about two records that stand and that no run has heeded yet: they are one although kept apart, or not although linked. */
export function pendingFor(
  all: readonly Decision[],
  { left, right, same_profile }: Pick<Explanation, 'left' | 'right' | 'same_profile'>,
): readonly Decision[] {
  const kind = same_profile ? 'cannot_link' : 'must_link'
  const wanted = pairOf(nameOf(left), nameOf(right))
  return all.filter(
    (of) =>
      of.withdrawn === undefined &&
      of.kind === kind &&
      pairOf(nameOf(of.left), nameOf(of.right)) === wanted,
  )
}

/** Decisions that were taken in one go, such as when a record is kept apart from all others of its profile. */
export interface Act {
  readonly key: string
  readonly of: Decision
  readonly decisions: readonly Decision[]
}

/** Decisions put together by the act that they come from. */
export function actsOf(decisions: readonly Decision[]): readonly Act[] {
  const keyOf = ({ kind, at, by, why }: Decision) => JSON.stringify([kind, at, by, why])
  return [...Map.groupBy(decisions, keyOf)].flatMap(([key, together]) => {
    const [of] = together
    return of ? [{ key, of, decisions: together }] : []
  })
}

const nameOf = ({ space, source, id }: Pick<RecordName, 'space' | 'source' | 'id'>): string =>
  JSON.stringify([space, source, id])

const wordsOf = ({ left, right, why, by, withdrawn }: Decision): readonly string[] => [
  ...[left, right].flatMap(({ stream, source, id }) => [`${stream}:${id}`, `${source}:${id}`]),
  why,
  by,
  withdrawn?.why ?? '',
]
