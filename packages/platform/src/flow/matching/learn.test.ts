import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  type Evidence,
  learn,
  learnFromLabels,
  type PatternCount,
  patternWeight,
  probabilityOf,
  weightOf,
} from './learn.ts'

/** All pairs of a world whose shares are known, as they would be expected: nothing is drawn. */
function world(
  prior: number,
  m: readonly (readonly number[])[],
  u: readonly (readonly number[])[],
) {
  const allPairs = 1e9
  const patterns = m.reduce<readonly (readonly number[])[]>(
    (all, of) => all.flatMap((digits) => of.map((_, i) => [...digits, i + 1])),
    [[]],
  )
  const chance = (shares: readonly (readonly number[])[], digits: readonly number[]) =>
    digits.reduce((product, digit, i) => product * (shares[i]?.[digit - 1] ?? 1), 1)
  const counted = (by: (digits: readonly number[]) => number): PatternCount[] =>
    patterns.map((digits) => ({ digits, pairs: allPairs * by(digits) }))
  return {
    candidates: counted((of) => prior * chance(m, of) + (1 - prior) * chance(u, of)),
    random: counted((of) => chance(u, of)),
    matches: counted((of) => prior * chance(m, of)),
    allPairs,
    records: 44_722,
    levels: m.map(({ length }) => length),
  }
}

const m = [
  [0.8, 0.15, 0.05],
  [0.7, 0.2, 0.1],
  [0.9, 0.1],
  [0.85, 0.15],
] as const
const u = [
  [0.001, 0.004, 0.995],
  [0.01, 0.02, 0.97],
  [0.0001, 0.9999],
  [0.02, 0.98],
] as const

test('finds the shares that made the patterns', () => {
  const learned = learn(world(0.0005, m, u))
  expect(learned.converged).toBe(true)
  expect(learned.prior).toBeCloseTo(0.0005, 6)
  for (const [i, of] of m.entries())
    for (const [j, share] of of.entries()) {
      expect(learned.comparisons[i]?.m[j]).toBeCloseTo(share, 3)
      expect(learned.comparisons[i]?.u[j]).toBeCloseTo(u[i]?.[j] ?? 0, 3)
    }
})

test('the likelihood never falls, whatever there is to learn from', () => {
  const pattern = fc.record({
    digits: fc.tuple(fc.nat(3), fc.nat(2), fc.nat(2)),
    pairs: fc.integer({ min: 1, max: 1000 }),
  })
  fc.assert(
    fc.property(
      fc.array(pattern, { minLength: 1, maxLength: 30 }),
      fc.array(pattern, { minLength: 1, maxLength: 30 }),
      (candidates, random) => {
        const evidence: Evidence = {
          candidates,
          random,
          allPairs: 100_000,
          records: 448,
          levels: [3, 2, 2],
        }
        const { log_likelihood: steps } = learn(evidence)
        for (const [i, step] of steps.entries())
          expect(step).toBeGreaterThanOrEqual((steps[i - 1] ?? -Infinity) - 1e-6 * Math.abs(step))
      },
    ),
    { numRuns: 100 },
  )
})

test('learns from pairs that were judged', () => {
  const evidence = world(0.0005, m, u)
  const learned = learnFromLabels(evidence, evidence.matches)
  expect(learned.comparisons[0]?.m[0]).toBeCloseTo(0.8, 4)
  expect(learned.prior).toBeCloseTo(0.0005, 6)
})

// The example of Newcombe, Fellegi and Sunter as textbooks have it: log2(0.9 / 0.01) + log2(0.95 / 0.5) and so on.
test('weighs as the textbook does', () => {
  const learned = {
    prior: 0.01,
    matches: 1,
    rounds: 1,
    converged: true,
    log_likelihood: [],
    comparisons: [
      { m: [0.9, 0.1], u: [0.01, 0.99] },
      { m: [0.95, 0.05], u: [0.5, 0.5] },
    ],
  }
  const prior = Math.log2(0.01 / 0.99)
  expect(patternWeight(learned, [1, 1])).toBeCloseTo(prior + 6.4919 + 0.926, 3)
  expect(patternWeight(learned, [1, 2])).toBeCloseTo(prior + 6.4919 - 3.3219, 3)
  expect(patternWeight(learned, [0, 2])).toBeCloseTo(prior - 3.3219, 3)
  expect(probabilityOf(patternWeight(learned, [1, 1]))).toBeCloseTo(
    (0.01 * 0.9 * 0.95) / (0.01 * 0.9 * 0.95 + 0.99 * 0.01 * 0.5),
    6,
  )
  expect(weightOf(probabilityOf(3.5))).toBeCloseTo(3.5)
})
