import { expect, test } from 'vitest'
import { catalogueOf } from '#definitions'
import { trial } from '#definitions/testing'
import { sql, value } from '#engine'
import { Fault } from '#kernel/fault.ts'
import { countedIds } from '#kernel/ids.ts'
import { silentLog } from '#kernel/log.ts'
import { problemsOf } from '#kernel/read.ts'
import { type Asked, counterKind } from '#live'
import { liveScene, site } from '#live/testing'
import { modelOf, shapeModelTable } from '#model'
import { publish } from '#segments'
import { memoryStore } from '#store/testing'
import { decidedSchema, type RecordedQuery, triedSchema } from './api.ts'
import { type DecisionAsked, makeDecisions } from './decisions.ts'
import type { DecisionBody } from './definition.ts'
import { decisionKind } from './kinds.ts'
import { decisionMigrations } from './records.ts'

const scene = await liveScene()
await scene.count([
  {
    key: 'views',
    body: { event: site, where: { field: 'event', op: '=', value: 'Viewed' }, window: '1 hour' },
  },
])
const around = {
  modelIn: () => modelOf([]),
  shapesIn: () => ({ shapes: new Map(), problems: new Map() }),
}
const hour = 3_600_000
const day = 24 * hour

/** Decisions over the scene, these being the only ones. */
async function open(bodies: Readonly<Record<string, DecisionBody>>, keepMs = 90 * day) {
  const definitions = [
    ...Object.entries(bodies).map(([key, body]) => ({ kind: 'decision', key, body })),
    { kind: 'live_counter', key: 'views', body: { event: site, window: '1 hour' } },
    {
      kind: 'segment',
      key: 'vips',
      body: { label: 'VIPs', on: 'individual', include: { all: [] } },
    },
  ]
  const store = await memoryStore({ decisions: decisionMigrations })
  const tools = {
    engine: scene.engine,
    store,
    catalogue: async () => catalogueOf(definitions),
    around,
    live: scene.live,
    clock: scene.clock,
    ids: countedIds('d'),
    log: silentLog,
    keepMs,
  }
  return { ...makeDecisions(tools), again: () => makeDecisions(tools) }
}
const user = (id: string): Asked => ({ by: 'id', id, source: site })
const ask = (id: string, more: Partial<DecisionAsked> = {}): DecisionAsked => ({
  asked: [user(id)],
  context: {},
  by: 'caller',
  ...more,
})
const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (thrown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  )
const keysOf = (offers: readonly { readonly key: string }[]) => offers.map(({ key }) => key)

