import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import { makeOutgoing } from '#outgoing'
import { startReceiver } from '#outgoing/testing'
import { describeConnector, makeSpool } from '../../testing/index.ts'
import type { HttpSettings, HttpSource, Paging } from './definition.ts'
import { type HttpTools, makeHttp } from './http.ts'

type Handler = (url: URL, request: IncomingMessage, body: string) => Reply | Promise<Reply>
interface Reply {
  readonly status?: number
  readonly headers?: Record<string, string>
  /** A text is sent as it is, anything else as JSON. */
  readonly body?: unknown
  /** Breaks the connection after this many bytes. */
  readonly cutAt?: number
}

let handle: Handler
let asked: string[] = []
const server = await startReceiver((request, response) => {
  const pieces: Buffer[] = []
  request.on('data', (piece: Buffer) => pieces.push(piece))
  request.on('end', async () => {
    asked.push(`${request.method} ${request.url}`)
    const url = new URL(request.url ?? '', 'http://server')
    reply(response, await handle(url, request, Buffer.concat(pieces).toString()))
  })
})
const base_url = `http://127.0.0.1:${server.port}/v2`
const network = makeOutgoing({
  allowPrivate: [`127.0.0.1:${server.port}`],
  timeoutMs: 2000,
  clock: systemClock,
  log: silentLog,
})
afterAll(async () => {
  await network.close()
  await server.close()
})
beforeEach(() => {
  asked = []
})

function reply(response: ServerResponse, { status = 200, headers, body = '', cutAt }: Reply) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  response.writeHead(status, { 'content-length': Buffer.byteLength(text), ...headers })
  if (cutAt === undefined) return response.end(text)
  return response.write(text.slice(0, cutAt), () => response.destroy())
}

const secrets: Record<string, string> = { key: 's3cret/+ä', other: 'another-secret' }
const patience = { attempts: 4, firstMs: 5, mostMs: 3000, random: () => 0.5 }
const signal = AbortSignal.timeout(20_000)

function connect(more: Partial<HttpTools> = {}) {
  const secret = async (name: string) => secrets[name] ?? ''
  return makeHttp({ network, secret, clock: systemClock, patience, ...more })
}

interface Took {
  readonly lines: string[]
  readonly names: string[]
  readonly fingerprints: string[]
  readonly cursors: (string | undefined)[]
}

async function take(
  source: HttpSource,
  of: {
    settings?: Partial<HttpSettings>
    cursor?: string | undefined
    http?: ReturnType<typeof connect>
    known?: readonly string[]
  } = {},
): Promise<Took> {
  const took: Took = { lines: [], names: [], fingerprints: [], cursors: [] }
  const batches = (of.http ?? connect()).read({
    settings: { base_url, ...of.settings },
    source,
    cursor: of.cursor,
    known: (fingerprint) => of.known?.includes(fingerprint) ?? false,
    spool: await makeSpool(),
    signal,
  })
  for await (const { name, fingerprint, cursor, file } of batches) {
    took.lines.push(...readFileSync(file.path, 'utf8').split('\n').filter(Boolean))
    took.names.push(name)
    took.fingerprints.push(fingerprint)
    took.cursors.push(cursor)
  }
  return took
}

const ids = ({ lines }: Took) => lines.map((line) => JSON.parse(line).id)
const fault = (code: string, say = '') =>
  expect.objectContaining({ code: `connectors.${code}`, message: expect.stringContaining(say) })

const people = Array.from({ length: 7 }, (_, i) => ({ id: i + 1 }))
const numberOf = (url: URL, name: string) => Number(url.searchParams.get(name) ?? 0)

let changed = 0
describeConnector('http', async () => {
  changed = 0
  handle = (url) => {
    if (url.pathname === '/v2/openapi.json') {
      const get = { summary: 'Everybody', parameters: [{ name: 'page', in: 'query' }] }
      return {
        body: { paths: { '/people': { get }, '/people/{id}': { get }, '/new': { post: {} } } },
      }
    }
    const page = numberOf(url, 'page')
    const items = page > 2 ? [] : [{ id: page, name: page === 2 ? `changed ${changed}` : 'same' }]
    return { body: { items } }
  }
  return {
    connector: connect({ batchRecords: 1 }),
    settings: { base_url, openapi: '/openapi.json' },
    source: { path: '/people', paging: { kind: 'page', param: 'page' } },
    change: async () => {
      changed++
    },
  }
})

