import { expect, onTestFinished, test, vi } from 'vitest'
import { defineDestination } from '#activation'
import { catalogueOf } from '#definitions'
import { column, sql, value } from '#engine'
import { folderEngine } from '#engine/testing'
import { mergePeople, profileId, setPeople, setRows, type TenantRow } from '#insights/testing'
import { stoppedClock, systemClock } from '#kernel/clock.ts'
import { anything, record } from '#kernel/read.ts'
import { logPositionOf, prepareEvents, prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import { prepareSegments, publish } from '#segments'
import { memoryStore } from '#store/testing'
import type { ActionTools } from './actions.ts'
import type { ActionBody } from './definition.ts'
import { actionMigrations } from './records.ts'
import { prepareActions } from './tables.ts'
import { houseOf, siteShape, webhookTo } from './testing/house.ts'
import { firingReceiver } from './testing/receiver.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
await prepareEvents(engine, [siteShape])
await prepareSegments(engine)
await prepareActions(engine)

const id = (n: number) => String(profileId(n))
const said = (n: number, status: string, more: TenantRow = {}): TenantRow => ({
  profile: profileId(n),
  individual_id__key: n,
  channel: 'email',
  purpose: 'news',
  status,
  ...more,
})

async function open(more: Partial<ActionTools> = {}) {
  await setPeople(
    engine,
    [1, 2, 3, 4].map((n) => ({ profile: profileId(n), first_name: `name ${n}` })),
  )
  await setRows(engine, 'contact_point_consent', [])
  const receiver = await firingReceiver()
  const store = await memoryStore({ actions: actionMigrations })
  const events = await temporaryLog()
  await events.moveConsumer('lake', await logPositionOf(engine))
  const clock = stoppedClock(new Date())
  const positions = new Map<string, number>()
  const house = houseOf(
    { engine, store, events, folder },
    { outgoing: receiver.outgoing, clock, segmentPositions: async () => positions, ...more },
  )
  onTestFinished(async () => {
    await house.actions.stop()
    await events.close()
    await store.close()
    await receiver.close()
  })
  const members = async (...who: readonly number[]) => {
    const ids = who.map((n) => sql`select ${value(profileId(n))} as profile`)
    const query = ids.reduce((a, b) => sql`${a} union all ${b}`)
    const done = await publish(engine, { segment: 'vips', who: query, at: clock.now() })
    positions.set('vips', done.position)
  }
  return { ...house, receiver, members, clock }
}
const until = (hold: () => void | Promise<void>) =>
  vi.waitFor(hold, { timeout: 40_000, interval: 10 })

const news = { channel: 'email', purpose: 'news', basis: 'required' } as const
const welcome = (url: string, more: Partial<ActionBody> = {}): ActionBody => ({
  when: { segment: 'vips', change: 'entered' },
  often: 'each',
  consent: news,
  target: webhookTo(url),
  ...more,
})

test('the set lane sends to those who agreed; the others are told with the reason', async () => {
  const { define, actions, look, members, receiver, ledger } = await open()
  await actions.start({ live: 'with the set lane' })
  await members(4)
  await define({ welcome: welcome(receiver.url) })
  await setRows(engine, 'contact_point_consent', [
    said(1, 'opt_in'),
    said(2, 'opt_out', { effective_from: '2026-02-01T00:00:00Z' }),
  ])
  await members(1, 2, 3, 4)
  await look('welcome')
  await until(async () =>
    expect(await ledger('welcome')).toEqual({ met: 3, sent: 1, no_consent: 2 }),
  )
  expect(receiver.facts()).toMatchObject([{ profile_id: id(1) }])
  const refused = await actions.firings({ action: 'welcome', state: 'no_consent' })
  expect(refused.map(({ profile, reason }) => [profile, reason]).toSorted()).toEqual([
    [id(2), 'email for news was refused on 2026-02-01'],
    [id(3), 'no consent to email for news is known'],
  ])
})

test('who withdraws while a firing waits is not reached', async () => {
  const { define, actions, look, members, receiver, ledger, clock } = await open()
  await actions.start({ live: 'with the set lane' })
  await members(4)
  await define({ welcome: welcome(receiver.url, { after: '2 minutes' }) })
  await setRows(engine, 'contact_point_consent', [said(1, 'opt_in'), said(2, 'opt_in')])
  await members(1, 2, 4)
  await look('welcome')
  expect(await ledger('welcome')).toEqual({ met: 2, waiting: 2 })
  const inAMinute = new Date(clock.now().getTime() + 60_000).toISOString()
  await setRows(engine, 'contact_point_consent', [
    said(1, 'opt_in', { effective_from: '2026-02-01T00:00:00Z' }),
    said(1, 'withdrawn', { effective_from: inAMinute }),
    said(2, 'opt_in'),
  ])
  clock.move(120_000)
  await actions.reload()
  await until(async () =>
    expect(await ledger('welcome')).toEqual({ met: 2, sent: 1, no_consent: 1 }),
  )
  expect(receiver.facts()).toMatchObject([{ profile_id: id(2) }])
})

test('a refusal of somebody who was merged into another counts for both', async () => {
  const { define, actions, look, members, receiver, ledger, clock } = await open()
  await actions.start({ live: 'with the set lane' })
  await members(4)
  await define({
    welcome: welcome(receiver.url, {
      after: '2 minutes',
      consent: { ...news, basis: 'unless_refused' },
    }),
  })
  await setRows(engine, 'contact_point_consent', [said(2, 'opt_out')])
  await members(1, 3, 4)
  await look('welcome')
  // 1 becomes 2, whose record has refused.
  await mergePeople(engine, [[profileId(1), profileId(2)]])
  clock.move(120_000)
  await actions.reload()
  await until(async () =>
    expect(await ledger('welcome')).toEqual({ met: 2, sent: 1, no_consent: 1 }),
  )
  expect(receiver.facts()).toMatchObject([{ profile_id: id(3) }])
  await engine.change('redirects', ({ run }) =>
    run(
      sql`delete from unified.redirect_individual where ${column('old')} = ${value(profileId(1))}`,
    ),
  )
})

test('the live lane asks too, by the profile or by the address in the event', async () => {
  const profiles: Readonly<Record<string, string>> = { ada: id(1), bob: id(2) }
  const { define, actions, happen, receiver, ledger } = await open({
    profileOf: async (_, person) => profiles[person],
    clock: systemClock,
  })
  await define({
    receipt: {
      when: { event: 'site', where: { field: 'event', op: '=', value: 'Bought' } },
      often: 'each',
      attributes: [{ as: 'Email', field: 'anonymous_id' }],
      consent: { ...news, basis: 'unless_refused', contact_point: 'Email' },
      target: webhookTo(receiver.url),
    },
  })
  await setRows(engine, 'contact_point_consent', [
    said(2, 'opt_out'),
    { contact_point: 'Eve@x.org', channel: 'email', purpose: null, status: 'opt_out' },
  ])
  await actions.start({ live: 'as events arrive' })
  const buy = (userId: string | null, anonymousId: string) => ({
    event: 'Bought',
    userId,
    anonymousId,
  })
  await happen(buy('ada', 'ada@x.org'), buy('bob', 'bob@x.org'), buy(null, 'eve@x.org'))
  await until(async () =>
    expect(await ledger('receipt')).toEqual({ met: 3, sent: 1, no_consent: 2 }),
  )
  expect(receiver.facts()).toMatchObject([{ person: 'ada', data: { Email: 'ada@x.org' } }])
})

test('who is written to by e-mail has not refused, though nobody said that it matters', async () => {
  const written: string[] = []
  const mails = defineDestination({
    key: 'email',
    label: 'E-mail',
    about: 'Mails that are kept here.',
    guarantee: 'at least once',
    settings: record(anything()),
    reaches: () => ({ channel: 'email', attribute: 'Email' }),
    batchSize: () => 1,
    deliver: async ({ rows }) => {
      for await (const some of rows()) written.push(...some.map((row) => String(row['Email'])))
      return { result: 'sent' }
    },
    test: () => {
      throw new Error('nobody tests it')
    },
  })
  const body: ActionBody = {
    when: { event: 'site' },
    often: 'each',
    attributes: [{ as: 'Email', field: 'anonymous_id' }],
    target: { destination: 'mails' },
  }
  const settings = { folder: 'x', format: 'csv' }
  const { actions, happen, ledger } = await open({
    clock: systemClock,
    destinations: [mails],
    catalogue: async () =>
      catalogueOf([
        { kind: 'destination', key: 'mails', body: { type: 'email', settings } },
        { kind: 'action', key: 'hello', body },
      ]),
  })
  await setRows(engine, 'contact_point_consent', [
    { contact_point: 'eve@x.org', channel: 'email', purpose: null, status: 'opt_out' },
  ])
  await actions.start({ live: 'as events arrive' })
  await happen({ event: 'a', anonymousId: 'eve@x.org' }, { event: 'a', anonymousId: 'ada@x.org' })
  await until(async () => expect(await ledger('hello')).toEqual({ met: 2, sent: 1, no_consent: 1 }))
  expect(written).toEqual(['ada@x.org'])
})
