import { createHmac, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { addSite, untilInLake } from './senders.ts'
import { makeWorld, type Server, type World } from './world.ts'

// What every way in promises of what comes by itself, asked of a server that is ended without warning: webhooks, events, records.

const webhookSecret = 'a secret of the sender and of the house'

const definitions = `kind: connection
key: payments
connector: webhook
settings:
  signature: { kind: timestamped, header: Pay-Signature, secret: { secret: hook } }
  id: id
---
kind: stream
key: payments
connection: payments
source: {}
mode: append
category: profile
contract: { schema: { required: [name] } }
---
kind: connection
key: shop
connector: ingest_api
settings:
  objects:
    visits:
      category: engagement
      primary_key: [id]
      fields: { id: { type: text }, name: { type: text } }
    parcels:
      category: engagement
      primary_key: [id]
      fields: { id: { type: text }, to: { type: text, required: true } }
---
kind: stream
key: visits
connection: shop
source: { object: visits }
mode: append
primary_key: [id]
category: engagement
contract: { schema: { properties: { name: { minLength: 2 } } } }
---
kind: stream
key: parcels
connection: shop
source: { object: parcels }
mode: append
primary_key: [id]
category: engagement
---
`

/** Names fields before the first row has brought any, and one that none brings. */
const mapping = (
  field = 'name',
) => `{ kind: mapping, key: payments, stream: payments, qualifier: pay,
  objects: [{ object: individual, fields: { id: id, first_name: ${field}, last_name: upper(surname) } }] }`

/** The contract of the stream of events. */
const siteStream = `{ kind: stream, key: site, connection: site, source: { takes: events }, mode: append,
  category: engagement, contract: { schema: { properties: { event: { minLength: 2 } } } } }`

let world: World
let server: Server
let writeKey: string

beforeAll(async () => {
  world = makeWorld()
  world.write('definitions/all.yaml', definitions + mapping())
  server = await world.serve()
  await world.feed(webhookSecret, 'secret-set', 'hook')
  await world.tessera('apply')
  writeKey = await addSite(server)
  await define(siteStream)
}, 120_000)
afterAll(() => world.remove())

const define = (text: string) =>
  server.call('POST', '/definitions/apply', { files: [{ file: 'more.yaml', text }] })

/** What is posted: a body, and how it is shown who sends it. */
interface Posted {
  readonly body: string | Uint8Array<ArrayBuffer>
  readonly headers?: Record<string, string>
  readonly by?: 'stranger'
}

/** A way in, for things with an id and a name. */
interface Door {
  readonly stream: string
  readonly body: (id: string, name: string) => string
  readonly post: (of: Posted) => Promise<Response>
  /** What the answer says when all is well. */
  readonly taken: number
  /** What becomes of a thing whose name is too short. */
  readonly short: number
  /** What becomes of what a stranger sends. */
  readonly stranger: number
  readonly rows: string
}

const signed = (body: string | Uint8Array, { secret = webhookSecret, at = Date.now() } = {}) => {
  const seconds = Math.floor(at / 1000)
  const mac = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest('hex')
  return { 'pay-signature': `t=${seconds},v1=${mac}` }
}

const send = (path: string, body: Posted['body'], headers: Record<string, string>) =>
  fetch(server.address + path, { method: 'POST', body, headers })

const token = () => readFileSync(join(world.data, 'token'), 'utf8').trim()

const doors: readonly Door[] = [
  {
    stream: 'payments',
    body: (id, name) => JSON.stringify(name === '' ? { id } : { id, name }),
    post: ({ body, headers, by }) =>
      send('/hooks/v1/payments', body, {
        ...signed(body, by ? { secret: 'guessed' } : {}),
        ...headers,
      }),
    ...{ taken: 200, short: 200, stranger: 401 },
    rows: 'select id, name from lake.payments',
  },
  {
    stream: 'site',
    body: (id, name) =>
      JSON.stringify({
        batch: [{ type: 'track', messageId: id, anonymousId: 'a', event: name || 'x' }],
      }),
    post: ({ body, headers, by }) =>
      send('/events/v1/batch', body, {
        authorization: `Bearer ${by ? 'nobody' : writeKey}`,
        ...headers,
      }),
    ...{ taken: 200, short: 200, stranger: 200 },
    rows: 'select message_id as id, event as name from lake.site',
  },
  {
    stream: 'visits',
    body: (id, name) => JSON.stringify({ data: [{ id, name: name || 'x' }] }),
    post: ({ body, headers, by }) =>
      send('/api/v1/ingest/sources/shop/visits', body, {
        authorization: `Bearer ${by ? 'nobody' : token()}`,
        'content-type': 'application/json',
        ...headers,
      }),
    ...{ taken: 202, short: 202, stranger: 401 },
    rows: 'select id, name from lake.visits',
  },
]

interface Overview {
  readonly rows: number
  readonly ledger: Readonly<Record<string, number>>
}

const overview = async (stream: string) =>
  // The endpoint answers with this shape; see the streams room.
  (await server.call('GET', `/streams/${stream}`)) as Overview

const rowsOf = async (sql: string) =>
  ((await server.call('POST', '/query', { sql })) as { rows: unknown }).rows

/** What has been counted since. */
async function counting(stream: string) {
  await untilInLake(server)
  const before = (await overview(stream)).ledger
  return async () => {
    await untilInLake(server)
    const { ledger } = await overview(stream)
    const since = Object.entries(ledger).map(
      ([name, n]) => [name, n - (before[name] ?? 0)] as const,
    )
    return Object.fromEntries(since.filter(([name, n]) => n !== 0 && name !== 'batches'))
  }
}

const individuals = () => server.call('GET', '/graph/model%3Aindividual')

test('a mapping that is there before the first row waits for it', async () => {
  await world.tessera('run')
  expect(await individuals()).toMatchObject({
    state: 'fresh',
    note: 'payments waits for its first row',
  })
})

describe.each(doors)('what comes for $stream', (door) => {
  test('is on disk before it is answered, comes once, and can be looked at', async () => {
    const { status } = await door.post({ body: door.body('i-1', 'Ada') })
    await server.kill()
    expect(status).toBe(door.taken)
    server = await world.serve()
    const since = await counting(door.stream)
    expect(await rowsOf(door.rows)).toEqual([{ id: 'i-1', name: 'Ada' }])
    expect((await door.post({ body: door.body('i-1', 'Ada') })).status).toBe(door.taken)
    expect(await since()).toEqual({ received: 1, duplicate: 1 })
    expect(await server.call('GET', `/streams/${door.stream}/rows`)).toHaveLength(1)
  })

  test('is kept with its reason when it is not as agreed', async () => {
    const since = await counting(door.stream)
    expect((await door.post({ body: door.body('i-2', '') })).status).toBe(door.short)
    expect(await since()).toEqual({ received: 1, rejected: 1 })
    const said = JSON.stringify(await server.call('GET', `/streams/${door.stream}/rejected`))
    expect(said).toMatch(/"reason":"[^"]*(name|event)/)
    // Mended, it is no repetition.
    await door.post({ body: door.body('i-2', 'Grace') })
    expect(await since()).toEqual({ received: 2, rejected: 1, stored: 1 })
  })

  test('is not taken for the stream when a stranger sends it', async () => {
    const since = await counting(door.stream)
    const answer = await door.post({ body: door.body('i-3', 'Mallory'), by: 'stranger' })
    expect(answer.status).toBe(door.stranger)
    if (answer.ok) expect(await answer.text()).toContain('parked')
    expect(await since()).toEqual({})
  })

  test('is refused at once when it is too large, damaged or no JSON, and nothing of it is kept', async () => {
    const since = await counting(door.stream)
    const large = door.body('i-4', 'x'.repeat(6 * 1024 ** 2))
    const packed = { 'content-encoding': 'gzip' }
    const answers = [
      await door.post({ body: large }),
      await door.post({ body: Uint8Array.from(randomBytes(200)), headers: packed }),
      await door.post({ body: `${door.body('i-5', 'Eve')}}` }),
    ]
    expect(answers.map(({ status }) => status)).toEqual([413, 400, 400])
    for (const answer of answers) expect(await answer.text()).toMatch(/"(message|errorCode)"/)
    expect(await since()).toEqual({})
  })
})