test('offers nothing where nothing says what there is', async () => {
  expect(await connect().list({ settings: { base_url }, signal })).toEqual([])
  handle = () => ({ body: '<html>' })
  const settings = { base_url, openapi: 'docs' }
  await expect(connect().list({ settings, signal })).rejects.toThrow(fault('not_json', 'OpenAPI'))
})

test('records go on exactly as they were written, one to a line', async () => {
  handle = () => ({
    body: '\ufeff{ "data": { "items": [\n {"id": 12345678901234567890, "n": 1.10,\r\n "big": 1e400, "t": "a\\nb é\\ud83d"},\n 7 ] } }',
  })
  expect(await take({ path: 'x' })).toMatchObject({
    lines: ['{"id": 12345678901234567890, "n": 1.10,  "big": 1e400, "t": "a\\nb é\\ud83d"}', '7'],
    names: ['x, part 1'],
  })
})

test('finds the only list, and asks where there are several', async () => {
  const answer = async (body: unknown, records?: string) => {
    handle = () => ({ body })
    return take({ path: 'x', ...(records === undefined ? {} : { records }) })
  }
  expect(ids(await answer([{ id: 1 }]))).toEqual([1])
  expect(ids(await answer([{ id: 1 }], '.'))).toEqual([1])
  expect(ids(await answer({ tags: ['a'], page: { items: [{ id: 1, inner: [{}] }] } }))).toEqual([1])
  expect((await answer({ items: [], errors: [] })).lines).toEqual([])
  expect((await answer({ items: null }, 'items')).lines).toEqual([])
  expect((await answer('')).lines).toEqual([])
  await expect(answer({ items: [], errors: [{}] })).rejects.toThrow(
    fault('no_list', 'items, errors'),
  )
  await expect(answer({ id: 1 })).rejects.toThrow(fault('no_list', 'no list at all'))
  await expect(answer({ data: { items: [] } }, 'data.item')).rejects.toThrow(
    fault('no_list', 'no list at data.item; its lists are data.items; did you mean "data.items"?'),
  )
})

test.each<[string, Paging, Handler]>([
  [
    'cursor',
    { kind: 'cursor', next: 'meta.next', param: 'after' },
    (url) => {
      const at = numberOf(url, 'after')
      return {
        body: { items: people.slice(at, at + 3), meta: { next: at + 3 < 7 ? at + 3 : null } },
      }
    },
  ],
  [
    'cursor that stays, with a word whether there is more',
    { kind: 'cursor', next: 'next', param: 'after', more: 'has_more' },
    (url) => {
      const at = numberOf(url, 'after')
      return {
        body: { items: people.slice(at, at + 3), next: String(at + 3), has_more: at + 3 < 7 },
      }
    },
  ],
  [
    'offset, where the server gives less than it was asked for',
    { kind: 'offset', offset_param: 'skip', limit_param: 'top', limit: 100 },
    (url) => ({ body: people.slice(numberOf(url, 'skip'), numberOf(url, 'skip') + 3) }),
  ],
  [
    'offset with a total',
    { kind: 'offset', offset_param: 'skip', limit_param: 'top', limit: 2, total: 'total' },
    (url) => {
      const at = numberOf(url, 'skip')
      return { body: { items: people.slice(at, at + numberOf(url, 'top')), total: 7 } }
    },
  ],
  [
    'page',
    { kind: 'page', param: 'page', first: 0 },
    (url) => ({ body: people.slice(numberOf(url, 'page') * 3, numberOf(url, 'page') * 3 + 3) }),
  ],
  [
    'page with a number of pages',
    { kind: 'page', param: 'page', pages: 'pages' },
    (url) => {
      const at = (numberOf(url, 'page') - 1) * 3
      return { body: { items: people.slice(at, at + 3), pages: '3' } }
    },
  ],
  [
    'link in the header',
    { kind: 'link' },
    (url) => {
      const at = numberOf(url, 'at')
      const more = `<${base_url}/x?q=1&at=${at + 3}>; title="a, b"; rel="last next"`
      const link = `</other>; rel=first${at + 3 < 7 ? `, ${more}` : ''}`
      return { body: people.slice(at, at + 3), headers: { link } }
    },
  ],
  [
    'link in the answer',
    { kind: 'link', next: 'links.next' },
    (url) => {
      const at = numberOf(url, 'at')
      const next = at + 3 < 7 ? `x?at=${at + 3}&q=1` : ''
      return { body: { items: people.slice(at, at + 3), links: { next } } }
    },
  ],
])('reads all pages by %s', async (_, paging, pages) => {
  handle = pages
  expect(ids(await take({ path: '/x', query: { q: '1' }, paging }))).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(asked.every((line) => line.startsWith('GET /v2/x?') && line.includes('q=1'))).toBe(true)
  expect(asked.length).toBeLessThanOrEqual(5)
})

