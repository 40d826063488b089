import { expect, test } from 'vitest'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { bodyOf, openWire, sharedWire } from '../testing/open-wire.ts'

type Wire = Awaited<ReturnType<typeof openWire>>

const post = (wire: Wire, path: string, parameters: Record<string, string>) =>
  fetch(`${wire.base}${path}`, { method: 'POST', body: new URLSearchParams(parameters) })

const insert = (wire: Wire, token = '') =>
  fetch(`${wire.base}/api/v1/ingest/sources/ntotest/exercises`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: '{"data":[]}',
  })

const login = (wire: Wire, secret = wire.secret) =>
  post(wire, '/services/oauth2/token', {
    grant_type: 'client_credentials',
    client_id: 'a client',
    client_secret: secret,
  })

const exchange = (wire: Wire, subject = '', more: Record<string, string> = {}) =>
  post(wire, '/services/a360/token', {
    grant_type: 'urn:salesforce:grant-type:external:cdp',
    subject_token: subject,
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    ...more,
  })

// Clients of the query wire look into the payload without checking the signature.
const payloadOf = (token = '') =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString())

const shared = await sharedWire()

test('from client credentials to a token that opens the data endpoints', async () => {
  await using wire = await openWire()
  const core = await login(wire)
  expect(core.status).toBe(200)
  const one = await bodyOf(core)
  expect(one).toEqual({
    access_token: expect.any(String),
    instance_url: wire.base,
    id: `${wire.base}/id/a%20client`,
    token_type: 'Bearer',
    issued_at: expect.stringMatching(/^\d{13}$/),
    scope: 'api cdp_ingest_api',
    signature: expect.any(String),
    expires_in: 7200,
  })
  const tenant = await exchange(wire, one.access_token, { dataspace: 'default' })
  expect(tenant.status).toBe(200)
  const two = await bodyOf(tenant)
  expect(two).toEqual({
    access_token: expect.any(String),
    instance_url: new URL(wire.base).host,
    token_type: 'Bearer',
    issued_token_type: 'urn:ietf:params:oauth:token-type:jwt',
    expires_in: 7200,
  })
  expect(payloadOf(two.access_token)).toMatchObject({
    sub: 'crm',
    exp: expect.any(Number),
    audienceTenantId: 'tessera',
    dataspace: 'default',
    scope: 'api cdp_ingest_api',
  })
  const revoked = await post(wire, '/services/oauth2/revoke', { token: one['access_token'] ?? '' })
  expect(revoked.status).toBe(200)
  expect((await insert(wire, two.access_token)).status).toBe(202)
})

test('parameters may stand in the address, the secret in a header or in the password', async () => {
  await using wire = await openWire()
  const inAddress = await fetch(
    `${wire.base}/services/oauth2/token?grant_type=password&client_id=c&client_secret=s&username=u&password=${wire.secret}`,
    { method: 'POST' },
  )
  expect(inAddress.status).toBe(200)
  const { access_token = '' } = await bodyOf(inAddress)
  const query = new URLSearchParams({
    grant_type: 'urn:salesforce:grant-type:external:cdp',
    subject_token: access_token,
  })
  const exchanged = await fetch(`${wire.base}/services/a360/token?${query}`, { method: 'POST' })
  expect(exchanged.status).toBe(200)
  const basic = Buffer.from(`c:${wire.secret}`).toString('base64')
  const inHeader = await fetch(`${wire.base}/services/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${basic}` },
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  })
  expect(inHeader.status).toBe(200)
})

test('an access token of the house is exchanged as well', async () => {
  await using wire = await openWire()
  const { access_token } = await bodyOf(await exchange(wire, wire.secret))
  expect((await insert(wire, access_token)).status).toBe(202)
})

test('a token ends after two hours, and with the token it came from', async () => {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  await using wire = await openWire({ clock })
  const first = (await bodyOf(await login(wire)))['access_token']
  clock.move(7_199_000)
  expect((await insert(wire, first)).status).toBe(202)
  clock.move(1_000)
  expect((await insert(wire, first)).status).toBe(401)
  const { access_token: second } = await bodyOf(await exchange(wire, wire.secret))
  await wire.access.revoke(systemCaller, wire.token.id)
  expect((await insert(wire, second)).status).toBe(401)
})

