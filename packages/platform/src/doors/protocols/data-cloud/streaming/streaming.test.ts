import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openWire, sharedWire } from '../testing/open-wire.ts'

const exercise = {
  id: 'f19cae7e-5cdb-41ce-92ba-539afea04f9d',
  contact_name: 'Joe Smith',
  created_date: '2021-07-22T08:57:08.118Z',
  tax_exempt: false,
  total: 77506,
  BirthDay: '1980-02-29',
}
const path = '/api/v1/ingest/sources/ntotest/exercises'

const shared = await sharedWire()

test('records are accepted when they are on disk, under the names that they came with', async () => {
  await using wire = await openWire()
  const other = { ...exercise, id: '2', contact_name: null, total: '', BirthDay: '' }
  const answer = await wire.ask('POST', path, { data: [exercise, other] })
  expect(answer.status).toBe(202)
  expect(await answer.json()).toEqual({ accepted: true })
  expect(await wire.kept()).toEqual([
    { stream: 'nto_exercises', kind: 'put', body: exercise },
    {
      stream: 'nto_exercises',
      kind: 'put',
      body: { ...exercise, id: '2', contact_name: null, total: null, BirthDay: null },
    },
  ])
})

test('names of sources and objects are known in any case; packed bodies are unpacked', async () => {
  await using wire = await openWire()
  const answer = await fetch(`${wire.base}/api/v1/ingest/sources/NtoTest/Exercises/`, {
    method: 'POST',
    headers: { authorization: `bearer ${wire.secret}`, 'content-encoding': 'gzip' },
    body: gzipSync(JSON.stringify({ data: [exercise] })),
  })
  expect(answer.status).toBe(202)
  expect(await wire.kept()).toHaveLength(1)
})

test('one wrong record refuses the request with a report on each, and nothing is kept', async () => {
  await using wire = await openWire()
  const { total: _, ...lacking } = exercise
  const data = [
    exercise,
    lacking,
    { ...exercise, id: 7, extra: 1 },
    { ...exercise, id: '' },
    { ...exercise, BirthDay: '1981-02-29', created_date: '2021-07-22T08:57:08+02:00' },
    'text',
  ]
  for (const action of ['', '/actions/test']) {
    const answer = await wire.ask('POST', `${path}${action}`, { data })
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      error: 'Bad Request',
      message: 'Bad Request: JSON is properly formatted but has a mismatch with Schema.',
      path: `uri=${path}${action}`,
      tenantId: 'tessera',
      internalErrorCode: 'COMMON_ERROR_GENERIC',
      details: {
        code: 'ingest.mismatch',
        validationReport: [
          {
            record: JSON.stringify(lacking),
            causingExceptions: ['#: required key [total] not found'],
          },
          {
            record: JSON.stringify(data[2]),
            causingExceptions: [
              '#/id: expected type: String, found: Number',
              '#: extraneous key [extra] is not permitted',
            ],
          },
          {
            record: JSON.stringify(data[3]),
            causingExceptions: ['#/id: expected type: String, found: blank String'],
          },
          {
            record: JSON.stringify(data[4]),
            causingExceptions: [
              "#/created_date: [2021-07-22T08:57:08+02:00] is not a valid date-time. Expected [yyyy-MM-dd'T'HH:mm:ss.SSS'Z']",
              '#/BirthDay: [1981-02-29] is not a valid date. Expected [yyyy-MM-dd]',
            ],
          },
          {
            record: '"text"',
            causingExceptions: ['#: expected type: JSONObject, found: String'],
          },
        ],
      },
    })
  }
  expect(await wire.kept()).toEqual([])
})

