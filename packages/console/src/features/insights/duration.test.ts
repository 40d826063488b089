import { expect, test } from 'vitest'
import { durationIn, durationOf } from './duration.ts'

test.each([
  ['15 minutes', 15, 'minute'],
  ['1 hour', 1, 'hour'],
  ['90 seconds', 90, 'second'],
  ['', undefined, 'minute'],
  ['soon', undefined, 'minute'],
] as const)('%j is a number of a span, and back', (written, count, span) => {
  expect(durationIn(written)).toEqual({ count, span })
  if (count !== undefined) expect(durationOf(count, span)).toBe(written)
})
