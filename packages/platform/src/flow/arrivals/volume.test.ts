import fc from 'fast-check'
import { expect, test } from 'vitest'
import { usualAfter, verdictOn } from './volume.ts'

const volumes = fc.array(fc.nat(100_000), { minLength: 7, maxLength: 28 })

test('a stream that brings a hundred an hour may bring a few more or less', () => {
  const usual = usualAfter([98, 100, 103, 99, 101, 100, 97])
  expect(usual).toEqual({ expected: 100, low: 60, high: 140 })
  expect([59, 60, 140, 141].map((volume) => verdictOn(volume, usual))).toEqual([
    'low',
    undefined,
    undefined,
    'high',
  ])
})

test('a stream that sleeps at night is not missed, and one event does not wake anybody', () => {
  const usual = usualAfter([0, 0, 0, 0, 0, 0, 0])
  expect([0, 1, 4, 5].map((volume) => verdictOn(volume, usual))).toEqual([
    undefined,
    undefined,
    undefined,
    'high',
  ])
})

test('the median and the spread are those of the textbook', () => {
  // The smallest number that at least half of the numbers do not exceed, and the largest that at least half reach.
  const byCounting = (of: readonly number[]) => {
    const isHalf = (is: (m: number) => boolean) => of.filter(is).length * 2 >= of.length
    const lower = Math.min(...of.filter((n) => isHalf((m) => m <= n)))
    const upper = Math.max(...of.filter((n) => isHalf((m) => m >= n)))
    return (lower + upper) / 2
  }
  fc.assert(
    fc.property(volumes, (of) => {
      const { expected, high } = usualAfter(of)
      expect(expected).toBe(byCounting(of))
      const spread = byCounting(of.map((n) => Math.abs(n - expected)))
      expect(high).toBeCloseTo(expected + 4 * Math.max(spread, Math.sqrt(expected), 1))
    }),
  )
})

test('what is usual never alerts, more of what is too much is too much, and the order of days means nothing', () => {
  fc.assert(
    fc.property(volumes, fc.nat(200_000), fc.nat(1000), (of, volume, more) => {
      const usual = usualAfter(of)
      expect(verdictOn(usual.expected, usual)).toBeUndefined()
      expect(usualAfter(of.toReversed())).toEqual(usual)
      if (verdictOn(volume, usual) === 'high') expect(verdictOn(volume + more, usual)).toBe('high')
      if (verdictOn(volume, usual) === 'low')
        expect(verdictOn(Math.max(0, volume - more), usual)).toBe('low')
    }),
  )
})

test('a few bad days do not change what is usual beyond the good ones', () => {
  const good = fc.array(fc.integer({ min: 900, max: 1100 }), { minLength: 15, maxLength: 15 })
  const bad = fc.array(fc.nat(10_000_000), { minLength: 13, maxLength: 13 })
  fc.assert(
    fc.property(good, bad, (usualDays, badDays) => {
      const { expected } = usualAfter([...usualDays, ...badDays])
      expect(expected).toBeGreaterThanOrEqual(Math.min(...usualDays))
      expect(expected).toBeLessThanOrEqual(Math.max(...usualDays))
    }),
  )
})
