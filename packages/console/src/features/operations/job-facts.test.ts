import type { Job } from '@tessera/platform/contract'
import { expect, test } from 'vitest'
import { kindsIn, resultOf, tookMs } from './job-facts.ts'

const job: Job = {
  id: '1',
  kind: 'run',
  payload: {},
  state: 'running',
  attempt: 1,
  maxAttempts: 3,
  runAt: '2026-01-01T00:00:00Z',
  createdAt: '2026-01-01T00:00:00Z',
}
const step = { node: 'a', why: '', changed: true, ms: 1 }

test('a job takes from its start to its end, or to now', () => {
  const startedAt = '2026-01-01T00:00:01Z'
  const now = Date.parse('2026-01-01T00:00:05Z')
  expect(tookMs(job, now)).toBeUndefined()
  expect(tookMs({ ...job, startedAt }, now)).toBe(4_000)
  expect(tookMs({ ...job, startedAt, finishedAt: '2026-01-01T00:00:02Z' }, now)).toBe(1_000)
})

test('what came of it: the fault first, then the steps, then its own remark', () => {
  const steps = [
    { ...step, state: 'done' },
    { ...step, state: 'failed' },
  ]
  const result = { steps, failed: 1, waiting: 0 }
  expect(resultOf({ ...job, result, fault: { code: 'a.b', say: 'no room' } })).toBe('no room')
  expect(resultOf({ ...job, result })).toBe('2 steps, 1 step failed')
  expect(resultOf({ ...job, result: { ...result, steps: steps.slice(0, 1) } })).toBe('1 step')
  expect(resultOf({ ...job, progress: { done: 1, note: 'find_pairs' } })).toBe('find pairs')
})

test('the kind that is looked for can be chosen even where no such job is seen', () => {
  expect(kindsIn([job, { ...job, kind: 'backup' }, job], 'import')).toEqual([
    'backup',
    'import',
    'run',
  ])
})
