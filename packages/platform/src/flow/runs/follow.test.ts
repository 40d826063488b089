import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type GraphNode, graphMigrations, makeGraph } from '#graph'
import { jobMigrations, makeJobs } from '#jobs'
import { type Clock, stoppedClock, systemClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { openStore } from '#store'
import type { RunResult } from './api.ts'
import { makeFollower } from './follow.ts'
import { makeRuns } from './run.ts'

const [minuteMs, hourMs] = [60_000, 3_600_000]
const folder = () => mkdtempSync(join(tmpdir(), 'tessera-follow-'))

const node = (
  key: string,
  inputs: readonly string[],
  freshness: GraphNode['freshness'],
): GraphNode => ({ key, kind: 'node', label: key, inputs, definition: 'v1', freshness })

/** A server that stands still until it is told to look: the time is what the test says, and what is made is written down. */
async function openServer(of: { file: string; clock: Clock; everyMs?: number }) {
  const { clock, everyMs = hourMs } = of
  const tools = { clock, log: silentLog, ids: countedIds(clock.now().toISOString()) }
  const store = await openStore({ file: of.file, ...tools })
  await store.migrate('jobs', jobMigrations)
  await store.migrate('graph', graphMigrations)
  const world = { position: 1, fails: false, isBroken: false }
  const made: string[] = []
  const graph = makeGraph({
    ...tools,
    store,
    nodes: async () => [
      { ...node('lake', [], 'by itself'), position: world.position },
      node('live', ['lake'], 'live'),
      node('clocked', ['lake'], { atLeastEveryMs: hourMs }),
      node('hourly', ['lake'], { everyMs: hourMs }),
      node('daily', ['lake'], { cron: '0 6 * * *' }),
      node('below', ['daily'], 'live'),
      node('asked', ['lake'], 'on demand'),
      node('open', ['lake'], { asksFor: ['country'] }),
      node('broken', ['lake'], 'live'),
      ...(everyMs < hourMs ? [node('often', [], { everyMs: 20 })] : []),
    ],
    refreshers: {
      node: async ({ key }) => {
        made.push(key)
        if (key === 'broken' && world.fails) throw new Error('no disk')
        return { changed: 'all' }
      },
    },
  })
  const jobs = makeJobs({ ...tools, store, pollMs: 10 })
  const runs = makeRuns({
    jobs,
    graph,
    sources: async () => [],
    prepare: async () => {
      if (world.isBroken) throw new Error('no tables')
    },
    deliver: async () => 0,
  })
  await jobs.start({ reclaim: 'all' })
  const follower = makeFollower({ ...tools, runs, graph, jobs, everyMs })
  const close = async () => {
    follower.stop()
    await jobs.stop()
    await store.close()
  }
  /** What is made when the server looks. */
  const look = async () => {
    made.length = 0
    await follower.look()
    return made.toSorted()
  }
  /** What a run that somebody asks for makes, and what it leaves, with why. */
  const run = async (...asked: Parameters<typeof runs.start>) => {
    made.length = 0
    const { result } = await jobs.waitFor(await runs.start(...asked))
    const { steps } = result as RunResult
    const left = steps.filter(({ state }) => state === 'left out')
    return {
      made: made.toSorted(),
      left: Object.fromEntries(left.map((step) => [step.node, step.until ?? step.note])),
      steps,
    }
  }
  /** The runs that came by themselves. */
  const own = async () =>
    (await jobs.list({})).filter(({ payload }) => JSON.stringify(payload) === '{"sources":[]}')
  return { world, graph, follower, made, look, run, own, jobs, runs, close }
}

const open = async () => {
  const clock = stoppedClock(new Date('2026-01-01T05:30:00Z'))
  const server = await openServer({ file: join(folder(), 'store.sqlite'), clock })
  onTestFinished(server.close)
  return { ...server, clock }
}

test('while a run that somebody asked for is under way, none is queued behind it for the same', async () => {
  const { jobs, runs, look, own, made } = await open()
  const asked = await runs.start()
  await look()
  expect(await jobs.get(asked)).toMatchObject({ state: 'done' })
  expect(made).toContain('live')
  expect(await own()).toEqual([])
})

test('everything is made at once the first time, whatever its schedule; later only when its time has come', async () => {
  const { world, look, clock } = await open()
  expect(await look()).toEqual(['below', 'broken', 'clocked', 'daily', 'hourly', 'live'])
  expect(await look()).toEqual([])

  // What it reads moves all the time; only at its times is a scheduled one made.
  const seen: { readonly key: string; readonly at: string }[] = []
  for (let times = 1; times <= 12; times++) {
    clock.move(10 * minuteMs)
    world.position++
    const at = clock.now().toISOString().slice(11, 16)
    seen.push(...(await look()).map((key) => ({ key, at })))
  }
  const at = (of: string) => seen.filter(({ key }) => key === of).map((one) => one.at)
  expect(at('live')).toHaveLength(12)
  expect(at('clocked')).toHaveLength(12)
  expect(at('hourly')).toEqual(['06:30', '07:30'])
  expect(at('daily')).toEqual(['06:00'])
  // What is made from it follows when it has changed.
  expect(at('below')).toEqual(['06:00'])
  expect(at('asked')).toEqual([])
  expect(at('open')).toEqual([])
})

test('time alone makes what reads the clock, and what has a schedule, when nothing has moved', async () => {
  const { look, clock } = await open()
  await look()
  clock.move(59 * minuteMs)
  expect(await look()).toEqual(['below', 'daily'])
  clock.move(minuteMs)
  expect(await look()).toEqual(['clocked', 'hourly'])
})

test('a time that passed while no server ran counts once, as soon as one does', async () => {
  const clock = stoppedClock(new Date('2026-01-01T05:30:00Z'))
  const file = join(folder(), 'store.sqlite')
  const first = await openServer({ file, clock })
  await first.look()
  await first.close()
  clock.move(73 * hourMs)
  const second = await openServer({ file, clock })
  onTestFinished(second.close)
  expect((await second.graph.get('daily')).nextAt).toBe('2026-01-01T06:00:00.000Z')
  expect(await second.look()).toEqual(['below', 'clocked', 'daily', 'hourly'])
  expect(await second.look()).toEqual([])
  expect((await second.graph.get('daily')).nextAt).toBe('2026-01-05T06:00:00.000Z')
  // Nothing is due, so no job was queued either.
  expect(await second.jobs.list({})).toHaveLength(2)
})

test('a run that somebody asks for says what it leaves and until when; one of all makes that too, one by name what is named', async () => {
  const { world, look, run } = await open()
  await look()
  world.position++
  const values = 'it asks for values: country'
  expect(await run()).toMatchObject({
    made: ['broken', 'clocked', 'live'],
    left: {
      daily: '2026-01-01T06:00:00.000Z',
      hourly: '2026-01-01T06:30:00.000Z',
      asked: 'it waits to be asked',
      open: values,
    },
  })
  expect(await run(['daily'])).toMatchObject({ made: ['daily'], left: {} })
  expect(await run(['open'])).toMatchObject({ made: [], left: { open: values } })
  expect(await run('all')).toMatchObject({
    made: ['asked', 'below', 'hourly'],
    left: { open: values },
  })
  expect(await run()).toMatchObject({ made: [], left: { open: values } })
})

test('what fails is left in peace longer and longer by itself, and tried again when somebody asks', async () => {
  const { world, graph, look, run, clock } = await open()
  await look()
  const good = (await graph.get('broken')).refreshedAt
  world.fails = true
  const tries: number[] = []
  for (let second = 0; second < 320; second += 10) {
    world.position++
    if ((await look()).includes('broken')) tries.push(second)
    clock.move(10_000)
  }
  expect(tries).toEqual([0, 10, 30, 70, 150, 310])
  expect(await graph.get('broken')).toMatchObject({ state: 'failed', refreshedAt: good })
  const { steps } = await run()
  expect(steps.find((step) => step.node === 'broken')).toMatchObject({
    state: 'failed',
    fault: 'refreshing failed: no disk',
  })
  world.fails = false
  expect(await look()).toEqual([])
  expect((await run()).made).toContain('broken')
  expect(await graph.get('broken')).toMatchObject({ state: 'fresh' })
})

test('it looks by itself when the time of something has come, and soon after something came', async () => {
  const file = join(folder(), 'store.sqlite')
  const server = await openServer({ file, clock: systemClock, everyMs: 10 })
  onTestFinished(server.close)
  const soon = { timeout: 20_000 }
  const times = (key: string) => server.made.filter((made) => made === key).length
  await expect.poll(() => times('often'), soon).toBeGreaterThan(3)
  expect(times('live')).toBe(1)
  server.world.fails = true
  server.world.position++
  server.follower.note()
  await expect.poll(() => times('live'), soon).toBe(2)
  await expect.poll(() => times('broken'), soon).toBe(2)
})

test('a run that comes by itself tells nothing of what it leaves: nobody reads it', async () => {
  const { look, own } = await open()
  await look()
  const states = (await own()).map(({ result }) =>
    (result as RunResult).steps.map(({ state }) => state),
  )
  expect(states).toEqual([Array(6).fill('done')])
})

test('a refresh that fails as a whole rests until something comes', async () => {
  const file = join(folder(), 'store.sqlite')
  const server = await openServer({ file, clock: systemClock, everyMs: 10 })
  onTestFinished(server.close)
  const failed = async () => (await server.own()).filter(({ state }) => state === 'failed').length
  const soon = { timeout: 20_000 }
  await expect.poll(() => server.made.includes('often'), soon).toBe(true)
  server.world.isBroken = true
  await expect.poll(failed, soon).toBe(1)
  // Time enough for many more of its own.
  for (let times = 0; times < 10; times++)
    await server.jobs.waitFor((await server.jobs.enqueue({ kind: 'run', maxAttempts: 1 })).id)
  expect(await failed()).toBe(1)
  server.follower.note()
  await expect.poll(failed, soon).toBe(2)
})
