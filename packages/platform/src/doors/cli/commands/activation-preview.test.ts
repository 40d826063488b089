import { expect, test } from 'vitest'
import { previewText } from './activation-preview.ts'

test('a preview of changes says when there are none, and how many were told before', () => {
  const told = {
    columns: ['profile_id', 'change'],
    members: 0,
    filtered: {},
    undivided: {},
    rows: [],
  }
  expect(previewText({ ...told, in_segment: 1200 })).toMatch(
    /^0 members\nnothing has changed since the last delivery; the segment has 1.200 members$/,
  )
  expect(previewText({ ...told, in_segment: 0 })).toBe('0 members')
  expect(previewText({ ...told, filtered: { 'no consent': 3 }, in_segment: 3 })).toBe(
    '0 members; not sent: 3 no consent',
  )
  expect(previewText({ ...told, undivided: { Ratio: 2 }, in_segment: 0 })).toBe(
    '"Ratio" is empty for 2: its formula divides by zero\n0 members',
  )
})
