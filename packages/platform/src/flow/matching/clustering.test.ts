import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { averageLink } from './average-link.ts'
import { type Clustering, clusterPairs, counted } from './clustering.ts'
import { dice } from './testing/people.ts'

type Pair = readonly [left: number, right: number, weight: number]

const linksOf = (pairs: readonly Pair[]) => ({
  left: Int32Array.from(pairs, ([left]) => left),
  right: Int32Array.from(pairs, ([, right]) => right),
  weight: Float64Array.from(pairs, ([, , weight]) => weight),
})

const cluster = (count: number, pairs: readonly Pair[], how: Clustering) => [
  ...clusterPairs(count, linksOf(pairs), how),
]

/** Pairs of up to twelve records, each once; weights are halves, so that sums are exact and there are ties. */
const world = fc
  .record({
    count: fc.integer({ min: 1, max: 12 }),
    weights: fc.array(fc.option(fc.integer({ min: -16, max: 24 })), {
      minLength: 66,
      maxLength: 66,
    }),
    sources: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 12, maxLength: 12 }),
    seed: fc.nat(),
  })
  .map(({ count, weights, sources, seed }) => {
    const all = Array.from({ length: count }, (_, a) =>
      Array.from({ length: a }, (_, b) => [b, a] as const),
    ).flat()
    const pairs = all.flatMap(([a, b], i): Pair[] => {
      const weight = weights[i]
      return weight == null ? [] : [[a, b, weight / 2]]
    })
    return { count, pairs, sources: Int32Array.from(sources.slice(0, count)), seed }
  })

const groupsOf = (labels: readonly number[]) =>
  [...Map.groupBy(labels.keys(), (i) => labels[i] ?? 0).values()].map((of) => [...of])

/** The textbook, record by record: everything reachable, with no thought for speed. */
function reachable(count: number, pairs: readonly Pair[], threshold: number): number[] {
  const labels = Array.from({ length: count }, (_, i) => i)
  for (let changed = true; changed; ) {
    changed = false
    for (const [a, b, weight] of pairs) {
      const least = Math.min(labels[a]!, labels[b]!)
      if (weight < threshold || (labels[a] === least && labels[b] === least)) continue
      ;[labels[a], labels[b]] = [least, least]
      changed = true
    }
  }
  return labels
}

/** The textbook: all averages are worked out anew before every step. */
function averages(members: readonly number[], pairs: readonly Pair[], weakest: number): number[][] {
  const weights = new Map(pairs.map(([a, b, weight]) => [`${a} ${b}`, weight]))
  const between = (a: number, b: number) => {
    const weight = weights.get(`${Math.min(a, b)} ${Math.max(a, b)}`) ?? counted.missing
    return Math.min(counted.most, Math.max(counted.missing, weight))
  }
  const average = (one: readonly number[], other: readonly number[]) =>
    one.reduce((sum, a) => sum + other.reduce((all, b) => all + between(a, b), 0), 0) /
    (one.length * other.length)
  const groups = members.map((of) => [of])
  for (;;) {
    const offers = groups.flatMap((one, i) =>
      groups.slice(i + 1).map((other) => ({ one, other, average: average(one, other) })),
    )
    const [best] = offers.toSorted((x, y) => y.average - x.average)
    if (!best || best.average < weakest) return groups
    best.one.push(...best.other)
    groups.splice(groups.indexOf(best.other), 1)
  }
}

const sorted = (groups: readonly (readonly number[])[]) =>
  groups
    .map((group) => group.toSorted((a, b) => a - b))
    .toSorted((one, other) => (one[0] ?? 0) - (other[0] ?? 0))

test('links everything that is reachable', () => {
  fc.assert(
    fc.property(world, ({ count, pairs }) => {
      expect(cluster(count, pairs, { threshold: 2 })).toEqual(reachable(count, pairs, 2))
    }),
  )
})

test('takes clusters apart as the textbook does', () => {
  fc.assert(
    fc.property(world, fc.constantFrom(-4, -2, 0, 3), ({ count, pairs }, weakest) => {
      const expected = groupsOf(reachable(count, pairs, 2)).flatMap((members) =>
        members.length < 3 ? [members] : averages(members, pairs, weakest),
      )
      const found = groupsOf(cluster(count, pairs, { threshold: 2, weakest }))
      expect(sorted(found)).toEqual(sorted(expected))
    }),
    { numRuns: 500 },
  )
})

test('the order of the pairs, and of the two in a pair, does not matter', () => {
  fc.assert(
    fc.property(world, ({ count, pairs, sources, seed }) => {
      const roll = dice(seed)
      const mixed = pairs
        .map(([a, b, weight]) => ({
          by: roll(),
          pair: (roll() < 0.5 ? [a, b, weight] : [b, a, weight]) as Pair,
        }))
        .sort((one, other) => one.by - other.by)
        .map(({ pair }) => pair)
      for (const how of [
        { threshold: 2, weakest: -2 },
        { threshold: 2, weakest: -2, cleanSource: sources },
      ])
        expect(cluster(count, mixed, how)).toEqual(cluster(count, pairs, how))
    }),
  )
})

test('records of a clean source are never one; pairs are taken by weight, as the textbook does', () => {
  fc.assert(
    fc.property(world, ({ count, pairs, sources }) => {
      const groups = Array.from({ length: count }, (_, i) => [i])
      const order = pairs
        .filter(([, , weight]) => weight >= 2)
        .toSorted((one, other) => other[2] - one[2] || one[0] - other[0] || one[1] - other[1])
      for (const [a, b] of order) {
        const [one, other] = [a, b].map((of) => groups.findIndex((group) => group.includes(of)))
        if (one === other) continue
        const together = [...groups[one!]!, ...groups[other!]!]
        const clean = together.map((of) => sources[of]!).filter((source) => source >= 0)
        if (new Set(clean).size < clean.length) continue
        groups[one!] = together
        groups.splice(other!, 1)
      }
      const found = cluster(count, pairs, { threshold: 2, cleanSource: sources })
      expect(sorted(groupsOf(found))).toEqual(sorted(groups))
    }),
    { numRuns: 300 },
  )
})

describe('a chain of strangers', () => {
  // Two families of four that all know each other, and one pair between them.
  const family = (from: number): Pair[] =>
    [0, 1, 2, 3].flatMap((a) =>
      [0, 1, 2, 3].flatMap((b): Pair[] => (a < b ? [[from + a, from + b, 12]] : [])),
    )
  const pairs: Pair[] = [...family(0), ...family(4), [3, 4, 60]]

  test('is cut where it is weak, however sure one pair is', () => {
    expect(cluster(8, pairs, { threshold: 3 })).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
    expect(cluster(8, pairs, { threshold: 3, weakest: -2 })).toEqual([0, 0, 0, 0, 4, 4, 4, 4])
  })

  test('that is very long is linked anew by stronger pairs', () => {
    const count = 6000
    const chain = Array.from({ length: count - 1 }, (_, i): Pair => {
      return [i, i + 1, i % 1000 === 999 ? 3.5 : 8]
    })
    const found = cluster(count, chain, { threshold: 3, weakest: -2 })
    expect(found[999]).not.toBe(found[1000])
    // Within a part of a thousand, averages decide: pairs of neighbours and then pairs of pairs.
    const part = chain.slice(0, 999).map(([a, b, weight]): Pair => [a, b, weight])
    const alone = averageLink(1000, linksOf(part), { least: -2, missing: counted.missing })
    expect(found.slice(0, 1000)).toEqual([...alone])
  })
})
