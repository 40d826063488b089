import { expect, test } from 'vitest'
import { bCubed } from './rating.ts'

/** As it is defined: record by record, against all others. */
function textbook(clusters: readonly number[], entities: readonly number[]) {
  const mean = (of: readonly number[], other: readonly number[]) => {
    const shares = of.map((own, i) => {
      const alike = of.flatMap((one, j) => (one === own ? [j] : []))
      return alike.filter((j) => other[j] === other[i]).length / alike.length
    })
    return shares.reduce((sum, one) => sum + one, 0) / of.length
  }
  return { precision: mean(clusters, entities), recall: mean(entities, clusters) }
}

test('B-cubed is counted from sizes as it is from records', () => {
  let state = 7
  const roll = (most: number) => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return Math.floor((state / 4294967296) * most)
  }
  for (const [count, clusters, entities] of [
    [1, 1, 1],
    [40, 40, 3],
    [200, 60, 50],
    [300, 5, 290],
  ] as const) {
    const made = Array.from({ length: count }, () => roll(clusters))
    const real = Array.from({ length: count }, () => roll(entities))
    const found = bCubed(Int32Array.from(made), Int32Array.from(real))
    const told = textbook(made, real)
    expect(found.precision).toBeCloseTo(told.precision, 12)
    expect(found.recall).toBeCloseTo(told.recall, 12)
    const { precision, recall } = told
    expect(found.f1).toBeCloseTo((2 * precision * recall) / (precision + recall), 12)
  }
  expect(bCubed(new Int32Array(), new Int32Array())).toEqual({ precision: 1, recall: 1, f1: 1 })
})
