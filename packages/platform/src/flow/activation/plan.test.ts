import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ActivationBody } from './definition.ts'
import { planBatches, planCut } from './plan.ts'

const body: ActivationBody = {
  segment: 'vips',
  destination: 'shop',
  attributes: [],
  send: 'changes',
}
const last = { segment: 'vips', destination: 'shop', position: 7, content: null }
const since = (segment: string) => ({ segment, position: 7 })

test.each([
  ['the first time', body, undefined, { from: 0, follows: 'nothing' }],
  ['changes', body, last, { from: 7, since: since('vips'), follows: 'segment' }],
  [
    'another segment',
    { ...body, segment: 'new' },
    last,
    { from: 7, since: since('vips'), follows: 'nothing' },
  ],
  ['another destination', { ...body, destination: 'mail' }, last, { from: 7, follows: 'nothing' }],
  ['everything', { ...body, send: 'everything' as const }, last, { from: 7, follows: 'nothing' }],
])('plans %s', (_, activation, progress, plan) => {
  expect(planCut(activation, progress)).toEqual(plan)
})

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