test('asks with POST, the parameters inside of the body', async () => {
  const bodies: unknown[] = []
  handle = (_url, request, body) => {
    const asks = JSON.parse(body)
    bodies.push([request.headers['content-type'], asks])
    const at = asks.variables.after ?? 0
    return { body: { data: { nodes: people.slice(at, at + 4), end: at === 0 ? 4 : null } } }
  }
  const source: HttpSource = {
    path: 'graphql',
    method: 'POST',
    body: { query: '{ nodes }', variables: { team: 'a' } },
    paging: { kind: 'cursor', next: 'data.end', param: 'variables.after' },
  }
  expect(ids(await take(source))).toHaveLength(7)
  expect(bodies).toEqual([
    ['application/json', { query: '{ nodes }', variables: { team: 'a' } }],
    ['application/json', { query: '{ nodes }', variables: { team: 'a', after: 4 } }],
  ])
})

test.each<[string, Paging, Handler, ReturnType<typeof fault>]>([
  [
    'ignores the page that is asked for',
    { kind: 'page', param: 'p' },
    () => ({ body: people }),
    fault('repeating_pages'),
  ],
  [
    'gives the same cursor again',
    { kind: 'cursor', next: 'n', param: 'c' },
    (url) => ({ body: { items: [{ id: url.search }], n: 'x' } }),
    fault('repeating_pages'),
  ],
  [
    'leads in a circle',
    { kind: 'link', next: 'n' },
    (url) => ({ body: { items: [], n: `?at=${(numberOf(url, 'at') + 1) % 3}` } }),
    fault('repeating_pages'),
  ],
  [
    'leads to another server',
    { kind: 'link', next: 'n' },
    () => ({ body: { items: [], n: 'http://127.0.0.1:1/steal' } }),
    fault('leads_elsewhere', 'http://127.0.0.1:1 leads away'),
  ],
  [
    'ends before its total',
    { kind: 'offset', offset_param: 'o', limit_param: 'l', limit: 9, total: 'total' },
    (url) => ({ body: { items: numberOf(url, 'o') === 0 ? people : [], total: 9 } }),
    fault('ended_early', 'speaks of 9 records but gave 7'),
  ],
  [
    'has no total',
    { kind: 'offset', offset_param: 'o', limit_param: 'l', limit: 9, total: 'total' },
    () => ({ body: { items: people } }),
    fault('unusable_value', 'the count at total'),
  ],
  [
    'gives a cursor that is none',
    { kind: 'cursor', next: 'n', param: 'c' },
    () => ({ body: { items: people, n: {} } }),
    fault('unusable_value', 'the cursor at n'),
  ],
])('stops at a server that %s', async (_, paging, pages, expected) => {
  handle = pages
  await expect(take({ path: 'x', paging })).rejects.toThrow(expected)
})

const seen = async (settings: Partial<HttpSettings>) => {
  let headers: IncomingMessage['headers'] = {}
  handle = (_url, request) => {
    headers = request.headers
    return { body: people }
  }
  await take({ path: 'x' }, { settings })
  return { headers, asked: asked.at(-1) }
}
const key = { secret: 'key' }

test('says who asks, in every way', async () => {
  const basic = await seen({ auth: { kind: 'basic', user: 'me', password: key } })
  const both = Buffer.from('me:s3cret/+ä').toString('base64')
  expect(basic.headers.authorization).toBe(`Basic ${both}`)
  const bearer = await seen({ auth: { kind: 'bearer', token: { secret: 'other' } } })
  expect(bearer.headers.authorization).toBe('Bearer another-secret')
  const query = await seen({ auth: { kind: 'api_key', in: 'query', name: 'k', value: key } })
  expect(query.asked).toBe('GET /v2/x?k=s3cret%2F%2B%C3%A4')
  const other = { secret: 'other' }
  const header = await seen({
    auth: { kind: 'api_key', in: 'header', name: 'X-Key', value: other },
    headers: { 'X-Team': 'a', 'X-Second': other },
  })
  expect(header.headers).toMatchObject({
    'x-key': 'another-secret',
    'x-team': 'a',
    'x-second': 'another-secret',
  })
})

