import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, describe, expect, onTestFinished, test } from 'vitest'
import { busy, type OpenWire, openWire, trouble } from '#wire/testing'
import { makeSegmentSpecFront, type SegmentSpecTools } from './segment-spec.ts'

const shared = await openWire(makeSegmentSpecFront)
afterAll(() => shared[Symbol.asyncDispose]())

/** The wire, and what it keeps from now on. One with tools of its own is another. */
async function open(tools?: Partial<SegmentSpecTools>): Promise<OpenWire> {
  if (tools) {
    const wire = await openWire((all) => makeSegmentSpecFront({ ...all, ...tools }))
    onTestFinished(() => wire[Symbol.asyncDispose]())
    return wire
  }
  const before = (await shared.kept()).length
  return { ...shared, kept: async () => (await shared.kept()).slice(before) }
}

type Headers = Record<string, string>

const basic = (text: string): Headers => ({ authorization: `Basic ${btoa(text)}` })
const server = basic('server:')

async function post({ url }: OpenWire, path: string, body: unknown, headers: Headers = server) {
  const isRaw = typeof body === 'string' || body instanceof Uint8Array
  const answer = await fetch(url + path, {
    method: 'POST',
    headers,
    body: isRaw ? new Uint8Array(Buffer.from(body)) : JSON.stringify(body),
  })
  // Whatever it holds; tests say what they expect.
  const said = (await answer.json()) as { readonly results?: readonly object[] }
  return { status: answer.status, body: said, headers: answer.headers }
}

const accepted = { status: 200, body: { success: true } }

describe('addresses', () => {
  const whole = {
    track: { event: 'Bought' },
    identify: { traits: { plan: 'free' } },
    page: { name: 'Start' },
    screen: { name: 'Start' },
    group: { groupId: 'acme' },
    alias: { previousId: 'bob' },
  }
  const single = Object.entries(whole).flatMap(([type, body]) =>
    [
      `/v1/${type}`,
      `/v1/${type}/`,
      `/v1/${type.charAt(0)}`,
      `/api/s/${type}`,
      `/api/s/s2s/${type}`,
    ].map((path) => ({ path, type, body })),
  )

  test('of every type', async () => {
    const wire = await open()
    for (const { path, body } of single)
      expect(await post(wire, path, { userId: 'ada', ...body })).toMatchObject(accepted)
    const kept = await wire.kept()
    expect(kept.map(({ kind, body }) => `${kind} ${body.type}`)).toEqual(
      single.map(({ type }) => `put ${type}`),
    )
  })

  test.each(['/v1/batch', '/v1/b', '/v1/import', '/v1/events', '/beacon/v1/batch?writeKey=server'])(
    '%s takes many, and says what became of each',
    async (path) => {
      const wire = await open()
      const [first, second] = [`1 ${path}`, `2 ${path}`]
      const batch = [
        { type: 'track', event: 'Bought', userId: 'ada', messageId: first },
        { type: 'track', event: 'Bought', userId: 'ada', messageId: first },
        { type: 'track', userId: 'ada', messageId: second },
        'nonsense',
      ]
      expect(await post(wire, path, { batch, writeKey: 'server' }, {})).toMatchObject({
        status: 200,
        body: {
          success: true,
          results: [
            { messageId: first, status: 'stored' },
            { messageId: first, status: 'duplicate' },
            { messageId: second, status: 'rejected', reason: expect.stringContaining('event') },
            { messageId: expect.any(String), status: 'rejected' },
          ],
        },
      })
      expect((await wire.kept()).map(({ kind }) => kind)).toEqual([
        'put',
        'duplicate',
        'rejected',
        'rejected',
      ])
    },
  )

  test('merge is kept as it is', async () => {
    const wire = await open()
    const mergeProperties = [{ type: 'email', value: 'ada@example.com' }]
    await post(wire, '/v1/merge', { userId: 'ada', mergeProperties })
    expect(await wire.kept()).toMatchObject([
      { kind: 'put', body: { type: 'merge', userId: 'ada', other: { mergeProperties } } },
    ])
  })

  test('what a library measures of itself is not kept', async () => {
    const wire = await open()
    expect(await post(wire, '/v1/m', 'anything')).toMatchObject(accepted)
    expect(await wire.kept()).toEqual([])
  })

  test('others are none of its business', () => {
    const front = makeSegmentSpecFront({} as SegmentSpecTools)
    for (const path of ['/', '/api/streams', '/v1', '/v1/spaces/x', '/v1/projects/k/other', '/a/b'])
      expect(front.takes('GET', path)).toBe(false)
  })

  test('every one can be asked by a page of another origin', async () => {
    const { url } = await open()
    for (const path of ['/v1/t', '/v1/projects/page/settings', '/sourceConfig/', '/api/s/track']) {
      const headers = { origin: 'https://shop.example' }
      const answer = await fetch(url + path, { method: 'OPTIONS', headers })
      expect(answer.status).toBe(204)
      expect(answer.headers.get('access-control-allow-origin')).toBe('https://shop.example')
    }
  })
})

