import type { GraphNode, Summary } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { mattersOf } from './attention.ts'

const summary = (of: Partial<Summary>): Summary => ({
  sources: [],
  source_records: 0,
  profiles: 0,
  consolidation_rate: 0,
  insights: [],
  segments: [],
  deliveries: [],
  ...of,
})
const node = (key: string, state: GraphNode['state']): GraphNode => ({
  key,
  kind: 'model',
  label: key,
  inputs: [],
  state,
  why: [],
  counts: {},
  freshness: 'live',
  output: 1,
  ...(state === 'failed' ? { fault: { code: 'x', say: 'it broke' } } : {}),
})

const now = Date.parse('2026-03-01T12:00:00Z')

test('a house that is well wants nobody, and one that did not answer yet neither', () => {
  expect(mattersOf({ now })).toEqual([])
  expect(mattersOf({ now, summary: summary({}), nodes: [node('a', 'fresh')], parked: 0 })).toEqual(
    [],
  )
})

test('what waits for its schedule wants nobody', () => {
  const waiting = (waits?: GraphNode['waits']) =>
    mattersOf({ now, nodes: [{ ...node('a', 'stale'), ...(waits && { waits }) }] })
  expect(waiting()).toHaveLength(1)
  expect(waiting({ for: 'its time', until: '2026-03-02T00:00:00Z' })).toEqual([])
})

test('what is broken comes before what waits; each leads to where it is dealt with', () => {
  const delivery = { activation: 'a', label: 'A', queued: 3, delivered: 1, waiting: 0, dead: 2 }
  const source = { stream: 's', label: 'S', rows: 1, rejected: 4, people: true }
  const matters = mattersOf({
    now,
    nodes: [node('model:x', 'failed'), node('y', 'stale'), node('z', 'stale')],
    summary: summary({ deliveries: [delivery], sources: [source] }),
    reviews: [
      { ruleset: 'people', pairs: 3 },
      { ruleset: 'firms', pairs: 0 },
    ],
    parked: 1,
  })
  expect(matters.map(({ tone, to }) => [tone, to])).toEqual([
    ['bad', '/?node=model%3Ax'],
    ['bad', '/activations'],
    ['wait', '/?node=y'],
    ['wait', '/streams/s?tab=rejected'],
    ['wait', '/senders'],
    ['wait', '/identity/people?tab=review'],
  ])
  expect(matters[0]?.about).toBe('it broke')
  expect(matters[2]?.about).toBe('y, z')
})

test('what has just been refreshed and is behind again wants nobody; what stays behind does', () => {
  const at = (refreshedAt: string) => [{ ...node('y', 'stale'), refreshedAt }]
  expect(mattersOf({ now, nodes: at('2026-03-01T11:59:00Z') })).toEqual([])
  expect(mattersOf({ now, nodes: at('2026-03-01T11:00:00Z') })).toMatchObject([{ key: 'stale' }])
})