test.each(['header', 'body'] as const)(
  'fetches a token once, says who it is in the %s, and renews it when it is refused',
  async (place) => {
    let [issued, good] = [0, 1]
    handle = (url, request, body) => {
      if (url.pathname === '/token') {
        const form = new URLSearchParams(body)
        expect(form.get('grant_type')).toBe('client_credentials')
        expect(form.get('scope')).toBe('read')
        const encoded = 'id+1:s3cret%2F%2B%C3%A4'
        if (place === 'header') {
          const basic = `Basic ${Buffer.from(encoded).toString('base64')}`
          expect(request.headers.authorization).toBe(basic)
        } else
          expect([form.get('client_id'), form.get('client_secret')]).toEqual([
            'id 1',
            secrets['key'],
          ])
        return { body: { access_token: `t${++issued}`, expires_in: 3600 } }
      }
      if (request.headers.authorization !== `Bearer t${good}`) return { status: 401, body: 'old' }
      return { body: people }
    }
    const http = connect()
    const token_url = `http://127.0.0.1:${server.port}/token`
    const client = {
      token_url,
      client_id: 'id 1',
      client_secret: key,
      scope: 'read',
      client_in: place,
    }
    const settings = { auth: { kind: 'oauth2_client_credentials', ...client } } as const
    await take({ path: 'x' }, { http, settings })
    await take({ path: 'x' }, { http, settings })
    expect(issued).toBe(1)
    good = 2
    expect(ids(await take({ path: 'x' }, { http, settings }))).toHaveLength(7)
    expect(issued).toBe(2)
    good = 9
    await expect(take({ path: 'x' }, { http, settings })).rejects.toThrow(
      fault('refused_request', '401: old'),
    )
    expect(issued).toBe(3)
  },
)

test('a token that expires soon is not used, and one that is not given is told', async () => {
  let issued = 0
  handle = (url) =>
    url.pathname === '/token'
      ? { body: { access_token: `t${++issued}`, expires_in: 20 } }
      : { body: people }
  const token_url = `http://127.0.0.1:${server.port}/token`
  const auth = {
    kind: 'oauth2_client_credentials',
    token_url,
    client_id: 'a',
    client_secret: key,
  } as const
  const http = connect()
  await take({ path: 'x' }, { http, settings: { auth } })
  await take({ path: 'x' }, { http, settings: { auth } })
  expect(issued).toBe(2)
  handle = (_url, request) => ({
    status: 400,
    body: `no: ${request.headers.authorization} ${secrets['key']}`,
  })
  const refusal = await take({ path: 'x' }, { settings: { auth } }).catch(String)
  expect(refusal).toContain('gave no token but 400: no: Basic')
  expect(refusal).not.toContain('s3cret')
})

test('waits as long as it is asked to, and no longer than it would', async () => {
  const answers: Reply[] = [
    { status: 429, headers: { 'retry-after': '1' } },
    { status: 503, headers: { 'retry-after': '0' } },
    { body: people },
  ]
  handle = () => answers.shift()!
  const startedAt = performance.now()
  expect(ids(await take({ path: 'x' }))).toHaveLength(7)
  expect(performance.now() - startedAt).toBeGreaterThan(990)
  handle = () => ({ status: 429, headers: { 'retry-after': '3600' }, body: 'quota' })
  await expect(take({ path: 'x' })).rejects.toThrow(
    fault(
      'too_many_requests',
      'GET /v2/x was answered with 429, to be asked again in 3600 seconds: quota',
    ),
  )
})

test('tries again what may hold the next time', async () => {
  const answers: Reply[] = [
    { status: 500 },
    { body: people, cutAt: 20 },
    { status: 429 },
    { body: people },
  ]
  handle = () => answers.shift()!
  expect(ids(await take({ path: 'x' }))).toHaveLength(7)
  handle = () => ({ status: 502, body: 'down' })
  asked = []
  await expect(take({ path: 'x' })).rejects.toThrow(fault('failing_server', '502'))
  expect(asked).toHaveLength(4)
})

