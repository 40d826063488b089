import { setTimeout as wait } from 'node:timers/promises'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import { sql, table, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { type Clock, stoppedClock, systemClock } from '#kernel/clock.ts'
import { modelOf, modelTable } from '#model'
import { memoryStore } from '#store/testing'
import type { ActivationTools } from './activations.ts'
import type { ActivationBody, DestinationBody, Limits } from './definition.ts'
import { defineDestination, type PayloadRow } from './destination.ts'
import { fileDefinition } from './destinations/file/definition.ts'
import { activationMigrations, type Ledger } from './records.ts'
import { activationsOver, definitionsOf, knownAround } from './testing/house.ts'
import {
  addPeople,
  enter,
  giveOrders,
  leave,
  makeTables,
  opt,
  profileId,
  rename,
} from './testing/world.ts'

const engine = await memoryEngine()
await makeTables(engine)
await addPeople(engine, 1, 20)
const signal = () => AbortSignal.timeout(10_000)

/** A receiver in this process that takes rows, or says no for as long as it is told to. */
function makeReceiver(batchSize = 100) {
  const received: PayloadRow[] = []
  const batches: (readonly PayloadRow[])[] = []
  const state: { fails: string | undefined; refuses: boolean } = {
    fails: undefined,
    refuses: false,
  }
  const times: number[] = []
  const destination = defineDestination({
    ...fileDefinition,
    // Files stand beside newer ones; what is received here takes the place of what was.
    guarantee: 'once by key',
    batchSize: () => batchSize,
    async deliver(batch, _, { pace }) {
      await pace(batch.members)
      times.push(performance.now())
      if (state.fails !== undefined) {
        return { result: state.refuses ? 'refused' : 'try again', why: state.fails }
      }
      const whole: PayloadRow[] = []
      for await (const rows of batch.rows()) whole.push(...rows)
      received.push(...whole)
      batches.push(whole)
      return { result: 'sent' }
    },
    test: () => {
      throw new Error('nobody tests it')
    },
  })
  return { received, batches, state, times, destination }
}

let number = 0

interface Given {
  readonly body?: Partial<ActivationBody>
  readonly limits?: Limits
  readonly batchSize?: number
  readonly tools?: Partial<ActivationTools>
  readonly clock?: Clock
}

/** One activation of a segment of its own, to a receiver in this process. */
async function arrange({ body = {}, limits, batchSize, tools = {}, clock }: Given = {}) {
  const segment = `segment_${++number}`
  const store = await memoryStore({ activation: activationMigrations })
  const receiver = makeReceiver(batchSize)
  const there: DestinationBody = {
    type: 'file',
    settings: { folder: 'x', format: 'csv' },
    ...(limits && { limits }),
  }
  const one: ActivationBody = {
    segment,
    destination: 'there',
    attributes: [],
    send: 'changes',
    ...body,
  }
  const catalogue = definitionsOf({ destinations: { there }, activations: { one } })
  const made = activationsOver(
    {
      engine,
      store,
      outgoing: { send: () => Promise.reject(new Error('no')) },
      catalogue: () => catalogue,
    },
    { destinations: [receiver.destination], ...(clock && { clock }), ...tools },
  )
  onTestFinished(async () => {
    await made.work.stop()
    await store.close()
  })
  const ledger = async () => {
    const { ledger } = await made.get('one')
    expect(balanceOf(ledger), 'members = delivered + filtered + waiting + dead').toBe(
      ledger.members,
    )
    return ledger
  }
  const go = async () => {
    await made.refresh('one', signal())
    await made.work.drain(signal())
    const got = receiver.received.splice(0).map(inShort)
    await ledger()
    return got.join(' ')
  }
  return { ...made, ...receiver, segment, ledger, go }
}

const balanceOf = ({ delivered, filtered, waiting, dead }: Ledger) =>
  delivered + waiting + dead + Object.values(filtered).reduce((sum, n) => sum + n, 0)

const signs: Readonly<Record<string, string>> = { entered: '+', left: '-', updated: '~' }
const inShort = ({ profile_id, change }: PayloadRow) =>
  `${signs[String(change)] ?? ''}${BigInt(String(profile_id)) - profileId(0)}`

test('who is not sent is counted once, by the reason', async () => {
  const attributes: ActivationBody['attributes'] = [
    { as: 'mail', contact_point: 'email', consent: true, required: true },
    { as: 'shout', formula: 'upper(first_name)', required: true },
  ]
  const { go, segment, ledger } = await arrange({
    body: { attributes, filter: "first_name <> 'name 4'" },
  })
  // 99 is nobody that anything is known of; 3 did not opt in; 4 is blocked; 6 has no name.
  await rename(engine, 6, null)
  await enter(engine, segment, [2, 3, 4, 6, 99])
  expect(await go()).toBe('+2')
  const filtered = { 'blocked by the filter': 3, 'no consent': 1 }
  expect(await ledger()).toMatchObject({ members: 5, queued: 1, delivered: 1, filtered })
  expect(await go()).toBe('')
  expect((await ledger()).filtered).toEqual(filtered)
  await rename(engine, 6, 'name 6')
})

test('no contact point, no consent and a failed formula are told apart', async () => {
  const attributes: ActivationBody['attributes'] = [
    { as: 'mail', contact_point: 'email', consent: true, required: true },
    { as: 'n', formula: "cast(split_part(first_name, ' ', 2) as integer)", required: true },
  ]
  const { go, segment, ledger, preview } = await arrange({ body: { attributes } })
  await rename(engine, 8, 'nobody')
  await enter(engine, segment, [2, 5, 8, 99])
  const shown = await preview('one')
  expect(await go()).toBe('+2')
  expect((await ledger()).filtered).toEqual({
    'no contact point': 1,
    'no consent': 1,
    'attribute formula failed': 1,
  })
  expect(shown).toMatchObject({ members: 1, filtered: (await ledger()).filtered })
  await rename(engine, 8, 'name 8')
})

test('a division by zero is told with its number, and never sent in silence', async () => {
  const orNothing = 'coalesce(1 / (yearly_income - 2.5), 0)'
  const asked = 'case when yearly_income <> 2.5 then 1 / (yearly_income - 2.5) end'
  const attributes: ActivationBody['attributes'] = [
    { as: 'Ratio', formula: 'round(10 / (yearly_income - 2.5))' },
    { as: 'Number', formula: orNothing },
    { as: 'Asked', formula: asked },
  ]
  const filter = '1 / (yearly_income - 5.5) < 2'
  const { go, refresh, segment, ledger, preview } = await arrange({ body: { attributes, filter } })
  await enter(engine, segment, [2, 3, 5])
  expect(await preview('one')).toMatchObject({ members: 2, undivided: { Ratio: 1 } })
  expect(await refresh('one', AbortSignal.timeout(30_000))).toMatchObject({
    undivided: { Ratio: 1 },
    note: expect.stringContaining('"Ratio" is empty for 1: its formula divides by zero'),
  })
  await go()
  expect((await ledger()).filtered).toEqual({ 'the filter divides by zero': 1 })
})

test('who opts out leaves the receiver, and comes back when they opt in again', async () => {
  const attributes: ActivationBody['attributes'] = [
    { as: 'mail', contact_point: 'email', consent: true, required: true },
  ]
  const { go, segment } = await arrange({ body: { attributes } })
  await enter(engine, segment, [10, 11])
  expect(await go()).toBe('+10')
  await opt(engine, 10, false)
  expect(await go()).toBe('-10')
  expect(await go()).toBe('')
  await opt(engine, 10, true)
  await opt(engine, 11, true)
  expect(await go()).toBe('+10 +11')
  await opt(engine, 11, false)
  await leave(engine, segment, [10, 11])
  expect(await go()).toBe('-10 -11')
  await enter(engine, segment, [11])
  expect(await go()).toBe('')
  await leave(engine, segment, [11])
  expect(await go()).toBe('')
})

test('members whose attributes changed are sent as updated, others are not', async () => {
  const attributes = [{ as: 'name', field: 'first_name' }]
  const { go, segment } = await arrange({ body: { attributes, updates: true } })
  await enter(engine, segment, [12, 13, 14])
  expect(await go()).toBe('+12 +13 +14')
  expect(await go()).toBe('')
  await rename(engine, 13, 'another')
  await leave(engine, segment, [14])
  expect(await go()).toBe('~13 -14')
  expect(await go()).toBe('')
  await rename(engine, 13, 'name 13')
  expect(await go()).toBe('~13')
})

test('of everything, who is held back is counted each time', async () => {
  const attributes: ActivationBody['attributes'] = [
    { as: 'mail', contact_point: 'email', purpose: 'work', required: true },
  ]
  const { go, segment, ledger } = await arrange({ body: { attributes, send: 'everything' } })
  await enter(engine, segment, [1, 99])
  expect(await go()).toBe('1')
  expect(await ledger()).toMatchObject({ members: 2, filtered: { 'no contact point': 1 } })
  await enter(engine, segment, [2])
  expect(await go()).toBe('1 2')
  expect(await ledger()).toMatchObject({ members: 5, filtered: { 'no contact point': 2 } })
})

test('related rows go along as a list, with fields, a condition, an order and a limit', async () => {
  const attributes: ActivationBody['attributes'] = [
    {
      as: 'orders',
      related: 'sales_order',
      fields: [
        { as: 'No', field: 'order_number' },
        { as: 'on', field: 'purchased_at' },
        { as: 'sum', field: 'grand_total_amount' },
      ],
      where: "status <> 'cancelled'",
      order: { field: 'grand_total_amount', descending: true },
      limit: 2,
    },
    { as: 'work', contact_point: 'email', purpose: 'WORK' },
    { as: 'upper', formula: "upper(first_name) || '!'" },
  ]
  const { refresh, work, received, segment } = await arrange({ body: { attributes } })
  await giveOrders(engine, 15, 4)
  await enter(engine, segment, [15, 16])
  await refresh('one', signal())
  await work.drain(signal())
  expect(received).toMatchObject([
    {
      orders: [
        { No: 'A4', on: '2026-01-04T10:00:00.000Z', sum: 40 },
        { No: 'A3', on: '2026-01-03T10:00:00.000Z', sum: 30 },
      ],
      work: '15@shop.test',
      upper: 'NAME 15!',
    },
    { orders: [], work: '16@shop.test', upper: 'NAME 16!' },
  ])
})

test('a decimal keeps its digits: as a number where that can hold them, else as text', async () => {
  const attributes: ActivationBody['attributes'] = [
    { as: 'long', formula: "cast('12345678901234.5678' as decimal)" },
    { as: 'negative', formula: "cast('-12345678901234.5600' as decimal)" },
    { as: 'short', formula: "cast('1234567.8900' as decimal)" },
    { as: 'nothing', formula: 'cast(null as decimal)' },
  ]
  const { refresh, work, received, segment, preview } = await arrange({ body: { attributes } })
  await enter(engine, segment, [16])
  const kept = {
    long: '12345678901234.5678',
    negative: -12345678901234.56,
    short: 1234567.89,
    nothing: null,
  }
  expect((await preview('one')).rows).toMatchObject([kept])
  await refresh('one', signal())
  await work.drain(signal())
  expect(received).toMatchObject([kept])
})

test('a number that JSON has no word for goes along as a text, in lists too', async () => {
  const rating = {
    label: 'Rating',
    subject_area: 'product',
    category: 'other' as const,
    fields: {
      id: { type: 'text' as const },
      individual_id: { type: 'text' as const, links_to: 'individual' },
      stars: { type: 'number' as const },
    },
  }
  const model = modelOf([{ key: 'rating', body: rating }])
  await engine.change('ratings', ({ run }) =>
    run(sql`create table ${modelTable('rating')} as select id, cast(id as double) as stars,
      row_number() over () as _position, row_number() over () as _key, cast(${value(profileId(17))} as bigint) as _profile
      from (values ('NaN'), ('Infinity'), ('-Infinity'), ('4.5'), (null)) t (id)`),
  )
  const attributes: ActivationBody['attributes'] = [
    { as: 'ratings', related: 'rating', fields: [{ as: 'stars', field: 'stars' }] },
    { as: 'worth', insight: 'lifetime_value.total' },
  ]
  await engine.change('worth', ({ run }) =>
    run(sql`update ${table('insight', 'lifetime_value')} set total = cast('Infinity' as double)
      where profile_id = ${value(profileId(17))}`),
  )
  const { refresh, work, received, segment } = await arrange({
    body: { attributes },
    tools: { known: { ...knownAround, modelIn: () => model } },
  })
  await enter(engine, segment, [17])
  await refresh('one', signal())
  await work.drain(signal())
  const [row] = received
  expect(row).toMatchObject({ worth: 'Infinity' })
  const stars = ['NaN', 'Infinity', '-Infinity', 4.5, null].map((of) => ({ stars: of }))
  expect(row?.['ratings']).toHaveLength(stars.length)
  expect(row?.['ratings']).toEqual(expect.arrayContaining(stars))
})

test('what was given up is tried again or cancelled by destination, reason, time and id', async () => {
  const clock = stoppedClock(new Date('2026-02-03T10:00:00Z'))
  const { refresh, work, retry, cancel, state, segment, ledger, deliveries, received } =
    await arrange({ batchSize: 1, clock })
  state.refuses = true
  const give = async (who: number, why: string) => {
    state.fails = why
    await enter(engine, segment, [who])
    await refresh('one', signal())
    await work.drain(signal())
    clock.move(60_000)
  }
  await give(1, 'answered 422: No such list')
  await give(2, 'answered 401')
  await give(3, 'answered 401')
  await give(4, 'answered 404')
  expect(await ledger()).toMatchObject({ members: 4, dead: 4, delivered: 0 })
  state.fails = undefined
  expect(await retry({ destination: 'there', reason: 'no such LIST' })).toBe(1)
  await work.drain(signal())
  expect(received.splice(0).map(inShort)).toEqual(['+1'])
  expect(
    await retry({
      activation: 'one',
      since: '2026-02-03T10:02:00Z',
      until: '2026-02-03T11:03+01:00',
    }),
  ).toBe(1)
  await work.drain(signal())
  expect(received.splice(0).map(inShort)).toEqual(['+3'])
  const [dead] = await deliveries('one', { state: 'dead' })
  expect(await cancel({ activation: 'one', id: dead?.id ?? '' })).toBe(1)
  expect(await ledger()).toMatchObject({ dead: 1, delivered: 2, filtered: { cancelled: 1 } })
  await expect(cancel({ activation: 'one', id: dead?.id ?? '' })).rejects.toThrow(
    'no failed delivery',
  )
  await expect(retry({ destination: 'ther' })).rejects.toThrow('did you mean "there"')
  expect(await retry({ destination: 'there' })).toBe(1)
  await work.drain(signal())
  expect(await ledger()).toMatchObject({ dead: 0, delivered: 3 })
})

test('a destination that fails again and again is left alone, probed, and spoken to again', async () => {
  const clock = stoppedClock(new Date('2026-02-03T10:00:00Z'))
  const breaker = { failures: 3, firstMs: 10_000, mostMs: 20_000 }
  const patience = { attempts: 50, firstMs: 0, mostMs: 0, breaker }
  const { refresh, work, state, segment, times, destinations, ledger } = await arrange({
    clock,
    tools: { patience, random: () => 0.5 },
  })
  state.fails = 'answered 503'
  await enter(engine, segment, [1])
  await refresh('one', signal())
  work.start()
  const until = async (attempts: number) => {
    while (times.length < attempts) await wait(2)
    await wait(20)
    expect(times).toHaveLength(attempts)
  }
  await until(3)
  expect(await destinations()).toMatchObject([
    {
      circuit: 'open',
      failures: 3,
      waiting: 1,
      dead: 0,
      reason: 'answered 503',
      until: '2026-02-03T10:00:07.500Z',
    },
  ])
  clock.move(7_500)
  expect(await destinations()).toMatchObject([{ circuit: 'half-open', until: null }])
  work.wake()
  await until(4)
  expect(await destinations()).toMatchObject([
    { circuit: 'open', failures: 4, until: '2026-02-03T10:00:22.500Z' },
  ])
  state.fails = undefined
  clock.move(15_000)
  work.wake()
  while ((await ledger()).delivered === 0) await wait(5)
  expect(await destinations()).toMatchObject([{ circuit: 'closed', failures: 0, reason: null }])
})

test('no more requests and members a second than the limits allow', async () => {
  const { refresh, work, segment, times } = await arrange({
    batchSize: 2,
    limits: { requests_per_second: 20, members_per_second: 25 },
  })
  await enter(engine, segment, [1, 2, 3, 4, 5, 6])
  await refresh('one', signal())
  await work.drain(signal())
  const gaps = times.slice(1).map((time, i) => time - (times[i] ?? 0))
  expect(gaps).toHaveLength(2)
  // Two members at 25 a second are 80 ms; timers may be a little early.
  for (const gap of gaps) expect(gap).toBeGreaterThan(75)
})

test('what is more than a day may have waits for the next', async () => {
  const clock = stoppedClock(new Date('2026-02-03T22:00:00Z'))
  const { refresh, work, segment, received, deliveries, ledger } = await arrange({
    batchSize: 2,
    clock,
    limits: { members_per_day: 3 },
  })
  await enter(engine, segment, [1, 2, 3, 4])
  await refresh('one', signal())
  work.start()
  while ((await deliveries('one', { state: 'waiting' }))[0]?.reason === null) await wait(5)
  expect(received).toHaveLength(2)
  expect(await deliveries('one', { state: 'waiting' })).toMatchObject([
    { attempts: 0, dueAt: '2026-02-04T00:00:00.000Z', reason: 'the 3 members of today were sent' },
  ])
  expect(await ledger()).toMatchObject({ delivered: 2, waiting: 2 })
  clock.move(2 * 3_600_000)
  work.wake()
  while ((await ledger()).delivered < 4) await wait(5)
})

test('a large sending waits until somebody confirms the count that they saw', async () => {
  const { refresh, work, segment, received, confirm, get } = await arrange({
    body: { confirm_above: 2 },
  })
  await enter(engine, segment, [1, 2])
  await refresh('one', signal())
  await expect(confirm('one', 2)).rejects.toThrow('does not wait')
  await enter(engine, segment, [3, 4, 5])
  expect(await refresh('one', signal())).toMatchObject({
    changed: false,
    note: expect.stringContaining('3 members'),
  })
  expect(await get('one')).toMatchObject({ awaiting: 3 })
  await expect(confirm('one', 2)).rejects.toThrow('3 are waiting')
  await confirm('one', 3)
  expect(await get('one')).toMatchObject({ awaiting: null })
  expect(await refresh('one', signal())).toMatchObject({ rows: 3 })
  await work.drain(signal())
  expect(received).toHaveLength(5)
})

test('more than the most are never sent', async () => {
  const { refresh, segment, ledger } = await arrange({ body: { most_members: 2 } })
  await enter(engine, segment, [1, 2, 3])
  await expect(refresh('one', signal())).rejects.toMatchObject({
    code: 'activation.too_many_members',
  })
  expect(await ledger()).toMatchObject({ members: 0 })
})

interface Person {
  inside: boolean
  consents: boolean
  name: string
}

type Changing = (
  one: Person,
  of: { readonly segment: string; readonly who: number; readonly names: number },
) => Promise<unknown>

/** What may happen to somebody: in the little truth of the test and in the engine alike. */
const change: Readonly<Record<'membership' | 'consent' | 'name', Changing>> = {
  membership: async (one, { segment, who }) => {
    one.inside = !one.inside
    await (one.inside ? enter : leave)(engine, segment, [who])
  },
  consent: async (one, { who }) => {
    one.consents = !one.consents
    await opt(engine, who, one.consents)
  },
  name: async (one, { who, names }) => {
    one.name = names % 3 === 0 ? 'bad' : `name ${names}`
    await rename(engine, who, one.name)
  },
}

test('whatever happens in between, the receiver ends with those who may be sent, as they are', async () => {
  const attributes: ActivationBody['attributes'] = [
    { as: 'name', field: 'first_name' },
    { as: 'mail', contact_point: 'email', consent: true, required: true },
  ]
  const step = fc.record({
    who: fc.integer({ min: 17, max: 20 }),
    what: fc.constantFrom('membership', 'consent', 'name', 'send'),
  })
  let names = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
      const { refresh, work, received, segment, ledger } = await arrange({
        body: { attributes, updates: true, filter: "first_name <> 'bad'" },
        clock: systemClock,
      })
      const people = new Map<number, Person>(
        [17, 18, 19, 20].map((n) => [
          n,
          { inside: false, consents: n % 2 === 0, name: `name ${n}` },
        ]),
      )
      for (const [n, { consents, name }] of people) {
        await opt(engine, n, consents)
        await rename(engine, n, name)
      }
      const has = new Map<number, unknown>()
      const send = async () => {
        await refresh('one', signal())
        await work.drain(signal())
        for (const row of received.splice(0)) {
          const n = Number(BigInt(String(row['profile_id'])) - profileId(0))
          expect(has.has(n)).toBe(row['change'] !== 'entered')
          if (row['change'] === 'left') has.delete(n)
          else has.set(n, row['name'])
        }
        await ledger()
        const wanted = [...people].filter(
          ([, one]) => one.inside && one.consents && one.name !== 'bad',
        )
        expect([...has].sort()).toEqual(wanted.map(([n, { name }]) => [n, name]).sort())
      }
      for (const { who, what } of steps) {
        const one = people.get(who)
        if (what === 'send' || one === undefined) await send()
        else await change[what](one, { segment, who, names: ++names })
      }
      await send()
    }),
    { numRuns: 8 },
  )
})

