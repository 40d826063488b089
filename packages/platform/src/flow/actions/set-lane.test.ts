import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as inFolder } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { destinations } from '#activation'
import { column, join, sql, value } from '#engine'
import { memoryEngine } from '#engine/testing'
import { insightTable, prepareInsights } from '#insights'
import { mergePeople, profileId, setPeople, setRows, type TenantRow } from '#insights/testing'
import { prepareLake } from '#lake'
import { temporaryLog } from '#log/testing'
import { prepareSegments, publish } from '#segments'
import { memoryStore } from '#store/testing'
import type { ActionTools } from './actions.ts'
import type { ActionBody } from './definition.ts'
import { actionMigrations } from './records.ts'
import { prepareActions } from './tables.ts'
import { houseOf, webhookTo } from './testing/house.ts'
import { firingReceiver } from './testing/receiver.ts'

const engine = await memoryEngine()
await prepareLake(engine)
await prepareInsights(engine)
await prepareSegments(engine)
await prepareActions(engine)

const person = (n: number) => ({ profile: profileId(n), first_name: `name ${n}` })
const everybody = [1, 2, 3, 4, 5].map(person)
const id = (n: number) => String(profileId(n))

async function open(more: Partial<ActionTools> = {}) {
  await setPeople(engine, everybody)
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
  often: 'first',
  target: webhookTo(url),
  ...of,
})

test('fires for those who enter a segment, once for a stay, through a merge too', async () => {
  const positions = new Map<string, number>()
  const members = async (...who: readonly number[]) => {
    const ids = join(who.map((n) => sql`(${value(profileId(n))})`))
    const query = sql`select profile from (values ${ids}) who(profile)`
    const { position } = await publish(engine, { segment: 'vips', who: query, at: new Date() })
    positions.set('vips', position)
  }
  const { define, look, receiver, ledger } = await open({
    segmentPositions: async () => positions,
  })
  await define({
    welcome: action(receiver.url, {
      when: { segment: 'vips', change: 'entered' },
      attributes: [{ as: 'Name', profile: 'first_name' }],
    }),
    goodbye: action(receiver.url, { when: { segment: 'vips', change: 'left' } }),
  })
  const lookAll = async () => [(await look('welcome')).fired, (await look('goodbye')).fired]
  await members(1)
  // Who is there when it is published for the first time is no news.
  expect(await lookAll()).toEqual([0, 0])
  await members(1, 2, 3)
  expect(await lookAll()).toEqual([2, 0])
  await members(1, 3)
  await members(1, 2, 3)
  expect(await lookAll()).toEqual([1, 1])
  await mergePeople(engine, [[profileId(3), profileId(4)]])
  await members(1, 2, 4)
  expect(await lookAll()).toEqual([0, 0])
  await until(async () => expect(await ledger('welcome')).toEqual({ met: 3, sent: 3 }))
  const entered = receiver.facts().filter(({ occurrence }) => occurrence.includes('entered'))
  expect(entered.map(({ profile_id, data }) => [profile_id, data])).toEqual([
    [id(2), { Name: 'name 2' }],
    [id(3), { Name: 'name 3' }],
    [id(2), { Name: 'name 2' }],
  ])
  const left = receiver.facts().filter(({ occurrence }) => occurrence.includes('left'))
  expect(left.map(({ profile_id }) => profile_id)).toEqual([id(2)])
})

test('a destination is told who entered and who left, each as what happened', async () => {
  const positions = new Map<string, number>()
  const members = async (...who: readonly number[]) => {
    const ids = join(who.map((n) => sql`(${value(profileId(n))})`))
    const query = sql`select profile from (values ${ids}) who(profile)`
    const { position } = await publish(engine, { segment: 'fans', who: query, at: new Date() })
    positions.set('fans', position)
  }
  const base = mkdtempSync(inFolder(tmpdir(), 'tessera-actions-'))
  onTestFinished(() => rmSync(base, { recursive: true, force: true }))
  const { define, look, ledger } = await open({
    segmentPositions: async () => positions,
    folders: { base, allowed: [] },
    destinations,
  })
  const to = (change: 'entered' | 'left'): ActionBody => ({
    when: { segment: 'fans', change },
    often: 'each',
    target: { destination: 'lines' },
  })
  const body = { type: 'file', settings: { folder: 'fans', format: 'json' } }
  await define({ came: to('entered'), went: to('left') }, [
    { kind: 'destination', key: 'lines', body },
  ])
  const lookAll = async () => [(await look('came')).fired, (await look('went')).fired]
  await members(1)
  await lookAll()
  await members(2)
  expect(await lookAll()).toEqual([1, 1])
  for (const key of ['came', 'went'])
    await until(async () => expect(await ledger(key)).toEqual({ met: 1, sent: 1 }))
  const written = readdirSync(inFolder(base, 'fans'))
    .filter((name) => name.endsWith('.ndjson'))
    .map((name) => JSON.parse(readFileSync(inFolder(base, 'fans', name), 'utf8')))
  expect(written.toSorted((a, b) => a.change.localeCompare(b.change))).toEqual([
    { profile_id: id(2), change: 'entered' },
    { profile_id: id(1), change: 'left' },
  ])
})

