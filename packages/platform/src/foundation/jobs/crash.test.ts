import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { temporaryStore } from '#store/testing'
import { jobMigrations, makeJobs } from './index.ts'

/** Another process that takes the job and then hangs in the middle of it, as `kill -9` would find it. */
async function processInTheMiddleOfAJob(file: string) {
  const script = `
    import { systemClock } from '#kernel/clock.ts'
    import { countedIds } from '#kernel/ids.ts'
    import { silentLog } from '#kernel/log.ts'
    import { storeAt } from '#store/testing'
    import { jobMigrations, makeJobs } from './index.ts'
    const store = await storeAt(${JSON.stringify(file)}, { jobs: jobMigrations })
    const jobs = makeJobs({ store, clock: systemClock, ids: countedIds('doomed'), log: silentLog, leaseMs: 600 })
    jobs.handle('import', async (payload, { progress }) => {
      progress({ done: 1, total: 2 })
      process.stdout.write(JSON.stringify(payload))
      await new Promise(() => {})
    })
    await jobs.start()
  `
  // The child's own folder decides what the names mean.
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [said] = await once(child.stdout, 'data')
  return { child, said: String(said) }
}

test.each([
  { how: 'once its lease has run out', start: {}, leaseMs: 600 },
  {
    how: 'at once when nobody else can hold the folder',
    start: { reclaim: 'all' as const },
    leaseMs: 60_000,
  },
])('a job whose process is killed is taken again, $how', async ({ start, leaseMs }) => {
  await using store = await temporaryStore({ jobs: jobMigrations })
  const ids = countedIds('next')
  const jobs = makeJobs({ store, clock: systemClock, ids, log: silentLog, pollMs: 20, leaseMs })
  jobs.handle('import', async (payload, { attempt }) => ({ payload, attempt }))
  const { id } = await jobs.enqueue({ kind: 'import', payload: { file: 'people.csv' } })

  const { child, said } = await processInTheMiddleOfAJob(store.file)
  expect(said).toBe('{"file":"people.csv"}')
  expect(await jobs.get(id)).toMatchObject({ state: 'running', attempt: 1 })
  child.kill('SIGKILL')
  await once(child, 'exit')

  await jobs.start(start)
  expect(await jobs.waitFor(id, AbortSignal.timeout(40_000))).toMatchObject({
    state: 'done',
    result: { payload: { file: 'people.csv' }, attempt: 2 },
  })
  await jobs.stop()
})

test('a job that ends its process every time is given up with a reason', async () => {
  await using store = await temporaryStore({ jobs: jobMigrations })
  const ids = countedIds('next')
  const jobs = makeJobs({ store, clock: systemClock, ids, log: silentLog, pollMs: 20 })
  const { id } = await jobs.enqueue({ kind: 'import', maxAttempts: 1 })
  const { child } = await processInTheMiddleOfAJob(store.file)
  child.kill('SIGKILL')
  await once(child, 'exit')
  await jobs.start({ reclaim: 'all' })
  expect(await jobs.waitFor(id)).toMatchObject({
    state: 'failed',
    fault: { code: 'jobs.interrupted' },
  })
  await jobs.stop()
})