/** A receiver that is away at times, what it has by what it heard, and what it should have. */
async function openLate(send: ActivationBody['send']) {
  const attributes: ActivationBody['attributes'] = [{ as: 'name', field: 'first_name' }]
  const scene = await arrange({
    body: { attributes, send, ...(send === 'changes' && { updates: true }) },
    clock: systemClock,
  })
  const { refresh, work, batches, state, segment, ledger } = scene
  const people = new Map([17, 18, 19].map((n) => [n, { inside: false, name: `name ${n}` }]))
  for (const [n, { name }] of people) await rename(engine, n, name)
  const has = new Map<number, unknown>()
  const hear = (rows: readonly PayloadRow[]) => {
    // All of a list is one batch here.
    if (send === 'everything') has.clear()
    for (const { profile_id, change: how, name } of rows) {
      const n = Number(BigInt(String(profile_id)) - profileId(0))
      if (how === 'left') has.delete(n)
      else has.set(n, name)
    }
  }
  const go = async (isThere: boolean) => {
    state.refuses = !isThere
    state.fails = isThere ? undefined : 'answered 422'
    await refresh('one', signal())
    await work.drain(signal())
    await ledger()
    for (const rows of batches.splice(0)) hear(rows)
  }
  let names = 0
  const does = {
    send: () => go(true),
    'send to nobody': () => go(false),
    retry: async () => {
      await scene.retry({ destination: 'there' })
      await go(true)
    },
    name: async (n: number) => {
      const name = `name ${++names}`
      people.set(n, { inside: people.get(n)?.inside === true, name })
      await rename(engine, n, name)
    },
    membership: async (n: number) => {
      const { inside = false, name = '' } = people.get(n) ?? {}
      people.set(n, { inside: !inside, name })
      await (inside ? leave : enter)(engine, segment, [n])
    },
  }
  const wanted = () => [...people].flatMap(([n, { inside, name }]) => (inside ? [[n, name]] : []))
  return { does, ledger, wanted, had: () => [...has].sort() }
}

