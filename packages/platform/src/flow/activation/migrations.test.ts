import { expect, onTestFinished, test } from 'vitest'
import { memoryStore } from '#store/testing'
import { activationMigrations, recordsIn } from './records.ts'

test('what was queued before a new version is there after it, with its members', async () => {
  const store = await memoryStore({ activation: activationMigrations.slice(0, 1) })
  onTestFinished(store.close)
  const old = store.as<Record<string, Record<string, unknown>>>()
  const batch = (sequence: number, state: string) => ({
    sequence,
    id: `one:0:5:${sequence}`,
    activation: 'one',
    segment: 'vips',
    destination: 'shop',
    send: 'changes',
    from_position: 0,
    to_position: 5,
    number: sequence,
    of: 2,
    members: 3,
    columns: '["profile_id"]',
    state,
    due_at: '2026-01-01T00:00:00.000Z',
    queued_at: '2026-01-01T00:00:00.000Z',
  })
  await old
    .insertInto('activation_batch')
    .values([batch(7, 'delivered'), batch(8, 'waiting')])
    .execute()
  const { gzipSync } = await import('node:zlib')
  const payload = gzipSync('[{"profile_id":"1"}]')
  await old.insertInto('activation_part').values({ batch: 8, number: 1, payload }).execute()
  await old
    .insertInto('activation_state')
    .values({ activation: 'one', position: 5, queued: 6, queued_at: '2026-01-01T00:00:00.000Z' })
    .execute()

  await store.migrate('activation', activationMigrations)
  const records = recordsIn(store)
  expect(await records.next('shop')).toMatchObject({
    sequence: 8,
    line: 'one',
    done: 0,
    types: '{}',
  })
  const rows: unknown[] = []
  for await (const some of records.rowsOf(8)) rows.push(...some)
  expect(rows).toEqual([{ profile_id: '1' }])
  expect((await records.ledgers()).get('one')).toEqual({
    members: 6,
    queued: 6,
    delivered: 3,
    filtered: {},
    waiting: 3,
    dead: 0,
  })
})
