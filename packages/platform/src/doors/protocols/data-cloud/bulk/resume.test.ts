import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { jobMigrations, makeJobs } from '#jobs'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { temporaryStore } from '#store/testing'
import { type BulkLoad, dataCloudMigrations } from '../index.ts'
import { countingLoad, testObjects } from '../testing/open-wire.ts'
import { makeBulk } from './bulk.ts'
import { mostAttempts } from './loading.ts'
import { jobRecords } from './records.ts'
import { removeUnfinished, sweep } from './sweep.ts'
import { handleLoads } from './work.ts'

const caller = { name: 'crm', rights: ['write'], spaces: ['default'] } as const
const columns = testObjects[0]!.fields.map(({ label }) => label)
const hour = 3_600_000
const day = 24 * hour

type Store = Awaited<ReturnType<typeof temporaryStore>>

const openStore = () => temporaryStore({ jobs: jobMigrations, data_cloud: dataCloudMigrations })

/** What one process does with a store, up to the moment where it dies. */
function processOver(store: Store, load: (of: BulkLoad) => ReturnType<typeof neverEnding>) {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  const ids = countedIds(`p${++processes}-`)
  const jobs = makeJobs({ store, clock, ids, log: silentLog, pollMs: 20 })
  const folder = join(store.folder, 'bulk')
  const objectOf = async () => testObjects[0]
  const tools = { store, jobs, clock, ids, log: silentLog, folder, load, objectOf }
  handleLoads(tools)
  return { ...tools, bulk: makeBulk(tools), records: jobRecords(store) }
}

let processes = 0

const neverEnding = () =>
  new Promise<Awaited<ReturnType<ReturnType<typeof countingLoad>['load']>>>(() => {})

async function* file(...rows: readonly string[]) {
  yield Buffer.from(`${[columns.join(','), ...rows].join('\n')}\n`)
}

type Process = ReturnType<typeof processOver>

async function closedJob({ bulk }: Process) {
  const { id } = await bulk.create(caller, {
    source: 'ntotest',
    object: 'exercises',
    operation: 'upsert',
  })
  await bulk.addFile(id, () => file('1,,,,,', '2,,,,,'))
  await bulk.close(id)
  return id
}

const stateOf = async ({ bulk }: Process, id: string) => (await bulk.get(id)).state

test('a job whose process died in the middle is loaded by the next', async () => {
  await using store = await openStore()
  const dying = processOver(store, neverEnding)
  const id = await closedJob(dying)
  await dying.jobs.start()
  await expect.poll(() => stateOf(dying, id)).toBe('InProgress')
  // The handler never hears of it, as when the process is killed.
  await dying.jobs.stop({ graceMs: 0 })

  const { load, seen } = countingLoad()
  const next = processOver(store, load)
  await next.jobs.start({ reclaim: 'all' })
  await expect.poll(() => stateOf(next, id)).toBe('JobComplete')
  expect(await next.bulk.get(id)).toMatchObject({ attempt: 2, counts: { received: 2, stored: 2 } })
  expect([...seen.keys()]).toEqual([`ingest:${id}:1`])
  await next.jobs.stop()
})

test('a part that was loaded just before the process died is not loaded again', async () => {
  await using store = await openStore()
  const { load, seen } = countingLoad()
  const dying = processOver(store, async (of) => {
    await load(of)
    return neverEnding()
  })
  const id = await closedJob(dying)
  await dying.jobs.start()
  await expect.poll(() => seen.size).toBe(1)
  await dying.jobs.stop({ graceMs: 0 })

  const next = processOver(store, load)
  await next.jobs.start({ reclaim: 'all' })
  await expect.poll(() => stateOf(next, id)).toBe('JobComplete')
  expect(await next.bulk.get(id)).toMatchObject({ counts: { received: 2 } })
  expect(seen.size).toBe(1)
  await next.jobs.stop()
})

