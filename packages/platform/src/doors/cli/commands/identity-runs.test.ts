import { expect, test } from 'vitest'
import type { CommandTools } from '../command.ts'
import { identityRuns } from './identity-runs.ts'

test('runs say whether all records were looked at, and why', async () => {
  const [asked, printed]: [unknown[], string[]] = [[], []]
  const counts = {
    records: 1000,
    profiles: 900,
    merged: 0,
    split: 0,
    retired: 0,
    duration_ms: 1200,
  }
  const started_at = '2026-01-01T00:00:00.000Z'
  const runs = [
    {
      ...{ ...counts, number: 2, started_at, changed: false, created: 0 },
      ...{ mode: 'incremental', why: 'changed records: 3', looked_at: 7 },
    },
    { ...counts, number: 1, started_at, changed: true, created: 900 },
  ]
  const call = async (...of: unknown[]) => {
    asked.push(of)
    return asked.length > 2 ? [] : runs
  }
  const out = { print: (text: string) => printed.push(text), progress: () => {}, isJson: false }
  // Only what this command uses of its tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  await identityRuns.run({ words: ['people'], options: {} }, tools)
  await identityRuns.run({ words: ['people'], options: { limit: '2' } }, tools)
  await identityRuns.run({ words: ['people'], options: {} }, tools)
  expect(asked.slice(0, 2)).toEqual([
    ['GET', '/identity/people/runs', { query: { limit: 20 } }],
    ['GET', '/identity/people/runs', { query: { limit: 2 } }],
  ])
  const [, , newest, oldest] = printed[0]?.split('\n') ?? []
  expect(newest).toMatch(/2 .* incremental +7 .* nothing +changed records: 3/)
  expect(oldest).toMatch(/1 .* 900 created/)
  expect(printed[2]).toBe('it has not run yet')
  await expect(identityRuns.run({ words: [], options: {} }, tools)).rejects.toMatchObject({
    code: 'cli.missing_word',
  })
})
