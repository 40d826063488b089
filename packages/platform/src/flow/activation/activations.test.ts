import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { memoryEngine } from '#engine/testing'
import { systemCaller } from '#kernel/caller.ts'
import { problemsOf } from '#kernel/read.ts'
import type { RouteRequest } from '#kernel/route.ts'
import { memoryStore } from '#store/testing'
import {
  activationMigrations,
  activationRoutes,
  nodesOfActivations,
  refresherOfActivations,
} from './index.ts'
import { activationsOver, definitionsOf } from './testing/house.ts'
import { addPeople, enter, leave, makeTables, profileId } from './testing/world.ts'

const engine = await memoryEngine()
await makeTables(engine)
await addPeople(engine, 1, 25)
const signal = () => AbortSignal.timeout(10_000)

const catalogue = definitionsOf({
  destinations: {
    exports: { type: 'file', label: 'Exports', settings: { folder: 'exports', format: 'json' } },
  },
  activations: {
    whole: {
      segment: 'vips',
      destination: 'exports',
      send: 'everything',
      attributes: [
        { as: 'Name', field: 'first_name' },
        { as: 'value', insight: 'lifetime_value.total' },
      ],
    },
  },
})

async function arrange() {
  const base = mkdtempSync(join(tmpdir(), 'tessera-out-'))
  const store = await memoryStore({ activation: activationMigrations })
  const outgoing = { send: () => Promise.reject(new Error('nothing is sent')) }
  const activations = activationsOver(
    { engine, store, outgoing, catalogue: () => catalogue },
    { folders: { base, allowed: [] } },
  )
  onTestFinished(async () => {
    await activations.work.stop()
    await store.close()
    rmSync(base, { recursive: true })
  })
  const recorded: string[] = []
  const routes = activationRoutes({
    activations,
    record: async ({ name }, verb, subject) => recorded.push(`${name} ${verb} ${subject}`),
  })
  /** Asks a route as the server does; its answer has the shape that it promises. */
  const ask = async (line: string, of: { params?: object; query?: object; body?: object } = {}) => {
    const route = routes.find(({ method, path }) => `${method} ${path}` === line)!
    const request = {
      params: { key: 'whole' },
      query: {},
      body: {},
      ...of,
      caller: systemCaller,
      signal: signal(),
    }
    const answer = await route.run(request as unknown as RouteRequest<never, never, never>)
    expect(problemsOf(route.answer!, answer)).toEqual([])
    return answer
  }
  return { ...activations, base, ask, recorded }
}

test('everybody is in a file of its own whenever something is new, and the ledger balances', async () => {
  const { refresh, work, base, get } = await arrange()
  await enter(engine, 'vips', [1, 2])
  await refresh('whole', signal())
  await work.drain(signal())
  await leave(engine, 'vips', [1])
  await refresh('whole', signal())
  await refresh('whole', signal())
  await work.drain(signal())
  const folder = join(base, 'exports')
  const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson'))
  const contents = files.sort().map((name) => readFileSync(join(folder, name), 'utf8'))
  const line = (n: number) => `{"profile_id":"${profileId(n)}","Name":"name ${n}","value":${n}}\n`
  expect(contents).toEqual([line(1) + line(2), line(2)])
  expect((await get('whole')).ledger).toMatchObject({
    members: 3,
    queued: 3,
    delivered: 3,
    waiting: 0,
    dead: 0,
  })
})

test('two refreshes at once queue nothing twice', async () => {
  const { refresh, list } = await arrange()
  await enter(engine, 'vips', [3])
  const both = await Promise.all([refresh('whole', signal()), refresh('whole', signal())])
  expect(both.map(({ changed }) => changed)).toEqual([true, false])
  expect(await list()).toMatchObject([{ key: 'whole', ledger: { queued: 2, waiting: 2 } }])
})

test('a refresh that failed does not stand in the way of the next', async () => {
  const { refresh } = await arrange()
  await expect(refresh('whole', AbortSignal.abort())).rejects.toThrow()
  expect(await refresh('whole', signal())).toMatchObject({ changed: true })
})