test('chooses by priority among what is open and meant, and says why for each', async () => {
  const decisions = await open({
    banner: {
      context: { page: 'text' },
      fallback: { headline: 'Welcome' },
      offers: [
        { key: 'plain' },
        { key: 'first', priority: 5, when: { segment: 'vips' }, payload: { headline: 'VIP' } },
        { key: 'hot', priority: 9, when: { field: 'counter.views', op: '>=', value: 2 } },
        { key: 'here', priority: 1, when: { field: 'context.page', op: '=', value: '/sale' } },
        { key: 'named', priority: 1, when: { field: 'first_name', op: '=', value: 'name ada' } },
        { key: 'past', priority: 99, ends: '2026-03-01' },
        { key: 'future', priority: 98, starts: '2026-03-02T00:00:00Z' },
      ],
    },
  })
  await scene.people({ ada: 'ada@x.example' })
  scene.live.note()
  await scene.send({ user: 'ada', event: 'Viewed' })
  await scene.live.settled()
  const slips = { page: 5, pag: '/sale' }
  const slipped = await decisions.tryOut('banner', ask('ada', { context: slips }))
  expect(problemsOf(triedSchema, slipped)).toEqual([])
  expect(slipped.ignored).toEqual([
    'context.page is declared as text, and what came is number',
    'context.pag is not declared; did you mean "page"?',
  ])
  const first = await decisions.decide('banner', ask('ada', { context: { page: '/sale' } }))
  expect(first).not.toHaveProperty('ignored')
  expect(problemsOf(decidedSchema, first)).toEqual([])
  const why = Object.fromEntries(first.left_out.map(({ key, reason }) => [key, reason]))
  expect([keysOf(first.offers), why]).toEqual([
    ['here'],
    {
      past: 'over',
      future: 'not_begun',
      hot: 'not_meant',
      first: 'not_meant',
      named: 'enough_chosen',
      plain: 'enough_chosen',
    },
  ])
  // Another event, and a segment that is entered: the same question is answered otherwise at once.
  await scene.send({ user: 'ada', event: 'Viewed' })
  await scene.live.settled()
  const { offers, profile = '' } = await decisions.decide('banner', ask('ada'))
  expect(keysOf(offers)).toEqual(['hot'])
  await publish(scene.engine, {
    segment: 'vips',
    who: sql`select ${value(BigInt(profile))} as profile`,
    at: scene.clock.now(),
  })
  scene.live.touched([profile])
  scene.clock.move(2 * hour)
  await decisions.decide('banner', ask('ada'))
  await scene.live.settled()
  expect((await decisions.decide('banner', ask('ada'))).offers).toEqual([
    { key: 'first', payload: { headline: 'VIP' }, reason: 'chosen' },
  ])
  const recorded = await decisions.recorded({ profile })
  expect(recorded.map(({ chosen }) => chosen[0])).toEqual([
    'first',
    expect.anything(),
    'hot',
    'here',
  ])
  expect(recorded.at(-1)).toMatchObject({ person: 'ada', left_out: first.left_out })
  expect((await decisions.recorded({ person: 'ada', limit: 1 })).length).toBe(1)
})

test('a trial tells of every offer why, with the answer to each part of its condition, and leaves nothing behind', async () => {
  const decisions = await open({
    banner: {
      fallback: { headline: 'Welcome' },
      offers: [
        { key: 'plain', limits: [{ most: 1, of: 'chosen', within: 'day' }] },
        {
          key: 'hot',
          label: 'Hot',
          priority: 9,
          when: {
            all: [{ field: 'counter.views', op: '>=', value: 2 }, { not: { segment: 'vips' } }],
          },
        },
      ],
    },
    off: { enabled: false, offers: [{ key: 'a' }] },
  })
  await scene.people({ tess: 'tess@x.example' })
  scene.live.note()
  await scene.send({ user: 'tess', event: 'Viewed' })
  await scene.live.settled()
  const tried = await decisions.tryOut('banner', ask('tess'))
  expect(problemsOf(triedSchema, tried)).toEqual([])
  expect(tried).toMatchObject({
    state: 'offers',
    person: 'known',
    offers: [
      {
        key: 'hot',
        label: 'Hot',
        priority: 9,
        reason: 'not_meant',
        asked: {
          says: 'all of these hold',
          holds: false,
          parts: [
            { says: 'counter › views is at least 2', holds: false, value: 1 },
            {
              says: 'this does not hold',
              holds: true,
              parts: [{ says: 'a member of the segment "vips"', holds: false }],
            },
          ],
        },
      },
      { key: 'plain', priority: 0, reason: 'chosen' },
    ],
    fallback: { headline: 'Welcome' },
  })
  await decisions.tryOut('banner', ask('tess'))
  expect(await decisions.recorded({ decision: 'banner' })).toEqual([])
  expect((await decisions.decide('banner', ask('tess'))).offers).toHaveLength(1)
  expect((await decisions.tryOut('banner', ask('tess'))).offers[1]).toMatchObject({
    reason: 'limit',
    why: 'chosen once in a day',
  })
  // A draft, somebody whom nobody knows, and one that is switched off.
  const body: DecisionBody = {
    offers: [{ key: 'b', when: { field: 'counter.views', op: '=', value: 1 } }],
  }
  expect(await decisions.tryOut('new', { ...ask('tess'), body })).toMatchObject({
    decision: 'new',
    offers: [{ key: 'b', reason: 'chosen', asked: { holds: true, value: 1 } }],
  })
  const wrong: DecisionBody = {
    offers: [{ key: 'b', when: { field: 'counter.view', op: '=', value: 1 } }],
  }
  expect(await codeOf(decisions.tryOut('new', { ...ask('tess'), body: wrong }))).toBe(
    'decision.unsound',
  )
  const stranger: Asked = { by: 'email', email: 'nobody@x.example' }
  expect(await decisions.tryOut('off', { ...ask(''), asked: [stranger] })).toMatchObject({
    person: 'nobody',
    offers: [{ key: 'a', reason: 'chosen' }],
  })
  expect(await codeOf(decisions.decide('off', ask('tess')))).toBe('decision.unknown')
  expect(await codeOf(decisions.tryOut('gone', ask('tess')))).toBe('decision.unknown')
})

