import { expect, test } from 'vitest'
import { sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { memoryStore } from '#store/testing'
import type { ActivationBody, DestinationBody } from './definition.ts'
import { defineDestination, type PayloadRow } from './destination.ts'
import { emailDefinition } from './destinations/email/definition.ts'
import { fileDefinition } from './destinations/file/definition.ts'
import { activationMigrations } from './records.ts'
import { activationsOver, definitionsOf } from './testing/house.ts'
import { addPeople, enter, leave, makeTables, opt, profileId } from './testing/world.ts'

const engine = await memoryEngine()
await makeTables(engine)
await addPeople(engine, 1, 9)
await engine.change('consents', ({ run }) =>
  run(sql`create table model.contact_point_consent (_profile bigint, _position bigint, individual_id__key bigint,
    contact_point varchar, channel varchar, purpose varchar, status varchar, effective_from timestamp, effective_to timestamp)`),
)
const clock = stoppedClock(new Date('2026-03-01T00:00:00Z'))

interface Said {
  readonly n: number
  readonly status: 'opt_in' | 'opt_out'
  readonly purpose?: string
  readonly point?: string
  readonly until?: string
}
let said = 0
const say = ({ n, status, purpose, point, until }: Said) =>
  engine.change('saying', ({ run }) =>
    run(sql`insert into model.contact_point_consent values (${value(profileId(n))}, ${value(++said)}, ${value(n)},
      ${value(point ?? null, 'text')}, 'email', ${value(purpose ?? null, 'text')}, ${value(status)}, null,
      ${value(until ?? null, 'timestamp')})`),
  )

/** A receiver in this process, of mails or of files. */
function receiver(kind: 'email' | 'file') {
  const received: PayloadRow[] = []
  const deliver = async (batch: { rows: () => AsyncIterable<readonly PayloadRow[]> }) => {
    for await (const rows of batch.rows()) received.push(...rows)
    return { result: 'sent' as const }
  }
  const test = () => {
    throw new Error('nobody tests it')
  }
  const parts = { batchSize: () => 100, deliver, test }
  const destination =
    kind === 'file'
      ? defineDestination({ ...fileDefinition, ...parts })
      : defineDestination({
          ...emailDefinition,
          ...parts,
          reaches: ({ to }) => ({ channel: 'email', attribute: to }),
        })
  return { received, destination }
}

const settings = {
  file: { folder: 'x', format: 'csv' },
  email: { host: 'mail.test', from: 'a@b.c', to: 'Email', subject: 's', text: 't' },
}
let segments = 0

async function arrange(
  kind: 'email' | 'file',
  of: Pick<DestinationBody, 'consent'>,
  body: Partial<ActivationBody>,
) {
  const segment = `asked_${++segments}`
  const store = await memoryStore({ activation: activationMigrations })
  const { received, destination } = receiver(kind)
  const there: DestinationBody = { type: kind, settings: settings[kind], ...of }
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
    { destinations: [destination], clock },
  )
  const queue = () => made.refresh('one', AbortSignal.timeout(10_000))
  const deliver = async () => {
    await made.work.drain(AbortSignal.timeout(10_000))
    return received
      .splice(0)
      .map((row) =>
        `${row['change']} ${BigInt(String(row['profile_id'])) - profileId(0)} ${row['Email'] ?? ''}`.trim(),
      )
  }
  const go = async () => {
    await queue()
    return deliver()
  }
  const ledger = async () => (await made.get('one')).ledger
  const filtered = async () => (await made.get('one')).ledger.filtered
  const close = async () => {
    await made.work.stop()
    await store.close()
  }
  return { segment, queue, deliver, go, ledger, filtered, close }
}

const mail: ActivationBody['attributes'] = [
  { as: 'Email', contact_point: 'email', sources: ['crm'] },
]

test('mails go to nobody who has refused, whatever is said of consent', async () => {
  const { segment, go, filtered, close } = await arrange('email', {}, { attributes: mail })
  // 3 and 5 did not opt in by the flags of their addresses; 4 did, and has refused since.
  await opt(engine, 3, true)
  await opt(engine, 4, true)
  await say({ n: 4, status: 'opt_out' })
  await enter(engine, segment, [2, 3, 4, 5])
  expect(await go()).toEqual(['entered 2 2@crm.test', 'entered 3 3@crm.test'])
  expect(await filtered()).toEqual({ 'no consent': 2 })
  await say({ n: 4, status: 'opt_in' })
  expect(await go()).toEqual(['entered 4 4@crm.test'])
  await say({ n: 2, status: 'opt_out' })
  expect(await go()).toEqual(['left 2'])
  await close()
})

