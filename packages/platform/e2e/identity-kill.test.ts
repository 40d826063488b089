import { cpSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, type Duck } from './duck.ts'
import { fingerprints, passing } from './fingerprints.ts'
import { makeWorld, type Server, type World } from './world.ts'

// A server that dies while it finds out who is who: what is published is always one whole run, the one before or the new one.

const people = 20_000

const definitions = `kind: connection
key: files
connector: files
settings: { folder: . }
---
kind: stream
key: people
connection: files
source: { path: people.csv }
mode: full
category: profile
primary_key: [id]
---
kind: stream
key: orders
connection: files
source: { path: orders.csv }
mode: full
category: other
primary_key: [id]
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
  - object: contact_point_phone
    fields: { id: id, individual_id: id, telephone_number: phone }
---
kind: mapping
key: orders
stream: orders
qualifier: shop
objects:
  - object: sales_order
    fields: { id: id, individual_id: person }
`

const rule = (key: string, object: string, field: string) =>
  `  - { key: ${key}, all: [{ object: ${object}, field: ${field}, by: normalised }] }\n`

const ruleset = (rules: string) => `kind: ruleset
key: people
on: individual
match:
${rules}reconcile: { default: last_updated }
`
const byEmail = rule('email', 'contact_point_email', 'email_address')
const byPhone = rule('phone', 'contact_point_phone', 'telephone_number')

/** Every third person is there twice by e-mail, others by telephone, some tied over three. */
function writeSources(world: World): void {
  const lines = Array.from({ length: people }, (_, i) => {
    const noise = (Math.imul(i, 2654435761) >>> 0).toString(36)
    const phone = `+49 171 ${1_000_000 + Math.floor(i / 1.7)}`
    return `${i},f${i % 97},${noise},p${Math.floor(i / 1.5)}@example.com,${phone}`
  })
  world.write('people.csv', ['id,first_name,last_name,email,phone', ...lines].join('\n'))
  const orders = Array.from({ length: people }, (_, i) => `o${i},${(i * 7) % people}`)
  world.write('orders.csv', ['id,person', ...orders].join('\n'))
}

/** Who is who and whose each row is; marks for those who watch are taken away by them at any time. */
const printed = async (duck: Duck, but?: RegExp) =>
  (await fingerprints(duck, { schemas: ['unified', 'model'], ...(but ? { but } : {}) })).filter(
    (line) => !line.startsWith('model._touched '),
  )

/** What is published, to the last position. */
const published = (duck: Duck) => printed(duck)

/** The same without positions and times: a run that came later differs in these. */
const lasting = (duck: Duck) => printed(duck, passing)

let world: World
/** A copy of the data folder: one run is published, and the rules have changed since. */
let copy: string
let before: readonly string[]
let after: readonly string[]

beforeAll(async () => {
  world = makeWorld()
  copy = join(world.folder, 'copy')
  writeSources(world)
  world.write('definitions/sources.yaml', definitions)
  world.write('definitions/people.yaml', ruleset(byEmail))
  await world.tessera('apply')
  await world.tessera('run')
  before = await ask(world, published)
  world.write('definitions/people.yaml', ruleset(byEmail + byPhone))
  await world.tessera('apply')
  cpSync(world.data, copy, { recursive: true })
  const former = await ask(world, lasting)
  await world.tessera('run')
  after = await ask(world, lasting)
  expect(after).not.toEqual(former)
}, 180_000)
afterAll(() => world.remove())

/** The steps of a run between which a kill is wanted; the last of a run writes. */
const groups = ['cluster', 'candidate', 'partition', 'overlap', 'claim', 'kept', 'fresh', 'link']

test.each([
  { moment: 'the pairs are made', steps: ['agreed_phone', 'key', 'evidence_email'] },
  { moment: 'groups are made of them', steps: groups },
])(
  'killed when $moment: the run before stands, whole',
  async ({ steps }) => {
    await killAt(steps, async () => {})
    expect(await ask(world, published)).toEqual(before)
    await world.tessera('run')
    expect(await ask(world, lasting)).toEqual(after)
  },
  120_000,
)

test.each([0, 150])(
  'killed %i ms into writing: one run stands, whole',
  async (ms) => {
    await killAt(['publish'], () => sleep(ms))
    const [found, later] = [await ask(world, published), await ask(world, lasting)]
    // Written in one piece: all of the new run, or nothing of it.
    if (later.join() !== after.join()) expect(found).toEqual(before)
    await world.tessera('run')
    expect(await ask(world, lasting)).toEqual(after)
  },
  120_000,
)

/** How often a moment may be missed on a machine that does much else. */
const mostMisses = 10

/** Runs identity in a server and kills that as soon as its job is at one of the steps, a while later. */
async function killAt(steps: readonly string[], waits: () => Promise<void>): Promise<void> {
  for (let misses = 0; misses < mostMisses; misses++) {
    rmSync(world.data, { recursive: true })
    cpSync(copy, world.data, { recursive: true })
    const server = await world.serve()
    await server.call('POST', '/identity/people/run', {})
    const isThere = await untilAt(server, steps)
    if (isThere) await waits()
    await server.kill()
    if (isThere) return
  }
  throw new Error(`no run was seen at ${steps.join(', ')}`)
}

/** Whether a run was seen at one of the steps before it ended. */
async function untilAt(server: Server, steps: readonly string[]): Promise<boolean> {
  for (;;) {
    // The endpoint answers with this shape.
    const jobs = (await server.call('GET', '/jobs?limit=10')) as readonly {
      readonly kind: string
      readonly state: string
      readonly progress?: { readonly note?: string }
    }[]
    if (jobs.some(({ progress }) => steps.includes(progress?.note ?? ''))) return true
    if (jobs.some(({ kind, state }) => kind === 'identity.run' && state === 'done')) return false
  }
}
