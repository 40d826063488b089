import { expect, test } from 'vitest'
import type { CommandTools } from '../command.ts'
import { segments } from './segments.ts'

async function printed(list: unknown): Promise<string> {
  const lines: string[] = []
  const out = { print: (text: string) => lines.push(text), progress: () => {}, isJson: false }
  // Only what the command uses of its tools.
  const tools = { client: async () => ({ call: async () => list }), out } as unknown as CommandTools
  await segments.run({ words: [], options: {} }, tools)
  return lines.join('\n')
}

test('segments are listed with how they are kept, how far behind, and why one is stale', async () => {
  const at = '2026-01-01T10:20:30.000Z'
  const list = await printed([
    {
      key: 'a',
      on: 'individual',
      members: 1200,
      changed_at: at,
      kept: { lane: 'live', staleness_ms: 0 },
    },
    {
      key: 'b',
      on: 'account',
      members: 5,
      changed_at: at,
      kept: { lane: 'scheduled', staleness_ms: 600_000 },
      stale: { why: 'division by zero', since: at },
    },
    { key: 'c', on: 'individual' },
    {
      key: 'd',
      on: 'individual',
      members: 3,
      kept: {
        lane: 'scheduled',
        why: 'it has "rank"',
        staleness_ms: 1,
        waits: { why: 'it took 9 seconds, so it rests until noon' },
      },
    },
  ])
  expect(list).toMatch(/a +individual +1,200 +2026-01-01 10:20 +live +0 ms\n/)
  expect(list).toMatch(
    /b +account +5 .* scheduled +10 min +stale since 2026-01-01 10:20: division by zero/,
  )
  expect(list).toMatch(/c +individual +- +- +- +-\n/)
  expect(list).toMatch(
    /d +individual +3 .* scheduled +1 ms +not live: it has "rank"; it took 9 seconds, so .* noon$/,
  )
  expect(await printed([])).toBe('no segments yet')
})
