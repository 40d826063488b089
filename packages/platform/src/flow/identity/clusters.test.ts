import fc from 'fast-check'
import { expect, test } from 'vitest'
import { sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { clustersOf } from './clusters.ts'

/** The textbook answer: relabel until nothing changes. */
function clustersByHand(count: number, links: readonly (readonly [number, number])[]): number[] {
  const label = Array.from({ length: count }, (_, i) => i)
  for (let changed = true; changed; ) {
    changed = false
    for (const [a, b] of links) {
      const least = Math.min(label[a]!, label[b]!)
      if (label[a] === least && label[b] === least) continue
      label[a] = least
      label[b] = least
      changed = true
    }
  }
  return label
}

const graphs = fc.integer({ min: 1, max: 60 }).chain((count) => {
  const record = fc.nat(count - 1)
  return fc.record({
    count: fc.constant(count),
    links: fc.array(fc.tuple(record, record), { maxLength: 80 }),
  })
})

const columns = (links: readonly (readonly [number, number])[]) =>
  [0, 1].map((side) => Int32Array.from(links, (link) => link[side]!)) as [Int32Array, Int32Array]

test('groups are those of the textbook, whatever the order of the links', () => {
  fc.assert(
    fc.property(graphs, fc.nat(), ({ count, links }, seed) => {
      const expected = clustersByHand(count, links)
      expect([...clustersOf(count, ...columns(links))]).toEqual(expected)
      const turned = links.map(([a, b], i): [number, number] => ((i + seed) % 2 ? [a, b] : [b, a]))
      expect([...clustersOf(count, ...columns(turned.toReversed()))]).toEqual(expected)
    }),
  )
})

test('groups are those of a closure in SQL', async () => {
  const engine = await memoryEngine()
  await fc.assert(
    fc.asyncProperty(graphs, async ({ count, links }) => {
      const [left, right] = columns([[0, 0], ...links])
      const [closure] = await engine.stagedIntegers({ l: left, r: right }, (link) =>
        engine.integers(sql`with recursive
          edge as (select l as a, r as b from ${link} union select r, l from ${link}
            union select cast(n as integer), cast(n as integer) from range(${value(count)}) t(n)),
          reach as (select a, b from edge union select reach.a, edge.b from reach join edge on edge.a = reach.b)
          select min(b) as root, a from reach group by a order by a`),
      )
      expect([...clustersOf(count, left, right)]).toEqual([...closure!])
    }),
    { numRuns: 20 },
  )
})

test('a million records in one long chain', () => {
  const count = 1_000_000
  const left = Int32Array.from({ length: count - 1 }, (_, i) => count - 1 - i)
  const right = left.map((i) => i - 1)
  const roots = clustersOf(count, left, right)
  expect(roots.every((root) => root === 0)).toBe(true)
})
