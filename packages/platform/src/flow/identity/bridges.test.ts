import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bridgesOf, type Edge } from './bridges.ts'

/** The textbook answer: what is reached from a node without one edge. */
function reached(from: string, edges: readonly Edge[]): Set<string> {
  const found = new Set([from])
  for (const at of found)
    for (const { left, right } of edges) {
      if (left === at) found.add(right)
      if (right === at) found.add(left)
    }
  return found
}

const graphs = fc
  .array(fc.tuple(fc.nat(7), fc.nat(7)), { minLength: 1, maxLength: 14 })
  .map((pairs) =>
    pairs.filter(([a, b]) => a !== b).map(([a, b]) => [Math.min(a, b), Math.max(a, b)]),
  )
  .map((pairs) => [...new Map(pairs.map((pair) => [pair.join(), pair])).values()])
  .map((pairs) => pairs.map(([left, right]) => ({ left: `${left}`, right: `${right}` })))

test('an edge is a bridge just when the graph falls apart without it', () => {
  fc.assert(
    fc.property(graphs, (all) => {
      const whole = reached(all[0]?.left ?? '', all)
      const edges = all.filter(({ left }) => whole.has(left))
      const expected = edges.flatMap((edge) => {
        const side = reached(
          edge.left,
          edges.filter((other) => other !== edge),
        )
        return side.has(edge.right) ? [] : [[side.size, whole.size - side.size].toSorted()]
      })
      const found = bridgesOf(edges).map(({ parts }) => parts.toSorted())
      expect(found.toSorted()).toEqual(expected.toSorted())
    }),
    { numRuns: 500 },
  )
})

test('a long chain is all bridges', () => {
  const chain = Array.from({ length: 50_000 }, (_, i) => ({ left: `${i}`, right: `${i + 1}` }))
  expect(bridgesOf(chain)).toHaveLength(50_000)
})