test('refusals are told with the beginning of the answer, without any secret', async () => {
  const long = `bad key ${secrets['key']} ${'x'.repeat(500)} end`
  handle = (url) => ({ status: 403, body: `${long}${url.search}` })
  const auth = { kind: 'api_key', in: 'query', name: 'k', value: key } as const
  await expect(take({ path: '/x' }, { settings: { auth } })).rejects.toThrow(
    fault('refused_request', 'GET /v2/x was answered with 403: bad key *** xxx'),
  )
  expect(asked).toHaveLength(1)
  const shown = await take({ path: '/x' }, { settings: { auth } }).catch(String)
  expect(shown).not.toMatch(/s3cret|end/)
  handle = () => ({ body: `<html>${secrets['key']}` })
  const notJson = await take({ path: '/x' }, { settings: { auth } }).catch(String)
  expect(notJson).toContain('is not JSON')
  expect(notJson).not.toContain('s3cret')
})

test('what is not an answer is refused', async () => {
  handle = () => ({ status: 302, headers: { location: 'http://elsewhere.test/' } })
  await expect(take({ path: 'x' })).rejects.toThrow('pointed to http://elsewhere.test/')
  handle = (_url, _request) => ({ body: '[{"id": "\\' })
  await expect(take({ path: 'x' })).rejects.toThrow(fault('not_json'))
  await expect(
    take({ path: 'x' }, { settings: { base_url: `http://127.0.0.1:${server.port + 1}` } }),
  ).rejects.toThrow('is not a public address')
  await expect(
    take({ path: '//evil.test/x' }, { settings: { base_url: 'http://evil.test@127.0.0.1' } }),
  ).rejects.toThrow(fault('leads_elsewhere'))
})

test('an answer that keeps still or does not end is given up', async () => {
  handle = () => new Promise(() => {})
  const http = connect({ patience: { ...patience, attempts: 1 } })
  const settings = { timeout_seconds: 1 }
  await expect(take({ path: 'x' }, { http, settings })).rejects.toThrow('within 1000 ms')
  handle = () => ({ body: ' '.repeat(65 * 1024 ** 2) })
  await expect(take({ path: 'x' })).rejects.toThrow(fault('page_too_large'))
})

test('keeps the pace that is set, over all streams', async () => {
  handle = (url) => ({ body: people.slice(numberOf(url, 'p') * 3, numberOf(url, 'p') * 3 + 3) })
  const http = connect()
  const settings = { requests_per_second: 20 }
  const source: HttpSource = { path: 'x', paging: { kind: 'page', param: 'p', first: 0 } }
  const startedAt = performance.now()
  await Promise.all([take(source, { http, settings }), take(source, { http, settings })])
  expect(asked).toHaveLength(8)
  expect(performance.now() - startedAt).toBeGreaterThan(7 * 50 - 10)
})

test('an empty list is a delivery of nothing; an empty text says nothing', async () => {
  const batches = async (body: unknown, source: Partial<HttpSource> = {}, cursor?: string) => {
    handle = () => ({ body, ...(body === undefined ? { status: 204 } : {}) })
    return (await take({ path: 'x', ...source }, { cursor })).names.length
  }
  expect(await batches([])).toBe(1)
  expect(await batches({ items: null }, { records: 'items' })).toBe(1)
  expect(await batches(undefined)).toBe(1)
  expect(await batches(' ')).toBe(0)
  const incremental = { field: 'at', param: 'since' }
  expect(await batches([], { incremental })).toBe(1)
  expect(await batches([], { incremental }, JSON.stringify({ value: '5', seen: [] }))).toBe(0)
})

const day = (n: number, more = '') => `2024-01-0${n}T00:00:00${more}Z`

