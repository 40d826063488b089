import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openDuckdb, sql } from '#engine'
import { environment } from '#kernel/config.ts'
import { killedAfter } from '#kernel/testing/killed.ts'
import { storeAt } from '#store/testing'
import { activationMigrations, recordsIn } from './records.ts'
import { factsOf, webhookReceiver } from './testing/receiver.ts'

const program = join(import.meta.dirname, 'testing', 'crashing-house.ts')
const isLong = environment()['TESSERA_LONG'] !== undefined
const [steps, kills] = isLong ? [80, 20] : [30, 3]

test('killed at any moment, no batch is lost, none counts twice, and nobody who withdrew stays', {
  timeout: isLong ? 300_000 : 150_000,
}, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-crash-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const receiver = await webhookReceiver(async (_, response) => {
    const luck = Math.random()
    await wait(luck * 5)
    if (luck < 0.1) response.writeHead(503).end()
    else if (luck < 0.2) response.destroy()
  })
  onTestFinished(receiver.close)
  const begin = () => spawn(process.execPath, [program, folder, receiver.url, String(steps)])

  const moments: number[] = []
  for (let i = 0; i < kills; i++) {
    const child = begin()
    const moment = Math.floor(Math.random() * 90)
    if (await killedAfter(child, moment)) moments.push(moment)
  }
  const [code] = await once(begin(), 'exit')
  expect(code, `killed after ${moments} ms`).toBe(0)
  expect(moments.length).toBeGreaterThan(isLong ? 7 : 0)

  const facts = factsOf(receiver.received)
  const names = facts.map(({ profile_id, change }) => `${change} ${profile_id}`)
  expect(new Set(names).size, 'no fact came under two ids').toBe(names.length)
  const left = new Set(facts.filter(({ change }) => change === 'left').map((f) => f['profile_id']))
  const present = facts.filter((fact) => !left.has(fact['profile_id'])).map((f) => f['profile_id'])
  expect(present.sort()).toEqual(await membersIn(folder))
  const { members, delivered, filtered, waiting, dead } = await ledgerIn(folder)
  const held = Object.values(filtered).reduce((sum, n) => sum + n, 0)
  expect([waiting, dead]).toEqual([0, 0])
  expect(delivered + held).toBe(members)
  // Whose answer was lost before they withdrew was received, and is counted as held back.
  expect(facts.length).toBeGreaterThanOrEqual(delivered)
  expect(facts.length).toBeLessThanOrEqual(members)
  // Nobody but those who withdrew is held back.
  expect(held).toBeLessThanOrEqual(steps)
})

async function membersIn(folder: string) {
  const engine = await openDuckdb({ folder, threads: 1 })
  const rows = await engine.rows(sql`select profile from segment.member
    where profile not in (select _profile from model.contact_point_email where not opted_in) order by profile`)
  await engine.close()
  return rows.map((row) => String(row['profile']))
}

async function ledgerIn(folder: string) {
  const store = await storeAt(join(folder, 'store.sqlite'), { activation: activationMigrations })
  const ledgers = await recordsIn(store).ledgers()
  await store.close()
  const ledger = ledgers.get('crash')
  if (!ledger) throw new Error('nothing was cut')
  return ledger
}
