import { setImmediate } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import type { Store } from '#store'
import { memoryStore } from '#store/testing'
import {
  type GraphNode,
  graphMigrations,
  graphRoutes,
  makeGraph,
  type Outcome,
  type RefreshTools,
} from './index.ts'

const node = (
  key: string,
  inputs: readonly string[],
  more: Partial<GraphNode> = {},
): GraphNode => ({
  key,
  kind: 'table',
  label: key.toUpperCase(),
  inputs,
  definition: 'd',
  freshness: 'live',
  ...more,
})

/** Lake → table → (left, right) → top; each refresh is noted and does what the test says. */
async function openGraph(of: { store?: Store; run?: string } = {}) {
  const store = of.store ?? (await memoryStore({ graph: graphMigrations }))
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  const does: Record<string, (tools: RefreshTools) => Promise<Outcome>> = {}
  const done: { key: string; scope: string; from: object; to: object }[] = []
  const nodes = [
    node('top', ['left', 'right']),
    node('left', ['table']),
    node('right', ['table']),
    node('table', ['lake']),
    node('lake', [], { freshness: 'by itself' }),
  ]
  const graph = makeGraph({
    store,
    clock,
    ids: countedIds(of.run ?? 'run'),
    log: silentLog,
    nodes: async () => nodes,
    refreshers: {
      table: async ({ key }, tools) => {
        done.push({ key, scope: tools.scope, from: tools.from, to: tools.to })
        return (await does[key]?.(tools)) ?? { changed: 'all' }
      },
    },
    mostKeys: 3,
  })
  const refresh = async () =>
    (await graph.refresh()).steps.map((step) => `${step.node} ${step.result}`)
  return { graph, store, clock, nodes, does, done, refresh, [Symbol.asyncDispose]: store.close }
}

test('everything is made once, inputs first, and then rests', async () => {
  await using opened = await openGraph()
  const { graph, refresh, done } = opened
  await graph.mark('lake', 'all', 7)
  expect(await refresh()).toEqual([
    'table refreshed',
    'left refreshed',
    'right refreshed',
    'top refreshed',
  ])
  expect(done[0]).toEqual({ key: 'table', scope: 'whole', from: {}, to: { lake: 7 } })
  expect(await refresh()).toEqual([])
})

test('what came since is told; an input that did not change stops the rest', async () => {
  await using opened = await openGraph()
  const { graph, refresh, done, does } = opened
  await graph.mark('lake', ['a'], 7)
  await refresh()
  await graph.mark('lake', ['b'], 9)
  done.length = 0
  does['table'] = async () => ({ changed: ['b'], counts: { rows: 2 } })
  does['left'] = async () => ({ changed: 'nothing' })
  does['right'] = does['left']
  expect(await refresh()).toEqual([
    'table refreshed',
    'left refreshed',
    'right refreshed',
    'top up to date',
  ])
  expect(done[0]).toEqual({ key: 'table', scope: 'changes', from: { lake: 7 }, to: { lake: 9 } })
  expect((await graph.get('table')).counts).toEqual({ rows: 2 })
})

test('a failure keeps the last good result and stops only what depends on it', async () => {
  await using opened = await openGraph()
  const { graph, refresh, does } = opened
  does['left'] = async () => ({ changed: 'all', counts: { rows: 3 } })
  await refresh()
  await graph.mark('lake', 'all')
  does['left'] = async () => {
    throw new Error('no disk')
  }
  expect(await refresh()).toEqual([
    'table refreshed',
    'left failed',
    'right refreshed',
    'top blocked',
  ])
  expect(await graph.get('left')).toMatchObject({
    state: 'failed',
    counts: { rows: 3 },
    fault: { code: 'graph.refresh_failed', say: 'refreshing failed: no disk' },
    why: [
      'table has moved on from 1 to 2',
      'it failed before: refreshing failed: no disk',
      'it is tried again at 2026-01-01 00:00:10 UTC',
    ],
    waits: { for: 'another try', until: '2026-01-01T00:00:10.000Z' },
  })
  delete does['left']
  expect(await refresh()).toEqual(['left refreshed', 'top refreshed'])
})

test('what a room counts itself goes before what its last refresh counted', async () => {
  await using opened = await openGraph()
  const { graph, refresh, does, nodes } = opened
  does['top'] = async () => ({ changed: 'all', counts: { members: 3, entered: 3 } })
  const counts = async () => (await graph.get('top')).counts
  nodes[0] = node('top', ['left', 'right'], { counts: { members: 4 } })
  expect(await counts()).toEqual({ members: 4 })
  await refresh()
  expect(await counts()).toEqual({ members: 4, entered: 3 })
})

test('what somebody asks its room for is made at once, and written down as in a refresh', async () => {
  await using opened = await openGraph()
  const { graph, refresh, nodes, clock } = opened
  const daily = nodes.findIndex(({ key }) => key === 'left')
  nodes[daily] = node('left', ['table'], { freshness: { everyMs: 86_400_000 } })
  await refresh()
  await graph.mark('table', 'all')
  clock.move(60_000)
  expect(await graph.get('left')).toMatchObject({
    state: 'stale',
    waits: { for: 'its time', until: '2026-01-02T00:00:00.000Z' },
  })
  await graph.make('left', async () => ({ changed: 'all', counts: { rows: 3 } }))
  const made = await graph.get('left')
  expect(made).toMatchObject({ state: 'fresh', counts: { rows: 3 }, why: [] })
  expect(made).toMatchObject({ nextAt: '2026-01-02T00:01:00.000Z' })
  const mistake = new Error('no such column')
  const failing = graph.make('left', async () => Promise.reject(mistake))
  await expect(failing).rejects.toBe(mistake)
  expect(await graph.get('left')).toMatchObject({ state: 'failed', counts: { rows: 3 } })
  await expect(graph.make('lift', async () => ({ changed: 'all' }))).rejects.toThrow('"lift"')
})