test('asks for what has changed since, and takes nothing twice that comes again', async () => {
  const all = [1, 3, 2].map((n) => ({ id: n, updated_at: day(n) }))
  handle = (url) => {
    const since = url.searchParams.get('since')
    return { body: all.filter(({ updated_at }) => since === null || updated_at >= since) }
  }
  const incremental = { field: 'updated_at', param: 'since' }
  const source = { path: 'x', incremental }
  const first = await take(source)
  expect([ids(first), asked]).toEqual([[1, 3, 2], ['GET /v2/x']])
  const again = await take(source, { cursor: first.cursors.at(-1) })
  expect(again.lines).toEqual([])
  expect(asked.at(-1)).toBe('GET /v2/x?since=2024-01-03T00%3A00%3A00Z')
  all.push({ id: 4, updated_at: day(3) }, { id: 5, updated_at: day(4) })
  const next = await take(source, { cursor: first.cursors.at(-1) })
  expect([ids(next), next.names]).toEqual([[4, 5], ['x since 2024-01-03T00:00:00Z, part 1']])
  // A record that shows up late is found by an overlap, and what was seen in it is not taken again.
  all.push({ id: 6, updated_at: day(2, '.5') })
  const overlapping = { path: 'x', incremental: { ...incremental, overlap_seconds: 2 * 86_400 } }
  const { cursors } = await take(overlapping)
  expect((await take(overlapping, { cursor: cursors.at(-1) })).lines).toEqual([])
  all.push({ id: 7, updated_at: day(3, '.25') })
  expect(ids(await take(overlapping, { cursor: cursors.at(-1) }))).toEqual([7])
})

test('of equal records as many are new as are more than before', async () => {
  const all = [1, 2, 2].map((n) => ({ at: day(n) }))
  handle = (url) => ({ body: all.filter(({ at }) => at >= (url.searchParams.get('since') ?? '')) })
  const source = { path: 'x', incremental: { field: 'at', param: 'since' } }
  const first = await take(source)
  expect(first.lines).toHaveLength(3)
  expect((await take(source, { cursor: first.cursors.at(-1) })).lines).toEqual([])
  all.push({ at: day(2) })
  const next = await take(source, { cursor: first.cursors.at(-1) })
  expect(next.lines).toHaveLength(1)
  // What does not come this time may come the next time.
  handle = () => ({ body: [{ at: day(2) }, { at: day(2), id: 1 }] })
  const fewer = await take(source, { cursor: next.cursors.at(-1) })
  expect(fewer.lines).toHaveLength(1)
  handle = () => ({ body: [...all.slice(1), { at: day(2), id: 1 }] })
  expect((await take(source, { cursor: fewer.cursors.at(-1) })).lines).toEqual([])
})

test.each([
  ['iso', '"2024-01-03T00:00:00.123456+02:00"', '2024-01-02T22:00:00.123Z'],
  ['iso', '"2024-01-03 10:00"', '2024-01-03T10:00:00.000Z'],
  ['epoch_s', '"2024-01-03T00:00:00.9Z"', '1704240000'],
  ['epoch_ms', '"2024-01-03T00:00:00.0019Z"', '1704240000001'],
  ['epoch_s', '1704240000.75', '1704240000'],
  ['epoch_ms', '1704240000123', '1704240000123'],
  [undefined, '12345678901234567891', '12345678901234567891'],
  [undefined, '"2024-01-03"', '2024-01-03'],
] as const)('sends what was seen as %s: %s', async (format, json, sent) => {
  handle = () => ({ body: `[{"at": ${json}}, {"at": null}, {}]` })
  const source = {
    path: 'x',
    incremental: { field: 'at', param: 's', initial: 'begin', ...(format ? { format } : {}) },
  }
  const { cursors, lines } = await take(source)
  expect([asked, lines.length]).toEqual([['GET /v2/x?s=begin'], 3])
  await take(source, { cursor: cursors[0] })
  expect(new URL(asked[1]!.slice(4), 'http://x').searchParams.get('s')).toBe(sent)
})

test.each([
  ['{"at": "yesterday"}', {}, 'the value of at cannot be used: "yesterday"'],
  ['{"at": 5}', { format: 'iso' }, 'a number to be sent as iso'],
  ['{"at": 5}', { overlap_seconds: 5 }, 'to overlap by seconds'],
  ['{"at": {}}', {}, 'the value of at cannot be used: {}'],
  ['{"no": 1}', {}, 'nothing in any record'],
] as const)('refuses to guess how far %s has got', async (record, more, say) => {
  handle = () => ({ body: `[${record}]` })
  const source = { path: 'x', incremental: { field: 'at', param: 's', ...more } }
  await expect(take(source)).rejects.toThrow(fault('unusable_value', say))
})

