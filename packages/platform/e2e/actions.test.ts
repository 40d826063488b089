import { setTimeout as sleep } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { verify } from '#outgoing'
import { startReceiver } from './receiver.ts'
import { addSite, untilInLake } from './senders.ts'
import { worldOfTest } from './world.ts'

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
  await server.call('POST', '/run', { nodes: ['stream:site'] })
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
  for (const since = Date.now(); ; await sleep(200)) {
    const { code, stderr } = await world.attempt('apply')
    if (code === 0) break
    // The field is known once the flow has looked at the stream.
    if (Date.now() - since > 30_000) throw new Error(stderr)
  }
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
