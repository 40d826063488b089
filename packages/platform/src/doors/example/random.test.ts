import { expect, test } from 'vitest'
import { between, normal, pickCommon, pickWeighted, randomFrom } from './random.ts'

const throws = 20_000
const numbers = (seed: number, count = 5) => {
  const random = randomFrom(seed)
  return Array.from({ length: count }, random)
}
const countOf = <T>(list: readonly T[], of: T) => list.filter((item) => item === of).length

test('dice fall alike for one seed, and differently for another', () => {
  expect(numbers(7)).toEqual(numbers(7))
  const seeds = [0, 1, 2, -1, 2 ** 32, 2 ** 40]
  expect(new Set(seeds.map((seed) => numbers(seed)[0])).size).toBe(seeds.length)
})

test('numbers are spread evenly from 0 to 1', () => {
  const all = numbers(1, throws)
  expect(Math.min(...all)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...all)).toBeLessThan(1)
  for (const tenth of [0, 3, 9])
    expect(all.filter((n) => Math.floor(n * 10) === tenth).length / throws).toBeCloseTo(0.1, 1)
})

test('between includes both ends', () => {
  const random = randomFrom(2)
  const drawn = Array.from({ length: 200 }, () => between(random, 3, 5))
  expect([...new Set(drawn)].sort()).toEqual([3, 4, 5])
})

test('the first of a hundred is about ten times as common as the last', () => {
  const random = randomFrom(3)
  const places = Array.from({ length: 100 }, (_, i) => i)
  const drawn = Array.from({ length: 5 * throws }, () => pickCommon(random, places))
  const ratio = countOf(drawn, 0) / countOf(drawn, 99)
  expect(ratio).toBeGreaterThan(7)
  expect(ratio).toBeLessThan(15)
})

test('weights are kept', () => {
  const random = randomFrom(4)
  const drawn = Array.from({ length: throws }, () => pickWeighted(random, [70, 0, 30]))
  expect(countOf(drawn, 0) / throws).toBeCloseTo(0.7, 1)
  expect(countOf(drawn, 1)).toBe(0)
})

test('normal numbers have mean 0 and deviation 1', () => {
  const random = randomFrom(5)
  const drawn = Array.from({ length: throws }, () => normal(random))
  const mean = (of: (n: number) => number) => drawn.reduce((sum, n) => sum + of(n), 0) / throws
  expect(mean((n) => n)).toBeCloseTo(0, 1)
  expect(mean((n) => n * n)).toBeCloseTo(1, 1)
})

test('nothing cannot be picked from', () => {
  expect(() => pickCommon(randomFrom(6), [])).toThrow('nothing to pick from')
})