test('what was decided is read page by page, also what became of one offer', async () => {
  const decisions = await open({
    banner: {
      limit: 2,
      fallback: {},
      offers: [{ key: 'a' }, { key: 'b', when: { field: 'counter.views', op: '>=', value: 1 } }],
    },
  })
  const ids = []
  for (const who of ['pia', 'pia', 'pia', 'tom', 'tom'])
    ids.unshift((await decisions.decide('banner', ask(who))).id)
  const [newest = '', , , , oldest = ''] = ids
  await decisions.note('shown', oldest, { by: 'caller' })
  const idsOf = async (of: RecordedQuery) =>
    (await decisions.recorded({ decision: 'banner', ...of })).map(({ id }) => id)
  const first = await idsOf({ limit: 2 })
  const second = await idsOf({ limit: 2, before: first[1] ?? '' })
  const third = await idsOf({ limit: 2, before: second[1] ?? '' })
  expect([...first, ...second, ...third]).toEqual(ids)
  expect(await idsOf({ before: oldest })).toEqual([])
  expect(await idsOf({ before: 'gone' })).toEqual([])
  expect(await idsOf({ offer: 'a' })).toEqual(ids)
  expect(await idsOf({ offer: 'b' })).toEqual([])
  expect(await idsOf({ offer: 'a', outcome: 'shown' })).toEqual([oldest])
  expect(await idsOf({ outcome: 'clicked' })).toEqual([])
  expect(await idsOf({ state: 'offers', person: 'tom', limit: 1 })).toEqual([newest])
})

test('several are given where they are asked for, and the fallback where there are none', async () => {
  const decisions = await open({
    both: { limit: 2, offers: [{ key: 'a' }, { key: 'b' }, { key: 'c' }] },
    none: { fallback: { text: 'hello' }, offers: [{ key: 'a', when: { segment: 'vips' } }] },
    off: { enabled: false, offers: [{ key: 'a' }] },
  })
  expect(keysOf((await decisions.decide('both', ask('new'))).offers)).toEqual(['a', 'b'])
  expect(keysOf((await decisions.decide('both', ask('new', { limit: 1 }))).offers)).toEqual(['a'])
  expect(await decisions.decide('none', ask('new'))).toMatchObject({
    state: 'fallback',
    offers: [],
    fallback: { text: 'hello' },
  })
  const stranger = {
    asked: [{ by: 'email', email: 'who@x.example' }],
    context: {},
    by: 'caller',
  } as const
  expect(keysOf((await decisions.decide('both', stranger)).offers)).toEqual(['a', 'b'])
  expect(await codeOf(decisions.decide('off', ask('new')))).toBe('decision.unknown')
  expect(await codeOf(decisions.decide('both', ask('new', { by: 'page' })))).toBe(
    'decision.not_public',
  )
})

