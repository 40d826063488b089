import { afterAll, expect, test } from 'vitest'
import { type GraphNode, graphMigrations, makeGraph, type Outcome } from '#graph'
import { jobMigrations, makeJobs } from '#jobs'
import { systemClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { memoryStore } from '#store/testing'
import type { RunResult } from './api.ts'
import { makeRuns } from './run.ts'

const store = await memoryStore({ jobs: jobMigrations, graph: graphMigrations })
const tools = { store, clock: systemClock, ids: countedIds(), log: silentLog }
const jobs = makeJobs({ ...tools, pollMs: 20 })
afterAll(() => jobs.stop())

const node = (key: string, inputs: string[] = []): GraphNode => ({
  key,
  kind: key.split(':')[0] ?? '',
  label: key,
  inputs,
  definition: 'v1',
  freshness: key.startsWith('stream') ? 'on demand' : 'live',
})
const nodes = [
  node('stream:a'),
  node('stream:b'),
  node('model:x', ['stream:a']),
  node('model:y', ['stream:b']),
  node('segment:z', ['model:x', 'model:y']),
]

let arrives: Readonly<Record<string, Outcome | Error>> = {}
const done: string[] = []
const refresh = async ({ key }: GraphNode): Promise<Outcome> => {
  done.push(key)
  const outcome = arrives[key] ?? { changed: 'nothing' }
  if (outcome instanceof Error) throw outcome
  return outcome
}
const graph = makeGraph({
  ...tools,
  nodes: async () => nodes,
  refreshers: { stream: refresh, model: refresh, segment: refresh },
})
const runs = makeRuns({
  jobs,
  graph,
  sources: async () => ['stream:a', 'stream:b'],
  prepare: async () => {},
  deliver: async () => 0,
})
await jobs.start()

async function run(outcomes: typeof arrives, only?: string[]): Promise<RunResult> {
  arrives = outcomes
  done.length = 0
  const { result, fault } = await jobs.waitFor(await runs.start(only))
  expect(fault).toBeUndefined()
  return result as RunResult
}

const states = ({ steps }: RunResult) =>
  Object.fromEntries(steps.map((step) => [step.node, step.state]))
const news: Outcome = { changed: 'all', counts: { rows: 3, rejected: 1 }, note: 'by the way' }

test('a first run makes everything, inputs first', async () => {
  const result = await run({ 'stream:a': news, 'model:x': news })
  expect(done).toEqual(['stream:a', 'stream:b', 'model:x', 'model:y', 'segment:z'])
  expect(result.steps[0]).toMatchObject({
    state: 'done',
    changed: true,
    rows: 3,
    note: '1 rejected, by the way',
  })
})

test('afterwards every source is looked at, and what did not change is left alone', async () => {
  await run({})
  expect(done).toEqual(['stream:a', 'stream:b'])
  await run({ 'stream:b': news, 'model:y': news })
  expect(done).toEqual(['stream:a', 'stream:b', 'model:y', 'segment:z'])
})

test('what fails stops only what depends on it, and says why', async () => {
  const result = await run({ 'stream:a': new Error('no disk'), 'stream:b': news, 'model:y': news })
  expect(states(result)).toMatchObject({ 'stream:a': 'failed', 'model:y': 'done' })
  expect(result.failed).toBe(1)
  // It is tried once in a run.
  expect(done.filter((key) => key === 'stream:a')).toHaveLength(1)
  expect(result.steps.find((step) => step.node === 'stream:a')?.fault).toContain('no disk')
})

test('a run of some nodes leaves the others', async () => {
  await run({})
  await run({}, ['model:x'])
  expect(done).toEqual(['model:x'])
})

test('a node that is not there is refused before anything is queued', async () => {
  const before = (await jobs.list({})).length
  await expect(runs.start(['model:x', 'model:z'])).rejects.toMatchObject({
    code: 'graph.unknown_node',
  })
  expect(await jobs.list({})).toHaveLength(before)
})

test('schedules are those of the sources', async () => {
  await runs.schedule([{ node: 'stream:a', cron: '0 * * * *' }])
  await runs.schedule([{ node: 'stream:b', cron: '30 * * * *' }])
  const schedules = await jobs.schedules()
  expect(schedules.map(({ key, cron }) => [key, cron])).toEqual([['stream:b', '30 * * * *']])
})
