import type { Job } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { endingOf, failedIn, jobToShow, percentOf } from './run.ts'

const job = (id: string, state: Job['state']): Job => ({
  id,
  kind: 'run',
  state,
  payload: {},
  attempt: 1,
  maxAttempts: 1,
  runAt: '2026-01-01T00:00:00Z',
  createdAt: '2026-01-01T00:00:00Z',
})

test('the job that was started here is shown, also when it is over', () => {
  const jobs = [job('b', 'running'), job('a', 'failed')]
  expect(jobToShow(jobs, 'a')?.id).toBe('a')
  expect(jobToShow(jobs, undefined)?.id).toBe('b')
})

test('without a job of our own, one that is over is not shown', () => {
  expect(jobToShow([job('a', 'done')], undefined)).toBeUndefined()
})

test('only a job that is done ended well', () => {
  expect(endingOf(job('a', 'waiting'))).toBe('going on')
  expect(endingOf(job('a', 'done'))).toBe('well')
  expect(endingOf(job('a', 'cancelled'))).toBe('badly')
})

test('a run in which a node failed did not end well, and says which', () => {
  const steps = [
    { node: 'lake:crm', state: 'done' },
    { node: 'model:order', state: 'failed', fault: 'no such field' },
  ]
  const run = { ...job('a', 'done'), result: { steps, failed: 1, waiting: 0 } }
  expect(endingOf(run)).toBe('badly')
  expect(failedIn(run.result)).toEqual([{ node: 'model:order', fault: 'no such field' }])
})

test('the progress is known only with a total', () => {
  expect(percentOf({ progress: { done: 3, total: 12 } })).toBe(25)
  expect(percentOf({ progress: { done: 3 } })).toBeUndefined()
  expect(percentOf({})).toBeUndefined()
})
