import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Command } from '../command.ts'
import { apply, plan } from './plan.ts'

const folder = mkdtempSync(join(tmpdir(), 'tessera-plan-'))
writeFileSync(join(folder, 'a.yaml'), 'kind: segment\n')

async function printed(command: Command, answer: unknown): Promise<string> {
  const lines: string[] = []
  const client = {
    call: async () => answer,
    dataFolder: '',
    server: undefined,
    close: async () => {},
  }
  await command.run(
    { words: [folder], options: {} },
    {
      client: async () => client,
      serve: () => Promise.reject(new Error('nothing is served')),
      openHouse: () => Promise.reject(new Error('nothing is tested')),
      out: { print: (text) => void lines.push(text), progress: () => {}, isJson: false },
      definitionsFolder: folder,
      dataFolder: '',
      now: () => new Date(0),
      signal: AbortSignal.abort(),
    },
  )
  return lines.join('\n')
}

test('only what was applied is said to be applied', async () => {
  // In a plan, `change` are the definitions that would change.
  const planned = { text: '~ segment/a', create: [], change: [{ kind: 'segment', key: 'a' }] }
  expect(await printed(plan, planned)).toBe('~ segment/a')
  expect(await printed(apply, { text: '~ segment/a', change: { number: 7 } })).toBe(
    '~ segment/a\napplied as change 7; tessera undo 7 takes it back',
  )
})
