import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Bounds, planBatches, planReading } from './plan.ts'

const bounds = (...of: readonly [start: bigint, end: bigint][]): readonly Bounds[] =>
  of.map(([start, end], partition) => ({ partition, start, end }))

test('reads what lies beyond the positions, and new partitions from their start', () => {
  const positions = new Map([
    [0, 3n],
    [1, 5n],
  ])
  const plan = planReading(bounds([0n, 5n], [2n, 5n], [4n, 6n]), positions, 'latest')
  expect(plan).toEqual({
    ranges: [
      { partition: 0, from: 3n, to: 5n },
      { partition: 2, from: 4n, to: 6n },
    ],
    positions: new Map([
      [0, 3n],
      [1, 5n],
      [2, 4n],
    ]),
    losses: [],
    shrunk: [],
  })
})

test('begins where it was asked to', () => {
  const there = bounds([2n, 5n])
  expect(planReading(there, undefined, 'earliest').ranges).toEqual([
    { partition: 0, from: 2n, to: 5n },
  ])
  const latest = planReading(there, undefined, 'latest')
  expect([latest.ranges, latest.positions]).toEqual([[], new Map([[0, 5n]])])
})

test('tells what is missing, and partitions that are other ones or gone', () => {
  const positions = new Map([
    [0, 1n],
    [1, 9n],
    [7, 0n],
  ])
  const plan = planReading(bounds([4n, 5n], [2n, 5n]), positions, 'earliest')
  expect(plan.losses).toEqual([{ partition: 0, missing: 3n }])
  expect(plan.shrunk).toEqual([1, 7])
  expect(plan.ranges).toEqual([
    { partition: 0, from: 4n, to: 5n },
    { partition: 1, from: 2n, to: 5n },
  ])
})

test('batches hold every offset once, in order, and not more than they may', () => {
  const lengths = fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 6 })
  fc.assert(
    fc.property(lengths, fc.integer({ min: 1, max: 12 }), (counts, most) => {
      const ranges = counts.map((count, partition) => ({
        partition,
        from: 5n,
        to: 5n + BigInt(count),
      }))
      const batches = planBatches(ranges, most)
      const offsets = (of: typeof ranges) =>
        of.flatMap(({ partition, from, to }) =>
          Array.from({ length: Number(to - from) }, (_, i) => `${partition}:${from + BigInt(i)}`),
        )
      expect(offsets([...batches.flat()])).toEqual(offsets(ranges))
      const sizes = batches.map((batch) => offsets([...batch]).length)
      expect(sizes.slice(0, -1).every((size) => size === most)).toBe(true)
      expect(sizes.at(-1) ?? 0).toBeLessThanOrEqual(most)
    }),
  )
})