test('limits count for a person through merges and at once, and end with their span', async () => {
  const limits = [
    { most: 2, of: 'chosen', within: 'day' },
    { most: 1, of: 'clicked', within: 'total' },
  ] as const
  const decisions = await open({ ad: { offers: [{ key: 'buy', limits: [...limits] }] } })
  const state = async (id: string) => (await decisions.decide('ad', ask(id))).state
  await scene.people({ lea: 'lea@x.example', 'lea-phone': 'other@x.example' })
  scene.live.note()
  scene.live.touched('all')
  // Four at the same time, of which two may.
  const states = await Promise.all([1, 2, 3, 4].map(() => state('lea')))
  expect(states.toSorted()).toEqual(['fallback', 'fallback', 'offers', 'offers'])
  expect(await state('lea-phone')).toBe('offers')
  await scene.people({ lea: 'lea@x.example', 'lea-phone': 'lea@x.example' })
  scene.live.note()
  scene.live.touched('all')
  await state('lea-phone')
  await scene.live.settled()
  await state('lea-phone')
  await scene.live.settled()
  const merged = await decisions.decide('ad', ask('lea-phone'))
  expect(merged.left_out).toEqual([{ key: 'buy', reason: 'limit', why: 'chosen 2 times in a day' }])
  scene.clock.move(day)
  const { id } = await decisions.decide('ad', ask('lea'))
  expect([
    await decisions.note('clicked', id, { by: 'caller' }),
    await decisions.note('clicked', id, { by: 'caller' }),
  ]).toEqual([1, 0])
  scene.clock.move(2 * day)
  expect((await decisions.decide('ad', ask('lea-phone'))).left_out).toMatchObject([
    { why: 'clicked once' },
  ])
})

test('what was shown and clicked is counted once, by offer and day, and outlives what is forgotten', async () => {
  const decisions = await open(
    { page: { public: true, limit: 2, offers: [{ key: 'a' }, { key: 'b' }] } },
    day,
  )
  const { id } = await decisions.decide('page', ask('eve'))
  const note = (outcome: 'shown' | 'clicked', offers?: readonly string[]) =>
    decisions.note(outcome, id, { offers, by: 'page' })
  expect(await note('shown')).toBe(2)
  expect(await note('shown', ['a'])).toBe(0)
  scene.clock.move(day)
  expect(await note('clicked', ['b'])).toBe(1)
  expect(await codeOf(note('clicked', ['z']))).toBe('decision.unknown_offer')
  expect(await codeOf(decisions.note('shown', 'nothing', { by: 'page' }))).toBe(
    'decision.unknown_record',
  )
  expect(await decisions.recorded({ decision: 'page' })).toMatchObject([
    { id, shown: ['a', 'b'], clicked: ['b'] },
  ])
  scene.clock.move(hour)
  const later = decisions.again()
  await later.start()
  await later.stop()
  expect(await later.recorded({ decision: 'page' })).toEqual([])
  const report = await later.report('page', 30)
  expect(report.offers).toEqual([
    { offer: 'a', chosen: 1, shown: 1, clicked: 0 },
    { offer: 'b', chosen: 1, shown: 1, clicked: 1 },
  ])
  expect(report.days).toHaveLength(3)
  expect(await later.list()).toMatchObject([{ key: 'page', chosen: 2, shown: 2, clicked: 1 }])
})

