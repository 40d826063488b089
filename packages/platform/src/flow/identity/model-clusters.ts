import { column, type Engine, join, type Made, made, type Part, placed, sql, value } from '#engine'
import { clusterPairs, probabilityOf, usualClustering, weightOf } from '#matching'
import { modelTable } from '#model'
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
  const { weakest } = usualClustering
  const clean = cleanSource ? { cleanSource } : {}
  const apart = cleanSource ? clusterPairs(count, pairs, { threshold, ...clean }) : undefined
  const groups =
    isSplit(ruleset) && weakest !== undefined
      ? clusterPairs(count, pairs, { threshold, weakest, ...clean })
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

/** For each record the number of its clean source, or -1; nothing where no source is said to be clean. */
export async function cleanSources(
  engine: Engine,
  { on, model }: Ruleset,
  { count, found }: { readonly count: number; readonly found: Made },
): Promise<Int32Array | undefined> {
  const streams = model?.clean_streams ?? []
  if (streams.length === 0) return undefined
  const [numbers, sources] = await engine.integers(placed(sourcesQuery(on, streams), found))
  const clean = new Int32Array(count).fill(-1)
  for (const [i, record] of (numbers ?? new Int32Array()).entries())
    clean[record] = sources?.[i] ?? -1
  return clean
}

function sourcesQuery(on: Ruleset['on'], streams: readonly string[]): Part {
  const rows = streams.map((stream, i) => sql`(${value(i)}, ${value(stream)})`)
  return sql`select k.n, min(s.place) as source from ${made('record')} k
    join ${modelTable(on)} r on r._key = k.record
    join (values ${join(rows)}) s(place, stream) on s.stream = r.${column('_stream')} group by k.n`
}
