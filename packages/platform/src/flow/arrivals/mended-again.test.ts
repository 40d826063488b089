import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sql } from '#engine'
import { systemCaller as caller } from '#kernel/caller.ts'
import { currentTable, ledgerOf } from '#lake'
import type { StreamDefinition } from '#streams'
import { rejectsOf } from './rejects.ts'
import { retryRecords } from './retry-records.ts'
import { makeHouse } from './testing/house.ts'

const kinds = [
  ['clicks', 'mode: append'],
  ['contacts', 'mode: upsert, primary_key: [id]'],
  ['members', 'mode: append, primary_key: [id]'],
  ['prices', 'mode: full, primary_key: [id]'],
  ['stock', 'mode: full'],
] as const

const { engine, events, collecting, spool, clock, arrivals, folder, pull } = await makeHouse(
  `{ kind: connection, key: crm, connector: files, settings: { folder: . } }\n${kinds
    .map(
      ([key, how]) => `---
{ kind: stream, key: ${key}, connection: crm, source: { path: ${key}.csv }, ${how}, category: other,
  fields: { id: { type: text }, age: { type: integer } }, contract: { conflict: reject } }
`,
    )
    .join('')}`,
)

const put = (key: string, ...lines: readonly string[]) =>
  writeFileSync(join(folder, `${key}.csv`), `id,age\n${lines.map((line) => `${line}\n`).join('')}`)

async function held(key: string) {
  const rows = await engine.rows(sql`select id, age from ${currentTable(key)}`)
  return rows.map(({ id, age }) => `${id},${age}`).sort()
}

const listed = (key: string) => rejectsOf(engine, key, { limit: 100 })

/** What the ledger counts, which has to add up. */
async function balance(key: string) {
  const { received, stored, unchanged, rejected, mended } = await ledgerOf(engine, key)
  expect(stored + unchanged + rejected + mended).toBe(received)
  return { rejected, mended }
}

test.each(kinds)('%s (%s): a record that was mended stays so when its file grows', async (key) => {
  put(key, '1,30', '2,old', '2,old', '3,5')
  expect(await pull(key)).toMatchObject({ received: 4, stored: 2, rejected: 2 })
  const [first, second] = await listed(key)
  const wish = { items: [{ id: first!.id, body: { id: '2', age: 40 } }] }
  const signal = AbortSignal.timeout(20_000)
  const { results } = await arrivals.retry(caller, { stream: key, wish, signal })
  expect(results).toMatchObject([{ status: 'stored' }])
  expect(await pull(key)).toMatchObject({ batches: 0 })

  put(key, '1,30', '2,old', '2,old', '3,5', '4,6')
  expect(await pull(key)).toMatchObject({ received: 5, stored: 1, rejected: 0, removed: 0 })
  expect(await held(key)).toEqual(['1,30', '2,40', '3,5', '4,6'])
  expect(await listed(key)).toEqual([second])
  expect(await balance(key)).toEqual({ rejected: 1, mended: 1 })

  // One more of the same is another one.
  put(key, '1,30', '2,old', '2,old', '3,5', '4,6', '2,old')
  expect(await pull(key)).toMatchObject({ stored: 0, rejected: 1 })
  expect(await balance(key)).toEqual({ rejected: 2, mended: 1 })

  // Put right where it came from as well.
  put(key, '1,30', '2,40', '3,5', '4,6')
  expect(await pull(key)).toMatchObject({ stored: 0, rejected: 0 })
  expect(await held(key)).toEqual(['1,30', '2,40', '3,5', '4,6'])
})

test('where everything comes whole, a mended record goes when it is shown no more', async () => {
  put('stock', '1,30', '9,old')
  await pull('stock')
  const [last] = (await listed('stock')).toReversed()
  const wish = { items: [{ id: last!.id, body: { id: '9', age: 90 } }] }
  const signal = AbortSignal.timeout(20_000)
  await arrivals.retry(caller, { stream: 'stock', wish, signal })
  put('stock', '9,old')
  expect(await pull('stock')).toMatchObject({ removed: 1 })
  expect(await held('stock')).toEqual(['9,90'])
  put('stock', '7,1')
  await pull('stock')
  expect(await held('stock')).toEqual(['7,1'])
})

test('what is just being mended is no row that has gone from its source', async () => {
  put('stock', '1,30', '5,old')
  await pull('stock')
  const reject = (await listed('stock')).find(({ raw }) => raw === '5,old')
  const stream: StreamDefinition = {
    connection: 'crm',
    source: { path: 'stock.csv' },
    mode: 'full',
    category: 'other',
    contract: { conflict: 'reject' },
  }
  const signal = AbortSignal.timeout(20_000)
  const tools = { engine, events, collecting, spool, now: clock.now }
  // What takes it off the list comes later, or never.
  const mended = [{ reject: reject!, body: { id: '5', age: 91 } }]
  await retryRecords(tools, { stream: 'stock', body: stream, signal }, mended)
  expect(await pull('stock')).toMatchObject({ batches: 0 })
  put('stock', '1,30', '5,old', '2,20')
  expect(await pull('stock')).toMatchObject({ stored: 1, removed: 0 })
  expect(await held('stock')).toEqual(['1,30', '2,20', '5,91'])
  const wish = { items: [{ id: reject!.id }] }
  await arrivals.retry(caller, { stream: 'stock', wish, signal })
  put('stock', '1,30', '5,old')
  expect(await pull('stock')).toMatchObject({ removed: 1 })
  expect(await held('stock')).toEqual(['1,30', '5,91'])
})

test.each(['clicks', 'stock'])(
  '%s: a record that is what another one was mended to is another one',
  async (key) => {
    put(key, '1,30', '8,old')
    await pull(key)
    const [last] = (await listed(key)).filter(({ raw }) => raw === '8,old')
    const wish = { items: [{ id: last!.id, body: { id: '8', age: 80 } }] }
    const signal = AbortSignal.timeout(20_000)
    await arrivals.retry(caller, { stream: key, wish, signal })
    put(key, '1,30', '8,old', '8,80')
    expect(await pull(key)).toMatchObject({ stored: 1, rejected: 0, removed: 0 })
    expect((await held(key)).filter((row) => row === '8,80')).toHaveLength(2)
  },
)

test('a key that is empty is known again as well', async () => {
  put('contacts', ',1', '5,2')
  expect(await pull('contacts')).toMatchObject({ rejected: 1 })
  put('contacts', ',1', '5,2', '6,3')
  expect(await pull('contacts')).toMatchObject({ stored: 1, rejected: 0, unchanged: 2 })
})
