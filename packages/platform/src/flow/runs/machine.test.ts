import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { readConfig, settings } from '#kernel/config.ts'
import { problemsOf } from '#kernel/read.ts'
import { machineAnswer, settingsAnswer } from './api.ts'
import { lookAtMachine, settingsOf } from './machine.ts'

test('the machine is told with what each part of the data folder takes', async () => {
  const dataFolder = mkdtempSync(join(tmpdir(), 'tessera-machine-'))
  onTestFinished(() => rmSync(dataFolder, { recursive: true }))
  mkdirSync(join(dataFolder, 'spool', 'deep'), { recursive: true })
  writeFileSync(join(dataFolder, 'spool', 'a'), 'x'.repeat(30))
  writeFileSync(join(dataFolder, 'spool', 'deep', 'b'), 'x'.repeat(70))
  writeFileSync(join(dataFolder, 'log'), 'x'.repeat(40))
  const startedAt = new Date('2026-01-02T03:04:05Z')
  const config = readConfig({ TESSERA_THREADS: '3' })
  const machine = await lookAtMachine({ dataFolder, config, startedAt })
  expect(problemsOf(machineAnswer, machine)).toEqual([])
  expect(machine.data).toEqual([
    { name: 'spool', bytes: 100 },
    { name: 'log', bytes: 40 },
  ])
  expect(machine).toMatchObject({ started_at: '2026-01-02T03:04:05.000Z', threads: 3 })
  expect(machine.disk.free).toBeLessThanOrEqual(machine.disk.total)
})

test('every setting is told with where it comes from; an address does not give away its key', () => {
  const all = settingsOf(
    readConfig({
      TESSERA_PORT: '9000',
      TESSERA_LIVE: 'off',
      TESSERA_ALERTS_URL: 'https://alerts.example.com/hook?key=geheim',
      TESSERA_ALLOW_PRIVATE: 'a:1,b:2',
    }),
  )
  expect(problemsOf(settingsAnswer, all)).toEqual([])
  expect(all).toHaveLength(Object.keys(settings).length)
  const set = all.filter(({ from }) => from === 'environment')
  expect(Object.fromEntries(set.map(({ name, value }) => [name, value]))).toEqual({
    TESSERA_PORT: '9000',
    TESSERA_LIVE: 'off',
    TESSERA_ALERTS_URL: 'https://alerts.example.com/***',
    TESSERA_ALLOW_PRIVATE: 'a:1,b:2',
  })
  expect(all.find(({ name }) => name === 'TESSERA_HOST')).toMatchObject({
    value: '127.0.0.1',
    from: 'unless set',
  })
})
