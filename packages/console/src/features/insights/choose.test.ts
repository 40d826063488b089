import { expect, test } from 'vitest'
import { chooseInsights, stateOf } from './choose.ts'

const one = (key: string, of: object = {}) => ({
  key,
  label: key,
  dimensions: ['profile_id'],
  measures: [{ name: 'total' }],
  ...of,
})
const all = [
  one('b', { rows: 5, lastRun: { at: '2026-01-02', tookMs: 1 } }),
  one('c', { rows: 50, stale: { code: 'x', why: 'no' }, lastRun: { at: '2026-01-03', tookMs: 1 } }),
  one('a', { measures: [{ name: 'clicks' }] }),
]
const keys = (address: Parameters<typeof chooseInsights>[1]) =>
  chooseInsights(all, address).map(({ key }) => key)

test('insights are found by their measures too, and by how they stand', () => {
  expect(keys({ q: 'clicks' })).toEqual(['a'])
  expect(all.map(stateOf)).toEqual(['well', 'stale', 'never'])
  expect(keys({ state: 'stale' })).toEqual(['c'])
})

test('they are sorted by name, the largest, or what ran last', () => {
  expect(keys({})).toEqual(['a', 'b', 'c'])
  expect(keys({ sort: 'rows' })).toEqual(['c', 'b', 'a'])
  expect(keys({ sort: 'run' })).toEqual(['c', 'b', 'a'])
})
