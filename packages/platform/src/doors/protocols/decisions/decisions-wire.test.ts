import { afterAll, expect, test } from 'vitest'
import type { Source } from '#collect'
import { decisionMigrations, makeDecisions } from '#decisions'
import { catalogueOf } from '#definitions'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { liveScene, site } from '#live/testing'
import { modelOf } from '#model'
import { memoryStore } from '#store/testing'
import { openDoor } from '#wire/testing'
import { makeDecisionsFront } from './decisions-wire.ts'

const scene = await liveScene()
await scene.count([{ key: 'views', body: { event: site, window: '1 hour' } }])
const offers = [
  {
    key: 'welcome_back',
    when: { field: 'counter.views', op: '>=', value: 1 },
    payload: { headline: 'Again!' },
  },
]
const decisions = makeDecisions({
  engine: scene.engine,
  store: await memoryStore({ decisions: decisionMigrations }),
  catalogue: async () =>
    catalogueOf([
      { kind: 'live_counter', key: 'views', body: { event: site, window: '1 hour' } },
      {
        kind: 'decision',
        key: 'open',
        body: { public: true, offers, fallback: { text: 'Hello' } },
      },
      { kind: 'decision', key: 'closed', body: { offers } },
    ]),
  around: {
    modelIn: () => modelOf([]),
    shapesIn: () => ({ shapes: new Map(), problems: new Map() }),
  },
  live: scene.live,
  clock: scene.clock,
  ids: countedIds('d'),
  log: silentLog,
  keepMs: 86_400_000,
})
const source: Source = { writeKey: 'key', connection: 'site', stream: site, sender: 'browser' }
const door = await openDoor(
  makeDecisionsFront({
    decisions,
    collect: { sourceOf: (key) => (key === 'key' ? source : undefined) },
    qualifierOf: scene.live.sourceOf,
    clock: scene.clock,
    log: silentLog,
  }),
)
afterAll(() => door[Symbol.asyncDispose]())

const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const answer = await fetch(`${door.url}/decisions/v1/${path}`, {
    method: 'POST',
    headers,
    body: text,
  })
  // The wire answers with this shape; what is expected of it is told below.
  const said = (await answer.json()) as { readonly id?: string }
  return { status: answer.status, headers: answer.headers, body: said }
}

test('a page asks, and its next event changes the answer', async () => {
  const ask = { writeKey: 'key', anonymousId: 'browser-1' }
  const origin = { origin: 'https://shop.example' }
  const first = await post('decide/open', ask, origin)
  expect([first.status, first.body]).toEqual([
    200,
    { id: expect.any(String), state: 'fallback', offers: [], fallback: { text: 'Hello' } },
  ])
  expect(first.headers.get('access-control-allow-origin')).toBe(origin.origin)
  await scene.send({ anonymous: 'browser-1', event: 'Viewed' })
  await scene.live.settled()
  const { body } = await post('decide/open', ask)
  expect(body).toEqual({
    id: expect.any(String),
    state: 'offers',
    offers: [{ key: 'welcome_back', payload: { headline: 'Again!' } }],
  })
  const told = { writeKey: 'key', id: body.id }
  expect((await post('shown', told)).body).toEqual({ counted: 1 })
  expect((await post('shown', told)).body).toEqual({ counted: 0 })
  expect((await post('clicked', { ...told, offers: ['welcome_back'] })).body).toEqual({
    counted: 1,
  })
})

test.each([
  [
    'a key that opens nothing',
    'decide/open',
    { writeKey: 'x', userId: 'u' },
    401,
    'decision.no_key',
  ],
  [
    'a decision that is not public',
    'decide/closed',
    { writeKey: 'key', userId: 'u' },
    403,
    'decision.not_public',
  ],
  [
    'a decision that is not there',
    'decide/opn',
    { writeKey: 'key', userId: 'u' },
    404,
    'decision.unknown',
  ],
  ['nobody', 'decide/open', { writeKey: 'key' }, 422, 'decision.no_id'],
  [
    'an e-mail address',
    'decide/open',
    { writeKey: 'key', email: 'a@b.c' },
    422,
    'kernel.unreadable',
  ],
  [
    'a record that is not there',
    'shown',
    { writeKey: 'key', id: 'none' },
    404,
    'decision.unknown_record',
  ],
  ['no JSON', 'decide/open', '{', 400, 'wire.not_json'],
])('refuses %s', async (_, path, body, ...[status, code]) => {
  expect(await post(path, body)).toMatchObject({ status, body: { error: { code } } })
})

test('pages may ask whether they may, and nothing else is taken', async () => {
  const url = `${door.url}/decisions/v1/decide/open`
  expect((await fetch(url, { method: 'OPTIONS' })).status).toBe(204)
  expect((await fetch(url)).status).toBe(405)
  expect((await fetch(`${door.url}/decisions/v1/other`, { method: 'POST' })).status).toBe(404)
})
