import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stoppedClock, systemClock } from '#kernel/clock.ts'
import { faults } from '#kernel/fault.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { memoryStore } from '#store/testing'
import { type JobHandler, jobMigrations, jobRoutes, makeJobs } from './index.ts'

const { refused } = faults('test', { refused: { status: 422, say: () => 'no', help: '' } })

/** A store and as many workers over it as are asked for; all end with the test. */
async function openJobs(of: { clock?: { now: () => Date }; leaseMs?: number } = {}) {
  const store = await memoryStore({ jobs: jobMigrations })
  const workers: ReturnType<typeof makeJobs>[] = []
  const make = (prefix = 'a') => {
    const tools = { store, clock: systemClock, ids: countedIds(prefix), log: silentLog, pollMs: 10 }
    const jobs = makeJobs({ ...tools, ...of, random: () => 0 })
    workers.push(jobs)
    return jobs
  }
  const close = async () => {
    await Promise.all(workers.map((jobs) => jobs.stop({ graceMs: 500 })))
    await store.close()
  }
  return { store, make, jobs: make(), [Symbol.asyncDispose]: close }
}

/** A handler that waits until it is let go or told to stop. */
function gate() {
  const { promise, resolve } = Promise.withResolvers<string>()
  const begun = Promise.withResolvers<void>()
  const handler: JobHandler = (_, { signal, progress }) => {
    progress({ done: 1, total: 2 })
    begun.resolve()
    const stopped = new Promise<never>((_, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason)),
    )
    return Promise.race([promise, stopped])
  }
  return { handler, open: () => resolve('done'), begun: begun.promise }
}

test('a job is done, with its result', async () => {
  await using opened = await openJobs()
  const { jobs } = opened
  jobs.handle('double', async (payload) => ({ twice: Number(payload) * 2 }))
  await jobs.start()
  const { id, state } = await jobs.enqueue({ kind: 'double', payload: 21 })
  expect(state).toBe('waiting')
  const job = await jobs.waitFor(id)
  expect(job).toMatchObject({ state: 'done', result: { twice: 42 }, attempt: 1, payload: 21 })
  expect(job.fault).toBeUndefined()
})

test('a job waits for who can do it', async () => {
  await using opened = await openJobs()
  const { jobs, make } = opened
  await jobs.start()
  const { id } = await jobs.enqueue({ kind: 'rare', payload: null })
  const other = make('b')
  other.handle('rare', async () => 'found')
  await other.start()
  expect(await jobs.waitFor(id)).toMatchObject({ state: 'done', result: 'found' })
})

test('one who waits can give up', async () => {
  await using opened = await openJobs()
  const { id } = await opened.jobs.enqueue({ kind: 'never' })
  await expect(opened.jobs.waitFor(id, AbortSignal.timeout(20))).rejects.toThrow(/abort/i)
})

test('what fails is tried again after a pause, what is refused is not', async () => {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  await using opened = await openJobs({ clock })
  const { jobs } = opened
  const attempts: number[] = []
  jobs.handle('flaky', async (_, { attempt }) => {
    attempts.push(attempt)
    if (attempt < 3) throw new Error('not yet')
    return 'at last'
  })
  jobs.handle('hopeless', () => Promise.reject(refused({})))
  await jobs.start()
  const flaky = await jobs.enqueue({ kind: 'flaky' })
  const hopeless = await jobs.enqueue({ kind: 'hopeless' })
  expect(await jobs.waitFor(hopeless.id)).toMatchObject({
    state: 'failed',
    attempt: 1,
    fault: { code: 'test.refused', say: 'no' },
  })
  await expect
    .poll(() => jobs.get(flaky.id))
    .toMatchObject({
      state: 'waiting',
      runAt: '2026-01-01T00:00:00.500Z',
      fault: { code: 'jobs.broken' },
    })
  clock.move(500)
  await expect.poll(() => jobs.get(flaky.id)).toMatchObject({ runAt: '2026-01-01T00:00:01.500Z' })
  clock.move(1000)
  expect(await jobs.waitFor(flaky.id)).toMatchObject({ state: 'done', result: 'at last' })
  expect(attempts).toEqual([1, 2, 3])
})