test('being stopped counts no attempt', async () => {
  await using store = await openStore()
  const stopping = processOver(store, ({ signal }) => {
    const { promise, reject } = Promise.withResolvers<never>()
    signal.addEventListener('abort', () => reject(signal.reason))
    return promise
  })
  const id = await closedJob(stopping)
  await stopping.jobs.start()
  await expect.poll(() => stateOf(stopping, id)).toBe('InProgress')
  await stopping.jobs.stop()
  expect(await stopping.bulk.get(id)).toMatchObject({ state: 'UploadComplete', attempt: 0 })
})

test('a job that ends its process every time is given up', async () => {
  await using store = await openStore()
  const one = processOver(store, neverEnding)
  const id = await closedJob(one)
  const at = '2026-01-01T00:00:00.000Z'
  await one.records.move(id, ['UploadComplete'], 'InProgress', { at, attempt: mostAttempts })
  await one.jobs.start()
  await expect.poll(() => stateOf(one, id)).toBe('Failed')
  expect((await one.bulk.get(id)).reason).toBe(
    `loading failed ${mostAttempts} times, the last time because: the process ended in the middle of it`,
  )
  await one.jobs.stop()
})

test('the sweep aborts what was left open for 7 days, and removes its files', async () => {
  await using store = await openStore()
  const one = processOver(store, neverEnding)
  const { id } = await one.bulk.create(caller, { source: 's', object: 'o', operation: 'upsert' })
  await one.bulk.addFile(id, () => file('1,,,,,'))
  one.clock.move(7 * day - 1)
  await sweep(one)
  expect(await stateOf(one, id)).toBe('Open')
  one.clock.move(2)
  await sweep(one)
  expect(await one.bulk.get(id)).toMatchObject({
    state: 'Aborted',
    reason: 'it was left open for 7 days',
  })
  expect(existsSync(join(one.folder, id))).toBe(false)
  one.clock.move(30 * day + 1)
  await sweep(one)
  await expect(one.bulk.get(id)).rejects.toMatchObject({ code: 'ingest.unknown_job' })
})

test('the sweep wakes jobs that the queue has forgotten, and keeps files of failed ones for 7 days', async () => {
  await using store = await openStore()
  let isSound = false
  const one = processOver(store, async () => {
    if (!isSound) throw new Error('some bug')
    return { received: 0, stored: 0, unchanged: 0, rejected: 0, removed: 0 }
  })
  const [failed, forgotten] = [await closedJob(one), await closedJob(one)]
  const at = one.clock.now().toISOString()
  await one.records.move(failed, ['UploadComplete'], 'Failed', { at, reason: 'trouble' })
  for (const { id } of await one.jobs.list({})) await one.jobs.cancel(id)
  one.clock.move(7 * day - hour)
  isSound = true
  await sweep(one)
  await one.jobs.start()
  await expect.poll(() => stateOf(one, forgotten)).toBe('JobComplete')
  expect(existsSync(join(one.folder, failed))).toBe(true)
  one.clock.move(2 * hour)
  await sweep(one)
  expect(existsSync(join(one.folder, failed))).toBe(false)
  await expect(one.bulk.close(failed)).rejects.toMatchObject({ code: 'ingest.wrong_state' })
  await one.jobs.stop()
})

test('files that a process did not finish are removed at the start, those that count stay', async () => {
  await using store = await openStore()
  const one = processOver(store, neverEnding)
  const id = await closedJob(one)
  const [part] = await one.records.parts(id)
  const stray = join(one.folder, id, 'stray.csv')
  writeFileSync(stray, 'half a fi')
  mkdirSync(join(one.folder, 'no-job'))
  await removeUnfinished(one)
  await sweep(one)
  expect(existsSync(stray)).toBe(false)
  expect(existsSync(join(one.folder, 'no-job'))).toBe(false)
  expect(existsSync(join(one.folder, id, part!.file))).toBe(true)
})