test('answers over HTTP as it promises', async () => {
  const { ask, recorded, refresh, work } = await arrange()
  expect(await ask('POST /activations/:key/preview')).toMatchObject({
    columns: ['profile_id', 'Name', 'value'],
    members: 2,
    rows: [{ Name: 'name 2' }, { Name: 'name 3' }],
  })
  await refresh('whole', signal())
  const [waiting] = [await ask('GET /activations/:key/deliveries', { query: { state: 'waiting' } })]
  expect(waiting).toMatchObject([{ members: 2, dueAt: expect.any(String) }])
  await work.drain(signal())
  expect(await ask('GET /activations/:key/deliveries', { query: { limit: '1' } })).toMatchObject([
    { state: 'delivered', destination: 'exports' },
  ])
  expect(await ask('GET /activations')).toMatchObject([
    { key: 'whole', ledger: { delivered: 2 }, deliveredAt: expect.stringMatching(/Z$/) },
  ])
  expect(await ask('GET /destination-types')).toContainEqual(
    expect.objectContaining({
      type: 'webhook',
      guarantee: 'once by key',
      settings: expect.objectContaining({ required: ['url', 'secret', 'batch_size'] }),
    }),
  )
  expect(await ask('GET /activations/:key')).toMatchObject({ segment: 'vips' })
  expect(await ask('GET /destinations')).toEqual([
    expect.objectContaining({ key: 'exports', type: 'file', guarantee: 'once by file name' }),
  ])
  expect(await ask('POST /activations/:key/retry')).toEqual({ batches: 0 })
  expect(recorded).toEqual(['system activation.retry activation:whole'])
  const missing = ask('GET /activations/:key', { params: { key: 'whol' } })
  await expect(missing).rejects.toThrow('did you mean "whole"')
})

test('the connection to a destination is tested, also before it is kept', async () => {
  const { ask, recorded } = await arrange()
  expect(await ask('POST /destinations/:key/test', { params: { key: 'exports' } })).toEqual({
    works: true,
    seen: ['a file was written to exports', 'it was removed again'],
    problems: [],
  })
  const draft = (folder: string, format = 'csv') =>
    ask('POST /destinations/test', {
      body: { body: { type: 'file', settings: { folder, format } } },
    })
  expect(await draft('/elsewhere')).toMatchObject({
    works: false,
    seen: [],
    problems: [{ code: 'activation.folder_outside' }],
  })
  await expect(draft('exports', 'cvs')).rejects.toThrow('settings.format')
  await expect(draft('../elsewhere')).rejects.toThrow('settings.folder')
  const missing = ask('POST /destinations/:key/test', { params: { key: 'export' } })
  await expect(missing).rejects.toThrow('did you mean "exports"')
  expect(recorded).toContain('system destination.test destination:exports')
})

test('what is still being written is looked at and never sent', async () => {
  const { ask, deliveries } = await arrange()
  const body = {
    segment: 'vips',
    destination: 'exports',
    send: 'changes',
    attributes: [{ as: 'Loud', formula: 'upper(first_name)' }],
  } as const
  const preview = (change: object = {}, key?: string) =>
    ask('POST /activations/preview', {
      body: { ...(key && { key }), body: { ...body, ...change } },
    })
  expect(await preview()).toMatchObject({
    columns: ['profile_id', 'change', 'Loud'],
    members: 2,
    filtered: {},
    rows: [
      { change: 'entered', Loud: 'NAME 2' },
      { change: 'entered', Loud: 'NAME 3' },
    ],
  })
  expect(await preview({ filter: "first_name = 'name 3'" })).toMatchObject({
    members: 1,
    filtered: { 'blocked by the filter': 1 },
  })
  await expect(preview({ segment: 'vip' })).rejects.toMatchObject({
    problems: [{ code: 'definitions.unknown_reference', at: 'segment' }],
  })
  await expect(preview({ filter: 'nobody = 1' })).rejects.toMatchObject({
    problems: [{ at: expect.stringContaining('filter') }],
  })
  expect(await deliveries('whole')).toEqual([])
})

test('is a node of the graph, made from its segment and insights', async () => {
  const activations = await arrange()
  const [node] = nodesOfActivations(catalogue)
  expect(node).toMatchObject({
    key: 'activation:whole',
    inputs: ['segment:vips', 'unified:individual', 'insight:lifetime_value'],
  })
  const tools = { signal: signal(), progress: () => {}, scope: 'whole', from: {}, to: {} } as const
  const refresh = refresherOfActivations(activations)
  expect(await refresh(node!, tools)).toMatchObject({
    changed: 'all',
    counts: { queued: 2, filtered: 0, batches: 1 },
  })
  expect(await refresh(node!, tools)).toMatchObject({ changed: [] })
})