test('of a stream that merges, records may be parts, but not without their key', async () => {
  await using wire = await openWire()
  const persons = '/api/v1/ingest/sources/ntotest/persons'
  const data = [{ Id: '1', Age: 7 }, { Id: '1', Age: '' }, { Id: '2' }]
  expect((await wire.ask('POST', persons, { data })).status).toBe(202)
  expect((await wire.kept()).map(({ kind, body }) => [kind, body])).toEqual([
    ['put', { Id: '1', Age: 7 }],
    ['put', { Id: '1', Age: null }],
    ['put', { Id: '2' }],
  ])
  const wrong = [{ Age: 7 }, { Id: '1', Name: '', Aeg: 7 }]
  const answer = await wire.ask('POST', persons, { data: wrong })
  expect(answer.status).toBe(400)
  expect(await answer.json()).toMatchObject({
    details: {
      validationReport: [
        { causingExceptions: ['#: required key [Id] not found'] },
        {
          causingExceptions: [
            '#/Name: expected type: String, found: blank String',
            '#: extraneous key [Aeg] is not permitted',
          ],
        },
      ],
    },
  })
  expect(await wire.kept()).toHaveLength(3)
})

test('the test action says yes and keeps nothing', async () => {
  await using wire = await openWire()
  const answer = await wire.ask('POST', `${path}/actions/test`, { data: [exercise] })
  expect(answer.status).toBe(200)
  expect(await wire.kept()).toEqual([])
})

test('ids to delete stand in the address or in the body', async () => {
  await using wire = await openWire()
  const one = await wire.ask('DELETE', `${path}?ids=001xx000003DGb2AAG,003xx000004TmiQAAS`)
  expect(one.status).toBe(202)
  expect(await one.json()).toEqual({ accepted: true })
  const two = await wire.ask('DELETE', path, { ids: ['a b', 'c,d'] })
  expect(two.status).toBe(202)
  const three = await wire.ask('DELETE', '/api/v1/ingest/sources/ntotest/numbered?ids=7')
  expect(three.status).toBe(202)
  expect((await wire.kept()).map(({ kind, body }) => [kind, body])).toEqual([
    ['delete', { id: '001xx000003DGb2AAG' }],
    ['delete', { id: '003xx000004TmiQAAS' }],
    ['delete', { id: 'a b' }],
    ['delete', { id: 'c,d' }],
    ['delete', { Number: 7 }],
  ])
})

test('a report ends before it is endless, and shows what is nested as deep as can be', async () => {
  await using wire = await openWire()
  const reports: unknown[][] = []
  for (const body of [
    `{"data":[${'{},'.repeat(50_000)}{}]}`,
    `{"data":[${'['.repeat(100_000)}${']'.repeat(100_000)}]}`,
  ]) {
    const answer = await wire.ask('POST', path, body)
    expect(answer.status).toBe(400)
    const { details } = (await answer.json()) as { details: { validationReport: unknown[] } }
    reports.push(details.validationReport)
  }
  expect(reports[0]?.length).toBeLessThan(1000)
  expect(reports[1]).toHaveLength(1)
})

const many = Array.from({ length: 201 }, (_, i) => `id${i}`)

test.each([
  { why: 'no body', method: 'POST', to: path, body: '', status: 400 },
  { why: 'no JSON', method: 'POST', to: path, body: '{"data":[', status: 400 },
  { why: 'no list', method: 'POST', to: path, body: { data: {} }, status: 400 },
  { why: 'too large', method: 'POST', to: path, body: 'x'.repeat(204_801), status: 413 },
  { why: 'no such object', method: 'POST', to: `${path}x`, body: { data: [] }, status: 404 },
  { why: 'another method', method: 'PATCH', to: path, body: '', status: 405 },
  { why: 'no ids', method: 'DELETE', to: path, body: undefined, status: 400 },
  { why: 'ids of a wrong form', method: 'DELETE', to: path, body: { ids: [{}] }, status: 400 },
  { why: 'too many ids', method: 'DELETE', to: path, body: { ids: many }, status: 413 },
  {
    why: 'a key of two fields',
    method: 'DELETE',
    to: '/api/v1/ingest/sources/ntotest/pairs?ids=1',
    body: undefined,
    status: 400,
  },
  {
    why: 'what happened is deleted in bulk',
    method: 'DELETE',
    to: '/api/v1/ingest/sources/ntotest/visits?ids=1',
    body: undefined,
    status: 400,
  },
  {
    why: 'an id that is no number',
    method: 'DELETE',
    to: '/api/v1/ingest/sources/ntotest/numbered?ids=x',
    body: undefined,
    status: 400,
  },
])('refused: $why', async ({ method, to, body, status }) => {
  const wire = shared
  const answer = await wire.ask(method, to, body)
  expect(answer.status).toBe(status)
  expect(await answer.json()).toMatchObject({ path: `uri=${to.split('?')[0]}` })
  expect(await wire.kept()).toEqual([])
})

