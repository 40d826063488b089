import { expect, test } from 'vitest'
import type { Ruleset } from './definition.ts'
import { leastLookedAt, modelRefusals, sortPairs } from './model-clusters.ts'

const ruleset = (model: Partial<NonNullable<Ruleset['model']>> = {}): Ruleset => ({
  key: 'people',
  on: 'individual',
  match: [],
  model: { use: 'm', at_least: 0.95, ...model },
  reconcile: { default: 'last_updated' },
})

type Pair = readonly [first: number, n: number, bits: number]

function sorted(of: Ruleset, pairs: readonly Pair[], clean?: readonly number[]) {
  const column = (i: 0 | 1 | 2, by = 1) => Int32Array.from(pairs, (pair) => pair[i] * by)
  const weighed = { first: column(0), n: column(1), millibits: column(2, 1000) }
  const cleanSource = clean ? { cleanSource: Int32Array.from(clean) } : {}
  const { links, refused, reason } = sortPairs(of, weighed, { count: 8, ...cleanSource })
  const named = (place: number) => pairs[place]?.slice(0, 2).join('-')
  return {
    links: [...links].map(named),
    refused: [...refused].map((place, i) => [named(place), modelRefusals[reason[i] ?? 0]]),
  }
}

// Two families of three that everything speaks against but one pair.
const families: readonly Pair[] = [
  [0, 1, 12],
  [0, 2, 12],
  [1, 2, 12],
  [3, 4, 12],
  [3, 5, 12],
  [4, 5, 12],
  [2, 3, 6],
]

test('one likeness does not join two families, unless that is wished', () => {
  expect(sorted(ruleset(), families).refused).toEqual([['2-3', 'weak_link']])
  expect(sorted(ruleset(), families).links).toHaveLength(6)
  expect(sorted(ruleset({ split: false }), families)).toMatchObject({ refused: [] })
  expect(sorted(ruleset({ split: false }), families).links).toHaveLength(7)
})

test('pairs that weigh too little link nobody, but speak for or against', () => {
  const doubts: readonly Pair[] = [0, 1].flatMap((a) => [3, 4, 5].map((b): Pair => [a, b, 3]))
  expect(sorted(ruleset(), [...families, ...doubts, [2, 4, 3], [2, 5, 3]])).toMatchObject({
    links: expect.arrayContaining(['2-3']),
    refused: [],
  })
  expect(leastLookedAt(ruleset())).toBeCloseTo(1 / 33)
  expect(leastLookedAt(ruleset({ split: false }))).toBe(0.95)
})

test('two of a clean source are never brought together; the heavier pair counts', () => {
  const clean = [0, 0, -1, 1, 1, -1, -1, -1]
  const pairs: readonly Pair[] = [
    [0, 2, 9],
    [1, 2, 12],
    [3, 6, 8],
    [2, 3, 8],
    [2, 6, 8],
    [1, 3, 8],
    [1, 6, 8],
  ]
  const { links, refused } = sorted(ruleset(), pairs, clean)
  expect(refused).toEqual([['0-2', 'clean_source']])
  expect(links).toHaveLength(6)
})
