import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { openWire } from '#wire/testing'
import { makeSegmentSpecFront } from './segment-spec.ts'

const wire = await openWire(makeSegmentSpecFront)
afterAll(() => wire[Symbol.asyncDispose]())

const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${wire.url}${path}`, {
    method: 'POST',
    headers,
    body:
      typeof body === 'string' || body instanceof Uint8Array
        ? (body as string)
        : JSON.stringify(body),
  })
  return { status: answer.status, body: await answer.json(), headers: answer.headers }
}
const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` })

test('smoke', async () => {
  expect(await post('/v1/track', { event: 'Bought', userId: 7 }, basic('server:'))).toMatchObject({
    status: 200,
    body: { success: true },
  })
  expect(
    await post(
      '/v1/batch',
      gzipSync(JSON.stringify({ batch: [{ type: 'page', userId: '1' }, 3] })),
      basic('nobody'),
    ),
  ).toMatchObject({ status: 200, body: { success: true, results: [{ status: 'parked' }, {}] } })
})
