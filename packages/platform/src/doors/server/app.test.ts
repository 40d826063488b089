import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { accessMigrations, makeAccess } from '#access'
import { auditMigrations, makeAudit } from '#audit'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { faults } from '#kernel/fault.ts'
import { countedIds } from '#kernel/ids.ts'
import { jsonLog } from '#kernel/log.ts'
import { number, object, optional, text, whole } from '#kernel/read.ts'
import { route } from '#kernel/route.ts'
import { memoryStore } from '#store/testing'
import { makeApp } from './app.ts'

const clock = stoppedClock(new Date('2026-01-01'))
const ids = countedIds()
const store = await memoryStore({ audit: auditMigrations, access: accessMigrations })
const access = makeAccess({ store, audit: makeAudit({ store, clock }), clock, ids })
const { secret } = await access.create(systemCaller, { name: 'tester', rights: ['read'] })
const lines: string[] = []
const log = jsonLog({ write: (line) => lines.push(line), now: clock.now })

const teapot = faults('tea', {
  short: {
    status: 418,
    say: (d: { what: string }) => `I am ${d.what}`,
    help: 'It is a teapot, short and stout.',
  },
})

const routes = [
  route({
    method: 'GET',
    path: '/echo/:word',
    summary: 'Says it again',
    tag: 'tests',
    may: 'read',
    params: object({ word: text() }),
    query: object({ times: optional(whole({ maximum: 3 })) }),
    answer: object({ said: text() }),
    run: async ({ params, query }) => ({
      said: params.word.repeat(query.times ?? 1),
      big: 2n ** 60n,
    }),
  }),
  route({
    method: 'POST',
    path: '/sum',
    summary: 'Adds',
    tag: 'tests',
    may: 'read',
    body: object({ a: number(), b: number() }),
    run: async ({ body }) => body.a + body.b,
  }),
  route({
    method: 'POST',
    path: '/write',
    summary: 'Writes',
    tag: 'tests',
    may: 'write',
    run: async () => undefined,
  }),
  route({
    method: 'GET',
    path: '/tea',
    summary: 'Refuses',
    tag: 'tests',
    may: 'read',
    run: async () => {
      throw teapot.short({ what: 'a teapot' })
    },
  }),
  route({
    method: 'GET',
    path: '/bug',
    summary: 'Breaks',
    tag: 'tests',
    may: 'read',
    run: async () => {
      throw new Error('secret path /etc/x of bob@example.com')
    },
  }),
]
const app = await makeApp({ routes, access, log, ids, version: '1' })

const ask = async (method: 'GET' | 'POST', url: string, payload?: object, token = secret) => {
  const answer = await app.inject({
    method,
    url,
    headers: { authorization: `Bearer ${token}` },
    ...(payload ? { payload } : {}),
  })
  return {
    status: answer.statusCode,
    body: answer.body === '' ? undefined : JSON.parse(answer.body),
    headers: answer.headers,
  }
}

test('reads addresses as what they mean, and sends large integers as digits', async () => {
  expect(await ask('GET', '/api/echo/la?times=2')).toMatchObject({
    status: 200,
    body: { said: 'lala', big: '1152921504606846976' },
  })
})

test.each([undefined, 'wrong', ''])('nobody gets in with the token %j', async (token) => {
  const answer = await app.inject({
    method: 'GET',
    url: '/api/echo/x',
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
  })
  expect(answer.statusCode).toBe(401)
  expect(answer.json().error.code).toBe('access.not_signed_in')
})

test('a right is needed, not just a token', async () => {
  expect(await ask('POST', '/api/write')).toMatchObject({
    status: 403,
    body: { error: { code: 'access.not_allowed' } },
  })
})

test('tells everything that is wrong with a request at once', async () => {
  const { status, body } = await ask('POST', '/api/sum', { a: 'x', c: 1 })
  expect(status).toBe(422)
  expect(body.error.problems.map((p: { at: string }) => p.at)).toEqual([
    'body.b',
    'body.a',
    'body.c',
  ])
})

test('a refusal keeps its code, its sentence and its status', async () => {
  expect(await ask('GET', '/api/tea')).toMatchObject({
    status: 418,
    body: { error: { code: 'tea.short', message: 'I am a teapot' } },
  })
})

