import { createHmac } from 'node:crypto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { sql, value } from '#engine'
import { folderEngine } from '#engine/testing'
import { currentTable, logPositionOf, prepareEvents, prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import { verify } from '#outgoing'
import { prepareSegments } from '#segments'
import { memoryStore } from '#store/testing'
import type { ActionTools } from './actions.ts'
import type { ActionBody } from './definition.ts'
import { actionMigrations, recordsIn } from './records.ts'
import { prepareActions } from './tables.ts'
import { houseOf, siteShape, webhookTo } from './testing/house.ts'
import { type Answerer, firingReceiver, signing } from './testing/receiver.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
await prepareEvents(engine, [siteShape])
await prepareSegments(engine)
await prepareActions(engine)

async function open(answerer?: Answerer, more: Partial<ActionTools> = {}) {
  const receiver = await firingReceiver(answerer)
  const store = await memoryStore({ actions: actionMigrations })
  const events = await temporaryLog()
  // Each test has a log of its own, which begins where the lake is.
  await events.moveConsumer('lake', await logPositionOf(engine))
  const house = houseOf({ engine, store, events, folder }, { outgoing: receiver.outgoing, ...more })
  onTestFinished(async () => {
    await house.actions.stop()
    await events.close()
    await store.close()
    await receiver.close()
  })
  return { ...house, receiver, events, store }
}

const bought = (url: string, more: Partial<ActionBody> = {}): ActionBody => ({
  when: {
    event: 'site',
    where: {
      all: [
        { field: 'event', op: '=', value: 'Bought' },
        { field: 'total', op: '>=', value: 100 },
      ],
    },
  },
  often: 'each',
  attributes: [{ as: 'Total', field: 'total' }],
  target: webhookTo(url),
  ...more,
})
const buy = (userId: string, total: unknown) => ({ event: 'Bought', userId, total })
const until = (hold: () => void | Promise<void>) =>
  vi.waitFor(hold, { timeout: 40_000, interval: 10 })

test('fires as the event arrives, and the set lane has nothing to add', async () => {
  const { define, actions, happen, settle, look, ledger, receiver } = await open()
  await define({ big: bought(receiver.url) })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150), buy('bob', 20), buy('eve', '100.00'))
  await until(() => expect(receiver.facts()).toHaveLength(2))
  expect(receiver.facts()).toMatchObject([
    { trigger: 'event', person: 'ada', profile_id: null, data: { Total: 150 } },
    { trigger: 'event', person: 'eve', profile_id: null, data: { Total: 100 } },
  ])
  await settle()
  expect(await look('big')).toEqual({ fired: 0, denied: 0 })
  await until(async () => expect(await ledger('big')).toEqual({ met: 2, sent: 2 }))
  expect(await actions.list()).toMatchObject([{ key: 'big', lane: 'live', target: receiver.url }])
})

test('what happened before the action was defined is no news', async () => {
  const { define, actions, happen, settle, look, receiver, ledger } = await open()
  await happen(buy('ada', 150))
  await define({ big: bought(receiver.url) })
  await actions.start({ live: 'with the set lane' })
  await happen(buy('bob', 150))
  await settle()
  expect(await look('big')).toEqual({ fired: 1, denied: 0 })
  expect(await look('big')).toEqual({ fired: 0, denied: 0 })
  await until(() => expect(receiver.facts()).toMatchObject([{ person: 'bob' }]))
  await until(async () => expect(await ledger('big')).toEqual({ met: 1, sent: 1 }))
})

test('the set lane fires what the live lane could not say', async () => {
  const { define, actions, happen, settle, look, receiver, ledger } = await open()
  // Letters whose small forms only the engine judges.
  const greek = { field: 'event', op: '=', value: 'ΩMEGA' } as const
  await define({ omega: bought(receiver.url, { when: { event: 'site', where: greek } }) })
  await actions.start({ live: 'as events arrive' })
  await happen({ event: 'ωmega', userId: 'ada' }, { event: 'plain', userId: 'bob' })
  await settle()
  await until(async () => {
    await look('omega')
    expect(await ledger('omega')).toEqual({ met: 1, sent: 1 })
  })
  expect(await actions.firings({ action: 'omega' })).toMatchObject([{ person: 'ada', lane: 'set' }])
})

test('the set lane denies what the lake does not hold', async () => {
  const { define, actions, happen, settle, look, receiver, ledger } = await open()
  await define({
    big: bought(receiver.url),
    later: bought(receiver.url, { after: '1 hour' }),
  })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150), buy('gone', 500))
  await until(async () => expect(await ledger('big')).toEqual({ met: 2, sent: 2 }))
  await settle()
  await engine.change('a line that was refused', (writer) =>
    writer.run(sql`delete from ${currentTable('site')} where user_id = ${value('gone')}`),
  )
  expect(await look('big')).toMatchObject({ denied: 1 })
  const denied = await actions.firings({ action: 'big', state: 'denied' })
  expect(denied).toMatchObject([{ person: 'gone', sent_at: expect.any(String) }])
  expect(await ledger('big')).toEqual({ met: 2, sent: 1, denied: 1 })
  // What waits is not sent any more.
  expect(await look('later')).toMatchObject({ denied: 1 })
  expect(await ledger('later')).toEqual({ met: 2, waiting: 1, denied: 1 })
})