test('nothing that was changed or signed by others opens anything, and no secret can be read', async () => {
  await using wire = await openWire()
  const { access_token } = await bodyOf(await login(wire))
  const [head, body = '', signature = ''] = (access_token ?? '').split('.')
  const none = Buffer.from('{"alg":"none","typ":"JWT"}').toString('base64url')
  const forged = Buffer.from(
    JSON.stringify({ ...payloadOf(access_token), exp: 9_999_999_999 }),
  ).toString('base64url')
  const flipped = `${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`
  for (const token of [
    `${head}.${forged}.${signature}`,
    `${none}.${body}.`,
    `${none}.${body}.${signature}`,
    `${head}.${body}.${flipped}`,
    `${head}.${body}`,
    `${access_token}.x`,
  ])
    expect((await insert(wire, token)).status, token).toBe(401)
  expect(Buffer.from(body, 'base64url').toString()).not.toContain(wire.secret.split('_').at(-1))
})

test('a token that may only read gives one that may not write', async () => {
  await using wire = await openWire()
  const { secret } = await wire.access.create(systemCaller, { name: 'reader', rights: ['read'] })
  const { access_token, scope } = await bodyOf(await login(wire, secret))
  expect(scope).toBe('api cdp_query_api cdp_profile_api')
  expect((await insert(wire, access_token)).status).toBe(403)
})

test.each([
  {
    why: 'a wrong secret',
    path: '/services/oauth2/token',
    parameters: { grant_type: 'client_credentials', client_secret: 'tessera_x_y' },
    error: 'invalid_grant',
  },
  {
    why: 'no secret',
    path: '/services/oauth2/token',
    parameters: { grant_type: 'password' },
    error: 'invalid_grant',
  },
  {
    why: 'a signed assertion',
    path: '/services/oauth2/token',
    parameters: { grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer', assertion: 'a.b.c' },
    error: 'unsupported_grant_type',
  },
  {
    why: 'a refresh token',
    path: '/services/oauth2/token',
    parameters: { grant_type: 'refresh_token', refresh_token: 'x' },
    error: 'unsupported_grant_type',
  },
  {
    why: 'no grant type',
    path: '/services/a360/token',
    parameters: { subject_token: 'x' },
    error: 'unsupported_grant_type',
  },
  {
    why: 'an unknown subject',
    path: '/services/a360/token',
    parameters: { grant_type: 'urn:salesforce:grant-type:external:cdp', subject_token: 'x' },
    error: 'invalid_grant',
  },
  {
    why: 'no subject',
    path: '/services/a360/token',
    parameters: { grant_type: 'urn:salesforce:grant-type:external:cdp' },
    error: 'invalid_request',
  },
])('refused: $why', async ({ path, parameters, error }) => {
  const wire = shared
  // Without a member that is undefined in some of the cases.
  const answer = await post(wire, path, { ...parameters } as Record<string, string>)
  expect(answer.status).toBe(400)
  expect(await answer.json()).toEqual({ error, error_description: expect.any(String) })
})

test('a data space that the token does not see is refused', async () => {
  await using wire = await openWire()
  const answer = await exchange(wire, wire.secret, { dataspace: 'other' })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({ error: 'invalid_request' })
})

test('whoever guesses is slowed down; who knows comes in all the same', async () => {
  const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
  await using wire = await openWire({ clock })
  for (let i = 0; i < 10; i++) expect((await login(wire, `tessera_a_${i}`)).status).toBe(400)
  const slowed = await login(wire, 'tessera_a_b')
  expect(slowed.status).toBe(429)
  expect(slowed.headers.get('retry-after')).toBe('60')
  expect((await login(wire)).status).toBe(200)
  clock.move(60_000)
  expect((await login(wire, 'tessera_a_b')).status).toBe(400)
})
