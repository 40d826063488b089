import fc from 'fast-check'
import { expect, test } from 'vitest'
import { planBatches } from './plan.ts'

test('nobody makes no batch, unless that itself is news', () => {
  expect(planBatches(0, 500, 0).batches).toEqual([])
  expect(planBatches(0, 500, 1).batches).toEqual([{ number: 1, of: 1, members: 0 }])
})

test('a destination without a limit gets one batch in many parts', () => {
  const { batches, rowsPerPart } = planBatches(1_000_000, Number.POSITIVE_INFINITY, 0)
  expect(batches).toEqual([{ number: 1, of: 1, members: 1_000_000 }])
  expect(rowsPerPart).toBeLessThanOrEqual(5000)
})

test('every member is in one batch, and no batch is too large or empty', () => {
  const size = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.constant(Number.POSITIVE_INFINITY))
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100_000 }), size, (members, most) => {
      const { batches, rowsPerPart, partsPerBatch } = planBatches(members, most, 0)
      const sizes = batches.map((batch) => batch.members)
      expect(sizes.reduce((sum, one) => sum + one, 0)).toBe(members)
      expect(Math.max(...sizes)).toBeLessThanOrEqual(most)
      expect(Math.min(...sizes)).toBeGreaterThan(0)
      expect(rowsPerPart * partsPerBatch).toBeLessThanOrEqual(most)
    }),
    { numRuns: 50 },
  )
})
