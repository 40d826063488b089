import { expect, test } from 'vitest'
import type { GraphNode, Look, NodeState } from './definition.ts'
import { isDue, outputsOf, reasonsOf, waitOf } from './staleness.ts'
import { nextMoment } from './times.ts'
import { type Want, workList } from './work-list.ts'

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
const dear: GraphNode = { ...node, rests: 'as long as it costs' }
const took = (durationMs: number, agoMs: number): NodeState => ({
  ...fresh,
  built: { ...built, durationMs, refreshedAt: ago(agoMs) },
})
const every = (everyMs: number): GraphNode => ({ ...node, freshness: { everyMs } })
const atLeastEvery = (atLeastEveryMs: number): GraphNode => ({
  ...node,
  freshness: { atLeastEveryMs },
})
const at = (cron: string): GraphNode => ({ ...node, freshness: { cron } })

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
  /** What it waits for, as people read it. */
  readonly waits?: string
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
    waits: 'it waits to be asked',
  },
  {
    title: 'on demand, never built',
    of: { ...node, freshness: 'on demand' },
    state: 'none',
    why: ['it was never built'],
    due: false,
    waits: 'it waits to be asked',
  },
  {
    title: 'on demand, failed just now',
    of: { ...node, freshness: 'on demand' },
    state: failed(4),
    why: ['it failed before: no disk'],
    due: false,
    waits: 'it waits to be asked',
  },
  {
    title: 'young, input moved',
    of: every(2 * hour),
    output: 7,
    why: ['a has moved on from 5 to 7'],
    due: false,
    waits: 'it waits for its schedule until 2026-01-01 12:59:59 UTC',
  },
  { title: 'young, nothing moved', of: every(2 * hour), why: [], due: false },
  {
    title: 'young, defined anew',
    of: { ...every(2 * hour), definition: 'd2' },
    why: ['its definition has changed'],
    due: true,
  },
  {
    title: 'with a schedule, never built',
    of: every(2 * hour),
    state: 'none',
    why: ['it was never built'],
    due: true,
  },
  {
    title: 'too old',
    of: every(hour),
    why: ['it is 60 minutes old and should be made every 60 minutes'],
    due: true,
  },
  {
    title: 'at once and hourly, input moved',
    of: atLeastEvery(2 * hour),
    output: 7,
    why: ['a has moved on from 5 to 7'],
    due: true,
  },
  {
    title: 'at once and hourly, too old',
    of: atLeastEvery(hour),
    why: ['it is 60 minutes old and should be made every 60 minutes'],
    due: true,
  },
  {
    title: 'by a calendar, input moved before its time',
    of: at('30 12 * * *'),
    output: 7,
    why: ['a has moved on from 5 to 7'],
    due: false,
    waits: 'it waits for its schedule until 2026-01-01 12:30:00 UTC',
  },
  {
    title: 'by a calendar, its time has come',
    of: at('0 12 * * *'),
    output: 7,
    why: ['a has moved on from 5 to 7', 'its time came at 2026-01-01 12:00:00 UTC'],
    due: true,
  },
  {
    title: 'by a calendar, its times were missed for days',
    of: at('0 6 * * *'),
    state: { ...fresh, built: { ...built, refreshedAt: ago(73 * hour) } },
    why: ['its time came at 2025-12-30 06:00:00 UTC'],
    due: true,
  },
  {
    title: 'by a calendar, begun before its time and done after it',
    of: at('30 11 * * *'),
    state: { ...fresh, built: { ...built, refreshedAt: ago(hour / 4), durationMs: hour / 2 } },
    why: ['its time came at 2026-01-01 11:30:00 UTC'],
    due: true,
  },
  {
    title: 'by a calendar, never built',
    of: at('0 6 * * *'),
    state: 'none',
    why: ['it was never built'],
    due: true,
  },
  {
    title: 'by a calendar, failed a while ago',
    of: at('30 12 * * *'),
    state: failed(1),
    why: ['it failed before: no disk'],
    due: true,
  },
  {
    title: 'made before the clock was put back',
    of: at('0 6 * * *'),
    state: { ...fresh, built: { ...built, refreshedAt: ago(-99 * hour) } },
    why: ['it was made before the clock was put back'],
    due: true,
  },
  {
    title: 'failed before the clock was put back',
    state: { ...failed(4), tried: { ...tried, failures: 4, startedAt: ago(-99 * hour), fault } },
    why: ['it failed before: no disk'],
    due: true,
  },
  {
    title: 'with values that nobody gave',
    of: { ...node, freshness: { asksFor: ['country', 'city'] } },
    state: 'none',
    output: 7,
    why: [],
    due: false,
    waits: 'it asks for values: country, city',
  },
  { title: 'failed', state: failed(1), why: ['it failed before: no disk'], due: true },
  {
    title: 'failed often, resting',
    state: failed(4),
    why: ['it failed before: no disk'],
    due: false,
    waits: 'it is tried again at 2026-01-01 12:00:20 UTC',
  },
  {
    title: 'failed very often, resting an hour at most',
    state: failed(99),
    why: ['it failed before: no disk'],
    due: false,
    waits: 'it is tried again at 2026-01-01 12:59:00 UTC',
  },
  {
    title: 'failed often, mended',
    of: { ...node, definition: 'd2' },
    state: failed(9),
    why: ['its definition has changed', 'it failed before: no disk'],
    due: true,
  },
  {
    title: 'took long, resting as long',
    of: dear,
    state: took(50_000, 40_000),
    output: 6,
    why: ['a has moved on from 5 to 6'],
    due: false,
    waits: 'it took 50 seconds, so it rests until 2026-01-01 12:00:10 UTC',
  },
  {
    title: 'took long, has rested',
    of: dear,
    state: took(50_000, 51_000),
    output: 6,
    why: ['a has moved on from 5 to 6'],
    due: true,
  },
  {
    title: 'took long, and is defined anew',
    of: { ...dear, definition: 'd2' },
    state: took(50_000, 1000),
    why: ['its definition has changed'],
    due: true,
  },
  {
    title: 'took little, and need not rest',
    of: dear,
    state: took(1999, 1),
    output: 6,
    why: ['a has moved on from 5 to 6'],
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
])('$title', ({ of = node, state = fresh, output = 5, why, due, waits }) => {
  const at = look(state === 'none' ? undefined : state, output, of)
  const reasons = reasonsOf(of, at, outputsOf(at))
  expect(reasons.map(({ say }) => say)).toEqual(why)
  const wait = waitOf(of, reasons, at)
  expect(wait?.say).toBe(waits)
  expect(isDue(of, reasons) && wait === undefined).toBe(due)
})