test('a webhook goes from its signature to the model; a wrong, an old and a former signature are refused', async () => {
  const body = JSON.stringify({ id: 'p-1', name: 'Lovelace' })
  const posted = async (how?: Parameters<typeof signed>[1]) =>
    (await send('/hooks/v1/payments', body, signed(body, how))).status
  expect(await posted({ secret: 'another' })).toBe(401)
  expect(await posted({ at: Date.now() - 301_000 })).toBe(401)
  expect(await posted()).toBe(200)
  await untilInLake(server)
  await world.tessera('run')
  expect(await rowsOf("select id, first_name from individual where id = 'p-1'")).toEqual([
    { id: 'p-1', first_name: 'Lovelace' },
  ])
  expect(await individuals()).toMatchObject({
    state: 'fresh',
    note: 'surname: empty, because no row of payments has had it yet',
  })
  const more = JSON.stringify({ id: 'p-2', name: 'George', surname: 'Byron' })
  expect((await send('/hooks/v1/payments', more, signed(more))).status).toBe(200)
  await untilInLake(server)
  await world.tessera('run')
  expect(
    await rowsOf("select id, last_name from individual where id in ('p-1', 'p-2') order by id"),
  ).toEqual([
    { id: 'p-1', last_name: null },
    { id: 'p-2', last_name: 'BYRON' },
  ])
  expect(await individuals()).not.toHaveProperty('note')
  await expect(define(mapping('nmae'))).rejects.toThrow('did you mean \\"name\\"')
  await world.feed('the next secret', 'secret-set', 'hook')
  expect(await posted()).toBe(401)
  expect(await posted({ secret: 'the next secret' })).toBe(200)
})