test('nothing is made from what was never built', async () => {
  await using opened = await openGraph()
  opened.does['table'] = async () => {
    throw new Error('no')
  }
  const { steps } = await opened.graph.refresh({ want: ['right'] })
  expect(steps.map(({ result }) => result)).toEqual(['failed', 'blocked'])
})

test('a process that ended in the middle leaves an interrupted node, which is stale', async () => {
  await using first = await openGraph({ run: 'first' })
  await first.refresh()
  await first.graph.mark('lake', 'all')
  first.does['left'] = () => new Promise(() => {})
  void first.graph.refresh()
  while ((await first.graph.get('left')).state !== 'running') await setImmediate()
  const second = await openGraph({ store: first.store, run: 'second' })
  expect(await second.graph.get('left')).toMatchObject({
    state: 'interrupted',
    why: ['table has moved on from 1 to 2', 'it was interrupted before it was done'],
  })
  expect(await second.refresh()).toEqual(['left refreshed', 'right refreshed', 'top refreshed'])
})

test('a refresh can be stopped', async () => {
  await using opened = await openGraph()
  const stop = new AbortController()
  const notes: unknown[] = []
  opened.does['left'] = async ({ signal, progress }) => {
    progress('half way')
    stop.abort()
    signal.throwIfAborted()
    return { changed: 'all' }
  }
  const report = await opened.graph.refresh({
    signal: stop.signal,
    progress: ({ done, total, note }) => notes.push([done, total, note]),
  })
  expect(report.stopped).toBe(true)
  expect(report.steps.map(({ result }) => result)).toEqual([
    'refreshed',
    'stopped',
    'stopped',
    'stopped',
  ])
  expect(notes.slice(0, 3)).toEqual([
    [0, 4, 'TABLE'],
    [1, 4, 'LEFT'],
    [1, 4, 'half way'],
  ])
  expect((await opened.graph.get('left')).state).toBe('interrupted')
})

test('two refreshes at once never work on the same node', async () => {
  await using opened = await openGraph()
  const { graph, done } = opened
  await Promise.all([graph.refresh(), graph.refresh(), graph.refresh({ want: 'due' })])
  expect(done.map(({ key }) => key)).toEqual(['table', 'left', 'right', 'top'])
})

test('changed keys are told since any position that still matters', async () => {
  await using opened = await openGraph()
  const { graph } = opened
  expect(await graph.changedSince('lake', 0)).toEqual([])
  expect(await graph.mark('lake', ['a', 'b'], 5)).toBe(5)
  expect(await graph.mark('lake', ['b', 'c'])).toBe(6)
  expect(await graph.mark('lake', [])).toBe(6)
  expect(await graph.changedSince('lake', 0)).toEqual(['a', 'b', 'c'])
  expect(await graph.changedSince('lake', 5)).toEqual(['b', 'c'])
  expect(await graph.changedSince('lake', 99)).toBe('all')
  expect(await graph.mark('lake', ['late'], 2)).toBe(7)
  expect(await graph.changedSince('lake', 6)).toEqual(['late'])
  await graph.mark('lake', ['1', '2', '3', '4'])
  expect(await graph.changedSince('lake', 7)).toBe('all')
  expect(await graph.changedSince('lake', 8)).toEqual([])
})

test('changes that all readers have worked up are forgotten', async () => {
  await using opened = await openGraph()
  const { graph, refresh, does } = opened
  await graph.mark('lake', ['a'], 5)
  await refresh()
  expect(await graph.changedSince('lake', 4)).toBe('all')
  does['table'] = async () => ({ changed: ['t'] })
  does['left'] = async () => {
    throw new Error('no')
  }
  await graph.mark('lake', ['b'], 6)
  await refresh()
  expect(await graph.changedSince('table', 1)).toEqual(['t'])
  delete does['left']
  await refresh()
  expect(await graph.changedSince('table', 1)).toBe('all')
})

test('what is forgotten, or went and came back, is made anew', async () => {
  await using opened = await openGraph()
  const { graph, refresh, nodes, done } = opened
  await refresh()
  await graph.forget(['left'])
  expect((await graph.get('left')).state).toBe('never built')
  expect((await graph.workList())[0]?.why).toBe('it was never built')
  await refresh()
  const top = nodes.shift()!
  await refresh()
  nodes.unshift(top)
  done.length = 0
  expect(await refresh()).toEqual(['top refreshed'])
  expect(done[0]?.scope).toBe('whole')
  await graph.forget('all')
  expect(await refresh()).toHaveLength(4)
})

test('a kind that nobody refreshes fails alone', async () => {
  await using opened = await openGraph()
  opened.nodes.push(node('odd', [], { kind: 'odd' }))
  expect(await opened.refresh()).toContain('odd failed')
})

test('the routes show the graph', async () => {
  await using opened = await openGraph()
  const [whole, one] = graphRoutes(opened.graph)
  const request = { params: { key: 'tabel' }, query: {}, caller: systemCaller } as never
  expect(await whole?.run(request)).toMatchObject({
    nodes: [{ key: 'top', state: 'never built' }, {}, {}, {}, { key: 'lake', state: 'fresh' }],
    edges: expect.arrayContaining([{ from: 'lake', to: 'table' }]),
  })
  await expect(one?.run(request)).rejects.toMatchObject({ code: 'graph.unknown_node' })
})