test('time next asks for the first of schedules, ages and other tries', () => {
  const moment = (of: GraphNode, state: NodeState | undefined = fresh) =>
    nextMoment(look(state, 5, of))?.toISOString()
  expect(moment(node)).toBeUndefined()
  expect(moment(every(hour), undefined)).toBe('2026-01-01T11:59:59.999Z')
  expect(moment(at('0 6 * * *'))).toBe('2026-01-02T06:00:00.000Z')
  expect(moment(atLeastEvery(3 * hour))).toBe('2026-01-01T13:59:59.999Z')
  expect(moment(every(3 * hour), failed(4))).toBe('2026-01-01T12:00:20.000Z')
  expect(moment(dear, took(50_000, 40_000))).toBe('2026-01-01T12:00:10.000Z')
})

test('what costs much rests as long as all of it together, unless somebody asks', () => {
  const nodes = ['b', 'c', 'd'].map((key) => ({ ...dear, key }))
  const states = nodes.map(({ key }) => ({ ...took(20_000, 30_000), key }))
  const at: Look = {
    nodes: [a, ...nodes],
    states: new Map([
      [a.key, { ...fresh, key: a.key, output: 6 }] as const,
      ...states.map((one) => [one.key, one] as const),
    ]),
    now,
  }
  const keys = (want: Want, look = at) => workList(look, want).map((step) => step.node.key)
  expect(keys('due')).toEqual([])
  expect(keys('due or failed')).toEqual(['b', 'c', 'd'])
  expect(keys(['c'])).toEqual(['c'])
  const later = new Date(now.getTime() + 30_001)
  expect(keys('due', { ...at, now: later })).toEqual(['b', 'c', 'd'])
  expect(nextMoment(at)?.toISOString()).toBe('2026-01-01T12:00:30.000Z')
})

test('what has times of its own or waits to be asked makes nothing else rest, and says so', () => {
  const others = [at('30 12 * * *'), every(2 * hour), { ...node, freshness: 'on demand' as const }]
  const nodes = [
    ...['b', 'c'].map((key) => ({ ...dear, key })),
    ...others.map((one, i) => ({ ...one, key: `o${i}`, rests: dear.rests! })),
  ]
  const states = nodes.map(({ key }, i) => ({ ...took(i < 2 ? 20_000 : hour, 30_000), key }))
  const at12: Look = {
    nodes: [a, ...nodes],
    states: new Map([
      [a.key, { ...fresh, key: a.key, output: 6 }] as const,
      ...states.map((one) => [one.key, one] as const),
    ]),
    now,
  }
  const waits = (key: string) => {
    const one = nodes.find((found) => found.key === key)!
    return waitOf(one, reasonsOf(one, at12, outputsOf(at12)), at12)?.say
  }
  expect(waits('b')).toBe(
    'it took 20 seconds and all that rest so 40 seconds, so it rests until 2026-01-01 12:00:10 UTC',
  )
  expect(waits('o2')).toBe('it waits to be asked')
  expect(workList({ ...at12, now: new Date(now.getTime() + 10_001) }, 'due')).toMatchObject([
    { node: { key: 'b' } },
    { node: { key: 'c' } },
  ])
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
