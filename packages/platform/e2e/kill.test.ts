import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type Duck } from './duck.ts'
import { fingerprints, passing } from './fingerprints.ts'
import { type Receiver, startReceiver } from './receiver.ts'
import { makeWorld, type World } from './world.ts'

// Ended without warning in the middle of its work, again and again: what stands at last is what an undisturbed run gives.

const kills = 3
const files = 3
const rowsPerFile = 70_000
// Printed with every failure, so that a run can be repeated.
const seed = Math.floor(Math.random() * 2 ** 31)

/** Numbers from 0 to 1 that follow from the seed. */
function randomFrom(start: number): () => number {
  let state = start
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

const definitions = (url: string) => `kind: connection
key: files
connector: files
settings: { folder: sources }
---
kind: stream
key: people
connection: files
source: { path: 'people-*.csv' }
mode: upsert
primary_key: [id]
category: profile
---
kind: mapping
key: people
stream: people
qualifier: shop
objects:
  - object: individual
    fields: { id: id, first_name: first_name, last_name: last_name }
  - object: contact_point_email
    fields: { id: id, individual_id: id, email_address: email }
---
kind: ruleset
key: people
on: individual
match:
  - { key: email, all: [{ object: contact_point_email, field: email_address, by: normalised }] }
reconcile: { default: last_updated }
---
kind: segment
key: chosen
label: Chosen
on: individual
include: { field: last_name, op: starts_with, value: 'ab' }
---
kind: destination
key: hook
type: webhook
settings: { url: '${url}', secret: { secret: hook } }
---
kind: destination
key: files
type: file
settings: { folder: lists, format: csv }
---
kind: activation
key: to_hook
segment: chosen
destination: hook
send: changes
attributes: [{ as: last_name, field: last_name }]
---
kind: activation
key: to_files
segment: chosen
destination: files
send: everything
attributes: [{ as: last_name, field: last_name }, { as: email, contact_point: email }]
`

/** The rows of a file: every third person is there twice, some rows replace those of the file before, one is broken. */
function rowsOf(file: number): string {
  const lines = ['id,first_name,last_name,email']
  for (let i = 0; i < rowsPerFile; i++) {
    const id = file * (rowsPerFile - 500) + i
    const noise = (Math.imul(id, 2654435761) >>> 0).toString(36)
    lines.push(`${id},f${file},${noise},p${Math.floor(id / 1.5)}@example.com`)
  }
  lines.push('too,few')
  return lines.join('\n')
}

interface Place {
  readonly world: World
  readonly receiver: Receiver
}

async function place(): Promise<Place> {
  const receiver = await startReceiver()
  const world = makeWorld({ TESSERA_ALLOW_PRIVATE: receiver.address })
  world.write('definitions/people.yaml', definitions(receiver.url))
  for (let file = 0; file < files; file++) world.write(`sources/people-${file}.csv`, rowsOf(file))
  await world.feed(`whsec_${Buffer.alloc(32, 3).toString('base64')}`, 'secret-set', 'hook')
  await world.tessera('apply')
  return { world, receiver }
}

let undisturbed: Place
let killed: Place
let tookMs: number

beforeAll(async () => {
  undisturbed = await place()
  const startedAt = Date.now()
  await undisturbed.world.tessera('run')
  tookMs = Date.now() - startedAt
  killed = await place()
}, 180_000)
afterAll(async () => {
  for (const { world, receiver } of [undisturbed, killed]) {
    await world.remove()
    await receiver.close()
  }
})

/** Every table, but for what passes. */
const tables = (duck: Duck) => fingerprints(duck, { but: passing })

test(`killed ${kills} times while it runs (seed ${seed})`, async () => {
  const { world } = killed
  const random = randomFrom(seed)
  let caught = 0
  // A machine that was busy when the time was taken is quicker now.
  for (let i = 0; i < kills || (caught === 0 && i < 5 * kills); i++) {
    const run = world.start('run')
    await sleep(400 + (random() * Math.max(0, tookMs - 400)) / (1 + i))
    await run.kill()
    const { stdout } = await run.ended
    if (stdout === '') caught++
  }
  expect(caught).toBeGreaterThan(0)
  await world.tessera('run')
}, 180_000)

test('every table is as if nothing had happened', async () => {
  const [expected, found] = [await ask(undisturbed.world, tables), await ask(killed.world, tables)]
  expect(found).toEqual(expected)
  expect(found.length).toBeGreaterThan(20)
  await ask(killed.world, async (duck) => {
    const ledger = await duck.one(`select count(*) as files, sum(received) as received,
      sum(stored) + sum(unchanged) + sum(rejected) as told from t.lake._batch`)
    const received = String(files * (rowsPerFile + 1))
    expect(ledger).toEqual({ files: String(files), received, told: received })
  })
})

test('every delivery was made once', async () => {
  const members = await ask(killed.world, (duck) =>
    duck.rows('select cast(profile as varchar) as id from t.segment.member order by 1'),
  )
  expect(members.length).toBeGreaterThan(10)
  const told = [...killed.receiver.accepted.values()].flatMap((message) => message.members)
  expect(told.map((member) => String(member['profile_id'])).sort()).toEqual(
    members.map(({ id }) => String(id)).sort(),
  )
  const lists = readdirSync(join(killed.world.data, 'out/lists')).sort()
  expect(lists.map((name) => name.replace(/^.*?\./, ''))).toEqual(['csv', 'manifest.json'])
})

test('nothing half-done stays', async () => {
  for (const { world } of [undisturbed, killed]) {
    expect(readdirSync(join(world.data, 'spool'))).toEqual([])
    const all = readdirSync(world.data, { recursive: true, encoding: 'utf8' })
    expect(all.filter((name) => /\.(part|tmp|wal)$/.test(name))).toEqual([])
  }
  expect(readdirSync(killed.world.data).sort()).toEqual(readdirSync(undisturbed.world.data).sort())
  expect(await killed.world.tessera('status')).toMatch(/everything is fresh/)
})
