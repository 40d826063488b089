import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { newSigningSecret, sign, verify } from './signing.ts'

const secret = newSigningSecret((bytes) => new Uint8Array(bytes).fill(7))
const timestamp = new Date('2026-01-01T12:00:00.900Z')
const message = { id: 'msg_1', timestamp, body: '{"a":"é"}', secret }
const received = { headers: { ...sign(message) }, body: message.body, secret, now: timestamp }

test('signs id, seconds and body as the standard says', () => {
  const mac = createHmac('sha256', Buffer.alloc(32, 7)).update('msg_1.1767268800.{"a":"é"}')
  expect(sign(message)).toEqual({
    'webhook-id': 'msg_1',
    'webhook-timestamp': '1767268800',
    'webhook-signature': `v1,${mac.digest('base64')}`,
  })
})

// The example of the Standard Webhooks libraries.
test('agrees with the published example', () => {
  const example = sign({
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    timestamp: new Date(1614265330 * 1000),
    body: '{"test": 2432232314}',
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  })
  expect(example['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('verifies what it signed, beside the signature of an older secret too', () => {
  expect(() => verify(received)).not.toThrow()
  const both = `v1,${Buffer.alloc(32).toString('base64')} ${received.headers['webhook-signature']}`
  expect(() =>
    verify({ ...received, headers: { ...received.headers, 'webhook-signature': both } }),
  ).not.toThrow()
})

test.each([
  ['a changed body', { body: '{}' }],
  ['another secret', { secret: newSigningSecret((bytes) => new Uint8Array(bytes)) }],
  ['an old message', { now: new Date(timestamp.getTime() + 301_000) }],
  ['a message from the future', { now: new Date(timestamp.getTime() - 302_000) }],
  ['a missing header', { headers: { ...received.headers, 'webhook-id': undefined } }],
  ['a senseless time', { headers: { ...received.headers, 'webhook-timestamp': 'now' } }],
  ['a cut signature', { headers: { ...received.headers, 'webhook-signature': 'v1,' } }],
])('refuses %s', (_, change) => {
  expect(() => verify({ ...received, ...change })).toThrow(
    expect.objectContaining({ code: 'outgoing.bad_signature', status: 401 }),
  )
})

test.each(['', 'whsec_', 'whsec_c2hvcnQ=', 'whsec_not base64 at all, but long enough for it'])(
  'refuses the secret %j',
  (bad) => {
    expect(() => sign({ ...message, secret: bad })).toThrow(
      expect.objectContaining({ code: 'outgoing.bad_secret' }),
    )
  },
)
