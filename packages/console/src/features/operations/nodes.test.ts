import type { GraphNode } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { arrange } from '../../lib/listing.ts'
import { holdingUp, isBehind, nodeList, todoFor, whyOf } from './nodes.ts'

const node = (
  key: string,
  state: GraphNode['state'],
  more: Partial<GraphNode> = {},
): GraphNode => ({
  key,
  kind: 'segment',
  label: key,
  inputs: [],
  freshness: 'live',
  state,
  why: [],
  output: 0,
  counts: {},
  ...more,
})

const nodes = [
  node('a', 'fresh'),
  node('b', 'failed', { why: ['its input changed'], fault: { code: 'x.y', say: 'no room' } }),
  node('c', 'stale', { why: ['its input changed'] }),
  node('d', 'running'),
]

test('what wants a hand stands first', () => {
  expect(arrange(nodes, {}, nodeList).map(({ key }) => key)).toEqual(['b', 'c', 'd', 'a'])
  expect(arrange(nodes, { q: 'input' }, nodeList).map(({ key }) => key)).toEqual(['b', 'c'])
  expect(nodes.filter(isBehind).map(({ key }) => key)).toEqual(['b', 'c'])
})

test('why something is not up to date: what failed first', () => {
  expect(nodes.map(whyOf)).toEqual([
    [],
    ['no room', 'its input changed'],
    ['its input changed'],
    [],
  ])
})

test('trouble begins where all inputs are well, and at what failed; with all that it holds up', () => {
  const made = [
    node('stream', 'fresh'),
    node('rows', 'stale', { inputs: ['stream'] }),
    node('people', 'stale', { inputs: ['rows'] }),
    node('vips', 'failed', { inputs: ['people'] }),
    node('out', 'stale', { inputs: ['vips'] }),
    node('alone', 'never built'),
  ]
  const found = holdingUp(made).map(({ node: { key }, holdsUp }) => [
    key,
    holdsUp.map((one) => one.key),
  ])
  expect(found).toEqual([
    ['vips', ['out']],
    ['rows', ['people', 'vips', 'out']],
    ['alone', []],
  ])
  expect(holdingUp([node('a', 'fresh'), node('b', 'running')])).toEqual([])
})

test('what can be done is told for each state', () => {
  expect(todoFor(node('a', 'failed'))).toContain('Put right')
  const everyMs = { freshness: { everyMs: 90_000 } }
  const waits = { for: 'its time', until: '2026-03-01T12:00:00Z' } as const
  expect(todoFor(node('a', 'stale', { ...everyMs, waits }))).toContain('by itself at')
  expect(todoFor(node('a', 'stale', everyMs))).toContain('its time has come')
  expect(todoFor(node('a', 'stale', { freshness: 'on demand' }))).toContain('asked')
})

test('what asks for values is not behind', () => {
  expect(isBehind(node('a', 'never built'))).toBe(true)
  expect(isBehind(node('a', 'never built', { waits: { for: 'values' } }))).toBe(false)
})