test.each(['changes', 'everything'] as const)(
  'whatever is given up and tried again late, the receiver ends with the members as they are (%s)',
  async (way) => {
    const step = fc.record({
      who: fc.integer({ min: 17, max: 19 }),
      what: fc.constantFrom('membership', 'name', 'send', 'send to nobody', 'retry'),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
        const { does, ledger, wanted, had } = await openLate(way)
        for (const { who, what } of steps) await does[what](who)
        await does.send()
        await does.retry()
        expect(had()).toEqual(wanted().sort())
        expect(await ledger()).toMatchObject({ dead: 0, waiting: 0 })
      }),
      { numRuns: 12 },
    )
  },
)

test('a part of a list that was given up is sent when it is tried again, though the other parts were', async () => {
  const { refresh, work, retry, received, state, segment, ledger, deliveries } = await arrange({
    body: { send: 'everything' },
    batchSize: 1,
    clock: systemClock,
  })
  await enter(engine, segment, [17, 18])
  await refresh('one', signal())
  state.refuses = true
  state.fails = 'answered 422'
  await work.drain(signal())
  expect(await ledger()).toMatchObject({ dead: 2 })
  state.refuses = false
  state.fails = undefined
  const [second, first] = (await deliveries('one', { state: 'dead' })).map(({ id }) => id)
  for (const id of [second, first]) {
    expect(await retry({ activation: 'one', id: id ?? '' })).toBe(1)
    await work.drain(signal())
  }
  expect(received.map(inShort).sort()).toEqual(['17', '18'])
  expect(await ledger()).toMatchObject({ delivered: 2, filtered: {} })
})

