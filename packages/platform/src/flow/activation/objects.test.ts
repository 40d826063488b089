import { expect, onTestFinished, test } from 'vitest'
import { catalogueOf, type Definition } from '#definitions'
import { type Engine, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { memberTable, type SegmentDefinition } from '#segments'
import { profileId, segmentTenant, setRows } from '#segments/testing'
import { memoryStore } from '#store/testing'
import { type KnownAround, problemsOfActivation } from './check.ts'
import type { ActivationBody, DestinationBody } from './definition.ts'
import { defineDestination, type PayloadRow } from './destination.ts'
import { emailDefinition } from './destinations/email/definition.ts'
import { fileDefinition } from './destinations/file/definition.ts'
import { nodesOfActivations } from './nodes.ts'
import { activationMigrations } from './records.ts'
import { prepareActivation } from './tables.ts'
import { activationsOver, knownAround } from './testing/house.ts'

const at = new Date('2026-02-16T12:00:00Z')

/** Two companies, one of two people with three orders; two products, one of which two sources know; a household. */
async function fill(engine: Engine) {
  await segmentTenant(engine)
  await prepareActivation(engine)
  await setRows(engine, 'account', [{ _key: 71, id: 'c1', name: 'Acme' }])
  await setRows(engine, 'individual', [
    {
      _key: 101,
      profile: profileId(1),
      id: 'i1',
      primary_account_id__key: 71,
      primary_household_id__key: 1,
    },
    { _key: 102, profile: profileId(2), id: 'i2', primary_account_id__key: 71 },
  ])
  await setRows(engine, 'household', [{ _key: 1, id: 'h1', name: 'Byron' }])
  await setRows(
    engine,
    'contact_point_email',
    (
      [
        [101, 'crm', 'ada@acme.test', 'work', true],
        [101, 'shop', 'ada@home.test', 'private', false],
        [102, 'shop', 'bob@acme.test', 'work', false],
        [102, 'crm', '', 'work', true],
      ] as const
    ).map(([person, _source, email_address, usage_type, is_primary], i) => ({
      ...{ _key: i, _position: i, _stream: 's', _source, email_address, usage_type, is_primary },
      individual_id__key: person,
      profile: profileId(person - 100),
    })),
  )
  await setRows(engine, 'product', [
    { _key: 11, id: 'p1', name: 'Anvil', list_price: 10 },
    { _key: 11, id: 'p1', name: 'Anvil', list_price: 10 },
    { _key: 12, id: 'p2', name: 'Ball', list_price: 3 },
  ])
  await setRows(engine, 'sales_order', [
    {
      _key: 1,
      _position: 1,
      order_number: 'A',
      grand_total_amount: 10,
      individual_id__key: 101,
      account_id__key: 71,
      profile: profileId(1),
    },
    {
      _key: 2,
      _position: 2,
      order_number: 'B',
      grand_total_amount: 30,
      individual_id__key: 102,
      account_id__key: 71,
      profile: profileId(2),
    },
    {
      _key: 3,
      _position: 3,
      order_number: 'C',
      grand_total_amount: 20,
      individual_id__key: 101,
      account_id__key: 71,
      profile: profileId(1),
    },
  ])
  await engine.change('accounts', async ({ run }) => {
    await run(sql`create table unified.account (profile bigint, name varchar, website varchar)`)
    await run(
      sql`insert into unified.account values (710, 'Acme', 'sales@acme.test'), (720, 'Brill', 'hi@brill.test')`,
    )
    await run(sql`create table insight.sold (product bigint, pieces double)`)
    await run(sql`insert into insight.sold values (11, 7)`)
    await run(sql`create table unified.link_account (record bigint, profile bigint)`)
    await run(sql`insert into unified.link_account values (71, 710), (72, 720)`)
    await run(sql`create table model.contact_point_consent (_profile bigint, _position bigint, individual_id__key bigint,
      contact_point varchar, channel varchar, purpose varchar, status varchar, effective_from timestamp, effective_to timestamp)`)
  })
}

const sold = {
  on: 'product',
  dimensions: ['product'],
  measures: new Map([['pieces', 'number' as const]]),
}
const known: KnownAround = {
  ...knownAround,
  shapesIn: () => ({ shapes: new Map([['sold', sold]]) }),
}

const received: PayloadRow[] = []
const taking = {
  batchSize: () => 100,
  deliver: async (batch: { rows: () => AsyncIterable<readonly PayloadRow[]> }) => {
    for await (const rows of batch.rows()) received.push(...rows)
    return { result: 'sent' as const }
  },
  test: () => {
    throw new Error('nobody tests it')
  },
}
const destinations = [
  defineDestination({ ...fileDefinition, ...taking }),
  defineDestination({
    ...emailDefinition,
    ...taking,
    reaches: ({ to }) => ({ channel: 'email', attribute: to }),
  }),
]
const files: DestinationBody = { type: 'file', settings: { folder: 'x', format: 'csv' } }
const mails: DestinationBody = {
  type: 'email',
  settings: { host: 'mail.test', from: 'a@b.c', to: 'Mail', subject: 's', text: 't' },
}

async function arrange(
  on: string,
  there: DestinationBody,
  body: Pick<ActivationBody, 'attributes'> & Partial<ActivationBody>,
) {
  const engine = await memoryEngine()
  const store = await memoryStore({ activation: activationMigrations })
  onTestFinished(async () => {
    await store.close()
    await engine.close()
  })
  await fill(engine)
  const segment: SegmentDefinition = { label: 'All', on, include: { all: [] } }
  const one: ActivationBody = { segment: 'all', destination: 'there', send: 'changes', ...body }
  const definitions: readonly Definition[] = [
    { kind: 'segment', key: 'all', body: segment },
    { kind: 'destination', key: 'there', body: there },
    { kind: 'activation', key: 'one', body: one },
  ]
  const catalogue = catalogueOf(definitions)
  const clock = stoppedClock(at)
  const made = activationsOver(
    {
      engine,
      store,
      outgoing: { send: () => Promise.reject(new Error('no')) },
      catalogue: () => catalogue,
    },
    { destinations, clock, known },
  )
  const enter = async (...keys: readonly number[]) => {
    for (const key of keys)
      await engine.change('entering', async ({ run, positions }) => {
        const position = value(await positions(1))
        await run(
          sql`insert into ${memberTable} (segment, profile, entered_position) values ('all', ${value(key)}, ${position})`,
        )
      })
  }
  const queue = () => made.refresh('one', AbortSignal.timeout(10_000))
  const deliver = async () => {
    await made.work.drain(AbortSignal.timeout(10_000))
    return received.splice(0)
  }
  let said = 0
  const say = (status: 'opt_in' | 'opt_out', point: string) =>
    engine.change('saying', ({ run }) =>
      run(
        sql`insert into model.contact_point_consent values (null, ${value(++said)}, null, ${value(point)}, 'email', null, ${value(status)}, null, null)`,
      ),
    )
  const ledger = async () => (await made.get('one')).ledger
  const problems = problemsOfActivation(one, catalogue, known)
  return {
    problems,
    enter,
    queue,
    deliver,
    say,
    ledger,
    inputs: nodesOfActivations(catalogue)[0]?.inputs,
  }
}

test.each([
  [
    'account',
    [710, 720],
    [
      { as: 'Name', field: 'name' },
      { as: 'Loud', formula: 'upper(name)' },
      {
        as: 'Orders',
        related: 'sales_order',
        fields: [{ as: 'number', field: 'order_number' }],
        where: 'grand_total_amount > 10',
        order: { field: 'grand_total_amount', descending: true },
      },
    ],
    [
      { Name: 'Acme', Loud: 'ACME', Orders: [{ number: 'B' }, { number: 'C' }] },
      { Name: 'Brill', Loud: 'BRILL', Orders: [] },
    ],
  ],
  [
    'household',
    [1],
    [
      { as: 'Name', field: 'name' },
      {
        as: 'Orders',
        related: 'sales_order',
        fields: [{ as: 'number', field: 'order_number' }],
        limit: 1,
      },
    ],
    [{ Name: 'Byron', Orders: [{ number: 'C' }] }],
  ],
  [
    'product',
    [11, 12],
    [
      { as: 'Id', field: 'id' },
      { as: 'Price', field: 'list_price' },
      { as: 'Sold', insight: 'sold.pieces' },
    ],
    [
      { Id: 'p1', Price: 10, Sold: 7 },
      { Id: 'p2', Price: 3, Sold: null },
    ],
  ],
] as const)(
  'members that are of "%s" are sent as they are, with what belongs to them',
  async (on, members, attributes, expected) => {
    const { problems, enter, queue, deliver, ledger } = await arrange(on, files, {
      attributes: structuredClone(attributes) as unknown as ActivationBody['attributes'],
      updates: true,
    })
    expect(problems).toEqual([])
    await enter(...members)
    await queue()
    expect(await deliver()).toEqual(
      expected.map((row, i) => ({ profile_id: String(members[i]), change: 'entered', ...row })),
    )
    await queue()
    expect(await deliver()).toEqual([])
    expect(await ledger()).toMatchObject({ members: expected.length, delivered: expected.length })
  },
)

const contact = (more: object) => ({ as: 'Mail', contact_point: 'email', ...more }) as const

test.each([
  ['account', {}, ['ada@acme.test', null]],
  ['account', { sources: ['shop'] }, ['bob@acme.test', null]],
  ['account', { sources: ['shop'], purpose: 'private' }, ['ada@home.test', null]],
  ['account', { consent: true }, ['ada@home.test', null]],
  ['account', { required: true }, ['ada@acme.test']],
  ['household', { sources: ['shop'] }, ['ada@home.test']],
] as const)(
  'of the contact points of people of "%s" the one is sent that %j asks for',
  async (on, more, expected) => {
    const { problems, enter, queue, deliver, say } = await arrange(on, files, {
      attributes: [contact(more)],
    })
    expect(problems).toEqual([])
    await say('opt_in', 'ada@home.test')
    await enter(...(on === 'account' ? [710, 720] : [1]))
    await queue()
    expect((await deliver()).map((row) => row['Mail'])).toEqual(expected)
  },
)

test('mails to contact points of accounts go to one that has not refused, and to nobody once it does', async () => {
  const { problems, enter, queue, deliver, say, ledger } = await arrange('account', mails, {
    attributes: [contact({})],
  })
  expect(problems).toEqual([])
  await say('opt_out', 'ada@acme.test')
  await enter(710, 720)
  await queue()
  expect((await deliver()).map((row) => row['Mail'])).toEqual(['bob@acme.test'])
  expect((await ledger()).filtered).toEqual({ 'no contact point': 1 })
  for (const address of ['ada@home.test', 'bob@acme.test']) await say('opt_out', address)
  await queue()
  expect(await deliver()).toMatchObject([{ change: 'left', profile_id: '710' }])
})

test('a contact point that may not be used any more is taken out while it waits', async () => {
  const { enter, queue, deliver, say } = await arrange('account', files, {
    attributes: [contact({ consent: true })],
  })
  await say('opt_in', 'bob@acme.test')
  await enter(710)
  await queue()
  await say('opt_out', 'bob@acme.test')
  expect(await deliver()).toMatchObject([{ profile_id: '710', Mail: null }])
})

test('products have no contact points', async () => {
  const { problems } = await arrange('product', files, { attributes: [contact({})] })
  expect(problems).toMatchObject([
    { code: 'activation.no_contact_points', at: 'attributes[0].contact_point' },
  ])
})

test('an account is looked at when accounts have changed', async () => {
  const attributes = [{ as: 'Name', field: 'name' }]
  expect((await arrange('account', files, { attributes, updates: true })).inputs).toEqual([
    'segment:all',
    'unified:account',
  ])
})

const mail = { attributes: [{ as: 'Mail', field: 'website' }] }

test('mails to accounts go to no address that has refused, also where it does so while they wait', async () => {
  const { problems, enter, queue, deliver, say, ledger } = await arrange('account', mails, mail)
  expect(problems).toEqual([])
  await say('opt_out', 'SALES@acme.test')
  await enter(710, 720)
  await queue()
  expect(await deliver()).toMatchObject([{ profile_id: '720', Mail: 'hi@brill.test' }])
  expect((await ledger()).filtered).toEqual({ 'no consent': 1 })
  await say('opt_in', 'sales@acme.test')
  await queue()
  await say('opt_out', 'sales@acme.test')
  expect(await deliver()).toEqual([])
  expect(await ledger()).toMatchObject({
    members: 3,
    delivered: 1,
    filtered: { 'no consent': 1, 'consent withdrawn': 1 },
    waiting: 0,
  })
})

test('where it is asked of people and members are none, nothing is sent: it is no definition', async () => {
  const consent = { channel: 'email', basis: 'required' } as const
  const own = await arrange('account', files, { ...mail, consent })
  expect(own.problems).toMatchObject([{ code: 'activation.consent_of_people', at: 'consent' }])
  const there = await arrange('product', { ...files, consent }, { attributes: [] })
  expect(there.problems).toMatchObject([
    { code: 'activation.consent_of_people', at: 'destination' },
  ])
})