test('nobody is given an offer whose purpose they have refused, from the moment on at which they do', async () => {
  const news = { channel: 'email', purpose: 'news', basis: 'unless_refused' } as const
  const decisions = await open({
    page: {
      limit: 5,
      consent: news,
      offers: [
        { key: 'usual' },
        { key: 'asked', consent: { ...news, basis: 'required' } },
        { key: 'other', consent: { ...news, purpose: 'survey' } },
      ],
    },
  })
  await scene.people({ eva: 'eva@x.example' })
  scene.live.note()
  await scene.live.settled()
  await scene.engine.change('consents', (writer) =>
    shapeModelTable(writer, modelOf([]).get('contact_point_consent'), []),
  )
  const chosen = async (asked: Asked) => {
    const { offers, left_out, profile } = await decisions.decide(
      'page',
      ask('', { asked: [asked] }),
    )
    const whys = left_out.map(({ key, reason, why }) => `${key}: ${reason}, ${why}`)
    return { offers: keysOf(offers), whys, profile }
  }
  const before = await chosen(user('eva'))
  expect(before).toMatchObject({
    offers: ['usual', 'other'],
    whys: ['asked: no_consent, no consent to email for news is known'],
  })
  const say = (of: { profile: string | null; point: string | null; status: string; day: string }) =>
    scene.engine.change('saying', ({ run }) =>
      run(sql`insert into model.contact_point_consent (_profile, individual_id__key, contact_point, channel, purpose, status, effective_from)
        values (${value(of.profile && BigInt(of.profile), 'integer')}, 1, ${value(of.point, 'text')}, 'email', 'news', ${value(of.status)},
        ${value(of.day, 'timestamp')})`),
    )
  await say({
    profile: before.profile ?? '',
    point: null,
    status: 'opt_out',
    day: '2026-02-01T00:00:00Z',
  })
  const why = 'email for news was refused on 2026-02-01'
  expect(await chosen(user('eva'))).toMatchObject({
    offers: ['other'],
    whys: [`usual: no_consent, ${why}`, `asked: no_consent, ${why}`],
  })
  expect(await decisions.recorded({ decision: 'page', limit: 1 })).toMatchObject([
    {
      chosen: ['other'],
      left_out: [{ key: 'usual', reason: 'no_consent', why }, { key: 'asked' }],
    },
  ])
  await say({
    profile: before.profile ?? '',
    point: null,
    status: 'opt_in',
    day: '2026-02-02T00:00:00Z',
  })
  expect((await chosen(user('eva'))).offers).toEqual(['usual', 'asked', 'other'])
  // Somebody who is not known is asked for by the address that was told.
  await say({
    profile: null,
    point: 'gone@x.example',
    status: 'opt_out',
    day: '2026-02-01T00:00:00Z',
  })
  expect((await chosen({ by: 'email', email: 'Gone@x.example' })).offers).toEqual(['other'])
  expect((await chosen({ by: 'email', email: 'new@x.example' })).offers).toEqual(['usual', 'other'])
})

test('the same share of people is held out, always', async () => {
  const decisions = await open({
    test: { holdout_percent: 30, fallback: { x: 1 }, offers: [{ key: 'a' }] },
  })
  const states = () =>
    Promise.all(
      Array.from(
        { length: 300 },
        async (_, i) => (await decisions.decide('test', ask(`h${i}`))).state,
      ),
    )
  const first = await states()
  expect(await states()).toEqual(first)
  const share = first.filter((state) => state === 'held_out').length / first.length
  expect(share).toBeGreaterThan(0.22)
  expect(share).toBeLessThan(0.38)
})

test('everything that is wrong is told at once, each with its place', () => {
  const kinds = [decisionKind(around), counterKind(() => [])]
  const { plan } = trial(
    kinds,
    `kind: decision
key: wrong
context: { page: text }
offers:
  - { key: a, when: { all: [{ field: context.pag, op: '=', value: x }] } }
  - { key: a, when: { field: context.page, op: '>', value: x } }
  - { key: b, starts: 2026-02-01, ends: 2026-01-01, when: { related: sales_order } }
`,
  )
  expect(plan.problems.map(({ code, at }) => `${code} ${at.replace(/^\S+ /, '')}`)).toEqual([
    'live.unknown_fact offers[0].when',
    'decision.duplicate_offer offers[1].key',
    'segments.unfit_operator offers[1].when.op',
    'decision.never offers[2].ends',
    'live.not_live offers[2].when',
  ])
})
