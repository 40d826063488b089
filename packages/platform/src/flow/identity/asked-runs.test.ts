import { afterAll, expect, test } from 'vitest'
import { jobMigrations, makeJobs } from '#jobs'
import { systemClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { memoryStore } from '#store/testing'
import type { Run } from './api.ts'
import { makeAskedRuns, type Taken } from './asked-runs.ts'

const store = await memoryStore({ jobs: jobMigrations })
const tools = { store, clock: systemClock, ids: countedIds(), log: silentLog, pollMs: 10 }

const made = (number: number): Run => ({
  ...{ number, ruleset: 'people', on: 'individual', position: number, started_at: '' },
  ...{ duration_ms: 1, changed: true, members: 0, steps: [] },
  ...{ records: 0, profiles: 0, created: 0, merged: 0, split: 0, retired: 0, rows_owned: 0 },
  ...{ consolidation_rate: 0, for_review: 0, rules: [] },
})

const jobs = makeJobs(tools)
const takenBy: (Taken | undefined)[] = []
const runs = makeAskedRuns({
  jobs,
  identity: { status: async () => ({ on: 'individual' }) },
  // The graph comes to the ruleset by itself just after somebody asked, and then because of that.
  refresh: async (node) => {
    for (const number of [1, 2]) {
      const taken = runs.asked('people')
      takenBy.push(taken)
      taken?.done(made(number))
    }
    return [{ node, why: 'it was asked for', result: 'refreshed' }]
  },
  onDone: async () => {},
})
await jobs.start()
afterAll(async () => {
  await jobs.stop({ graceMs: 500 })
  await store.close()
})

test('what was asked for is done once, and answered with the run that did it', async () => {
  const { job } = await runs.start('people', { confirm: true })
  expect(await jobs.waitFor(job)).toMatchObject({ state: 'done', result: { number: 1 } })
  expect(takenBy).toMatchObject([{ confirmed: true, full: false }, undefined])
  expect(takenBy).toHaveLength(2)
})
