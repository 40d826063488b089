import type { Decision } from '@tessera/platform/contract'

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

const wordsOf = ({ left, right, why, by, withdrawn }: Decision): readonly string[] => [
  ...[left, right].flatMap(({ stream, source, id }) => [`${stream}:${id}`, `${source}:${id}`]),
  why,
  by,
  withdrawn?.why ?? '',
]