const order = (n: number, of: number, amount: string, version: number): TenantRow => ({
  id: `o${n}`,
  _key: BigInt(n),
  _position: version,
  profile: profileId(of),
  grand_total_amount: amount,
  purchased_at: '2026-02-10T09:00:00Z',
})

test('fires for rows that are created or changed where the condition holds', async () => {
  const { define, look, receiver, ledger } = await open()
  const where = { field: 'grand_total_amount', op: '>=', value: 100 } as const
  const attributes = [
    { as: 'amount', field: 'grand_total_amount' },
    { as: 'at', field: 'purchased_at' },
    { as: 'name', profile: 'first_name' },
  ]
  const rule = (change: 'created' | 'changed' | 'any', often: 'first' | 'each') =>
    action(receiver.url, { when: { row: 'sales_order', change, where }, often, attributes })
  await setRows(engine, 'sales_order', [order(1, 1, '500', 10)])
  await define({
    created: rule('created', 'each'),
    changed: rule('changed', 'each'),
    turned: rule('any', 'first'),
  })
  const fired = async () => [
    (await look('created')).fired,
    (await look('changed')).fired,
    (await look('turned')).fired,
  ]
  expect(await fired()).toEqual([0, 0, 0])
  await setRows(engine, 'sales_order', [
    order(1, 1, '500', 10),
    order(2, 2, '150.5', 11),
    order(3, 3, '7', 11),
  ])
  expect(await fired()).toEqual([1, 0, 1])
  // One goes on holding under a new version, one turns true.
  await setRows(engine, 'sales_order', [
    order(1, 1, '600', 12),
    order(2, 2, '150.5', 11),
    order(3, 3, '700', 12),
  ])
  expect(await fired()).toEqual([0, 2, 1])
  expect(await fired()).toEqual([0, 0, 0])
  await until(async () => expect(await ledger('created')).toEqual({ met: 1, sent: 1 }))
  await until(async () => expect(await ledger('changed')).toEqual({ met: 2, sent: 2 }))
  expect(
    receiver.facts().find(({ occurrence, trigger }) => trigger === 'row' && occurrence === '11'),
  ).toMatchObject({
    person: 'sales_order 2',
    profile_id: id(2),
    data: { amount: 150.5, at: '2026-02-10T09:00:00.000Z', name: 'name 2' },
  })
})

test('fires when a condition on an insight turns true, and not because people are merged', async () => {
  const spend = (rows: readonly (readonly [number, number])[]) =>
    engine.change('spend', async (writer) => {
      const name = insightTable('spend')
      await writer.run(
        sql`create or replace table ${name} (profile_id bigint, ${column('total')} double)`,
      )
      for (const [n, total] of rows)
        await writer.run(
          sql`insert into ${name} values (${join([value(profileId(n)), value(total)])})`,
        )
    })
  await spend([
    [1, 500],
    [2, 5],
    [3, 5],
  ])
  const { define, look, receiver, ledger } = await open({
    insights: async () => [
      {
        key: 'spend',
        label: 'Spend',
        on: 'individual',
        dimensions: ['profile_id'],
        measures: new Map([['total', 'number']]),
        reads: [],
        query: { text: '', part: sql``, reads: [], columns: [], lineage: {} },
      } as unknown as Awaited<ReturnType<ActionTools['insights']>>[number],
    ],
  })
  const where = { field: 'total', op: '>=', value: 100 } as const
  await define({
    rich: action(receiver.url, {
      when: { insight: 'spend', where },
      attributes: [{ as: 'Total', field: 'total' }],
    }),
  })
  expect((await look('rich')).fired).toBe(0)
  await spend([
    [1, 600],
    [2, 150],
    [3, 5],
  ])
  expect((await look('rich')).fired).toBe(1)
  await mergePeople(engine, [[profileId(2), profileId(3)]])
  await spend([
    [1, 50],
    [3, 155],
  ])
  expect((await look('rich')).fired).toBe(0)
  await spend([
    [1, 100],
    [3, 155],
  ])
  expect((await look('rich')).fired).toBe(1)
  await until(async () => expect(await ledger('rich')).toEqual({ met: 2, sent: 2 }))
  expect(receiver.facts().map(({ profile_id, data }) => [profile_id, data])).toEqual([
    [id(2), { Total: 150 }],
    [id(1), { Total: 100 }],
  ])
})

test('a row suppresses what waits for the same person', async () => {
  const { define, look, ledger, receiver } = await open()
  await setRows(engine, 'sales_order', [order(1, 1, '500', 10)])
  await setRows(engine, 'case', [])
  const cases = (...rows: readonly TenantRow[]) => setRows(engine, 'case', rows)
  await define({
    survey: action(receiver.url, {
      when: { row: 'sales_order', change: 'created' },
      often: 'each',
      after: '2 hours',
      suppress: [{ when: { row: 'case', change: 'created' }, within: '1 day' }],
    }),
  })
  await look('survey')
  await setRows(
    engine,
    'sales_order',
    [1, 2, 3].map((n) => order(n, n, '500', 10 + n)),
  )
  expect((await look('survey')).fired).toBe(2)
  await cases({ id: 'c1', _key: 1n, _position: 20, profile: profileId(2) })
  await look('survey')
  expect(await ledger('survey')).toEqual({ met: 2, waiting: 1, suppressed: 1 })
})
