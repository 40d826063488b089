import { mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { CommandTools } from '../command.ts'
import { restore } from './restore.ts'

test('a backup of a newer format is refused, and nothing is written', async () => {
  const [from, data] = ['from', 'data'].map((name) => mkdtempSync(join(tmpdir(), name)))
  writeFileSync(join(from!, 'backup.json'), '{ "format": 2 }')
  const tools = { out: { print: () => {} }, dataFolder: data } as unknown as CommandTools
  await expect(restore.run({ words: [from!], options: {} }, tools)).rejects.toMatchObject({
    code: 'cli.newer_backup',
  })
  expect(readdirSync(data!)).toEqual([])
})
