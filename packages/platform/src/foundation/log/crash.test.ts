import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { isLong } from '#kernel/testing/long.ts'
import { openLog } from './index.ts'
import { allLines } from './testing/index.ts'

const kills = isLong ? 60 : 4
const program = join(import.meta.dirname, 'testing', 'crashing-writer.ts')

/** Lets a process append until it is killed; what it said was acknowledged, by position. */
async function appendAndDie(folder: string, round: number): Promise<ReadonlyMap<number, string>> {
  const child = spawn(process.execPath, [program, folder, `${round}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said: string[] = []
  child.stdout.setEncoding('utf8').on('data', (text: string) => said.push(text))
  const closed = once(child, 'close')
  await once(child.stdout, 'data')
  await wait(Math.random() * 400)
  child.kill('SIGKILL')
  await closed
  const lines = said.join('').split('\n').slice(1, -1)
  return new Map(
    lines.map((line) => {
      const [position, isDuplicate, id = ''] = line.split(' ')
      expect(isDuplicate).toBe('false')
      return [Number(position), id]
    }),
  )
}

test(`killed ${kills} times under load, everything acknowledged is there, in order, once`, {
  timeout: kills * 15_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const acknowledged = new Map<number, string>()
  for (let round = 0; round < kills; round++) {
    const said = await appendAndDie(folder, round)
    for (const [position, id] of said) {
      expect(acknowledged.has(position), `${position} was given out twice`).toBe(false)
      acknowledged.set(position, id)
    }
    const log = await openLog({
      file: join(folder, 'log.sqlite'),
      clock: systemClock,
      log: silentLog,
    })
    const lines = await allLines(log)
    const puts = new Map(
      lines
        .filter(({ kind }) => kind === 'put')
        .map(({ position, body }) => [position, JSON.parse(body).id as string]),
    )
    const lost = [...acknowledged].filter(([position, id]) => puts.get(position) !== id)
    expect(lost).toEqual([])
    expect(new Set(puts.values()).size).toBe(puts.size)
    const positions = lines.map(({ position }) => position)
    expect(positions).toEqual(positions.toSorted((a, b) => a - b))
    const ids = [...said.values()].slice(-200)
    const again = await log.append(ids.map((id) => ({ stream: 'a', kind: 'put', id, body: '{}' })))
    expect(again.every(({ duplicate }) => duplicate)).toBe(true)
    await log.close()
  }
  expect(acknowledged.size).toBeGreaterThan(kills * 20)
})
