import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { verify } from '#outgoing'
import { startReceiver } from './receiver.ts'
import { addSite, untilInLake } from './senders.ts'
import { onlyAsked, worldOfTest } from './world.ts'

// From an event on the wire to the webhook that a rule calls, through the program as it is started.

const key = `whsec_${Buffer.alloc(32, 5).toString('base64')}`

test('an event calls a webhook, and the flow confirms it', { timeout: 120_000 }, async () => {
  const receiver = await startReceiver()
  onTestFinished(receiver.close)
  const world = worldOfTest({
    TESSERA_ALLOW_PRIVATE: receiver.address,
    TESSERA_FOLLOW_MS: '300',
  })
  const server = await world.serve()
  const writeKey = await addSite(server)
  const send = async (userId: string, total: number) => {
    const answer = await fetch(`${server.address}/v1/track`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa(`${writeKey}:`)}` },
      body: JSON.stringify({ event: 'Order Completed', userId, properties: { total } }),
    })
    expect(answer.status).toBe(200)
  }
  await send('before', 900)
  await untilInLake(server)
  await server.call('PUT', '/secrets/hook', { value: key })
  world.write(
    'definitions/big.yaml',
    `kind: action
key: big_order
when: { event: site, where: { field: properties_total, op: '>=', value: 500 } }
often: each
cool_down: 1 hour
attributes: [{ as: total, field: properties_total }]
target: { webhook: { url: '${receiver.url}', secret: { secret: hook } } }
`,
  )
  // What has come is known, before any refresh.
  await world.tessera('apply')
  await sleep(500)
  for (const [who, total] of [
    ['ada', 700],
    ['bob', 20],
    ['ada', 800],
  ] as const)
    await send(who, total)
  for (const since = Date.now(); receiver.messages.length < 1; await sleep(20))
    if (Date.now() - since > 30_000) throw new Error('the webhook was not called')
  const [{ headers = {}, body = '' } = {}] = receiver.messages
  verify({ headers, body, secret: key, now: new Date() })
  expect(JSON.parse(body)).toMatchObject({
    action: 'big_order',
    firings: [{ trigger: 'event', person: 'ada', data: { total: 700 } }],
  })
  // The flow refreshes, and neither denies nor fires anything.
  await untilInLake(server)
  await sleep(1500)
  expect(await world.json('actions')).toMatchObject([
    { key: 'big_order', lane: 'live', ledger: { met: 2, sent: 1, cooled: 1, denied: 0 } },
  ])
  expect(await world.json('action-firings', 'big_order', '--person', 'ada')).toMatchObject([
    { state: 'cooled', lane: 'live' },
    { state: 'sent', lane: 'live', data: { total: 700 } },
  ])
  expect(await world.tessera('action-retry', 'big_order')).toContain('0 will be tried again')
  await server.stop()
})

const shop = (url: string) => `kind: connection
key: shop
connector: files
settings: { folder: shop }
---
kind: stream
key: people
connection: shop
source: { path: people.csv }
mode: full
primary_key: [id]
category: profile
---
kind: mapping
key: people
stream: people
qualifier: shop
objects:
  - object: individual
    fields: { id: id, first_name: name }
  - object: contact_point_email
    fields: { id: id, individual_id: id, email_address: email }
---
kind: stream
key: goods
connection: shop
source: { path: goods.csv }
mode: full
primary_key: [id]
category: other
---
kind: mapping
key: goods
stream: goods
qualifier: shop
objects:
  - object: product
    fields: { id: id, name: name, list_price: price }
---
kind: ruleset
key: people
label: People
on: individual
match:
  - key: email
    all: [{ object: contact_point_email, field: email_address, by: normalised }]
reconcile: { default: last_updated }
---
kind: action
key: gone
when: { row: individual, change: deleted }
often: each
attributes: [{ as: name, field: first_name }]
target: { webhook: { url: '${url}', secret: { secret: hook }, form: data_cloud } }
---
kind: action
key: cheaper
when:
  row: product
  change: changed
  where: { field: list_price, op: '<', value: 10 }
  was: { field: list_price, op: '>=', value: 10 }
often: each
attributes: [{ as: price, field: list_price }, { as: price, was: list_price }]
target: { webhook: { url: '${url}', secret: { secret: hook } } }
---
kind: action
key: united
when: { profile: any }
often: each
target: { webhook: { url: '${url}', secret: { secret: hook } } }
---
kind: action
key: nobody_fills_it
when: { row: case, change: created }
often: each
target: { webhook: { url: '${url}', secret: { secret: hook } } }
`

test('what leaves a snapshot, what a price was, and who became one, from files to the webhook', {
  timeout: 120_000,
}, async () => {
  const receiver = await startReceiver()
  onTestFinished(receiver.close)
  const world = worldOfTest({ TESSERA_ALLOW_PRIVATE: receiver.address, ...onlyAsked })
  world.write('definitions/shop.yaml', shop(receiver.url))
  const people = (...rows: readonly string[]) =>
    world.write('shop/people.csv', `id,name,email\n${rows.map((row) => `${row}\n`).join('')}`)
  const goods = (...rows: readonly string[]) =>
    world.write('shop/goods.csv', `id,name,price\n${rows.map((row) => `${row}\n`).join('')}`)
  people('a,Ada,ada@x.example', 'b,Bob,bob@x.example', 'c,Cleo,cleo@x.example')
  goods('1,Bell,20', '2,Lamp,5')
  const server = await world.serve()
  await server.call('PUT', '/secrets/hook', { value: key })
  await world.tessera('apply')
  const run = async () =>
    expect(await world.json<{ failed: number }>('run')).toMatchObject({ failed: 0 })
  await run()
  await run()
  expect(receiver.messages).toEqual([])
  people('a,Ada,ada@x.example', 'c,Cleo,Ada@x.example')
  goods('1,Bell,8', '2,Lamp,4')
  await run()
  for (const since = Date.now(); receiver.messages.length < 3; await sleep(20))
    if (Date.now() - since > 30_000) throw new Error('the webhooks were not called')
  const bodies = receiver.messages.map(({ body }) => JSON.parse(body))
  expect(bodies.find(({ events }) => events)).toMatchObject({
    count: 1,
    events: [
      {
        ActionDeveloperName: 'gone',
        EventPrompt: 'Delete',
        PayloadCurrentValue: '{}',
        PayloadPrevValue: '{"name":"Bob"}',
        SourceObjectDeveloperName: 'individual',
      },
    ],
  })
  expect(bodies.find(({ action }) => action === 'cheaper')).toMatchObject({
    firings: [{ change: 'changed', profile_id: null, data: { price: 8 }, was: { price: 20 } }],
  })
  const [merged] = bodies.find(({ action }) => action === 'united').firings
  expect(merged).toMatchObject({ trigger: 'profile', change: 'merged' })
  const { events } = (await server.call('GET', '/identity/changes')) as {
    readonly events: readonly Readonly<Record<string, string>>[]
  }
  expect(events.filter(({ kind }) => kind === 'merged')).toMatchObject([
    { id: merged.occurrence, profile: merged.person, other: merged.profile_id },
  ])
  expect(await world.json('action-firings', 'cheaper')).toMatchObject([
    { change: 'changed', data: { price: 8 }, was: { price: 20 } },
  ])
  expect(await world.tessera('actions')).toContain('people merged or split')
  await run()
  expect(receiver.messages).toHaveLength(3)
  await server.stop()
})
