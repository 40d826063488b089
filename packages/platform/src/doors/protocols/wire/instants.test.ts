import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { correctInstant, readInstant } from './instants.ts'

describe('reading', () => {
  test.each([
    ['2026-11-22T10:00:00.000Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22T10:00:00.123456789Z', '2026-11-22T10:00:00.123Z'],
    ['2026-11-22T10:00:00+01:30', '2026-11-22T08:30:00.000Z'],
    ['2026-11-22T10:00:00+0130', '2026-11-22T08:30:00.000Z'],
    ['2026-11-22T10:00:00-05', '2026-11-22T15:00:00.000Z'],
    ['2026-11-22 10:00:00', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22 10:00', '2026-11-22T10:00:00.000Z'],
    ['2026-11-22', '2026-11-22T00:00:00.000Z'],
    [' 2026-11-22 ', '2026-11-22T00:00:00.000Z'],
    [1_763_806_800, '2025-11-22T10:20:00.000Z'],
    [1_763_806_800_000, '2025-11-22T10:20:00.000Z'],
    ['1763806800', '2025-11-22T10:20:00.000Z'],
    ['1763806800.5', '2025-11-22T10:20:00.500Z'],
  ])('%j is %s', (value, iso) => {
    expect(new Date(readInstant(value) ?? 0).toISOString()).toBe(iso)
  })

  test.each([
    'yesterday',
    '',
    '2026-13-01',
    '2026-02-30T25:00:00Z',
    '2024-02-30T00:00:00Z',
    '2023-02-29T10:00:00.000Z',
    '2024-04-31',
    'November 2026',
    '1',
    '1776-07-04',
    '9999-12-31',
    7,
    Number.NaN,
    1e300,
    null,
    {},
    true,
  ])('%j is no time', (value) => {
    expect(readInstant(value)).toBeUndefined()
  })

  test('every instant is read as it was written', () => {
    const at = fc.date({
      min: new Date('1900-01-01'),
      max: new Date('2200-01-01'),
      noInvalidDate: true,
    })
    fc.assert(fc.property(at, (date) => readInstant(date.toISOString()) === date.getTime()))
  })
})

describe('correcting', () => {
  const received = Date.parse('2026-11-22T10:00:00Z')
  const hour = 3_600_000
  const year = 365 * 24 * hour
  const correct = (original: number, sent?: number, sender: 'browser' | 'server' = 'browser') => {
    const { at, isDoubtful } = correctInstant({
      original: received + original,
      sent: sent === undefined ? undefined : received + sent,
      received,
      sender,
    })
    return { at: at - received, isDoubtful }
  }

  test.each([
    ['a right clock', -hour, 0, -hour],
    ['a slow clock', -3 * hour, -2 * hour, -hour],
    ['a fast clock', 5 * hour, 6 * hour, -hour],
    ['no word of when it was sent', -hour, undefined, -hour],
    ['a clock that is read twice', 400, 0, 0],
  ])('%s', (_, original, sent, at) => {
    expect(correct(original, sent)).toEqual({ at, isDoubtful: false })
  })

  test.each([
    ['after it was sent', hour, 0],
    ['in the future', hour, undefined],
    ['in another age', -200 * year, 0],
  ])('what happened %s happened when it came', (_, original, sent) => {
    expect(correct(original, sent)).toEqual({ at: 0, isDoubtful: true })
  })

  test('a skew of more than a day is the clock of a browser, and the history of a server', () => {
    expect(correct(-year - hour, -year, 'browser')).toEqual({ at: -hour, isDoubtful: true })
    expect(correct(-year - hour, -year, 'server')).toEqual({ at: -year - hour, isDoubtful: true })
  })

  test('the formula holds for every clock that is at most a day wrong', () => {
    const skews = fc.integer({ min: -24 * hour, max: 24 * hour })
    const ages = fc.integer({ min: 0, max: year })
    fc.assert(
      fc.property(skews, ages, (skew, age) => {
        expect(correct(-skew - age, -skew).at).toBe(0 - age)
      }),
    )
  })
})
