import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Commands, commandsOn } from './commands.ts'
import { startReceiver } from './receiver.ts'
import { makeWorld, onlyAsked, type World } from './world.ts'

// A list for a partner and messages for a shop: what comes, what leaves, what is refused and what is tried again, by commands.

let world: World
let cli: Commands
let receiver: Awaited<ReturnType<typeof startReceiver>>
let status = 422

const people = (rows: readonly string[]) => `id,first_name,last_name,email\n${rows.join('\n')}\n`

const definitions = (url: string) => `
kind: connection
key: crm
connector: files
settings: { folder: sources }
---
kind: stream
key: people
connection: crm
source: { path: people.csv }
mode: full
primary_key: [id]
category: profile
---
kind: mapping
key: people
stream: people
qualifier: crm
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
key: named
label: Named
on: individual
include: { field: first_name, op: is_filled }
---
kind: destination
key: hook
type: webhook
settings: { url: '${url}', secret: { secret: hook }, batch_size: 1 }
---
kind: destination
key: lists
type: file
settings: { folder: lists, format: parquet }
---
kind: activation
key: to_hook
segment: named
destination: hook
send: changes
updates: true
filter: first_name <> 'Test'
attributes: [{ as: name, field: first_name }, { as: mail, contact_point: email, required: true }]
---
kind: activation
key: to_lists
segment: named
destination: lists
send: everything
attributes: [{ as: name, field: first_name }]
confirm_above: 3
`

beforeAll(async () => {
  receiver = await startReceiver(() => status)
  world = makeWorld({ ...onlyAsked, TESSERA_ALLOW_PRIVATE: receiver.address })
  world.write('definitions/all.yaml', definitions(receiver.url))
  world.write(
    'sources/people.csv',
    people([
      '1,Ada,Lovelace,ada@example.com',
      '2,Bob,Bell,bob@example.com',
      '3,Cid,Cole,',
      '4,Test,Test,test@example.com',
    ]),
  )
  cli = commandsOn(await world.serve(), world)
  await world.feed(`whsec_${Buffer.alloc(32, 3).toString('base64')}`, 'secret-set', 'hook')
  await cli.tessera('apply')
  await cli.tessera('run')
}, 180_000)
afterAll(async () => {
  await world.remove()
  await receiver.close()
})

interface Shown {
  readonly activations: readonly {
    key: string
    awaiting: number | null
    ledger: Readonly<Record<'members' | 'delivered' | 'waiting' | 'dead', number>> & {
      filtered: Readonly<Record<string, number>>
    }
  }[]
  readonly destinations: readonly { key: string; dead: number; guarantee: string }[]
}

const shown = () => cli.json<Shown>('activations')

test('what was refused is dead with its reason, and tried again by that reason', async () => {
  const before = await shown()
  expect(before.activations.find(({ key }) => key === 'to_hook')?.ledger).toMatchObject({
    members: 4,
    delivered: 0,
    dead: 2,
    filtered: { 'blocked by the filter': 1, 'no contact point': 1 },
  })
  expect(before.destinations.find(({ key }) => key === 'hook')).toMatchObject({
    dead: 2,
    guarantee: 'once by key',
  })
  expect(await cli.tessera('deliveries', 'to_hook', '--state', 'dead')).toContain('answered 422')
  status = 204
  expect(await cli.tessera('deliveries-retry', 'to_hook', '--reason', 'answered 500')).toContain(
    '0 deliveries',
  )
  expect(
    await cli.tessera('deliveries-retry', 'hook', '--destination', '--reason', '422'),
  ).toContain('2 deliveries')
  await cli.tessera('run')
  const names = [...receiver.accepted.values()].flatMap(({ members }) =>
    members.map((one) => `${one['change']} ${one['name']}`),
  )
  expect(names.sort()).toEqual(['entered Ada', 'entered Bob'])
}, 180_000)

test('a large list waits for somebody, and is then a Parquet file', async () => {
  const waiting = (await shown()).activations.find(({ key }) => key === 'to_lists')
  expect(waiting).toMatchObject({ awaiting: 4, ledger: { members: 0 } })
  expect(await cli.tessera('activation-confirm', 'to_lists')).toContain('--members 4')
  await cli.tessera('activation-confirm', 'to_lists', '--members', '4')
  await cli.tessera('run')
  const folder = join(world.folder, 'data', 'out', 'lists')
  const [file = ''] = readdirSync(folder).filter((name) => name.endsWith('.parquet'))
  expect(readFileSync(join(folder, file)).subarray(0, 4).toString()).toBe('PAR1')
}, 180_000)

test('who changes is updated, who is gone from the source leaves', async () => {
  world.write(
    'sources/people.csv',
    people(['1,Augusta,Lovelace,ada@example.com', '4,Test,Test,test@example.com']),
  )
  await cli.tessera('run')
  const names = [...receiver.accepted.values()].flatMap(({ members }) =>
    members.map((one) => `${one['change']} ${one['name'] ?? ''}`.trim()),
  )
  expect(names).toContain('updated Augusta')
  expect(names.filter((name) => name.startsWith('left'))).toHaveLength(1)
  const { activations } = await shown()
  const ledger = activations.find(({ key }) => key === 'to_hook')?.ledger
  expect(ledger).toMatchObject({ members: 6, delivered: 4, waiting: 0, dead: 0 })
}, 180_000)

test('a run does not wait for a destination that is down, and ends as well as any other', async () => {
  status = 503
  world.write(
    'sources/people.csv',
    people(['1,Ada,King,ada@example.com', '5,Eve,Ell,eve@example.com']),
  )
  const run = await cli.json<{ failed: number; waiting: number }>('run')
  expect(run.failed).toBe(0)
  expect(run.waiting).toBeGreaterThan(0)
  status = 204
  const late = async () => {
    await cli.tessera('run')
    return [...receiver.accepted.values()].flatMap(({ members }) =>
      members.map((one) => `${one['change']} ${one['name']}`),
    )
  }
  await expect.poll(late, { timeout: 120_000 }).toContain('entered Eve')
}, 180_000)
