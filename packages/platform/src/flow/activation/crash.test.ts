import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { openDuckdb, sql } from '#engine'
import { killedAfter } from '#kernel/testing/killed.ts'
import { isLong } from '#kernel/testing/long.ts'
import { storeAt } from '#store/testing'
import { activationMigrations, recordsIn } from './records.ts'
import { factsOf, webhookReceiver } from './testing/receiver.ts'

const program = join(import.meta.dirname, 'testing', 'crashing-house.ts')
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
  const begin = (most: number) =>
    spawn(process.execPath, [program, folder, receiver.url, String(most)])

  const moments = Array.from({ length: kills }, () => Math.floor(Math.random() * 90))
  // Whoever is killed has no end to come to before.
  for (const [i, moment] of moments.entries())
    expect(await killedAfter(begin(Infinity), moment), `kill ${i + 1} of ${kills}`).toBe(true)
  const [code] = await once(begin(steps), 'exit')
  expect(code, `killed after ${moments} ms`).toBe(0)

  const facts = factsOf(receiver.received)
  const names = facts.map(({ profile_id, change }) => `${change} ${profile_id}`)
  expect(new Set(names).size, 'no fact came under two ids').toBe(names.length)
  const left = new Set(facts.filter(({ change }) => change === 'left').map((f) => f['profile_id']))
  const present = facts.filter((fact) => !left.has(fact['profile_id'])).map((f) => f['profile_id'])
  const { members: wanted, withdrawn } = await peopleIn(folder)
  expect(present.sort()).toEqual(wanted)
  const { members, delivered, filtered, waiting, dead } = await ledgerIn(folder)
  const held = Object.values(filtered).reduce((sum, n) => sum + n, 0)
  expect([waiting, dead]).toEqual([0, 0])
  expect(delivered + held).toBe(members)
  // Whose answer was lost before they withdrew was received, and is counted as held back.
  expect(facts.length).toBeGreaterThanOrEqual(delivered)
  expect(facts.length).toBeLessThanOrEqual(members)
  // Nobody but those who withdrew is held back.
  expect(held).toBeLessThanOrEqual(withdrawn)
})

async function peopleIn(folder: string) {
  const engine = await openDuckdb({ folder, threads: 1 })
  const withdrawn = sql`(select distinct _profile from model.contact_point_email where not opted_in)`
  const rows = await engine.rows(sql`select profile from segment.member
    where profile not in ${withdrawn} order by profile`)
  const [count] = await engine.rows(sql`select count(*) as n from ${withdrawn} w`)
  await engine.close()
  return { members: rows.map((row) => String(row['profile'])), withdrawn: Number(count?.['n']) }
}

async function ledgerIn(folder: string) {
  const store = await storeAt(join(folder, 'store.sqlite'), { activation: activationMigrations })
  const ledgers = await recordsIn(store).ledgers()
  await store.close()
  const ledger = ledgers.get('crash')
  if (!ledger) throw new Error('nothing was cut')
  return ledger
}
