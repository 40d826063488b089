import { expect, test } from 'vitest'
import type { GraphNode, Look, NodeState } from './definition.ts'
import { isDue, outputsOf, reasonsOf } from './staleness.ts'

const hour = 3_600_000
const now = new Date('2026-01-01T12:00:00Z')
const ago = (ms: number) => new Date(now.getTime() - ms).toISOString()

const built = {
  definition: 'd1',
  worked: { a: 5 },
  counts: {},
  refreshedAt: ago(hour),
  durationMs: 1,
}
const tried = { definition: 'd1', startedAt: ago(60_000), failures: 0 }
const fault = { code: 'x', say: 'no disk' }
const node: GraphNode = {
  key: 'b',
  kind: 'k',
  label: 'B',
  inputs: ['a'],
  definition: 'd1',
  freshness: 'live',
}
const a: GraphNode = { ...node, key: 'a', inputs: [], freshness: 'by itself' }
const fresh: NodeState = { key: 'b', state: 'idle', output: 1, built, tried }
const failed = (failures: number): NodeState => ({
  ...fresh,
  state: 'failed',
  tried: { ...tried, failures, fault },
})
const every = (everyMs: number): GraphNode => ({ ...node, freshness: { everyMs } })

const look = (state: NodeState | undefined, output: number, of: GraphNode): Look => ({
  nodes: [a, of],
  states: new Map([
    ['a', { key: 'a', state: 'idle', output }],
    ...(state ? [['b', state] as const] : []),
  ]),
  now,
})

interface Case {
  readonly title: string
  readonly of?: GraphNode
  readonly state?: NodeState | 'none'
  readonly output?: number
  readonly why: readonly string[]
  readonly due: boolean
}

test.each<Case>([
  { title: 'up to date', why: [], due: false },
  { title: 'never built', state: 'none', why: ['it was never built'], due: true },
  {
    title: 'defined anew',
    of: { ...node, definition: 'd2' },
    why: ['its definition has changed'],
    due: true,
  },
  {
    title: 'amended',
    of: { ...node, definition: `${node.definition}#2`, amended: 'somebody decided' },
    why: ['somebody decided'],
    due: true,
  },
  {
    title: 'amended and defined anew',
    of: { ...node, definition: 'd2#2', amended: 'somebody decided' },
    why: ['its definition has changed'],
    due: true,
  },
  { title: 'an input moved', output: 7, why: ['a has moved on from 5 to 7'], due: true },
  { title: 'an input began again', output: 2, why: ['a has moved on from 5 to 2'], due: true },
  {
    title: 'a new input',
    of: { ...node, inputs: ['a', 'c'] },
    why: ['c is new here'],
    due: true,
  },
  {
    title: 'on demand, input moved',
    of: { ...node, freshness: 'on demand' },
    output: 7,
    why: ['a has moved on from 5 to 7'],
    due: false,
  },
  {
    title: 'young, input moved',
    of: every(2 * hour),
    output: 7,
    why: ['a has moved on from 5 to 7'],
    due: false,
  },
  {
    title: 'too old',
    of: every(hour),
    why: ['it is 60 minutes old and should be made every 60 minutes'],
    due: true,
  },
  { title: 'failed', state: failed(1), why: ['it failed before: no disk'], due: true },
  {
    title: 'failed often, resting',
    state: failed(4),
    why: ['it failed before: no disk'],
    due: false,
  },
  {
    title: 'failed often, mended',
    of: { ...node, definition: 'd2' },
    state: failed(9),
    why: ['its definition has changed', 'it failed before: no disk'],
    due: true,
  },
  {
    title: 'interrupted',
    state: { ...fresh, state: 'interrupted' },
    why: ['it was interrupted before it was done'],
    due: true,
  },
  {
    title: 'moves by itself',
    of: { ...node, freshness: 'by itself' },
    state: 'none',
    why: [],
    due: false,
  },
])('$title', ({ of = node, state = fresh, output = 5, why, due }) => {
  const at = look(state === 'none' ? undefined : state, output, of)
  const reasons = reasonsOf(of, at, outputsOf(at))
  expect(reasons.map(({ say }) => say)).toEqual(why)
  expect(isDue(of, reasons, at)).toBe(due)
})

test('where a room knows the position itself, the later one counts', () => {
  const at = look(fresh, 5, node)
  const outputs = outputsOf({
    ...at,
    nodes: [
      { ...a, position: 9 },
      { ...node, position: 0 },
    ],
  })
  expect([...outputs]).toEqual([
    ['a', 9],
    ['b', 1],
  ])
})
