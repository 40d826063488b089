import { setTimeout as sleep } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { column, sql, table, value } from '#engine'
import { linkTable } from '#identity'
import { type InsightShape, insightTable } from '#insights'
import { Fault } from '#kernel/fault.ts'
import { problemsOf } from '#kernel/read.ts'
import { modelTable } from '#model'
import { publish } from '#segments'
import { liveSchema } from './api.ts'
import { type Asked, askedFrom } from './asked.ts'
import { type Counter, windowMs } from './definition.ts'
import { type LiveScene, liveScene, site } from './testing/index.ts'

const counter = (key: string, window: string, event?: string): Counter => ({
  key,
  body: {
    event: site,
    window,
    ...(event === undefined ? {} : { where: { field: 'event', op: '=', value: event } }),
  },
})
const counters = [
  counter('views_hour', '1 hour', 'Viewed'),
  counter('views_ever', 'total', 'Viewed'),
  counter('all_day', '1 day'),
]
// What is known of products is nobody's.
const ofProducts: InsightShape = {
  key: 'sold',
  label: 'Sold',
  on: 'product',
  dimensions: ['product_id'],
  reads: [],
  measures: new Map([['pieces', 'number']]),
  query: { text: '', part: sql``, reads: [], columns: [], lineage: {} },
}
const scene = await liveScene({ insights: [ofProducts] })
await scene.engine.change('sold', ({ run }) =>
  run(sql`create table ${insightTable('sold')} as select 7 as product_id, 1.5 as pieces`),
)
await scene.count(counters)

const codeOf = async (work: Promise<unknown>) =>
  work.then(
    () => 'none',
    (thrown) => (thrown instanceof Fault ? thrown.code : String(thrown)),
  )
const byUser = (id: string): Asked => ({ by: 'id', id, source: undefined })

test('a profile by any identifier, with what has come since', async () => {
  const { live, people, send, toLake, engine } = scene
  await people({ ada: 'Ada@X.example', 'browser-1': 'ada@x.example', bob: 'bob@x.example' })
  await send({ user: 'ada', event: 'Viewed', properties: { price: 5 }, id: 'first' })
  await toLake()
  live.touched('all')
  live.note()
  await send(
    { anonymous: 'browser-1', event: 'Viewed', properties: { price: 7 }, id: 'second' },
    // The same once more.
    { anonymous: 'browser-1', event: 'Viewed', properties: { price: 7 }, id: 'second' },
  )
  await live.settled()
  const ada = await live.read(askedFrom({ email: ' ADA@x.example' }))
  expect(problemsOf(liveSchema, ada)).toEqual([])
  expect(ada).toMatchObject({
    state: 'known',
    attributes: { first_name: expect.stringContaining('name') },
    contact_points: { emails: ['ada@x.example'], phones: [] },
    counters: { views_hour: 2, views_ever: 2, all_day: 2 },
    events: [
      { id: 'second', name: 'Viewed', values: { price: 7 } },
      { id: 'first', name: 'Viewed', values: { price: 5 } },
    ],
    as_of: { is_being_read_again: false },
  })
  const { profile = '', as_of: asOf } = ada
  expect(asOf.seen).toBe(asOf.accepted)
  expect(asOf.waiting).toBeGreaterThanOrEqual(2)
  for (const asked of [
    { user: 'ada' },
    { anonymous: 'browser-1', source: site },
    { record: 'site:browser-1' },
    { profile },
  ])
    expect((await live.read(askedFrom(asked))).profile).toBe(profile)
  await publish(engine, {
    segment: 'vips',
    who: sql`select ${value(BigInt(profile))} as profile`,
    at: scene.clock.now(),
  })
  live.touched([profile])
  await live.read(askedFrom({ profile }))
  await live.settled()
  expect((await live.read(askedFrom({ profile }))).segments).toMatchObject([{ key: 'vips' }])
})

test('nothing is followed for nobody, and nothing is missing once somebody asks', async () => {
  const live = await scene.restart({ idleMs: 1500 })
  expect(live.status()).toMatchObject({ is_resting: true, people: 0 })
  await scene.send({ user: 'rare', event: 'Viewed' })
  expect(await live.read(byUser('rare'))).toMatchObject({ counters: { views_ever: 1 } })
  expect(live.status()).toMatchObject({ is_resting: false, people: 1 })
  await sleep(1600)
  await scene.send({ user: 'rare', event: 'Viewed' })
  await expect
    .poll(live.status, { timeout: 20_000 })
    .toMatchObject({ is_resting: true, people: 0, waiting_events: 0 })
  await scene.toLake()
  await scene.send({ user: 'rare', event: 'Viewed' })
  expect(await live.read(byUser('rare'))).toMatchObject({ counters: { views_ever: 3 } })
})

test('somebody whom only events name has a live profile too', async () => {
  await scene.send({ anonymous: 'nobody-yet', event: 'Viewed' })
  await scene.live.settled()
  expect(await scene.live.read(byUser('nobody-yet'))).toMatchObject({
    state: 'new',
    counters: { views_ever: 1 },
    events: [{ name: 'Viewed' }],
  })
})