test('first: once while it holds, and again after it did not', async () => {
  const { define, actions, happen, receiver, ledger } = await open()
  await define({ big: bought(receiver.url, { often: 'first' }) })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150), buy('ada', 200), buy('ada', 5), buy('ada', 300), buy('bob', 100))
  await until(async () => expect(await ledger('big')).toEqual({ met: 4, sent: 3, repeated: 1 }))
  expect(receiver.facts().map(({ person, data }) => `${person} ${data['Total']}`)).toEqual([
    'ada 150',
    'ada 300',
    'bob 100',
  ])
})

test('first looks only at the events that are meant', async () => {
  const { define, actions, happen, receiver, ledger } = await open()
  const among = { field: 'event', op: '=', value: 'Bought' } as const
  const where = { field: 'total', op: '>=', value: 100 } as const
  const when = { event: 'site', among, where }
  await define({ big: bought(receiver.url, { often: 'first', when }) })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150), { event: 'Viewed', userId: 'ada' }, buy('ada', 200))
  await until(async () => expect(await ledger('big')).toEqual({ met: 2, sent: 1, repeated: 1 }))
})

test('leaves a person alone for a while, also under the ids that were merged into theirs', async () => {
  const { define, actions, happen, receiver, ledger } = await open(undefined, {
    profileOf: async (_, id) => (id === 'ada' || id === 'ada-phone' ? '77' : undefined),
  })
  await define({ big: bought(receiver.url, { cool_down: '1 day' }) })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150), buy('bob', 150))
  await until(async () => expect(await ledger('big')).toEqual({ met: 2, sent: 2 }))
  await happen(buy('ada-phone', 150), buy('bob', 110))
  await until(async () => expect(await ledger('big')).toEqual({ met: 4, sent: 2, cooled: 2 }))
  expect(await actions.firings({ person: '77' })).toMatchObject([
    { person: 'ada-phone', state: 'cooled', reason: expect.stringContaining('less than 1 day') },
    { person: 'ada', state: 'sent' },
  ])
})

test('is suppressed by what comes meanwhile, for the same person', async () => {
  const { define, actions, happen, receiver, ledger } = await open()
  const opened = { field: 'event', op: '=', value: 'Case Opened' } as const
  await define({
    survey: bought(receiver.url, {
      after: '1 hour',
      suppress: [{ when: { event: 'site', where: opened }, within: '2 days' }],
    }),
  })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150), buy('bob', 150), { event: 'Case Opened', userId: 'ada' })
  await until(async () =>
    expect(await ledger('survey')).toEqual({ met: 2, waiting: 1, suppressed: 1 }),
  )
  expect(await actions.cancel({ action: 'survey', person: 'bob' }, 'tester')).toBe(1)
  expect(await ledger('survey')).toEqual({ met: 2, suppressed: 1, cancelled: 1 })
  expect(receiver.received).toEqual([])
})

test.each([
  ['wait', { met: 1, waiting: 1 }],
  ['drop', { met: 1, quiet: 1 }],
] as const)('quiet hours let it %s', async (meanwhile, expected) => {
  const { define, actions, happen, receiver, ledger } = await open()
  const inAn = (hours: number) =>
    new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16)
  const quiet_hours = { time_zone: 'UTC', from: inAn(-1), to: inAn(1), meanwhile }
  await define({ big: bought(receiver.url, { quiet_hours }) })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150))
  await until(async () => expect(await ledger('big')).toEqual(expected))
  const [firing] = await actions.firings({ action: 'big' })
  expect(firing?.reason).toMatch(/^quiet hours until /)
  expect(receiver.received).toEqual([])
})

test('fires no more in an hour than it is allowed', async () => {
  const { define, actions, happen, receiver, ledger } = await open()
  await define({ big: bought(receiver.url, { at_most_per_hour: 2 }) })
  await actions.start({ live: 'as events arrive' })
  await happen(...['a', 'b', 'c', 'd'].map((who) => buy(who, 150)))
  await until(async () => expect(await ledger('big')).toEqual({ met: 4, sent: 2, capped: 2 }))
})

