import { expect, onTestFinished, test, vi } from 'vitest'
import { defineKind, type Kind } from '#definitions'
import { trial } from '#definitions/testing'
import { join, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { prepareInsights } from '#insights'
import { profileId, setAccounts, setPeople, setRows, type TenantRow } from '#insights/testing'
import { anything, record } from '#kernel/read.ts'
import { prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import { modelOf } from '#model'
import { prepareSegments, publish } from '#segments'
import { memoryStore } from '#store/testing'
import type { ActionTools } from './actions.ts'
import type { ActionBody } from './definition.ts'
import { ownForm } from './form.ts'
import { actionKind } from './kinds.ts'
import { actionMigrations } from './records.ts'
import { prepareActions } from './tables.ts'
import { houseOf, webhookTo } from './testing/house.ts'
import { firingReceiver } from './testing/receiver.ts'

// Actions about what is no person: products, what belongs to accounts, and segments of accounts and products.

const engine = await memoryEngine()
await prepareLake(engine)
await prepareInsights(engine)
await prepareSegments(engine)
await prepareActions(engine)

async function open(more: Partial<ActionTools> = {}) {
  await setPeople(engine, [{ profile: profileId(1), first_name: 'Ada' }])
  // Two records are one account, a third another; of a fourth nobody knows more.
  await setAccounts(engine, [
    { id: 501, name: 'Acme', records: [11, 12] },
    { id: 502, name: 'Bolt', records: [13] },
  ])
  for (const object of ['product', 'sales_order', 'case']) await setRows(engine, object, [])
  const receiver = await firingReceiver()
  const store = await memoryStore({ actions: actionMigrations })
  const events = await temporaryLog()
  const house = houseOf(
    { engine, store, events, folder: '/nowhere' },
    { outgoing: receiver.outgoing, ...more },
  )
  onTestFinished(async () => {
    await house.actions.stop()
    await house.define({})
    await events.close()
    await store.close()
    await receiver.close()
  })
  await house.actions.start({ live: 'with the set lane' })
  return { ...house, receiver }
}
const until = (hold: () => void | Promise<void>) =>
  vi.waitFor(hold, { timeout: 40_000, interval: 10 })
const action = (url: string, of: Pick<ActionBody, 'when'> & Partial<ActionBody>): ActionBody => ({
  often: 'each',
  target: webhookTo(url),
  ...of,
})
const states = async (actions: Awaited<ReturnType<typeof open>>['actions'], key: string) =>
  (await actions.firings({ action: key }))
    .map(({ person, occurrence, state }) => `${person} ${occurrence} ${state}`)
    .toSorted()

const product = (n: number, version: number, price: string): TenantRow => ({
  id: `p${n}`,
  _key: BigInt(n),
  _position: version,
  list_price: price,
})

test('rows that belong to nobody fire once for each version, and are left alone each for itself', async () => {
  const { define, look, receiver, ledger, actions } = await open()
  await setRows(engine, 'product', [product(1, 1, '5')])
  await define({
    price: action(receiver.url, {
      when: { row: 'product', change: 'any', where: { field: 'list_price', op: '>', value: 5 } },
      attributes: [{ as: 'price', field: 'list_price' }],
    }),
    calm: action(receiver.url, { when: { row: 'product', change: 'any' }, cool_down: '1 day' }),
  })
  const fired = async () => [(await look('price')).fired, (await look('calm')).fired]
  expect(await fired()).toEqual([0, 0])
  await setRows(engine, 'product', [product(1, 2, '6'), product(2, 3, '4')])
  expect(await fired()).toEqual([1, 2])
  expect(await fired()).toEqual([0, 0])
  await setRows(engine, 'product', [product(1, 4, '7'), product(2, 3, '4')])
  expect(await fired()).toEqual([1, 0])
  await until(async () => expect(await ledger('price')).toEqual({ met: 2, sent: 2 }))
  await until(async () => expect(await ledger('calm')).toEqual({ met: 3, sent: 2, cooled: 1 }))
  expect(await states(actions, 'calm')).toEqual([
    'product 1 2 sent',
    'product 1 4 cooled',
    'product 2 3 sent',
  ])
  expect(receiver.facts().find(({ occurrence }) => occurrence === '4')).toMatchObject({
    person: 'product 1',
    profile_id: null,
    data: { price: 7 },
  })
})

const owned = (n: number, version: number, account: number | null, of?: bigint): TenantRow => ({
  id: `r${n}`,
  _key: BigInt(n),
  _position: version,
  profile: of ?? null,
  account_id__key: account,
})

test('what belongs to an account, and to no person, is left alone and suppressed with the account', async () => {
  const { define, look, ledger, actions, receiver } = await open()
  await define({
    survey: action(receiver.url, {
      when: { row: 'sales_order', change: 'created' },
      after: '2 hours',
      cool_down: '1 day',
      suppress: [{ when: { row: 'case', change: 'created' }, within: '1 day' }],
    }),
  })
  await look('survey')
  await setRows(engine, 'sales_order', [
    owned(1, 1, 11),
    owned(2, 2, 12),
    owned(3, 3, 13),
    owned(4, 4, 14),
    owned(5, 5, null),
    owned(6, 6, null),
    // Whose person is known is left alone with the person.
    owned(7, 7, 11, profileId(1)),
  ])
  await look('survey')
  expect(await states(actions, 'survey')).toEqual([
    'sales_order 1 1 waiting',
    'sales_order 2 2 cooled',
    'sales_order 3 3 waiting',
    'sales_order 4 4 waiting',
    'sales_order 5 5 waiting',
    'sales_order 6 6 waiting',
    'sales_order 7 7 waiting',
  ])
  expect(await actions.firings({ action: 'survey', person: 'account 501' })).toHaveLength(2)
  // By another record of the same account, by one that is in none, and by a person.
  await setRows(engine, 'case', [
    owned(1, 8, 12),
    owned(2, 9, 14),
    owned(3, 10, null, profileId(1)),
  ])
  await look('survey')
  expect(await ledger('survey')).toEqual({ met: 7, waiting: 3, suppressed: 3, cooled: 1 })
  const waiting = await actions.firings({ action: 'survey', state: 'waiting' })
  expect(waiting.map(({ person }) => person).toSorted()).toEqual([
    'sales_order 3',
    'sales_order 5',
    'sales_order 6',
  ])
})

test('fires for accounts and products that enter a segment, or leave it, with their own fields', async () => {
  const positions = new Map<string, number>()
  const members = async (segment: string, ...ids: readonly number[]) => {
    const who = join(ids.map((one) => sql`(${value(one)})`))
    const query = sql`select profile from (values ${who}) who(profile)`
    const done = await publish(engine, { segment, who: query, at: new Date(), merges: 'none' })
    positions.set(segment, done.position)
  }
  const { define, look, receiver, ledger } = await open({ segmentPositions: async () => positions })
  await setRows(engine, 'product', [product(1, 1, '5'), product(2, 2, '8')])
  const segment = (key: string, on: string) => ({ kind: 'segment', key, body: { label: key, on } })
  await define(
    {
      grew: action(receiver.url, {
        when: { segment: 'big', change: 'entered' },
        attributes: [{ as: 'Name', field: 'name' }],
        cool_down: '1 day',
      }),
      sold_out: action(receiver.url, {
        when: { segment: 'in_stock', change: 'left' },
        attributes: [{ as: 'Price', field: 'list_price' }],
      }),
    },
    [segment('big', 'account'), segment('in_stock', 'product')],
  )
  await members('big', 501)
  await members('in_stock', 1, 2)
  const fired = async () => [(await look('grew')).fired, (await look('sold_out')).fired]
  expect(await fired()).toEqual([0, 0])
  await members('big', 501, 502)
  await members('in_stock', 1)
  expect(await fired()).toEqual([1, 1])
  expect(await fired()).toEqual([0, 0])
  // The same account again is left alone.
  await members('big', 501)
  await members('big', 501, 502)
  expect(await fired()).toEqual([0, 0])
  await until(async () => expect(await ledger('grew')).toEqual({ met: 2, sent: 1, cooled: 1 }))
  await until(async () => expect(await ledger('sold_out')).toEqual({ met: 1, sent: 1 }))
  expect(
    receiver
      .facts()
      .map(({ person, profile_id, change, data }) => [person, profile_id, change, data]),
  ).toEqual(
    expect.arrayContaining([
      ['account 502', null, 'entered', { Name: 'Bolt' }],
      ['product 2', null, 'left', { Price: 8 }],
    ]),
  )
})

const plain = (kind: string): Kind => defineKind({ kind, label: kind, schema: record(anything()) })
const kinds = [
  plain('segment'),
  plain('destination'),
  actionKind({
    modelIn: () => modelOf([]),
    shapesIn: () => ({ shapes: new Map(), problems: new Map() }),
    eventFields: () => undefined,
    problemsOfWho: () => [],
    forms: [ownForm.key],
  }),
]
const problemsOf = (text: string) =>
  trial(
    kinds,
    `kind: destination
key: parquet
type: file
settings: { folder: x, format: parquet }
---
kind: segment
key: firms
label: Firms
on: account
---
kind: destination
key: mail
type: email
settings: { host: mail.example.com, from: a@example.com, to: Email, subject: Hello, text: Hello }
---
kind: destination
key: asking
type: webhook
settings: { url: 'https://example.com' }
consent: { channel: email, basis: required }
---
${text}`,
  ).plan.problems.map(({ code, at }) => `${code} ${at.replace(/^\S+ /, '')}`)

test('what only people have is refused where there is no person, with its place', () => {
  const asked = `consent: { channel: email, basis: required }`
  const hook = `target: { webhook: { url: 'https://example.com', secret: { secret: x } } }`
  const firms = `kind: action\nkey: a\noften: each\nwhen: { segment: firms, change: entered }\n`
  expect(problemsOf(`${firms}${hook}`)).toEqual([])
  expect(
    problemsOf(`${firms}${asked}
attributes: [{ as: a, profile: first_name }, { as: b, field: name }, { as: c, field: nothing }]
${hook}`),
  ).toEqual([
    'action.no_person attributes[0].profile',
    'action.unknown_field attributes[2].field',
    'action.no_person consent',
  ])
  expect(problemsOf(`${firms}target: { destination: asking }`)).toEqual([
    'action.no_person target.destination',
  ])
  // Whoever has the address is asked.
  expect(
    problemsOf(
      `${firms}attributes: [{ as: Email, field: website }]\ntarget: { destination: mail }`,
    ),
  ).toEqual([])
  expect(
    problemsOf(`${firms}consent: { channel: email, basis: required, contact_point: Email }
attributes: [{ as: Email, field: website }]\n${hook}`),
  ).toEqual([])
  const products = `kind: action\nkey: a\noften: each\nwhen: { row: product, change: any }\n`
  expect(problemsOf(`${products}${asked}\n${hook}`)).toEqual(['action.no_person consent'])
  const orders = `kind: action\nkey: a\noften: each\nwhen: { row: sales_order, change: any }\n`
  expect(problemsOf(`${orders}${asked}\n${hook}`)).toEqual([])
})

test('no destination is told of what was taken away, as it would be written down as one who has come', () => {
  const rows = (change: string) =>
    `kind: action\nkey: a\noften: each\nwhen: { row: sales_order, change: ${change} }\n`
  const mail = 'attributes: [{ as: Email, field: id }]\ntarget: { destination: mail }'
  const hook = `target: { webhook: { url: 'https://example.com', secret: { secret: x } } }`
  expect(problemsOf(`${rows('any')}${mail}`)).toEqual([])
  expect(problemsOf(`${rows('deleted')}${hook}`)).toEqual([])
  expect(problemsOf(`${rows('deleted')}${mail}`)).toEqual([
    'action.gone_to_destination target.destination',
  ])
})

test('what a destination needs, or gives by itself, is told where it is defined', () => {
  const when = `kind: action\nkey: a\noften: each\nwhen: { segment: firms, change: left }\n`
  const attributes = 'attributes: [{ as: Change, field: name }]\n'
  expect(problemsOf(`${when}${attributes}target: { destination: mail }`)).toEqual([
    'action.taken_name attributes[0].as',
    'activation.missing_attribute attributes',
  ])
  expect(problemsOf(`${when}target: { destination: parquet }`)).toEqual([
    'action.no_parquet target.destination',
  ])
})
