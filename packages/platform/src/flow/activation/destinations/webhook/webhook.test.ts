import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { newSigningSecret, verify } from '#outgoing'
import {
  atEase,
  describeDestination,
  lookedAt,
  sampleBatch,
} from '../../testing/destination-contract.ts'
import { type Answerer, factsOf, signing, webhookReceiver } from '../../testing/receiver.ts'
import { webhook } from './webhook.ts'

async function arrange(answerer?: Answerer) {
  let isDown = false
  const receiver = await webhookReceiver(async (one, response) => {
    if (isDown) receiver.received.pop()
    if (isDown) response.writeHead(503).end()
    else await answerer?.(one, response)
  })
  const { url, outgoing, received, close } = receiver
  return {
    settings: { url, secret: { secret: signing.name } },
    tools: {
      ...atEase,
      network: outgoing,
      parquet: () => {
        throw new Error('no Parquet is written')
      },
      secret: async () => signing.secret,
      folders: { base: '/nowhere', allowed: [] },
      clock: systemClock,
    },
    received,
    arrived: async () => factsOf(received),
    breakDown: async () => {
      isDown = true
    },
    mend: async () => {
      isDown = false
    },
    close,
  }
}

describeDestination(webhook, () => arrange())

const ada = { profile_id: '1152921504606846977', change: 'entered', email: 'ada@example.com' }

async function deliver(answerer?: Answerer) {
  const scene = await arrange(answerer)
  onTestFinished(scene.close)
  const tools = { ...scene.tools, signal: AbortSignal.timeout(40_000) }
  return { scene, outcome: await webhook.deliver(sampleBatch([ada]), scene.settings, tools) }
}

test('says which batch of what it is', async () => {
  const { scene } = await deliver()
  expect(JSON.parse(scene.received[0]?.body ?? '')).toEqual({
    activation: 'vips_to_shop',
    segment: 'vips',
    send: 'changes',
    batch: { id: 'vips_to_shop:0:57:1', number: 1, of: 1, from: 0, to: 57 },
    members: [ada],
  })
})

test.each([
  [200, 'sent'],
  [204, 'sent'],
  [304, 'refused'],
  [400, 'refused'],
  [401, 'refused'],
  [404, 'refused'],
  [408, 'try again'],
  [410, 'refused'],
  [422, 'refused'],
  [429, 'try again'],
  [500, 'try again'],
  [503, 'try again'],
])('takes %i for %s', async (status, result) => {
  const { outcome } = await deliver((_, response) => void response.writeHead(status).end())
  expect(outcome).toMatchObject({ result })
})

test('says why, shortly', async () => {
  const { outcome } = await deliver(
    (_, response) => void response.writeHead(422).end(`no such\n list ${'x'.repeat(999)}`),
  )
  expect(outcome).toMatchObject({ why: expect.stringMatching(/^answered 422: no such list x+…$/) })
  expect(String('why' in outcome && outcome.why).length).toBeLessThan(250)
})

test('waits as long as it is asked to', async () => {
  const { outcome } = await deliver(
    (_, response) => void response.writeHead(429, { 'retry-after': '7' }).end(),
  )
  expect(outcome).toEqual({ result: 'try again', why: 'answered 429', retryAfterMs: 7000 })
})

test('an answer that is too long to read is an answer', async () => {
  const { outcome } = await deliver((_, response) => void response.end('x'.repeat(2 ** 21)))
  expect(outcome).toEqual({ result: 'sent' })
})

test('a private address is refused for good', async () => {
  const { settings, tools, close } = await arrange()
  onTestFinished(close)
  const elsewhere = { ...settings, url: 'http://10.0.0.1/in' }
  const signal = AbortSignal.timeout(40_000)
  const call = webhook.deliver(sampleBatch([ada]), elsewhere, { ...tools, signal })
  await expect(call).rejects.toMatchObject({ code: 'outgoing.private_address', status: 422 })
})

test('a test of the connection is a signed batch of nobody that says what it is', async () => {
  const scene = await arrange((_, response) => {
    if (scene.received.length > 1) response.writeHead(401).end('who are you?')
  })
  onTestFinished(scene.close)
  const testing = { ...scene.tools, signal: AbortSignal.timeout(40_000) }
  const look = () => lookedAt(webhook.test(scene.settings, testing))
  expect(await look()).toEqual([expect.stringContaining('took a signed batch without members')])
  expect(JSON.parse(scene.received[0]?.body ?? '')).toMatchObject({ test: true, members: [] })
  await expect(look()).rejects.toThrow('answered 401: who are you?')
})

test('while a secret is changed, a batch is signed with both', async () => {
  const { settings, tools, received, close } = await arrange()
  onTestFinished(close)
  const before = newSigningSecret((bytes) => new Uint8Array(bytes).fill(9))
  const secret = async (name: string) => (name === 'before' ? before : signing.secret)
  const changing = { ...settings, previous_secret: { secret: 'before' } }
  const signal = AbortSignal.timeout(40_000)
  await webhook.deliver(sampleBatch([ada]), changing, { ...tools, secret, signal })
  const [{ headers, body } = { headers: {}, body: '' }] = received
  // With the new one the receiver has checked already.
  expect(() => verify({ headers, body, secret: before, now: systemClock.now() })).not.toThrow()
})
