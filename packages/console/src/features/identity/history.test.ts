import type { IdentityRun } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { barsOf, slowest } from './history.ts'

const run = (number: number, records: number, profiles: number): IdentityRun => ({
  number,
  ruleset: 'people',
  on: 'individual',
  started_at: `2026-01-0${number}T10:00:00Z`,
  duration_ms: 1,
  changed: true,
  position: 1,
  records,
  profiles,
  consolidation_rate: 1 - profiles / records,
  created: 0,
  merged: 0,
  split: 0,
  retired: 0,
  members: 0,
  rows_owned: 0,
  rules: [],
  steps: [],
})

test('each bar is all records: profiles, and records that joined one; the oldest run first', () => {
  const { series } = barsOf([run(2, 12, 7), run(1, 10, 8)])
  expect(series.map(({ counts }) => counts)).toEqual([
    [8, 7],
    [2, 5],
  ])
})

test('the longest steps are told, the others as a sum', () => {
  const steps = [3, 9, 1, 5].map((ms) => ({ step: `s${ms}`, ms }))
  expect(slowest(steps, 2)).toEqual({
    shown: [
      { step: 's9', ms: 9 },
      { step: 's5', ms: 5 },
    ],
    others: { count: 2, ms: 4 },
    longest: 9,
  })
  expect(slowest([], 2)).toEqual({ shown: [], others: { count: 0, ms: 0 }, longest: 0 })
})
