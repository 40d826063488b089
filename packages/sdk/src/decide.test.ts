import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { expect, onTestFinished, test } from 'vitest'
import { memoryStore } from './store.ts'
import { ada, makeSender } from './testing/sender.ts'

interface Request {
  readonly path: string
  readonly body: Readonly<Record<string, unknown>>
}

const patientMs = 20_000

/** A server that answers in turn as told, then as a healthy one; it keeps what it was asked. */
async function startDecisions(...answers: readonly (number | string)[]) {
  const asked: Request[] = []
  const waiting = [...answers]
  const decided = { id: 'd1', state: 'offers', offers: [{ key: 'a', payload: { text: 'A' } }] }
  const server = createServer(async (request, response) => {
    const path = request.url ?? ''
    asked.push({ path, body: JSON.parse(await text(request)) })
    if (path === '/events/v1/batch') return response.end('{"results":[]}')
    const next = waiting.shift()
    if (next === 'silence') return undefined
    if (typeof next === 'number') response.writeHead(next)
    const refusal = { error: { message: 'not today' } }
    return response.end(
      typeof next === 'string' ? next : JSON.stringify(next === undefined ? decided : refusal),
    )
  })
  server.listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, asked }
}

test('asks after what was tracked before, as the person it is, and tells what was shown', async () => {
  const { url, asked } = await startDecisions()
  const sender = makeSender(url, { identity: 'remembered', storage: memoryStore() })
  sender.identify('ada')
  sender.track('Viewed')
  const decision = await sender.decide('banner', {
    context: { page: '/' },
    limit: 2,
    withinMs: patientMs,
  })
  expect(decision).toMatchObject({
    state: 'offers',
    offers: [{ key: 'a', payload: { text: 'A' } }],
  })
  await sender.shown(decision)
  await sender.clicked(decision, 'a')
  const anonymousId = sender.anonymousId()
  expect(asked).toEqual([
    { path: '/events/v1/batch', body: expect.anything() },
    {
      path: '/decisions/v1/decide/banner',
      body: { writeKey: 'key', userId: 'ada', anonymousId, context: { page: '/' }, limit: 2 },
    },
    { path: '/decisions/v1/shown', body: { writeKey: 'key', id: 'd1' } },
    { path: '/decisions/v1/clicked', body: { writeKey: 'key', id: 'd1', offers: ['a'] } },
  ])
})

test.each([
  ['a refusal', 404, '404: not today'],
  ['trouble', 500, '500: not today'],
  ['another page', '<html>', /SyntaxError/],
  ['another answer', '{"ok":true}', 'the answer is not that of a decision'],
  ['silence', 'silence', 'no answer in 200 ms'],
])('there are no offers after %s', async (_, answer, reason) => {
  const { url } = await startDecisions(answer)
  const decision = await makeSender(url).decide('banner', {
    ...ada,
    withinMs: answer === 'silence' ? 200 : patientMs,
  })
  expect(decision).toEqual({
    state: 'none',
    offers: [],
    reason: typeof reason === 'string' ? reason : expect.stringMatching(reason),
  })
})

test('nothing is asked or told without consent, after the end, or of nothing', async () => {
  const { url, asked } = await startDecisions()
  const sender = makeSender(url, { consent: 'pending' })
  const decision = await sender.decide('banner', ada)
  expect(decision.reason).toBe('consent is pending')
  await sender.shown(decision)
  await sender.shown({ ...decision, id: 'd1' })
  await sender.close()
  expect((await sender.decide('banner', ada)).reason).toBe('this sender is closed')
  expect((await makeSender('nowhere').decide('banner', ada)).reason).toMatch(/needs a host/)
  expect(asked).toEqual([])
})

test('what was shown is told until the server has heard it, and what it refuses is left', async () => {
  const { url, asked } = await startDecisions(503, 429, 200)
  const sender = makeSender(url, { firstRetryMs: 1 })
  await sender.shown({ id: 'd1', state: 'offers', offers: [] })
  expect(asked).toHaveLength(3)
  const refusing = await startDecisions(404)
  await makeSender(refusing.url).shown({ id: 'd1', state: 'offers', offers: [] })
  expect(refusing.asked).toHaveLength(1)
})