test.each([
  ['is no time', day(2), '"soon"'],
  ['is of another kind', day(2), '9e99'],
  ['is a number among times', day(2), '99999999999999'],
  ['is a time among numbers', 2, '"2999-01-01"'],
] as const)('a value that %s moves nothing and stops nothing', async (_, good, bad) => {
  const records = [`{"id":1,"at":${bad}}`, ...[2, 3].map((id) => JSON.stringify({ id, at: good }))]
  handle = () => ({ body: `[${records}]` })
  const source = { path: 'x', incremental: { field: 'at', param: 's' } }
  const first = await take(source)
  expect(ids(first)).toEqual([1, 2, 3])
  records.push(JSON.stringify({ id: 4, at: good }))
  const next = await take(source, { cursor: first.cursors[0] })
  expect(asked.at(-1)).toBe(`GET /v2/x?s=${encodeURIComponent(good)}`)
  // What may have come before comes whole, for the lake to compare.
  expect(ids(next)).toEqual([1, 2, 3, 4])
  const last = await take(source, { cursor: next.cursors[0] })
  const { fingerprints, cursors } = last
  expect((await take(source, { cursor: cursors[0], known: fingerprints })).names).toEqual([])
})

test('a walk for what is new that meets a stray begins again with everything, once', async () => {
  const all = [1, 2, 3].map((n) => ({ id: n, at: n }))
  handle = (url) => ({ body: all.slice(numberOf(url, 'skip')) })
  const source = { path: 'x', incremental: { field: 'at', param: 'since' } }
  const first = await take(source)
  expect(asked).toHaveLength(1)
  expect(ids(await take(source, { cursor: first.cursors[0] }))).toEqual([1, 2, 3])
  expect(asked).toHaveLength(3)
})

test('a walk that was cut begins again; where records are sorted, it goes on', async () => {
  const pages = [1, 2, 3].map((n) => [{ id: n, at: day(n) }])
  let broken = true
  handle = (url) => {
    const since = url.searchParams.get('since') ?? ''
    const rows = pages.flat().filter(({ at }) => at >= since)
    const page = numberOf(url, 'page')
    if (page === 2 && broken) return { status: 400 }
    return { body: rows.slice(page, page + 1) }
  }
  const read = async (sorted: boolean, cursor?: string, known: readonly string[] = []) => {
    const [cursors, found]: [(string | undefined)[], unknown[]] = [[], []]
    const prints: string[] = []
    const batches = connect({ batchRecords: 1 }).read({
      settings: { base_url },
      source: {
        path: 'x',
        paging: { kind: 'page', param: 'page', first: 0 },
        incremental: { field: 'at', param: 'since', sorted },
      },
      cursor,
      known: (fingerprint) => known.includes(fingerprint),
      spool: await makeSpool(),
      signal,
    })
    try {
      for await (const batch of batches) {
        cursors.push(batch.cursor)
        prints.push(batch.fingerprint)
        found.push(JSON.parse(readFileSync(batch.file.path, 'utf8')).id)
      }
    } catch (thrown) {
      found.push(String(thrown).slice(0, 5))
    }
    return { cursors, found, prints }
  }
  const cut = await read(false)
  expect([cut.found, cut.cursors]).toEqual([[1, 'Fault'], [undefined]])
  const cutSorted = await read(true)
  expect(cutSorted.found).toEqual([1, 'Fault'])
  expect(JSON.parse(cutSorted.cursors[0]!).value).toBe(`"${day(1)}"`)
  broken = false
  const again = await read(false, undefined, cut.prints)
  expect(again.found).toEqual([2, 3])
  expect([again.cursors[0], JSON.parse(again.cursors[1]!).value]).toEqual([
    undefined,
    `"${day(3)}"`,
  ])
  expect((await read(true, cutSorted.cursors[0])).found).toEqual([2, 3])
  pages.reverse()
  expect((await read(true)).found.at(-1)).toBe('Fault')
})

test('stops in the middle of a pause', async () => {
  handle = () => ({ status: 503, headers: { 'retry-after': '2' } })
  const stop = new AbortController()
  const reason = new Error('enough')
  setTimeout(() => stop.abort(reason), 50)
  const read = async () => {
    const spool = await makeSpool()
    const settings = { base_url }
    const of = { settings, source: { path: 'x' }, known: () => false, spool, signal: stop.signal }
    for await (const _ of connect().read(of)) expect.unreachable()
  }
  await expect(read()).rejects.toBe(reason)
})