test('refuses who is not known, who is several, and what says nobody or two', async () => {
  const { live, people } = scene
  expect(await codeOf(live.read(byUser('never seen')))).toBe('live.nobody')
  expect(await codeOf(live.read(askedFrom({ email: 'none@x.example' })))).toBe('live.nobody')
  expect(() => askedFrom({})).toThrow('0 were given')
  expect(() => askedFrom({ email: 'a@b.c', user: 'u' })).toThrow('2 were given')
  expect(() => askedFrom({ record: 'nothing' })).toThrow('source:id')
  await people({ x1: 'one@x.example', x2: 'two@x.example' })
  await scene.engine.change('a shared address', (writer) =>
    writer.run(
      sql`update ${table('unified', 'term_individual')} set ${column('value')} = 'same@x.example' where kind = 'email'`,
    ),
  )
  expect(await codeOf(live.read(askedFrom({ email: 'same@x.example' })))).toBe('live.several')
})

// --- whatever happens, live counters are those of a recount in SQL over the lake ---

const ids = ['a', 'b', 'c', 'd'] as const
const oneOf = fc.constantFrom
const event = fc.record({
  kind: fc.constant('event' as const),
  who: oneOf(...ids),
  as: oneOf('user', 'anonymous'),
  event: oneOf('Viewed', 'Bought'),
  lateMs: oneOf(0, 0, 60_000, 3_500_000, 3_700_000, 90_000_000),
  isTwice: fc.boolean(),
})
const happening = fc.oneof(
  { arbitrary: event, weight: 6 },
  fc.record({
    kind: fc.constant('people' as const),
    emails: fc.record(Object.fromEntries(ids.map((id) => [id, oneOf('x@x.de', 'y@x.de')]))),
  }),
  fc.record({ kind: fc.constant('lake' as const) }),
  fc.record({ kind: fc.constant('passes' as const), ms: oneOf(1000, 1_800_000, 40_000_000) }),
  fc.record({ kind: fc.constant('read' as const), who: oneOf(...ids) }),
  // Room for everybody, or for one or two only.
  fc.record({
    kind: fc.constant('restart' as const),
    mostBytes: oneOf(1e7, 8000),
    idleMs: oneOf(60_000, 10),
  }),
  // Long enough for some to be forgotten because nobody asks.
  fc.record({ kind: fc.constant('silence' as const) }),
)

async function recount({ engine, clock }: LiveScene, profile: string) {
  const counts: Record<string, number> = {}
  for (const { key, body } of counters) {
    const span = windowMs(body)
    const [row] = await engine.rows(sql`select count(*) as n from ${table('lake', site)} e
      join ${modelTable('individual')} r on r.id = coalesce(e.user_id, e.anonymous_id)
      join ${linkTable('individual')} l on l.record = r._key
      where l.profile = ${value(BigInt(profile))}
        and (${value(body.where === undefined)} or e.event = 'Viewed')
        and (${value(span === undefined)} or epoch_ms(least(e.timestamp, e.received_at)) > ${value(clock.now().getTime() - (span ?? 0))})`)
    counts[key] = Number(row?.['n'])
  }
  return counts
}

type Happening = typeof happening extends fc.Arbitrary<infer One> ? One : never

/** Lets things happen to people whose ids begin alike, as seen by one reader after the other; the last of these. */
async function happen(all: readonly Happening[], prefix: string) {
  let live = await scene.restart()
  const people = async (emails: Readonly<Record<string, string>>) => {
    const given = ids.map((id) => [prefix + id, `${prefix}${emails[id] ?? id}`])
    await scene.people(Object.fromEntries(given))
    live.touched('all')
    live.note()
  }
  const send = ({ who, as, isTwice, event: name, lateMs }: Read<'event'>) => {
    const said = { event: name, lateMs, id: `${prefix}${Math.random()}`, [as]: prefix + who }
    return scene.send(...(isTwice ? [said, said] : [said]))
  }
  await people({})
  for (const one of all) {
    switch (one.kind) {
      case 'event':
        await send(one)
        break
      case 'people':
        await people(one.emails)
        break
      case 'lake':
        await scene.toLake()
        break
      case 'passes':
        scene.clock.move(one.ms)
        break
      case 'read':
        await live.read(byUser(prefix + one.who))
        break
      case 'restart':
        await live.stop()
        live = await scene.restart(one)
        break
      case 'silence':
        await sleep(15)
    }
  }
  return live
}
type Read<Kind extends Happening['kind']> = Extract<Happening, { kind: Kind }>

test('counters are those of a recount, through merges, splits, late and double events, and restarts', async () => {
  let [n, merged] = [0, 0]
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { minLength: 8, maxLength: 25 }), async (all) => {
      const prefix = `p${++n}-`
      const live = await happen(all, prefix)
      await scene.send({ user: `${prefix}a`, event: 'Viewed' })
      const readAll = async () => {
        await live.settled()
        return Promise.all(ids.map((id) => live.read(byUser(prefix + id))))
      }
      // Identifiers and people that have changed are read again a moment later.
      await readAll()
      await readAll()
      const before = await readAll()
      await scene.toLake()
      for (const { profile = '', counters: told, records } of before) {
        expect(told).toEqual(await recount(scene, profile))
        if (records.length > 1) merged++
      }
      expect(live.status().differences).toBe(0)
      await live.stop()
    }),
    { numRuns: 12 },
  )
  expect(merged).toBeGreaterThan(0)
}, 180_000)