describe('write keys', () => {
  const message = { type: 'page', userId: 'ada' }

  test.each([
    ['Basic', server, {}, ''],
    ['Basic without a colon', basic('server'), {}, ''],
    ['the body', {}, { writeKey: 'server' }, ''],
    ['Bearer, and the body', { authorization: 'Bearer token' }, { writeKey: 'server' }, ''],
    ['the address', {}, {}, '?writeKey=server'],
    [
      'X-Write-Key, masked in the body',
      { 'x-write-key': 'server:s' },
      { writeKey: 'server:***' },
      '',
    ],
    ['the one that opens something', basic('nobody'), { writeKey: 'server' }, ''],
  ])('%s', async (_, headers: Headers, body, query) => {
    const wire = await open()
    expect(await post(wire, `/v1/page${query}`, { ...message, ...body }, headers)).toMatchObject(
      accepted,
    )
    expect(await wire.kept()).toMatchObject([{ kind: 'put', stream: 'events', body: message }])
  })

  test.each([
    ['nobody', 'nobody', basic('nobody')],
    ['the first of several', 'nobody', { ...basic('nobody'), 'x-write-key': 'no:secret' }],
    ['without a secret', 'no', { 'x-write-key': 'no:secret' }],
    ['none at all', '', {}],
  ])('what opens nothing is parked, not lost: %s', async (_, writeKey, headers: Headers) => {
    const wire = await open()
    const answer = await post(wire, '/v1/page', message, headers)
    expect(answer).toMatchObject(accepted)
    expect(await wire.kept()).toMatchObject([{ kind: 'parked', body: { writeKey, message } }])
  })
})