/** Sends a bulk job to an object of the shop and waits until it is loaded; its counts. */
async function bulk(object: string, operation: 'upsert' | 'delete', csv: string) {
  const asked = async (method: string, path: string, body?: unknown) => {
    const isText = typeof body === 'string'
    const answer = await fetch(`${server.address}/api/v1/ingest/jobs${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token()}`,
        'content-type': isText ? 'text/csv' : 'application/json',
      },
      ...(body === undefined ? {} : { body: isText ? body : JSON.stringify(body) }),
    })
    expect(answer.status, await answer.clone().text()).toBeLessThan(300)
    return answer.status === 200 || answer.status === 201 ? await answer.json() : undefined
  }
  // The wire answers with this shape.
  const { id } = (await asked('POST', '', { object, sourceName: 'shop', operation })) as {
    id: string
  }
  await asked('PUT', `/${id}/batches`, csv)
  await asked('PATCH', `/${id}`, { state: 'UploadComplete' })
  let job: { state: string; counts?: unknown } = { state: '' }
  await expect
    .poll(async () => {
      job = (await asked('GET', `/${id}`)) as typeof job
      return job.state
    })
    .toBe('JobComplete')
  return job.counts
}

test('rows in bulk need what records need, also when they are tried again; what was deleted stays so', async () => {
  expect(await bulk('parcels', 'upsert', 'id,to\n1,Ada\n2,\n3,Cy\n')).toMatchObject({
    ...{ received: 3, stored: 2, rejected: 1 },
  })
  // The endpoint answers with this shape; see the room arrivals.
  const [rejected] = (await server.call('GET', '/streams/parcels/rejected')) as {
    id: string
    reason: string
  }[]
  expect(rejected?.reason).toContain('to')
  const retried = async (body?: unknown) =>
    server.call('POST', '/streams/parcels/rejected/retry', {
      items: [{ id: rejected?.id, ...(body === undefined ? {} : { body }) }],
    })
  expect(await retried()).toMatchObject({ results: [{ status: 'rejected' }] })
  expect(await retried({ id: '2', to: 'Bob' })).toMatchObject({ results: [{ status: 'stored' }] })
  const parcels = '/api/v1/ingest/sources/shop/parcels'
  const headers = { authorization: `Bearer ${token()}`, 'content-type': 'application/json' }
  const one = await fetch(`${server.address}${parcels}?ids=1`, { method: 'DELETE', headers })
  expect([one.status, await one.text()]).toEqual([400, expect.stringContaining('bulk job')])
  expect(await bulk('parcels', 'delete', 'id\n1\n')).toMatchObject({ removed: 1 })
  const again = await send(parcels, JSON.stringify({ data: [{ id: '1', to: 'Ada' }] }), headers)
  expect(again.status).toBe(202)
  await untilInLake(server)
  expect(await bulk('parcels', 'upsert', 'id,to\n1,Ada\n4,Di\n')).toMatchObject({
    ...{ received: 2, stored: 1, unchanged: 1 },
  })
  expect(await server.call('GET', '/streams/parcels/rows')).toHaveLength(3)
})
