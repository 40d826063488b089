import { expect, test } from 'vitest'
import { chooseSegments, laneOf } from './choose.ts'

const one = (key: string, of: object = {}) => ({ key, label: key, on: 'individual', ...of })
const all = [
  one('b', { members: 5, changed_at: '2026-01-02', kept: { lane: 'live', staleness_ms: 9 } }),
  one('c', { members: 50, about: 'Those who left', kept: { lane: 'scheduled' } }),
  one('a'),
]
const keys = (address: Parameters<typeof chooseSegments>[1]) =>
  chooseSegments(all, address).map(({ key }) => key)

test('segments are searched by every word, and by how they are kept', () => {
  expect(keys({ q: 'left who' })).toEqual(['c'])
  expect(keys({ lane: 'live' })).toEqual(['b'])
  expect(keys({ lane: 'unpublished' })).toEqual(['a'])
  expect(all.map(laneOf)).toEqual(['live', 'scheduled', 'unpublished'])
})

test('they are sorted by name, the largest first, and those that are most behind', () => {
  expect(keys({})).toEqual(['a', 'b', 'c'])
  expect(keys({ sort: 'members' })).toEqual(['c', 'b', 'a'])
  expect(keys({ sort: 'members', order: 'up' })).toEqual(['a', 'b', 'c'])
  expect(keys({ sort: 'stale' })[0]).toBe('b')
})