describe('bodies', () => {
  const message = { type: 'track', event: 'Bought', userId: 'ada' }
  const json = JSON.stringify({ batch: [message] })

  test.each([
    ['text/plain', json, { 'content-type': 'text/plain' }],
    [
      'gzip, labelled as a form',
      gzipSync(json),
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    ['brotli', brotliCompressSync(json), { 'content-encoding': 'br' }],
    ['plain, labelled gzip', json, { 'content-encoding': 'gzip' }],
    ['a bare list', JSON.stringify([message]), {}],
    ['one message', JSON.stringify(message), {}],
  ])('%s', async (_, body, headers: Headers) => {
    const wire = await open()
    expect(await post(wire, '/v1/batch', body, { ...server, ...headers })).toMatchObject(accepted)
    expect(await wire.kept()).toMatchObject([{ kind: 'put', body: message }])
  })

  test.each([
    ['nothing', '', 400, 'wire.not_json'],
    ['half a batch', '{"batch":[', 400, 'wire.not_json'],
    ['a number', '7', 400, 'wire.not_a_message'],
    ['a text', '"text"', 400, 'wire.not_a_message'],
    ['null', 'null', 400, 'wire.not_a_message'],
    ['a batch that is no list', '{"batch":{}}', 400, 'wire.not_a_message'],
    ['half a packed one', gzipSync(json).subarray(0, 20), 400, 'wire.not_unpacked'],
    ['a bomb', gzipSync(Buffer.alloc(20_000_000)), 413, 'wire.too_large'],
    ['too much', 'x'.repeat(4_097_000), 413, 'wire.too_large'],
  ])('%s is refused', async (_, body, status, code) => {
    const wire = await open()
    expect(await post(wire, '/v1/batch', body)).toMatchObject({ status, body: { error: { code } } })
    expect(await wire.kept()).toEqual([])
  })

  test('an empty batch is taken', async () => {
    expect(await post(await open(), '/v1/batch', { batch: [] })).toMatchObject({
      status: 200,
      body: { success: true, results: [] },
    })
  })

  test('more messages than others take are all taken', async () => {
    const wire = await open()
    const batch = Array.from({ length: 3000 }, (_, i) => ({ ...message, messageId: `m${i}` }))
    const { body } = await post(wire, '/v1/batch', { batch })
    expect(body.results).toHaveLength(3000)
    expect(await wire.kept()).toHaveLength(3000)
  })

  test('messages beyond the limit are rejected, each with its reason, and kept for whoever sends them again', async () => {
    const wire = await open()
    const batch = Array.from({ length: 10_002 }, (_, i) => ({ ...message, messageId: `b${i}` }))
    const { status, body } = await post(wire, '/v1/batch', { batch })
    expect(status).toBe(200)
    expect(body.results?.slice(9999)).toEqual([
      { messageId: 'b9999', status: 'stored' },
      ...['b10000', 'b10001'].map((messageId) => ({
        messageId,
        status: 'rejected',
        reason: 'a request takes 10000 messages; send the rest in others',
      })),
    ])
    const kinds = (await wire.kept()).map(({ kind }) => kind)
    expect(kinds).toEqual([...Array(10_000).fill('put'), 'rejected', 'rejected'])
    expect(await post(wire, '/v1/batch', { batch: batch.slice(9999) })).toMatchObject({
      body: { results: [{ status: 'duplicate' }, { status: 'stored' }, { status: 'stored' }] },
    })
    const noise = `[${'{},'.repeat(40_000)}{}]`
    expect(await post(wire, '/v1/batch', noise)).toMatchObject({
      status: 413,
      body: { error: { code: 'wire.too_many' } },
    })
  })

  test('what a batch says for all its messages is not written out without end', async () => {
    const wire = await open()
    const context = { text: 'x'.repeat(100_000) }
    const batch = Array.from({ length: 1000 }, () => message)
    expect(await post(wire, '/v1/batch', { context, batch })).toMatchObject({
      status: 413,
      body: { error: { code: 'wire.too_large' } },
    })
    expect(await post(wire, '/v1/batch', { context, batch: batch.slice(990) })).toMatchObject(
      accepted,
    )
    expect(await wire.kept()).toHaveLength(10)
  })

  test('a message that is too large is refused by itself, and kept', async () => {
    const wire = await open()
    const large = { ...message, messageId: 'large', properties: { text: 'x'.repeat(33_000) } }
    const { body } = await post(wire, '/v1/batch', { batch: [message, large] })
    expect(body.results).toMatchObject([
      { status: 'stored' },
      { messageId: 'large', status: 'rejected', reason: expect.stringContaining('32768') },
    ])
    expect(await post(wire, '/v1/track', large)).toMatchObject({
      status: 200,
      body: { success: true, results: [{ status: 'rejected' }] },
    })
    expect((await wire.kept()).map(({ kind }) => kind)).toEqual(['put', 'rejected', 'rejected'])
    // What is mended is no repetition.
    expect(await post(wire, '/v1/track', { ...message, messageId: 'large' })).toMatchObject(
      accepted,
    )
  })

  test('long ids of other systems keep their digits', async () => {
    const wire = await open()
    await post(
      wire,
      '/v1/track',
      '{"event":"Bought","userId":76561198000000001234,"properties":{"order":9007199254740993}}',
    )
    expect(await wire.kept()).toMatchObject([
      { body: { userId: '76561198000000001234', properties: { order: '9007199254740993' } } },
    ])
  })
})

describe('where a message came from', () => {
  const page = (more: object) => ({ type: 'page', anonymousId: 'a', writeKey: 'page', ...more })

  test('is known of browsers, and of servers that ask for it', async () => {
    const wire = await open()
    await post(wire, '/v1/p', page({}), {})
    await post(wire, '/v1/p', page({ context: { ip: '0.0.0.0' } }), {})
    await post(wire, '/v1/p', page({ writeKey: 'server' }), {})
    await post(wire, '/v1/p', page({ writeKey: 'server', context: { direct: true } }), {})
    expect((await wire.kept()).map(({ body }) => body.context?.ip)).toEqual([
      '127.0.0.1',
      '0.0.0.0',
      undefined,
      '127.0.0.1',
    ])
  })

  test('behind proxies that note it', async () => {
    const wire = await open({ proxies: 1 })
    await post(wire, '/v1/p', page({}), { 'x-forwarded-for': '203.0.113.9' })
    expect(await wire.kept()).toMatchObject([{ body: { context: { ip: '203.0.113.9' } } }])
  })

  test('of a key that opens nothing, a page is told by its origin', async () => {
    const wire = await open()
    await post(wire, '/v1/p', page({ writeKey: 'new' }), { origin: 'https://shop.example' })
    await post(wire, '/v1/p', page({ writeKey: 'new' }), {})
    expect((await wire.kept()).map(({ body }) => body.message.context?.ip)).toEqual([
      '127.0.0.1',
      undefined,
    ])
  })
})

describe('pixels', () => {
  const look = async ({ url }: OpenWire, path: string) => {
    const answer = await fetch(url + path, { headers: { 'user-agent': 'Mail/1' } })
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(bytes.subarray(0, 6).toString()).toBe('GIF89a')
    expect(answer.headers.get('content-type')).toBe('image/gif')
    expect(answer.headers.get('cache-control')).toContain('no-store')
    return answer
  }
  const opened = { writeKey: 'page', userId: 'ada', event: 'Opened', properties: { mail: 'ü>?' } }

  test.each([
    ['URL-safe base64', Buffer.from(JSON.stringify(opened)).toString('base64url')],
    ['base64', encodeURIComponent(Buffer.from(JSON.stringify(opened)).toString('base64'))],
    ['bare JSON', encodeURIComponent(JSON.stringify(opened))],
  ])('with %s', async (_, data) => {
    const wire = await open()
    expect((await look(wire, `/v1/pixel/track?data=${data}`)).status).toBe(200)
    expect(await wire.kept()).toMatchObject([
      {
        kind: 'put',
        body: {
          type: 'track',
          userId: 'ada',
          event: 'Opened',
          properties: { mail: 'ü>?' },
          context: { userAgent: 'Mail/1', ip: '127.0.0.1' },
        },
      },
    ])
  })

  test('with members in the address', async () => {
    const wire = await open()
    const query = new URLSearchParams({
      writeKey: 'page',
      anonymousId: 'a',
      event: 'Opened',
      properties: '{"mail":3}',
      'context.page.url': 'https://x.example/',
      'context.locale': 'de',
    })
    await look(wire, `/pixel/v1/track?${query}`)
    await look(wire, '/pixel/v1/page?writeKey=page&anonymousId=a&name=%7Bodd')
    expect(await wire.kept()).toMatchObject([
      {
        kind: 'put',
        body: {
          type: 'track',
          anonymousId: 'a',
          event: 'Opened',
          properties: { mail: 3 },
          context: { page: { url: 'https://x.example/' }, locale: 'de' },
        },
      },
      { kind: 'put', body: { type: 'page', name: '{odd' } },
    ])
  })

  test.each(['', '?data=', '?data=%7Bnot', '?data=AAAA', '?writeKey=page'])(
    'whatever they carry is kept, and they are seen: %s',
    async (query) => {
      const wire = await open()
      expect((await look(wire, `/v1/pixel/identify${query}`)).status).toBe(200)
      expect(await wire.kept()).toHaveLength(1)
    },
  )

  test('they are seen under pressure too, without a claim that anything was kept', async () => {
    const wire = await open()
    wire.troubles.push(busy(3), trouble())
    const answer = await look(wire, '/v1/pixel/page?data=e30')
    expect(answer.status).toBe(429)
    expect(answer.headers.get('retry-after')).toBe('3')
    expect((await look(wire, '/v1/pixel/page?data=e30')).status).toBe(503)
    expect(await wire.kept()).toEqual([])
  })
})

describe('what clients ask before they send', () => {
  const get = async ({ url }: OpenWire, path: string, headers: Headers = {}) => {
    const answer = await fetch(url + path, { headers, redirect: 'manual' })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  }

  test('settings name this server', async () => {
    const wire = await open()
    const { text } = await get(wire, '/v1/projects/my%20key/settings')
    expect(JSON.parse(text)).toMatchObject({
      integrations: {
        'Segment.io': {
          apiKey: 'my key',
          apiHost: `${new URL(wire.url).host}/v1`,
          protocol: 'http',
        },
      },
      metrics: { sampleRate: 0 },
    })
  })

  test('settings name the proxy in front of it', async () => {
    const wire = await open({ proxies: 1 })
    const headers = { 'x-forwarded-host': 'cdp.example', 'x-forwarded-proto': 'https' }
    const { text } = await get(wire, '/v1/projects/k/settings', headers)
    expect(JSON.parse(text).integrations['Segment.io']).toMatchObject({
      apiHost: 'cdp.example/v1',
      protocol: 'https',
    })
  })

  test('the configuration of a source lets it send', async () => {
    const wire = await open()
    for (const [path, headers] of [
      ['/sourceConfig/?p=npm&v=3&writeKey=k', {}],
      ['/sourceConfig', basic('k:')],
    ] as const) {
      const { source } = JSON.parse((await get(wire, path, headers)).text)
      expect(source).toMatchObject({ writeKey: 'k', enabled: true, destinations: [] })
    }
  })

  test('the script is somewhere else, or what to do is said', async () => {
    const path = '/analytics.js/v1/k/analytics.min.js'
    const without = await get(await open(), path)
    expect(without.status).toBe(404)
    expect(without.text).toContain('@segment/analytics-next')
    const scriptUrl = 'https://static.example/analytics.js'
    const { status, headers } = await get(await open({ script: { url: scriptUrl } }), path)
    expect([status, headers.get('location')]).toEqual([302, scriptUrl])
    const text = 'void 0'
    const served = await get(await open({ script: { text: Buffer.from(text) } }), path)
    expect([served.status, served.text, served.headers.get('content-type')]).toEqual([
      200,
      text,
      'text/javascript; charset=utf-8',
    ])
  })
})

test('nothing is acknowledged that was not kept', async () => {
  const wire = await open()
  wire.troubles.push(busy(7), trouble())
  const message = { type: 'page', userId: 'ada' }
  const pressed = await post(wire, '/v1/page', message)
  const waitIn = ({ status, headers }: typeof pressed) => [
    status,
    headers.get('retry-after'),
    headers.get('x-ratelimit-reset'),
  ]
  expect(waitIn(pressed)).toEqual([429, '7', '7'])
  const troubled = await post(wire, '/v1/page', message)
  expect(waitIn(troubled)).toEqual([503, '5', null])
  expect(await wire.kept()).toEqual([])
})
