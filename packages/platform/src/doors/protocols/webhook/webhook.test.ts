import { createHmac } from 'node:crypto'
import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'
import { expect, onTestFinished, test } from 'vitest'
import type { Item, Verdict } from '#collect'
import type { WebhookSettings } from '#connectors/definition'
import { stoppedClock } from '#kernel/clock.ts'
import { jsonLog, silentLog } from '#kernel/log.ts'
import { sign } from '#outgoing'
import { memoryStore, testSecrets } from '#store/testing'
import { makeWebhookFront, type WebhookTools } from './webhook.ts'

const now = new Date('2026-03-04T05:06:07.000Z')
const secret = `whsec_${Buffer.from('a secret of thirty-two bytes, ok').toString('base64')}`

async function hook(
  settings: Omit<WebhookSettings, 'signature'> & { signature: object },
  more: Partial<Pick<WebhookTools, 'secret' | 'log'>> = {},
) {
  const taken: Item[] = []
  const front = makeWebhookFront({
    collect: {
      targetOf: (stream) => (stream === 'orders' ? { stream } : undefined),
      take: async (_, items) => {
        taken.push(...items)
        return items.map((): Verdict => ({ status: 'stored', position: taken.length }))
      },
    },
    settingsOf: async (stream) => (stream === 'orders' ? (settings as WebhookSettings) : undefined),
    secret: async () => secret,
    clock: stoppedClock(now),
    log: silentLog,
    ...more,
  })
  const server = createServer(front.answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  const base = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/hooks/v1/`
  const post = async (
    body: string | Uint8Array<ArrayBuffer>,
    headers: Record<string, string> = {},
    stream = 'orders',
  ) => {
    const response = await fetch(base + stream, { method: 'POST', body, headers })
    return {
      status: response.status,
      body: (await response.json()) as Record<string, unknown>,
      retryAfter: response.headers.get('retry-after'),
    }
  }
  return { post, taken }
}

const of = { secret: { secret: 'hook' } }
const body = '{"event":{"id":"e1"},"items":[{"n":1},{"n":2}]}'
const hmac = (algorithm: string, encoding: 'hex' | 'base64', text = body) =>
  createHmac(algorithm, secret).update(text).digest(encoding)

test('takes what was signed after Standard Webhooks, once by its id', async () => {
  const { post, taken } = await hook({ signature: { kind: 'standard', ...of } })
  const headers = { ...sign({ id: 'msg_1', timestamp: now, body, secret }) }
  expect(await post(body, headers)).toEqual({
    status: 200,
    body: { results: [{ status: 'stored' }] },
    retryAfter: null,
  })
  expect(taken).toEqual([
    { id: 'msg_1 0', value: { ...JSON.parse(body), receivedAt: now.toISOString() } },
  ])
  expect((await post(`${body} `, headers)).status).toBe(401)
  const old = sign({ id: 'msg_1', timestamp: new Date(now.getTime() - 600_000), body, secret })
  expect((await post(body, { ...old })).status).toBe(401)
})

test('takes an HMAC of the body, in the forms that senders use', async () => {
  const hex = await hook({
    signature: { kind: 'hmac', ...of, header: 'X-Hub-Signature-256', prefix: 'sha256=' },
    id: 'event.id',
  })
  expect(
    (await hex.post(body, { 'x-hub-signature-256': `sha256=${hmac('sha256', 'hex')}` })).status,
  ).toBe(200)
  expect(hex.taken[0]?.id).toBe('e1')
  expect((await hex.post(body, { 'x-hub-signature-256': hmac('sha256', 'hex') })).status).toBe(401)
  const base64 = await hook({
    signature: {
      kind: 'hmac',
      ...of,
      header: 'X-Shop-Hmac',
      encoding: 'base64',
      algorithm: 'sha512',
    },
  })
  expect((await base64.post(body, { 'x-shop-hmac': hmac('sha512', 'base64') })).status).toBe(200)
})

test('takes an HMAC with a time, and only lately', async () => {
  const { post } = await hook({
    signature: { kind: 'timestamped', ...of, header: 'Pay-Signature' },
  })
  const at = (seconds: number) =>
    `t=${seconds},v1=00,v1=${hmac('sha256', 'hex', `${seconds}.${body}`)}`
  const seconds = now.getTime() / 1000
  expect((await post(body, { 'pay-signature': at(seconds) })).status).toBe(200)
  expect((await post(body, { 'pay-signature': at(seconds - 301) })).status).toBe(401)
  expect((await post(body, { 'pay-signature': 'nonsense' })).status).toBe(401)
})

test('takes a token in a header', async () => {
  const { post } = await hook({ signature: { kind: 'token', ...of, header: 'X-Token' } })
  expect((await post(body, { 'x-token': secret })).status).toBe(200)
  expect((await post(body, { 'x-token': `${secret}x` })).status).toBe(401)
  expect((await post(body)).body['error']).toMatchObject({ code: 'webhook.not_signed' })
})

test('takes the items of a list, and says where it looked when there is none', async () => {
  const signature = { kind: 'token', ...of, header: 'X-Token' }
  const { post, taken } = await hook({ signature, records: 'items', id: 'n' })
  await post(body, { 'x-token': secret })
  expect(taken.map(({ id, value }) => [id, value['n']])).toEqual([
    ['1', 1],
    ['2', 2],
  ])
  const wrong = await post('{"items":{"a":1}}', { 'x-token': secret })
  expect(wrong.body['error']).toMatchObject({ code: 'webhook.no_records' })
  expect((await post('{"items":[', { 'x-token': secret })).status).toBe(400)
  expect((await post(body, { 'x-token': secret }, 'nowhere')).status).toBe(404)
})

test('a body that is a list has the records, and nothing of the sender gives way to what is ours', async () => {
  const signature = { kind: 'token', ...of, header: 'X-Token' }
  const { post, taken } = await hook({ signature, id: 'n' })
  const list = '[{"n":1,"receivedAt":"theirs"},{"n":2,"receivedAt":1,"receivedAt_2":2},3]'
  const answer = await post(list, { 'x-token': secret })
  expect(answer.body).toEqual({ results: Array(3).fill({ status: 'stored' }) })
  const receivedAt = now.toISOString()
  expect(taken).toEqual([
    { id: '1', value: { n: 1, receivedAt_2: 'theirs', receivedAt } },
    { id: '2', value: { n: 2, receivedAt_2: 2, receivedAt_3: 1, receivedAt } },
    { value: { value: 3, receivedAt } },
  ])
  expect((await post('[]', { 'x-token': secret })).body).toEqual({ results: [] })
})

test('takes a body however it is packed and written, and keeps what is too deep with its reason', async () => {
  const signature = { kind: 'token', ...of, header: 'X-Token' }
  const { post, taken } = await hook({ signature, id: 'n' })
  const token = { 'x-token': secret }
  const bytes = (text: string, encoding?: BufferEncoding) =>
    Uint8Array.from(Buffer.from(text, encoding))
  await post(bytes('{"n":1,"name":"Jos\u00e9"}', 'latin1'), token)
  await post(Uint8Array.from(gzipSync('{"n":2,"name":"José"}')), {
    ...token,
    'content-encoding': 'gzip',
  })
  await post('\ufeff{"n":3,"name":"José"}', token)
  expect(taken.map(({ id, value }) => [id, value['name']])).toEqual([
    ['1', 'José'],
    ['2', 'José'],
    ['3', 'José'],
  ])
  const deep = `{"n":4,"deep":${'['.repeat(100_000)}${']'.repeat(100_000)}}`
  expect((await post(deep, token)).status).toBe(200)
  expect(taken.at(-1)).toMatchObject({ id: '4', refused: 'it is nested deeper than 64 levels' })
})

test('refuses what is too large, too many or damaged at once', async () => {
  const signature = { kind: 'token', ...of, header: 'X-Token' }
  const { post, taken } = await hook({ signature, records: 'all' })
  const token = { 'x-token': secret }
  const codeOf = async (body: string, headers: Record<string, string> = {}) => {
    const { status, body: said } = await post(body, { ...token, ...headers })
    return [status, (said['error'] as { code: string }).code]
  }
  expect(await codeOf(`{"all":[${'0,'.repeat(10_000)}0]}`)).toEqual([413, 'wire.too_many'])
  expect(await codeOf(`{"all":["${'x'.repeat(5 * 1024 ** 2)}"]}`)).toEqual([413, 'wire.too_large'])
  expect(await codeOf('brotli it is not', { 'content-encoding': 'br' })).toEqual([
    400,
    'wire.not_unpacked',
  ])
  expect(taken).toEqual([])
})

test('a secret that is not set yet, or is none, is no fault of the sender: again later, and nothing is named', async () => {
  await using store = await memoryStore()
  const secrets = testSecrets(store)
  await secrets.set('hook_of_yesterday', secret)
  const lines: string[] = []
  const log = jsonLog({ write: (line) => lines.push(line), now: () => now })
  const { post, taken } = await hook(
    { signature: { kind: 'standard', ...of } },
    { secret: secrets.get, log },
  )
  const headers = { ...sign({ id: 'msg_1', timestamp: now, body, secret }) }
  const answers = [await post(body, headers)]
  await secrets.set('hook', 'short')
  answers.push(await post(body, headers))
  for (const { status, retryAfter, body: said } of answers) {
    expect([status, retryAfter]).toEqual([503, '60'])
    expect(said).toEqual({
      success: false,
      error: {
        code: 'webhook.no_secret',
        message:
          'events cannot be kept at the moment; nothing of this was kept, send it again in 60 s',
      },
    })
  }
  // The log tells of it once a second.
  expect(lines).toHaveLength(1)
  expect(lines[0]).toMatch(/what is posted to \\"orders\\".*there is no secret \\"hook\\"/)
  expect(taken).toEqual([])

  await secrets.set('hook', secret)
  expect((await post(`${body} `, headers)).status).toBe(401)
  expect((await post(body, headers)).status).toBe(200)
  expect(taken).toHaveLength(1)
})
