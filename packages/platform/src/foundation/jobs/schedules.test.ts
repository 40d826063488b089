import { expect, test } from 'vitest'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { memoryStore } from '#store/testing'
import { jobMigrations, makeJobs, nextTime } from './index.ts'

const hourMs = 3_600_000
const nightly = { key: 'crm', kind: 'pull', payload: { stream: 'crm' }, cron: '0 3 * * *' }

async function openJobs() {
  const store = await memoryStore({ jobs: jobMigrations })
  const clock = stoppedClock(new Date('2026-03-28T12:00:00Z'))
  const make = (prefix: string) =>
    makeJobs({ store, clock, ids: countedIds(prefix), log: silentLog, pollMs: 10 })
  return { store, clock, make, jobs: make('a'), [Symbol.asyncDispose]: store.close }
}

test('times are those of the time zone, through the change of clocks', () => {
  const times = ['2026-03-28T00:00:00Z', '2026-03-29T00:00:00Z'].map((after) =>
    nextTime('0 6 * * *', 'Europe/Paris', new Date(after)).toISOString(),
  )
  expect(times).toEqual(['2026-03-28T05:00:00.000Z', '2026-03-29T04:00:00.000Z'])
})

test.each([
  ['every day', 'UTC'],
  ['0 6 * *', 'UTC'],
  ['0 0 30 2 *', 'UTC'],
  ['0 6 * * *', 'Europe/Atlantis'],
])('%j in %j is refused with an example', (cron, timeZone) => {
  const attempt = () => nextTime(cron, timeZone, new Date(0))
  expect(attempt).toThrow(expect.objectContaining({ code: 'jobs.bad_schedule', status: 422 }))
  expect(attempt).toThrow('such as "0 6 * * 1-5"')
  expect(attempt).not.toThrow(/Cron|Original error/)
})

test('a schedule fires once when its time has come, however many times were missed and workers look', async () => {
  await using opened = await openJobs()
  const { jobs, clock, make } = opened
  await jobs.schedule(nightly)
  const workers = [jobs, make('b'), make('c')]
  await Promise.all(workers.map((worker) => worker.start()))
  await new Promise((resolve) => setTimeout(resolve, 50))
  expect(await jobs.list({})).toEqual([])

  clock.move(72 * hourMs)
  await expect.poll(() => jobs.list({})).toHaveLength(1)
  await new Promise((resolve) => setTimeout(resolve, 50))
  const [job, ...others] = await jobs.list({})
  expect(others).toEqual([])
  expect(job).toMatchObject({ kind: 'pull', key: 'schedule:crm', payload: { stream: 'crm' } })
  expect(await jobs.schedules()).toMatchObject([
    { lastJob: job?.id, lastAt: '2026-03-31T12:00:00.000Z', nextAt: '2026-04-01T03:00:00.000Z' },
  ])
  await Promise.all(workers.map((worker) => worker.stop()))
})

test('setting a schedule again keeps its next time unless its times change', async () => {
  await using opened = await openJobs()
  const { jobs, clock } = opened
  const nextAt = async () => (await jobs.schedules()).map((s) => s.nextAt)
  await jobs.schedule(nightly)
  clock.move(24 * hourMs)
  await jobs.schedule({ ...nightly, payload: { stream: 'crm', full: true } })
  expect(await nextAt()).toEqual(['2026-03-29T03:00:00.000Z'])
  await jobs.schedule({ ...nightly, cron: '0 4 * * *' })
  expect(await nextAt()).toEqual(['2026-03-30T04:00:00.000Z'])
  await jobs.unschedule('crm')
  expect(await nextAt()).toEqual([])
})
