import type { ProfileGraph, RecordName } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { allSources, clusterOf, sharesOf } from './cluster.ts'

const record = (key: string, profile = '1'): RecordName => ({
  record: key,
  space: 'default',
  stream: 'crm_contacts',
  source: 'crm',
  id: `id-${key}`,
  profile,
})

const link = (left: string, right: string, rule: string, bridge = false) => ({
  left,
  right,
  rule,
  matched: 'a***',
  bridge,
})

const refused = (left: RecordName, right: RecordName) => ({
  left,
  right,
  rule: 'email',
  matched: 'a***',
  reason: 'too_many_records' as const,
})

const graph: ProfileGraph = {
  profile: '1',
  records: [record('10'), record('20'), record('30')],
  links: [link('10', '20', 'email'), link('20', '10', 'phone'), link('20', '30', 'address', true)],
  refused: [
    refused(record('10'), record('90', '2')),
    refused(record('91', '2'), record('10')),
    refused(record('30'), record('92', '3')),
  ],
  weakest: { left: '30', right: '20', links: 1, parts: [2, 1] },
}

test('what ties two records is one line, whoever is named first', () => {
  const { bonds } = clusterOf(graph)
  expect(bonds.map(({ left, right, links }) => [left, right, links.length])).toEqual([
    ['10', '20', 2],
    ['20', '30', 1],
  ])
})

test('bridges are marked, and the one that the profile hangs on by least', () => {
  const { bonds } = clusterOf(graph)
  expect(bonds.map(({ isBridge, isWeakest }) => [isBridge, isWeakest])).toEqual([
    [false, false],
    [true, true],
  ])
})

test('links that were refused lead to the other profile, counted by record', () => {
  const { neighbours } = clusterOf(graph)
  expect(neighbours.map(({ profile, from }) => [profile, from])).toEqual([
    ['2', [{ record: '10', links: 2 }]],
    ['3', [{ record: '30', links: 1 }]],
  ])
})

test('a picture is stretched over its frame, with room at the edges', () => {
  const { records, neighbours } = clusterOf(graph)
  const points = [...records, ...neighbours].map(({ at }) => at)
  const shares = points.map(sharesOf(points, 10))
  expect(Math.min(...shares.map(({ left }) => left))).toBeCloseTo(10)
  expect(Math.max(...shares.map(({ left }) => left))).toBeCloseTo(90)
  expect(Math.min(...shares.map(({ top }) => top))).toBeCloseTo(10)
  expect(Math.max(...shares.map(({ top }) => top))).toBeCloseTo(90)
})

test('what stands alone, or in one line, stands in the middle', () => {
  expect(sharesOf([{ x: 7, y: 7 }])({ x: 7, y: 7 })).toEqual({ left: 50, top: 50 })
  const line = [
    { x: 0, y: 3 },
    { x: 9, y: 3 },
  ]
  expect(line.map(sharesOf(line, 10))).toEqual([
    { left: 10, top: 50 },
    { left: 90, top: 50 },
  ])
})

test('the order of sources does not hang on which of them a profile has', () => {
  const nodes = ['stream:web', 'model:individual', 'stream:crm'].map((key) => ({ key }))
  expect(allSources(nodes, ['web', 'crm'])).toEqual(['crm', 'web'])
  expect(allSources(nodes, ['web'])).toEqual(['crm', 'web'])
  expect(allSources([], ['web', 'api'])).toEqual(['api', 'web'])
})