test('of what happened a key comes once, however often a client tries; of the rest it is a newer version', async () => {
  await using wire = await openWire()
  const visits = '/api/v1/ingest/sources/ntotest/visits'
  const visit = { Visit: 1, Page: 'a', Note: 'x' }
  for (const data of [[visit, { ...visit, Page: 'b' }], [visit], [{ ...visit, Note: 'y' }]])
    expect((await wire.ask('POST', visits, { data })).status).toBe(202)
  expect((await wire.kept()).map(({ kind }) => kind)).toEqual([
    'put',
    'put',
    'duplicate',
    'duplicate',
  ])
  for (const total of [1, 2])
    await wire.ask('POST', path, { data: [{ ...exercise, total }, exercise] })
  expect((await wire.kept()).slice(4).map(({ kind }) => kind)).toEqual(Array(4).fill('put'))
})

test('a limit of 200 KB and of 200 ids is not a limit of less', async () => {
  await using wire = await openWire()
  const filler = 'x'.repeat(204_500)
  const full = await wire.ask('POST', path, { data: [{ ...exercise, contact_name: filler }] })
  expect(full.status).toBe(202)
  expect((await wire.ask('DELETE', path, { ids: many.slice(1) })).status).toBe(202)
  expect(await wire.kept()).toHaveLength(201)
})

test('whoever has no token, or none that may write, is told so', async () => {
  await using wire = await openWire()
  const without = await fetch(`${wire.base}${path}`, { method: 'POST', body: '{"data":[]}' })
  expect(without.status).toBe(401)
  expect(without.headers.get('www-authenticate')).toBe('Bearer')
  expect(await without.json()).toMatchObject({ error: 'Unauthorized' })
  const { secret } = await wire.access.create(
    { name: 'test', rights: ['admin'], spaces: [] },
    { name: 'reader', rights: ['read'] },
  )
  const reading = await wire.ask('POST', path, { data: [] }, { authorization: `Bearer ${secret}` })
  expect(reading.status).toBe(403)
})

test('under pressure clients are told when to come again, and nothing was kept', async () => {
  const { logFaults } = await import('#log')
  const thrown = [
    logFaults.busy({ waitingBytes: 1, retryAfterSeconds: 3 }),
    logFaults.trouble({ what: 'the disk is full' }),
    new Error('a bug'),
  ]
  await using wire = await openWire({
    collect: { take: () => Promise.reject(thrown.shift()) },
  })
  const answers = [
    await wire.ask('POST', path, { data: [exercise] }),
    await wire.ask('POST', path, { data: [exercise] }),
    await wire.ask('POST', path, { data: [exercise] }),
  ]
  expect(answers.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
    [429, '3'],
    [503, '5'],
    [500, null],
  ])
  expect(await answers[2]!.text()).not.toContain('a bug')
})

test('only paths of this wire are taken', async () => {
  await using wire = await openWire()
  for (const other of [
    '/api/v1/ingest',
    '/api/v1/ingest/sources/a',
    '/api/v1/ingest/sources/a/b/actions',
    '/api/v1/ingest/jobs/1/other',
    '/api/v1/ingest/sources//b',
    '/api/streams',
    '/services/oauth2/userinfo',
    '/api/v1/ingest/sources/%zz/b',
  ])
    expect((await wire.ask('POST', other, '{}')).status, other).toBe(418)
})
