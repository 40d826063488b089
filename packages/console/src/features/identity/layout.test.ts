import { describe, expect, test } from 'vitest'
import { type Point, placesOf, type Tie, tieLength } from './layout.ts'

const between = (a: Point, b: Point) => Math.hypot(a.x - b.x, a.y - b.y)

function nearest(places: readonly Point[]): number {
  const distances = places.flatMap((a, i) => places.slice(i + 1).map((b) => between(a, b)))
  return Math.min(...distances)
}

const chain = (count: number): Tie[] => Array.from({ length: count - 1 }, (_, i) => [i, i + 1])
const star = (count: number): Tie[] => Array.from({ length: count - 1 }, (_, i) => [0, i + 1])

describe('places', () => {
  test('nothing, and one alone', () => {
    expect(placesOf(0, [])).toEqual([])
    expect(placesOf(1, [])).toEqual([{ x: 0, y: 0 }])
  })

  test('are the same each time', () => {
    expect(placesOf(12, chain(12))).toEqual(placesOf(12, chain(12)))
  })

  test.each([
    ['a pair', 2, chain(2)],
    ['a chain', 14, chain(14)],
    ['a star', 40, star(40)],
    ['a crowd without ties', 60, []],
    ['two hundred', 200, star(200)],
  ])('keep apart and finite: %s', (_name, count, ties) => {
    const places = placesOf(count, ties)
    expect(places.every(({ x, y }) => Number.isFinite(x) && Number.isFinite(y))).toBe(true)
    expect(nearest(places)).toBeGreaterThan(22)
  })

  test('bring together what is tied', () => {
    // Two triangles with one tie between them: the bridge is seen because its ends stand farther from the other side.
    const ties: Tie[] = [
      [0, 1],
      [1, 2],
      [0, 2],
      [3, 4],
      [4, 5],
      [3, 5],
      [2, 3],
    ]
    const places = placesOf(6, ties)
    const far = (a: number, b: number) => between(places[a]!, places[b]!)
    for (const [a, b] of ties.slice(0, 6)) expect(far(a, b)).toBeLessThan(tieLength * 1.8)
    expect(far(0, 5)).toBeGreaterThan(far(0, 2) * 1.5)
    expect(far(1, 4)).toBeGreaterThan(far(1, 2) * 1.5)
  })

  test('stand around the middle', () => {
    const places = placesOf(9, star(9))
    const xs = places.map(({ x }) => x)
    expect(Math.min(...xs) + Math.max(...xs)).toBeCloseTo(0)
  })
})