test('one target that hangs or fails holds up no other; what is given up can be tried again', async () => {
  let isDown = true
  const slow = Promise.withResolvers<void>()
  const { define, actions, happen, receiver, ledger } = await open(async ({ path }, response) => {
    if (path === '/slow') await slow.promise
    if (path === '/down' && isDown) response.writeHead(503).end('out of order')
  })
  await define({
    good: bought(receiver.url),
    slow: bought(receiver.url, { target: webhookTo(receiver.url, '/slow') }),
    down: bought(receiver.url, { target: webhookTo(receiver.url, '/down') }),
  })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150))
  await until(async () => expect(await ledger('good')).toEqual({ met: 1, sent: 1 }))
  await until(async () => expect(await ledger('down')).toEqual({ met: 1, dead: 1 }))
  const [dead] = await actions.firings({ action: 'down' })
  expect(dead).toMatchObject({ state: 'dead', reason: 'answered 503: out of order', attempts: 6 })
  expect(await ledger('slow')).toEqual({ met: 1, waiting: 1 })
  slow.resolve()
  isDown = false
  const from = `${dead?.met_at.slice(0, 19)}Z`
  expect(await actions.retry({ action: 'down', until: from })).toBe(0)
  expect(await actions.retry({ action: 'down', from })).toBe(1)
  await until(async () => expect(await ledger('down')).toEqual({ met: 1, sent: 1 }))
  const tries = receiver.received.filter(({ path }) => path === '/down').map(({ id }) => id)
  expect(new Set(tries)).toEqual(new Set([dead?.id]))
})

test('one that is refused does not take the others of its request with it', async () => {
  const { define, actions, happen, receiver, ledger } = await open(({ firings }, response) => {
    if (firings.some(({ person }) => person === 'bad')) response.writeHead(422).end('no')
  })
  await define({ big: bought(receiver.url) })
  await actions.start({ live: 'as events arrive' })
  await happen(...['a', 'bad', 'b'].map((who) => buy(who, 150)))
  await until(async () => expect(await ledger('big')).toEqual({ met: 3, sent: 2, dead: 1 }))
})

test('a private address and a redirect are refused with their reason', async () => {
  const { define, actions, happen, receiver, ledger } = await open((_, response) => {
    response.writeHead(302, { location: 'http://10.0.0.1/' }).end()
  })
  await define({
    moved: bought(receiver.url),
    private: bought(receiver.url, { target: webhookTo('http://10.0.0.1') }),
  })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150))
  for (const key of ['moved', 'private'])
    await until(async () => expect(await ledger(key)).toEqual({ met: 1, dead: 1 }))
  const reasons = (await actions.firings({ state: 'dead' })).map(({ reason }) => reason)
  expect(reasons.toSorted()).toEqual([
    expect.stringContaining('10.0.0.1 is not a public address; if it is meant'),
    expect.stringContaining('pointed to http://10.0.0.1/'),
  ])
})

test('two keys hold while they are rotated', async () => {
  const { define, actions, happen, receiver } = await open()
  const { webhook } = webhookTo(receiver.url) as Extract<ActionBody['target'], { webhook: unknown }>
  const target = { webhook: { ...webhook, previous_secret: { secret: 'before' } } }
  await define({ big: bought(receiver.url, { target }) })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150))
  await until(() => expect(receiver.received).toHaveLength(1))
  const [{ headers = {}, body = '' } = {}] = receiver.received
  verify({ headers, body, secret: signing.before, now: new Date() })
  const plain = createHmac('sha256', signing.before).update(body).digest('base64')
  expect(headers['x-signature-previous']).toBe(plain)
})

test('what became of firings is forgotten after a month, and the ledger still balances', async () => {
  const { define, actions, happen, receiver, ledger, store } = await open()
  await define({ big: bought(receiver.url), later: bought(receiver.url, { after: '1 day' }) })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150))
  await until(async () => expect(await ledger('big')).toEqual({ met: 1, sent: 1 }))
  const records = recordsIn(store)
  expect(await records.forget('2020-01-01')).toBe(0)
  expect(await records.forget('2999-01-01')).toBe(1)
  expect(await ledger('big')).toEqual({})
  expect(await ledger('later')).toEqual({ met: 1, waiting: 1 })
})

test('an action that is disabled sees nothing, and says nothing later', async () => {
  const { define, actions, happen, settle, receiver, look } = await open()
  await define({ big: bought(receiver.url, { enabled: false }) })
  await actions.start({ live: 'as events arrive' })
  await happen(buy('ada', 150))
  await settle()
  await define({ big: bought(receiver.url) })
  expect(await look('big')).toEqual({ fired: 0, denied: 0 })
  await happen(buy('bob', 150))
  await until(() => expect(receiver.facts()).toMatchObject([{ person: 'bob' }]))
})

test('says what there is not', async () => {
  const { actions, define, receiver } = await open()
  await define({ big: bought(receiver.url) })
  await expect(actions.get('bigg')).rejects.toMatchObject({
    code: 'action.unknown',
    message: 'there is no action "bigg"; did you mean "big"?',
  })
  await expect(actions.retry({ id: 'x' })).rejects.toMatchObject({ code: 'action.unknown_firing' })
})
