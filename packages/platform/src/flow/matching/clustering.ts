import { averageLink, type Links } from './average-link.ts'
import { weightOf } from './learn.ts'

/** How probable a match must be to link two records, unless somebody says otherwise. */
export const usualThreshold = 0.9

/** How pairs become clusters. */
export interface Clustering {
  /** Pairs of at least this weight link. */
  readonly threshold: number
  /** Clusters are taken apart where their parts weigh less than this on average; not at all when left out. */
  readonly weakest?: number
  /**
   * For each record the number of its source, or -1. Two records of one source are never in one cluster: pairs are then taken
   * by their weight, the strongest first, and refused when they would bring such two together.
   */
  readonly cleanSource?: Int32Array
}

/** What is done when nobody says otherwise: parts must on average be at least a quarter as likely one as not. */
export const usualClustering: Clustering = { threshold: weightOf(usualThreshold), weakest: -2 }

/**
 * What a pair counts for between the parts of a cluster. A pair that was not scored counts as one that speaks against; and
 * however sure one pair is, it does not outvote any number of others.
 */
export const counted = { missing: -5, most: 10 } as const

/** Larger clusters are not taken apart by their averages, but linked anew by stronger pairs, a bit at a time, until they are smaller. */
const largest = 2000

/**
 * Clusters of the records 0 to `count` - 1, by scored pairs, each pair given once: for each record the smallest number in
 * its cluster. Pairs below the threshold link nobody, but count where a cluster is taken apart. The order of the pairs does
 * not matter.
 */
export function clusterPairs(count: number, pairs: Links, how: Clustering): Int32Array {
  const linked = how.cleanSource
    ? oneToOne(count, pairs, { ...how, cleanSource: how.cleanSource })
    : components(count, pairs, how.threshold)
  return how.weakest === undefined
    ? linked
    : takenApart(linked, pairs, { threshold: how.threshold, weakest: how.weakest })
}

function components(count: number, { left, right, weight }: Links, threshold: number): Int32Array {
  const parent = Int32Array.from({ length: count }, (_, i) => i)
  for (let i = 0; i < left.length; i++)
    if ((weight[i] ?? 0) >= threshold) unite(parent, left[i] ?? 0, right[i] ?? 0)
  return settled(parent)
}

function oneToOne(
  count: number,
  pairs: Links,
  { threshold, cleanSource }: Clustering & { readonly cleanSource: Int32Array },
): Int32Array {
  const parent = Int32Array.from({ length: count }, (_, i) => i)
  const sources = new Map<number, ReadonlySet<number>>()
  const sourcesOf = (root: number): ReadonlySet<number> =>
    sources.get(root) ?? new Set([cleanSource[root] ?? -1].filter((source) => source >= 0))
  for (const i of strongestFirst(pairs, threshold)) {
    const [a, b] = [rootOf(parent, pairs.left[i] ?? 0), rootOf(parent, pairs.right[i] ?? 0)]
    const [ours, theirs] = [sourcesOf(a), sourcesOf(b)]
    if (a === b || [...theirs].some((source) => ours.has(source))) continue
    unite(parent, a, b)
    sources.set(Math.min(a, b), new Set([...ours, ...theirs]))
  }
  return settled(parent)
}

function strongestFirst({ left, right, weight }: Links, threshold: number): readonly number[] {
  const of = (list: ArrayLike<number>, i: number) => list[i] ?? 0
  const ends = (i: number): readonly [number, number] => {
    const [a, b] = [of(left, i), of(right, i)]
    return a < b ? [a, b] : [b, a]
  }
  return Array.from({ length: left.length }, (_, i) => i)
    .filter((i) => of(weight, i) >= threshold)
    .sort((i, j) => {
      const [[a, b], [c, d]] = [ends(i), ends(j)]
      return of(weight, j) - of(weight, i) || a - c || b - d
    })
}