test('a bug shows nothing but its request; the log has it, without personal data', async () => {
  const { status, body } = await ask('GET', '/api/bug')
  expect(status).toBe(500)
  expect(JSON.stringify(body)).not.toMatch(/etc|bob/)
  const line = lines.find((text) => text.includes('/api/bug')) ?? ''
  expect(line).toContain('secret path')
  expect(line).not.toContain('bob@example.com')
})

test.each([
  ['GET', '/api/nothing', 404, 'server.unknown_route'],
  ['GET', '/nothing', 404, 'server.unknown_route'],
])('%s %s is %i', async (method, url, status, code) => {
  expect(await ask(method as 'GET', url)).toMatchObject({ status, body: { error: { code } } })
})

test('a body that is no JSON is refused in words', async () => {
  const answer = await app.inject({
    method: 'POST',
    url: '/api/sum',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
    payload: '{"a":',
  })
  expect(answer.statusCode).toBe(400)
  expect(answer.json().error.code).toBe('server.bad_body')
})

test('describes every route at /docs, with the very schemas that requests are read with', async () => {
  const document = (await app.inject({ url: '/docs/json' })).json()
  expect(Object.keys(document.paths)).toEqual([
    '/api/echo/{word}',
    '/api/sum',
    '/api/write',
    '/api/tea',
    '/api/bug',
  ])
  expect(document.paths['/api/echo/{word}'].get.parameters).toMatchObject([
    { name: 'word', in: 'path', required: true },
    { name: 'times', in: 'query', required: false, schema: { maximum: 3 } },
  ])
  expect((await app.inject({ url: '/docs/' })).statusCode).toBe(200)
})

test('says that it is there without a token, and keeps other sites from framing it', async () => {
  const answer = await app.inject({ url: '/api/health' })
  expect(answer.json()).toEqual({ ok: true })
  expect(answer.headers['content-security-policy']).toContain("frame-ancestors 'none'")
})

test('a console that is built anew while the server runs is served as it is now', async () => {
  const consoleFolder = await mkdtemp(join(tmpdir(), 'tessera-console-'))
  const page = join(consoleFolder, 'index.html')
  await writeFile(page, 'the old console')
  const served = await makeApp({ routes: [], access, log, ids, consoleFolder, version: '0' })
  const answerOf = async (url: string) => (await served.inject({ url })).body
  expect(await answerOf('/customers')).toBe('the old console')
  await mkdir(join(consoleFolder, 'assets'))
  await writeFile(join(consoleFolder, 'assets/new.js'), 'the script')
  await writeFile(page, 'the new console')
  expect(await answerOf('/assets/new.js')).toBe('the script')
  for (const url of ['/', '/index.html', '/customers'])
    expect(await answerOf(url)).toBe('the new console')
  for (const url of ['/assets/old.js', '/api/old'])
    expect((await served.inject({ url })).statusCode).toBe(404)
  await served.close()
  await rm(consoleFolder, { recursive: true })
})

test('lets the pages of a token show customers in a frame, and nobody else show anything', async () => {
  const consoleFolder = await mkdtemp(join(tmpdir(), 'tessera-console-'))
  await writeFile(join(consoleFolder, 'index.html'), 'the console')
  const served = await makeApp({ routes: [], access, log, ids, consoleFolder, version: '0' })
  const framersOf = async (url: string) => {
    const { body, headers } = await served.inject({ url })
    expect(body).toBe('the console')
    return /frame-ancestors (.*)$/.exec(String(headers['content-security-policy']))?.[1]
  }
  const origins = ['https://desk.example.com', 'https://phone.example.com']
  const wanted = { name: 'desk', rights: ['read_customers' as const], origins }
  const { token } = await access.create(systemCaller, wanted)
  expect(await framersOf(`/embed/${token.id}/customers?phone=1`)).toBe(origins.join(' '))
  for (const url of ['/', '/customers', '/embed', '/embed/nobody/customers', '/customers/embed/1'])
    expect(await framersOf(url)).toBe("'none'")
  await access.revoke(systemCaller, token.id)
  expect(await framersOf(`/embed/${token.id}/customers?phone=1`)).toBe("'none'")
  await served.close()
  await rm(consoleFolder, { recursive: true })
})
