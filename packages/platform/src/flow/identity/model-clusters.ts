import { clusterPairs, type Links, probabilityOf, usualClustering, weightOf } from '#matching'
import { leastProbability, type Ruleset } from './definition.ts'

/** Pairs of record numbers with what they weigh, in thousandths of a bit. */
export interface WeighedPairs {
  readonly first: Int32Array
  readonly n: Int32Array
  readonly millibits: Int32Array
}

/** Why a pair that weighs enough does not link; the numbers are these plus one. */
export const modelRefusals = ['clean_source', 'weak_link'] as const

/** What a pair is in the end. */
export interface Sorted {
  /** Places of the pairs that link. */
  readonly links: Int32Array
  /** Places of the pairs that weigh enough and link nobody all the same, and why: the place in `modelRefusals`. */
  readonly refused: Int32Array
  readonly reason: Int32Array
}

const isSplit = ({ model }: Ruleset): boolean => model?.split !== false

/** How probable a pair must be to be looked at: less than a link where groups are taken apart, for which doubts count too. */
export const leastLookedAt = (ruleset: Ruleset): number =>
  isSplit(ruleset)
    ? Math.min(leastProbability(ruleset), probabilityOf(leastDoubt))
    : leastProbability(ruleset)

// What weighs less counts like a pair that nobody weighed.
const leastDoubt = -5

/** Among which records pairs link, and from which weight on. */
interface Linking {
  readonly count: number
  readonly threshold: number
  readonly cleanSource?: Int32Array
}

/** The groups that the pairs of a ruleset's model make at a threshold: for each record the smallest number in its group. */
export function modelGroups(
  ruleset: Ruleset,
  pairs: Links,
  { count, ...how }: Linking,
): Int32Array {
  const { weakest } = usualClustering
  const apart = isSplit(ruleset) && weakest !== undefined ? { weakest } : {}
  return clusterPairs(count, pairs, { ...how, ...apart })
}

/**
 * Which pairs link. Two records of one clean source are never brought together, the heaviest pairs first; and a group is taken
 * apart where its parts weigh too little together on average, so that one likeness does not join two families.
 */
export function sortPairs(
  ruleset: Ruleset,
  { first, n, millibits }: WeighedPairs,
  { count, cleanSource }: { readonly count: number; readonly cleanSource?: Int32Array },
): Sorted {
  const threshold = weightOf(leastProbability(ruleset))
  const pairs = { left: first, right: n, weight: Float64Array.from(millibits, (of) => of / 1000) }
  const isHeavy = (i: number) => (pairs.weight[i] ?? 0) >= threshold
  const apart = cleanSource ? clusterPairs(count, pairs, { threshold, cleanSource }) : undefined
  const groups = isSplit(ruleset)
    ? modelGroups(ruleset, pairs, { threshold, count, ...(cleanSource ? { cleanSource } : {}) })
    : apart
  const isOne = (of: Int32Array | undefined, i: number) =>
    !of || of[first[i] ?? 0] === of[n[i] ?? 0]
  const heavy = Int32Array.from(first, (_, i) => i).filter(isHeavy)
  const refused = heavy.filter((i) => !isOne(groups, i))
  return {
    links: heavy.filter((i) => isOne(groups, i)),
    refused,
    reason: refused.map((i) =>
      modelRefusals.indexOf(isOne(apart, i) ? 'weak_link' : 'clean_source'),
    ),
  }
}