test('an old list that is tried again is not sent, and does not have the new one sent once more', async () => {
  const { refresh, work, retry, received, state, segment, ledger } = await arrange({
    body: { send: 'everything' },
    clock: systemClock,
  })
  await enter(engine, segment, [17])
  await refresh('one', signal())
  state.refuses = true
  state.fails = 'answered 422'
  await work.drain(signal())
  state.refuses = false
  state.fails = undefined
  await enter(engine, segment, [18])
  await refresh('one', signal())
  await work.drain(signal())
  expect(received.splice(0).map(inShort)).toEqual(['17', '18'])
  expect(await retry({ activation: 'one' })).toBe(1)
  await work.drain(signal())
  await refresh('one', signal())
  await work.drain(signal())
  expect(received).toEqual([])
  expect(await ledger()).toMatchObject({
    members: 3,
    delivered: 2,
    filtered: { 'overtaken by something newer': 1 },
  })
})

test('an old list of nobody that is tried again empties nothing', async () => {
  const { refresh, work, retry, batches, state, segment, deliveries } = await arrange({
    body: { send: 'everything' },
    clock: systemClock,
  })
  Object.assign(state, { refuses: true, fails: 'answered 422' })
  await refresh('one', signal())
  await work.drain(signal())
  Object.assign(state, { refuses: false, fails: undefined })
  await enter(engine, segment, [17])
  await refresh('one', signal())
  await work.drain(signal())
  expect(await retry({ activation: 'one' })).toBe(1)
  await work.drain(signal())
  expect(batches.map((rows) => rows.map(inShort))).toEqual([['17']])
  expect(await deliveries('one', { state: 'dead' })).toEqual([])
})
