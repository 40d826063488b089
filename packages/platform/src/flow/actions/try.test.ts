import { expect, onTestFinished, test } from 'vitest'
import { catalogueOf } from '#definitions'
import { join, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { prepareInsights } from '#insights'
import { profileId, setPeople, setRows } from '#insights/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import { modelOf } from '#model'
import { prepareSegments, publish } from '#segments'
import { memoryStore } from '#store/testing'
import type { ActionBody } from './definition.ts'
import { actionMigrations } from './records.ts'
import { prepareActions } from './tables.ts'
import { houseOf, webhookTo } from './testing/house.ts'
import { type TryAsked, tryAction } from './try.ts'

const engine = await memoryEngine()
await prepareLake(engine)
await prepareInsights(engine)
await prepareSegments(engine)
await prepareActions(engine)

const id = (n: number) => String(profileId(n))
await setPeople(
  engine,
  [1, 2, 3].map((n) => ({ profile: profileId(n), first_name: `name ${n}` })),
)
await setRows(engine, 'contact_point_consent', [
  {
    profile: profileId(3),
    individual_id__key: 3,
    channel: 'email',
    purpose: 'news',
    status: 'opt_out',
  },
])
await setRows(
  engine,
  'sales_order',
  [
    [1, 1, '500'],
    [2, 2, '50'],
  ].map(([n, of, amount]) => ({
    id: `o${n}`,
    _key: BigInt(Number(n)),
    _position: Number(n),
    profile: profileId(Number(of)),
    grand_total_amount: String(amount),
    purchased_at: '2026-02-10T09:00:00Z',
  })),
)

let position = 0
const members = async (at: string, segment: string, ...who: readonly number[]) => {
  const ids = join(who.map((n) => sql`(${value(profileId(n))})`))
  const query =
    who.length === 0
      ? sql`select profile from (values (0)) who(profile) where false`
      : sql`select profile from (values ${ids}) who(profile)`
  const done = await publish(engine, { segment, who: query, at: new Date(at) })
  position = Math.max(position, done.position)
}
await members('2026-03-01T12:00:00Z', 'vips', 1)
await members('2026-03-08T12:00:00Z', 'vips', 1, 2)
await members('2026-03-08T13:00:00Z', 'vips', 1)
await members('2026-03-08T14:00:00Z', 'vips', 1, 2)
await members('2026-03-09T23:30:00Z', 'vips', 1, 2, 3)
await members('2026-03-08T12:30:00Z', 'unhappy', 2)

const clock = stoppedClock(new Date('2026-03-10T12:00:00Z'))
const entered: ActionBody = {
  when: { segment: 'vips', change: 'entered' },
  often: 'each',
  attributes: [{ as: 'Name', profile: 'first_name' }],
  target: webhookTo('https://example.com'),
}

const ground = {
  engine,
  model: async () => modelOf([]),
  insights: async () => [],
  membersOf: async () => 'individual',
  keysOf: async () => [],
  segmentPositions: async () =>
    new Map([
      ['vips', position],
      ['unhappy', position],
    ]),
  profileOf: async () => undefined,
  now: clock.now,
}

const tried = (more: Partial<ActionBody>, asked: Partial<TryAsked> = {}) =>
  tryAction(
    {
      ...ground,
      ground,
      clock,
      forms: [],
      destinations: [],
      catalogue: async () => catalogueOf([]),
    },
    {
      action: { key: 'draft', body: { ...entered, ...more } },
      since: new Date('2026-03-05T00:00:00Z'),
      signal: AbortSignal.timeout(10_000),
      ...asked,
    },
  )

test('of the last days, who would have fired is shown with what would have been sent', async () => {
  const { met, states, firings, over } = await tried({})
  expect({ met, states, over }).toEqual({ met: 3, states: { sent: 3 }, over: 'the past' })
  expect(firings.map(({ profile, happened_at }) => [profile, happened_at])).toEqual([
    [id(3), '2026-03-09T23:30:00.000Z'],
    [id(2), '2026-03-08T14:00:00.000Z'],
    [id(2), '2026-03-08T12:00:00.000Z'],
  ])
  expect(JSON.parse(firings[0]?.body ?? '')).toMatchObject({
    action: 'draft',
    firings: [{ profile_id: id(3), data: { Name: 'name 3' } }],
  })
  expect(await tried({}, { since: new Date('2026-02-01T00:00:00Z') })).toMatchObject({ met: 4 })
  expect(await tried({}, { profile: id(3) })).toMatchObject({ met: 1, states: { sent: 1 } })
})

test('who would have been held back is told with the reason', async () => {
  const cooled = await tried({ cool_down: '1 day' })
  expect(cooled.states).toEqual({ sent: 2, cooled: 1 })
  expect(cooled.firings.find(({ state }) => state === 'cooled')).toMatchObject({
    profile: id(2),
    reason: expect.stringContaining('2026-03-08T12:00:00.000Z'),
  })
  const night = { time_zone: 'UTC', from: '22:00', to: '08:00', meanwhile: 'drop' } as const
  expect((await tried({ quiet_hours: night })).states).toEqual({ sent: 2, quiet: 1 })
  const waits = await tried({ quiet_hours: { ...night, meanwhile: 'wait' } })
  expect(waits.firings[0]).toMatchObject({ state: 'sent', due_at: '2026-03-10T08:00:00.000Z' })
  expect((await tried({ at_most_per_hour: 1 })).states).toEqual({ sent: 3 })
  const asked = await tried({
    consent: { channel: 'email', purpose: 'news', basis: 'unless_refused' },
  })
  expect(asked.states).toEqual({ sent: 2, no_consent: 1 })
  expect(asked.told).toContain('consent is that of this moment, not of then')
})

test('what suppresses it cancels what was still waiting then, and nothing that had been sent', async () => {
  const suppress = [{ when: { segment: 'unhappy', change: 'entered' }, within: '1 day' }] as const
  const soon = await tried({ suppress: [...suppress], after: '10 minutes' })
  expect(soon.states).toEqual({ sent: 3 })
  const late = await tried({ suppress: [...suppress], after: '2 hours' })
  expect(late.states).toEqual({ sent: 2, suppressed: 1 })
  expect(late.firings.find(({ state }) => state === 'suppressed')).toMatchObject({
    happened_at: '2026-03-08T12:00:00.000Z',
  })
})

test('of rows, which leave no trace in time, all that hold now are shown, and nothing is remembered', async () => {
  const where = { field: 'grand_total_amount', op: '>=', value: 100 } as const
  const rows = () =>
    tried({
      when: { row: 'sales_order', change: 'created', where },
      attributes: [{ as: 'amount', field: 'grand_total_amount' }],
    })
  const first = await rows()
  expect(first).toMatchObject({ met: 1, over: 'now', states: { sent: 1 } })
  expect(first.firings[0]?.profile).toBe(id(1))
  expect(JSON.parse(first.firings[0]?.body ?? '').firings[0].data).toEqual({ amount: 500 })
  expect(await rows()).toEqual(first)
})

test('a rule that cannot be is refused with its places', async () => {
  const store = await memoryStore({ actions: actionMigrations })
  const events = await temporaryLog()
  onTestFinished(async () => {
    await events.close()
    await store.close()
  })
  const refuse = () => Promise.reject(new Error('nothing is sent'))
  const outgoing = { send: refuse, receive: refuse, connect: refuse }
  const { actions } = houseOf({ engine, store, events, folder: '/nowhere' }, { outgoing })
  await expect(
    actions.tryOut({ body: entered }, AbortSignal.timeout(10_000)),
  ).rejects.toMatchObject({ problems: [{ at: 'when.segment' }] })
})