test('a destination asks for a purpose; of two addresses the one that may be used is taken', async () => {
  const consent = { channel: 'email', purpose: 'news', basis: 'required' } as const
  const { segment, go, filtered, close } = await arrange('file', { consent }, { attributes: mail })
  await opt(engine, 7, true)
  await say({ n: 7, status: 'opt_in', purpose: 'News' })
  await say({ n: 7, status: 'opt_out', purpose: 'news', point: '7@CRM.test' })
  await say({ n: 8, status: 'opt_in', purpose: 'sale', until: '2027-01-01T00:00:00Z' })
  await opt(engine, 8, false)
  await opt(engine, 9, true)
  await enter(engine, segment, [7, 8, 9])
  // 9 opted in to mails of all kinds.
  expect(await go()).toEqual(['entered 7 7@shop.test', 'entered 9 9@crm.test'])
  expect(await filtered()).toEqual({ 'no consent': 1 })
  await close()
})

test('where no contact point is sent, the consent of the person counts, and ends when it said', async () => {
  const consent = { channel: 'email', purpose: 'survey', basis: 'required' } as const
  const { segment, go, filtered, close } = await arrange('file', {}, { consent })
  for (const n of [1, 6]) await opt(engine, n, true)
  await say({ n: 1, status: 'opt_in', purpose: 'survey', until: '2026-03-02T00:00:00Z' })
  await say({ n: 6, status: 'opt_out', purpose: 'survey' })
  await enter(engine, segment, [1, 6])
  expect(await go()).toEqual(['entered 1'])
  expect(await filtered()).toEqual({ 'no consent': 1 })
  await engine.change('flags', ({ run }) =>
    run(
      sql`update model.contact_point_email set opted_in = null where _profile = ${value(profileId(1))}`,
    ),
  )
  expect(await go()).toEqual([])
  clock.move(86_400_000)
  expect(await go()).toEqual(['left 1'])
  await close()
})

test('who withdraws while a batch waits is not sent, counted, and sent once they agree again', async () => {
  const { segment, queue, deliver, go, ledger, close } = await arrange(
    'email',
    {},
    { attributes: mail },
  )
  const people = [11, 12, 13, 14]
  await addPeople(engine, 11, 14)
  for (const n of people) await opt(engine, n, true)
  await enter(engine, segment, people)
  await queue()
  // 12 withdraws for good, 13 agrees again before the next cut, 14 after it.
  for (const n of [12, 13, 14]) await say({ n, status: 'opt_out' })
  expect(await deliver()).toEqual(['entered 11 11@crm.test'])
  const held = { 'consent withdrawn': 3 }
  expect(await ledger()).toEqual({
    members: 4,
    queued: 4,
    delivered: 1,
    filtered: held,
    waiting: 0,
    dead: 0,
  })
  await say({ n: 13, status: 'opt_in' })
  expect(await go()).toEqual(['left 12', 'left 14', 'entered 13 13@crm.test'].toSorted(byPerson))
  await say({ n: 14, status: 'opt_in' })
  expect(await go()).toEqual(['entered 14 14@crm.test'])
  // Who leaves is told of, whatever they agree to.
  await leave(engine, segment, [11])
  await queue()
  await say({ n: 11, status: 'opt_out' })
  expect(await deliver()).toEqual(['left 11 11@crm.test'])
  expect(await ledger()).toEqual({
    members: 9,
    queued: 9,
    delivered: 6,
    filtered: held,
    waiting: 0,
    dead: 0,
  })
  await close()
})

const byPerson = (a: string, b: string) => Number(a.split(' ')[1]) - Number(b.split(' ')[1])

test('an address of which somebody withdrew is not sent where the member is sent without it too', async () => {
  const { segment, queue, deliver, ledger, close } = await arrange(
    'file',
    {},
    {
      send: 'everything',
      attributes: [{ as: 'Email', contact_point: 'email', sources: ['crm'], consent: true }],
    },
  )
  await addPeople(engine, 21, 22)
  for (const n of [21, 22]) await opt(engine, n, true)
  await enter(engine, segment, [21, 22])
  await queue()
  await say({ n: 22, status: 'opt_out' })
  expect(await deliver()).toEqual(['undefined 21 21@crm.test', 'undefined 22'])
  expect(await ledger()).toMatchObject({ members: 2, delivered: 2, filtered: {} })
  await close()
})