test('a job does not run before its time', async () => {
  const clock = stoppedClock(new Date(0))
  await using opened = await openJobs({ clock })
  const { jobs } = opened
  jobs.handle('later', async () => clock.now().getTime())
  await jobs.start()
  const { id } = await jobs.enqueue({ kind: 'later', delayMs: 5000 })
  clock.move(4999)
  await new Promise((resolve) => setTimeout(resolve, 40))
  expect(await jobs.get(id)).toMatchObject({ state: 'waiting' })
  clock.move(1)
  expect(await jobs.waitFor(id)).toMatchObject({ result: 5000 })
})

test('the same key is queued once while it waits or runs', async () => {
  await using opened = await openJobs()
  const { jobs } = opened
  const { handler, open, begun } = gate()
  jobs.handle('refresh', handler)
  const enqueue = (kind = 'refresh') => jobs.enqueue({ kind, key: 'vips' })
  const first = await enqueue()
  expect((await enqueue()).id).toBe(first.id)
  await jobs.start()
  await begun
  expect((await enqueue()).id).toBe(first.id)
  expect((await enqueue('other')).id).not.toBe(first.id)
  open()
  await jobs.waitFor(first.id)
  expect((await enqueue()).id).not.toBe(first.id)
})

test('a job that its transaction did not keep is never run', async () => {
  await using opened = await openJobs()
  const { store, jobs } = opened
  const done: unknown[] = []
  jobs.handle('note', async (payload) => void done.push(payload))
  await jobs.start()
  const failed = store.transaction(async () => {
    await jobs.enqueue({ kind: 'note', payload: 'lost' })
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  const kept = await store.transaction(() => jobs.enqueue({ kind: 'note', payload: 'kept' }))
  await jobs.waitFor(kept.id)
  expect(done).toEqual(['kept'])
})

test('a waiting job is cancelled at once, a running one when it listens', async () => {
  await using opened = await openJobs()
  const { jobs } = opened
  const { handler, begun } = gate()
  jobs.handle('long', handler)
  await jobs.start()
  const running = await jobs.enqueue({ kind: 'long' })
  await begun
  const waiting = await jobs.enqueue({ kind: 'long' })
  expect(await jobs.cancel(waiting.id)).toMatchObject({ state: 'cancelled' })
  expect(await jobs.get(running.id)).toMatchObject({
    state: 'running',
    progress: { done: 1, total: 2 },
  })
  await jobs.cancel(running.id)
  expect(await jobs.waitFor(running.id)).toMatchObject({
    state: 'cancelled',
    progress: { done: 1, total: 2 },
  })
  await expect(jobs.cancel(running.id)).rejects.toMatchObject({ code: 'jobs.already_finished' })
  await expect(jobs.cancel('nowhere')).rejects.toMatchObject({ code: 'jobs.unknown_job' })
})

test('another process cancels a job that runs here, at its next heart-beat', async () => {
  await using opened = await openJobs({ leaseMs: 60 })
  const { jobs, make } = opened
  const { handler, begun } = gate()
  jobs.handle('long', handler)
  await jobs.start()
  const { id } = await jobs.enqueue({ kind: 'long' })
  await begun
  await make('b').cancel(id)
  expect(await jobs.waitFor(id)).toMatchObject({ state: 'cancelled' })
})

test('a cancelled or failed job can be tried again, but not beside another for the same key', async () => {
  await using opened = await openJobs()
  const { jobs } = opened
  const first = await jobs.enqueue({ kind: 'a', key: 'k' })
  await expect(jobs.retry(first.id)).rejects.toMatchObject({ code: 'jobs.not_retryable' })
  await jobs.cancel(first.id)
  const second = await jobs.enqueue({ kind: 'a', key: 'k' })
  await expect(jobs.retry(first.id)).rejects.toMatchObject({ code: 'jobs.already_queued' })
  await jobs.cancel(second.id)
  expect(await jobs.retry(first.id)).toMatchObject({ state: 'waiting', attempt: 0 })
  jobs.handle('a', async () => 'done')
  await jobs.start()
  expect(await jobs.waitFor(first.id)).toMatchObject({ state: 'done', attempt: 1 })
})

test('a stop puts running jobs back without counting the attempt', async () => {
  await using opened = await openJobs()
  const { jobs, make } = opened
  const { handler, begun } = gate()
  jobs.handle('long', handler)
  await jobs.start()
  const { id } = await jobs.enqueue({ kind: 'long', maxAttempts: 1 })
  await begun
  await jobs.stop()
  expect(await jobs.get(id)).toMatchObject({ state: 'waiting', attempt: 0 })
  const next = make('b')
  next.handle('long', async () => 'finished')
  await next.start()
  expect(await next.waitFor(id)).toMatchObject({ state: 'done', attempt: 1 })
})

test('a job whose process fell silent is taken over, and the late answer does not count', async () => {
  const clock = stoppedClock(new Date(0))
  await using opened = await openJobs({ clock, leaseMs: 60_000 })
  const { jobs: silent, make } = opened
  const { handler, open, begun } = gate()
  silent.handle('long', handler)
  await silent.start()
  const { id } = await silent.enqueue({ kind: 'long' })
  await begun
  clock.move(60_001)
  const other = make('b')
  other.handle('long', async () => 'by the other')
  await other.start()
  expect(await other.waitFor(id)).toMatchObject({ attempt: 2, result: 'by the other' })
  open()
  await silent.stop()
  expect(await silent.get(id)).toMatchObject({ attempt: 2, result: 'by the other' })
})

test('no more jobs of a kind run at once than it allows', async () => {
  await using opened = await openJobs()
  const { jobs } = opened
  let now = 0
  let most = 0
  jobs.handle(
    'narrow',
    async () => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 2))
      now--
    },
    { atOnce: 3 },
  )
  await jobs.start()
  const all = await Promise.all(Array.from({ length: 12 }, () => jobs.enqueue({ kind: 'narrow' })))
  await Promise.all(all.map(({ id }) => jobs.waitFor(id)))
  expect(most).toBe(3)
})