interface Apart {
  readonly threshold: number
  readonly weakest: number
}

/** Every cluster of three or more, taken apart where it is weak. */
function takenApart(clusters: Int32Array, pairs: Links, how: Apart): Int32Array {
  const result = Int32Array.from(clusters)
  for (const cluster of insides(clusters, pairs)) {
    const { members, links } = cluster
    const parts =
      members.length > largest ? linkedAnew(cluster, how) : partsOf(members.length, links, how)
    for (const [i, member] of members.entries()) result[member] = members[parts[i] ?? 0] ?? member
  }
  return result
}

function partsOf(count: number, links: Links, { weakest }: Apart): Int32Array {
  const weight = Float64Array.from(links.weight, (of) =>
    Math.min(counted.most, Math.max(counted.missing, of)),
  )
  return averageLink(count, { ...links, weight }, { least: weakest, missing: counted.missing })
}

function linkedAnew({ members, links }: Inside, { threshold, weakest }: Apart): Int32Array {
  const stronger = threshold + 1
  return takenApart(components(members.length, links, stronger), links, {
    threshold: stronger,
    weakest,
  })
}

/** A cluster with the pairs inside it, by the places of its members. */
interface Inside {
  readonly members: Int32Array
  readonly links: Links
}

/** The clusters of three or more, each with its pairs in the order of their records. */
function* insides(clusters: Int32Array, { left, right, weight }: Links): Iterable<Inside> {
  const sizes = new Int32Array(clusters.length)
  for (const root of clusters) sizes[root] = (sizes[root] ?? 0) + 1
  const isLarge = (root: number) => (sizes[root] ?? 0) > 2
  const members = grouped(clusters.length, (i) => clusters[i] ?? 0, isLarge)
  const inside = grouped(
    left.length,
    (i) => {
      const root = clusters[left[i] ?? 0] ?? 0
      return root === clusters[right[i] ?? 0] ? root : -1
    },
    isLarge,
  )
  const place = new Int32Array(clusters.length)
  for (const [root, own] of members) {
    for (const [i, member] of own.entries()) place[member] = i
    const found = (inside.get(root) ?? []).map((i): Link => {
      const [a, b] = [place[left[i] ?? 0] ?? 0, place[right[i] ?? 0] ?? 0]
      return [Math.min(a, b), Math.max(a, b), weight[i] ?? 0]
    })
    found.sort((one, other) => one[0] - other[0] || one[1] - other[1])
    yield {
      members: Int32Array.from(own),
      links: {
        left: found.map((link) => link[0]),
        right: found.map((link) => link[1]),
        weight: found.map((link) => link[2]),
      },
    }
  }
}

type Link = readonly [left: number, right: number, weight: number]

function grouped(
  count: number,
  keyOf: (i: number) => number,
  isWanted: (key: number) => boolean,
): Map<number, number[]> {
  const found = new Map<number, number[]>()
  for (let i = 0; i < count; i++) {
    const key = keyOf(i)
    if (key < 0 || !isWanted(key)) continue
    const own = found.get(key)
    if (own) own.push(i)
    else found.set(key, [i])
  }
  return found
}

// Parents are never larger than their children, so one pass from below settles everybody.
function settled(parent: Int32Array): Int32Array {
  for (let i = 0; i < parent.length; i++) parent[i] = parent[parent[i] ?? 0] ?? 0
  return parent
}

function unite(parent: Int32Array, one: number, other: number): void {
  const [a, b] = [rootOf(parent, one), rootOf(parent, other)]
  if (a < b) parent[b] = a
  else parent[a] = b
}

/** The root of a cluster. Halves the way on each walk, so that later walks are short (van Leeuwen and Tarjan). */
function rootOf(parent: Int32Array, of: number): number {
  let at = of
  for (;;) {
    const above = parent[at] ?? at
    if (above === at) return at
    const next = parent[above] ?? above
    parent[at] = next
    at = next
  }
}
