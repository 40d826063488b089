import type { ProfileGraph, RecordName } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { clusterOf, frameOf } from './cluster.ts'

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

test('everything has a place in the frame', () => {
  const { records, neighbours } = clusterOf(graph)
  const points = [...records, ...neighbours].map(({ at }) => at)
  const [left, top, width, height] = frameOf(points).split(' ').map(Number)
  for (const { x, y } of points) {
    expect(x - left!).toBeGreaterThanOrEqual(79)
    expect(left! + width! - x).toBeGreaterThanOrEqual(79)
    expect(y - top!).toBeGreaterThanOrEqual(79)
    expect(top! + height! - y).toBeGreaterThanOrEqual(79)
  }
})
