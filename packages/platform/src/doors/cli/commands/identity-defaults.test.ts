import { expect, test } from 'vitest'
import type { CommandTools } from '../command.ts'
import { identityDefaults } from './identity-defaults.ts'

/** What the command prints when the platform proposes these rulesets. */
async function printed(proposed: unknown, isJson = false): Promise<string> {
  const lines: string[] = []
  const asked: unknown[] = []
  const call = async (...of: unknown[]) => {
    asked.push(of)
    return proposed
  }
  const out = { print: (text: string) => lines.push(text), progress: () => {}, isJson }
  // Only what this command uses of its tools.
  const tools = { client: async () => ({ call }), out } as unknown as CommandTools
  await identityDefaults.run({ words: [], options: {} }, tools)
  expect(asked).toEqual([['GET', '/identity/defaults']])
  return lines.join('\n')
}

test('rulesets to start from are printed as one file, ready to be kept', async () => {
  const two = [
    { ruleset: 'people', yaml: 'kind: ruleset\nkey: people\n' },
    { ruleset: 'accounts', yaml: 'kind: ruleset\nkey: accounts\n' },
  ]
  expect(await printed(two)).toBe('kind: ruleset\nkey: people\n---\nkind: ruleset\nkey: accounts')
  expect(JSON.parse(await printed(two, true))).toEqual(two)
  expect(await printed([])).toMatch(/^# nothing to go by yet/)
})
