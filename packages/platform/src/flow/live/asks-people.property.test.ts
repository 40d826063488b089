import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { type ActionBody, actionMigrations, makeActions, prepareActions } from '#actions'
import { catalogueOf } from '#definitions'
import { sql, value } from '#engine'
import { silentLog } from '#kernel/log.ts'
import { modelOf } from '#model'
import { publish } from '#segments'
import { memoryStore } from '#store/testing'
import { asksPeople } from './asks-people.ts'
import { factFieldsIn } from './facts.ts'
import { liveScene, site } from './testing/index.ts'

const scene = await liveScene()
const viewed = { field: 'event', op: '=', value: 'Viewed' } as const
const around = {
  modelIn: () => modelOf([]),
  shapesIn: () => ({ shapes: new Map(), problems: new Map() }),
}
const counters = [
  { key: 'ever', body: { event: site, where: viewed, window: 'total' } },
  { key: 'hour', body: { event: site, where: viewed, window: '1 hour' } },
]
await scene.count(counters)
await prepareActions(scene.engine)
// Two ids are one person, a third another; the fourth is nobody whom the set lane knows.
await scene.people({ ada: 'ada@x.example', browser: 'ada@x.example', bob: 'bob@x.example' })
scene.live.note()
const signal = () => AbortSignal.timeout(120_000)

const rule = (of: Pick<ActionBody, 'often'> & { who: object }): ActionBody => ({
  often: of.often,
  // The reader of definitions has checked such conditions; here they are written out.
  when: { event: site, where: viewed, who: of.who } as ActionBody['when'],
  attributes: [{ as: 'Id', field: 'message_id' }],
  target: { webhook: { url: 'https://hooks.example/in', secret: { secret: 'key' } } },
})
const rules = {
  third: rule({ often: 'each', who: { field: 'counter.ever', op: '=', value: 3 } }),
  eager: rule({ often: 'each', who: { field: 'counter.hour', op: '>=', value: 2 } }),
  vips: rule({ often: 'each', who: { segment: 'vips' } }),
  others: rule({
    often: 'each',
    who: { all: [{ not: { segment: 'vips' } }, { field: 'first_name', op: 'is_filled' }] },
  }),
}
const definitions = [
  ...Object.entries(rules).map(([key, body]) => ({ kind: 'action', key, body })),
  ...counters.map((one) => ({ kind: 'live_counter', ...one })),
  { kind: 'segment', key: 'vips', body: { label: 'VIPs', on: 'individual', include: { all: [] } } },
]

/** A receiver, and actions over one store that can be stopped and begun again in either lane. */
async function house() {
  const store = await memoryStore({ actions: actionMigrations })
  const received: string[] = []
  const never = () => Promise.reject(new Error('nothing else leaves'))
  const catalogue = async () => catalogueOf(definitions)
  const begin = async (live: 'as events arrive' | 'with the set lane') => {
    const actions = makeActions({
      engine: scene.engine,
      store,
      events: scene.events,
      catalogue,
      known: { ...around, eventFields: () => undefined, problemsOfWho: () => [], forms: [] },
      model: async () => modelOf([]),
      insights: async () => [],
      segmentPositions: async () => new Map(),
      profileOf: async () => undefined,
      people: asksPeople({
        live: scene.live,
        fields: async () => factFieldsIn(await catalogue(), around),
      }),
      secrets: { get: async () => 'secret' },
      folders: { base: '/nowhere', allowed: [] },
      destinations: [],
      forms: [],
      outgoing: {
        send: async ({ body = '' }) => {
          const { action, firings } = JSON.parse(String(body))
          for (const { data } of firings) received.push(`${action} ${data.Id}`)
          return { status: 200, headers: {}, text: '' }
        },
        receive: never,
        connect: never,
      },
      clock: scene.clock,
      random: Math.random,
      log: silentLog,
      patience: { attempts: 3, firstMs: 5, mostMs: 50 },
    })
    await actions.start({ live })
    return actions
  }
  return { begin, received, close: store.close }
}

const step = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      user: fc.constantFrom('ada', 'browser', 'bob', 'stranger'),
      event: fc.constantFrom('Viewed', 'Viewed', 'Left'),
    }),
  },
  { weight: 4, arbitrary: fc.constantFrom('lake', 'look', 'later', 'live', 'set') },
)

/** Everything that people did so far, and which facts are to be told of it. */
function oracle() {
  const before: { readonly person: string; readonly at: number }[] = []
  return (user: string, id: string): readonly string[] => {
    const person = user === 'browser' ? 'ada' : user
    const now = scene.clock.now().getTime()
    before.push({ person, at: now })
    const own = before.filter((of) => of.person === person)
    const inHour = own.filter(({ at }) => at > now - 3_600_000)
    const holds = {
      third: own.length === 3,
      eager: inHour.length >= 2,
      vips: person === 'ada',
      others: person === 'bob',
    }
    return Object.entries(holds).flatMap(([key, isMet]) => (isMet ? [`${key} ${id}`] : []))
  }
}

let sent = 0
test('whatever lane decides when, each fact is told once: who, which rule, which event', async () => {
  const { profile = '' } = await scene.live.person({ by: 'id', id: 'ada', source: site })
  const who = sql`select ${value(BigInt(profile))} as profile`
  await publish(scene.engine, { segment: 'vips', who, at: scene.clock.now() })
  // What has changed is read in the background, once somebody asks.
  scene.live.touched([profile])
  await scene.live.person({ by: 'profile', id: profile })
  await scene.live.settled()
  const factsOf = oracle()

  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), async (steps) => {
      const { begin, received, close } = await house()
      let actions = await begin('as events arrive')
      const expected: string[] = []
      const restart = async (live: Parameters<typeof begin>[0]) => {
        await actions.stop()
        actions = await begin(live)
      }
      const look = async () => {
        for (const key of Object.keys(rules)) await actions.look(key, signal())
      }
      const happen = async ({ user, event }: { readonly user: string; readonly event: string }) => {
        const id = `p${++sent}`
        await scene.send({ user, event, id })
        if (event === 'Viewed') expected.push(...factsOf(user, id))
      }
      const works = {
        lake: scene.toLake,
        later: async () => scene.clock.move(25 * 60_000),
        look,
        live: () => restart('as events arrive'),
        set: () => restart('with the set lane'),
      }
      for (const one of steps) await (typeof one === 'string' ? works[one]() : happen(one))
      await actions.stop()
      await scene.toLake()
      actions = await begin('with the set lane')
      await look()
      await actions.drain(signal())
      await actions.stop()
      await close()
      expect(received.toSorted()).toEqual(expected.toSorted())
    }),
    { numRuns: 8 },
  )
}, 240_000)

test('the counters of the event itself decide as it arrives, before it is in the lake', async () => {
  const { begin, received, close } = await house()
  const actions = await begin('as events arrive')
  for (const id of ['z1', 'z2', 'z3', 'z4'])
    await scene.send({ anonymous: 'zoe', event: 'Viewed', id })
  await vi.waitFor(() => expect(received).toHaveLength(4), { timeout: 120_000, interval: 10 })
  expect(received.toSorted()).toEqual(['eager z2', 'eager z3', 'eager z4', 'third z3'])
  const lanes = (await actions.firings({})).map(({ lane }) => lane)
  expect(new Set(lanes)).toEqual(new Set(['live']))
  await actions.stop()
  await close()
}, 150_000)