test('each job is done exactly once, by however many workers', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom('a', 'b'), { maxLength: 30 }),
      fc.integer({ min: 1, max: 4 }),
      async (kinds, howMany) => {
        await using opened = await openJobs()
        const done: unknown[] = []
        const workers = Array.from({ length: howMany }, (_, n) => opened.make(`w${n}`))
        for (const worker of workers) {
          for (const kind of ['a', 'b']) {
            worker.handle(kind, async (payload) => void done.push(payload), { atOnce: 2 })
          }
        }
        const starts = workers.map((worker) => worker.start())
        const queued = await Promise.all(
          kinds.map((kind, n) => workers[n % howMany]!.enqueue({ kind, payload: n })),
        )
        await Promise.all(starts)
        const jobs = await Promise.all(queued.map(({ id }) => opened.jobs.waitFor(id)))
        expect(jobs.every(({ state, attempt }) => state === 'done' && attempt === 1)).toBe(true)
        expect(done.sort((x, y) => Number(x) - Number(y))).toEqual(kinds.map((_, n) => n))
      },
    ),
    { numRuns: 12 },
  )
})

test('the routes list, show, cancel and retry', async () => {
  await using opened = await openJobs()
  const { jobs } = opened
  const { id } = await jobs.enqueue({ kind: 'a', payload: { n: 1 } })
  await jobs.enqueue({ kind: 'b' })
  const routes = new Map(jobRoutes(jobs).map((one) => [`${one.method} ${one.path}`, one]))
  const ask = (name: string, query = {}) =>
    routes.get(name)!.run({ params: { id }, query } as never)
  expect(await ask('GET /jobs', { kind: 'a', state: 'waiting' })).toMatchObject([{ id }])
  expect(await ask('GET /jobs', { limit: 1 })).toMatchObject([{ kind: 'b' }])
  expect(await ask('GET /jobs/:id')).toMatchObject({ payload: { n: 1 } })
  expect(await ask('POST /jobs/:id/cancel')).toMatchObject({ state: 'cancelled' })
  expect(await ask('POST /jobs/:id/retry')).toMatchObject({ state: 'waiting' })
  expect(await ask('GET /schedules')).toEqual([])
})
