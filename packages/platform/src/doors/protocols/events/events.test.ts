import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { busy, openWire } from '#wire/testing'
import { makeEventsFront } from './events.ts'

const wire = await openWire(makeEventsFront)
afterAll(() => wire[Symbol.asyncDispose]())

const address = `${wire.url}/events/v1/batch`
const post = async (body: unknown, headers: Record<string, string> = {}, query = '') => {
  const answer = await fetch(address + query, {
    method: 'POST',
    headers,
    body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json(), headers: answer.headers }
}

const bought = {
  type: 'track',
  event: 'Bought',
  anonymousId: 'anon',
  properties: { price: 9.5 },
}
let count = 0
const message = (more: object = {}) => ({ ...bought, messageId: `m${++count}`, ...more })

test('says of each event what became of it', async () => {
  const first = message()
  const batch = [first, first, message({ event: null }), message({ messageId: undefined })]
  const sentAt = new Date().toISOString()
  expect(await post({ writeKey: 'page', sentAt, batch })).toMatchObject({
    status: 200,
    body: {
      results: [
        { messageId: first.messageId, status: 'stored' },
        { messageId: first.messageId, status: 'duplicate' },
        {
          status: 'rejected',
          reason: 'event is missing; a message of type track needs it',
        },
        { messageId: expect.any(String), status: 'stored' },
      ],
    },
  })
  const [kept] = await wire.kept()
  expect(kept).toMatchObject({
    kind: 'put',
    body: { ...first, wire: 'events', sentAt, context: { ip: '127.0.0.1' } },
  })
  expect(kept?.body).not.toHaveProperty('writeKey')
})

test.each([
  ['the body', { writeKey: 'page' }, {}, ''],
  ['Basic', {}, { authorization: `Basic ${btoa('page:')}` }, ''],
  ['Bearer', {}, { authorization: 'Bearer page' }, ''],
  ['the address', {}, {}, '?writeKey=page'],
])('takes a write key from %s', async (_, body, headers: Record<string, string>, query) => {
  expect(await post({ batch: [message()], ...body }, headers, query)).toMatchObject({
    status: 200,
    body: { results: [{ status: 'stored' }] },
  })
})

test('parks what comes with a key that opens nothing', async () => {
  expect(await post({ writeKey: 'nobody', batch: [message()] })).toMatchObject({
    status: 200,
    body: { results: [{ status: 'parked' }] },
  })
})

test.each([
  ['no JSON', Buffer.from('{'), 400, 'wire.not_json'],
  ['no events', Buffer.from('[{"batch":1}, 2'), 400, 'wire.not_json'],
  ['half a megabyte', Buffer.alloc(513_000, 'x'), 413, 'wire.too_large'],
  ['half a megabyte, packed', gzipSync(Buffer.alloc(513_000, 'x')), 413, 'wire.too_large'],
])('refuses %s', async (_, body, status, code) => {
  expect(await post(body)).toMatchObject({ status, body: { error: { code } } })
})

test('a single event that is too large is refused by itself', async () => {
  const large = message({ properties: { text: 'x'.repeat(32_768) } })
  expect(await post({ writeKey: 'page', batch: [message(), large] })).toMatchObject({
    status: 200,
    body: { results: [{ status: 'stored' }, { messageId: large.messageId, status: 'rejected' }] },
  })
})

test('asks for patience in whole seconds, and pages may read that', async () => {
  wire.troubles.push(busy(2.4))
  const { status, headers } = await post(
    { writeKey: 'page', batch: [message()] },
    { origin: 'https://shop.example' },
  )
  expect([status, headers.get('retry-after')]).toEqual([429, '3'])
  expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
  expect((await fetch(address, { method: 'OPTIONS' })).status).toBe(204)
  expect((await fetch(address)).status).toBe(405)
})
