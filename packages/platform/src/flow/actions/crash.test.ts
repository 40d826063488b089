import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { sql } from 'kysely'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { killedAfter } from '#kernel/testing/killed.ts'
import { isLong } from '#kernel/testing/long.ts'
import { openLog } from '#log'
import { allLines } from '#log/testing'
import { storeAt } from '#store/testing'
import { actionMigrations } from './records.ts'
import { firingReceiver } from './testing/receiver.ts'

const program = join(import.meta.dirname, 'testing', 'crashing-house.ts')
const kills = isLong ? 20 : 3
const events = isLong ? 1000 : 200

test('killed at any moment, no firing is lost and none counts twice', {
  timeout: isLong ? 300_000 : 120_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-actions-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const receiver = await firingReceiver(async (_, response) => {
    const luck = Math.random()
    await wait(luck * 5)
    if (luck < 0.1) response.writeHead(503).end()
    else if (luck < 0.2) response.destroy()
  })
  onTestFinished(receiver.close)
  const begin = (most: number) =>
    spawn(process.execPath, [program, folder, receiver.url, String(most)])

  const moments = Array.from({ length: kills }, () => Math.floor(Math.random() * 250))
  // Whoever is killed has no end to come to before.
  for (const [i, moment] of moments.entries())
    expect(await killedAfter(begin(Infinity), moment), `kill ${i + 1} of ${kills}`).toBe(true)
  const [code] = await once(begin(events), 'exit')
  expect(code, `killed after ${moments} ms`).toBe(0)

  // Facts, not keys: every event is told by a number of its own.
  const facts = receiver.facts().map(({ data }) => Number(data['n']))
  expect(new Set(facts).size, 'no event came under two ids').toBe(facts.length)
  const happened = await eventsIn(folder)
  expect(facts.toSorted((a, b) => a - b)).toEqual(happened)
})

/** The numbers of all events that the log has, each of which the store accounts for as sent. */
async function eventsIn(folder: string): Promise<readonly number[]> {
  const log = await openLog({
    file: join(folder, 'log.sqlite'),
    clock: systemClock,
    log: silentLog,
  })
  const lines = await allLines(log)
  await log.close()
  const store = await storeAt(join(folder, 'store.sqlite'), { actions: actionMigrations })
  const { rows } = await sql<{ state: string; n: number }>`
    select state, count(*) as n from action_firing group by state`.execute(store.as<unknown>())
  await store.close()
  expect(rows).toEqual([{ state: 'sent', n: lines.length }])
  return lines.map(({ body }) => Number(JSON.parse(body).total)).sort((a, b) => a - b)
}
