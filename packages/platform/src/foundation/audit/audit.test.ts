import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { systemCaller } from '#kernel/caller.ts'
import { stoppedClock } from '#kernel/clock.ts'
import { memoryStore } from '#store/testing'
import { auditMigrations, auditRoutes, makeAudit } from './index.ts'

const ada = { ...systemCaller, name: 'ada' }

async function openAudit() {
  const store = await memoryStore({ audit: auditMigrations })
  const clock = stoppedClock(new Date('2026-01-02T03:04:05Z'))
  return { store, audit: makeAudit({ store, clock }), [Symbol.asyncDispose]: store.close }
}

test('an entry says who did what to which thing, and when', async () => {
  await using opened = await openAudit()
  await opened.audit.record(ada, 'segment.create', 'segment:vips', { version: 1 })
  expect(await opened.audit.list({})).toEqual([
    {
      number: 1,
      at: '2026-01-02T03:04:05.000Z',
      caller: 'ada',
      verb: 'segment.create',
      subject: 'segment:vips',
      details: { version: 1 },
    },
  ])
})

test('pages run from the newest to the oldest, all or about one subject', async () => {
  await using opened = await openAudit()
  const { record, list } = opened.audit
  for (const n of [1, 2, 3, 4, 5]) await record(ada, 'box.open', `box:${n % 2}`, { n })
  const numbers = async (query: Parameters<typeof list>[0]) =>
    (await list(query)).map(({ number }) => number)
  expect(await numbers({ limit: 2 })).toEqual([5, 4])
  expect(await numbers({ limit: 2, before: 4 })).toEqual([3, 2])
  expect(await numbers({ subject: 'box:1' })).toEqual([5, 3, 1])
  expect(await numbers({ subject: 'box:1', before: 5, limit: 1 })).toEqual([3])
})

test('entries are found by who did it, by what was done, and by a part of either', async () => {
  await using opened = await openAudit()
  const { record, list } = opened.audit
  await record(ada, 'box.open', 'box:red')
  await record({ ...ada, name: 'Bob' }, 'box.close', 'box:red')
  await record({ ...ada, name: 'Bob' }, 'boxer.call', 'boxer:1')
  const found = async (query: Parameters<typeof list>[0]) =>
    (await list(query)).map(({ number }) => number)
  expect(await found({ caller: 'Bob' })).toEqual([3, 2])
  expect(await found({ verb: 'box.open' })).toEqual([1])
  expect(await found({ verb: 'box' })).toEqual([2, 1])
  expect(await found({ search: 'BO' })).toEqual([3, 2, 1])
  expect(await found({ search: 'red', caller: 'Bob' })).toEqual([2])
  expect(await found({ search: '%' })).toEqual([])
})

test('an entry is undone with the change it tells of', async () => {
  await using opened = await openAudit()
  const failed = opened.store.transaction(async () => {
    await opened.audit.record(ada, 'box.open', 'box:1')
    throw new Error('the change failed')
  })
  await expect(failed).rejects.toThrow('the change failed')
  expect(await opened.audit.list({})).toEqual([])
})

test('nobody changes or removes an entry', async () => {
  await using opened = await openAudit()
  await opened.audit.record(ada, 'box.open', 'box:1')
  const db = opened.store.as<unknown>()
  await expect(sql`update audit_entry set caller = 'bob'`.execute(db)).rejects.toThrow(
    'never changed',
  )
  await expect(sql`delete from audit_entry`.execute(db)).rejects.toThrow('never removed')
})

test('secrets and personal data are covered', async () => {
  await using opened = await openAudit()
  const details = { token: 'abc', note: 'asked by ada@example.com' }
  await opened.audit.record(ada, 'box.open', 'box:1', details)
  const [entry] = await opened.audit.list({})
  expect(entry?.details).toEqual({ token: '***', note: 'asked by ***@***' })
})

test('the route lists what the query asks for', async () => {
  await using opened = await openAudit()
  await opened.audit.record(ada, 'box.open', 'box:1')
  const [list] = auditRoutes(opened.audit)
  expect(list).toMatchObject({ method: 'GET', path: '/audit', may: 'admin' })
  expect(await list?.run({ query: { subject: 'box:2' } } as never)).toEqual([])
})
