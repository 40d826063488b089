import { hash } from 'node:crypto'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { defineConnector, openSpool } from '#connectors'
import { sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { countedIds } from '#kernel/ids.ts'
import { object } from '#kernel/read.ts'
import { conflictsOf, ledgerOf, prepareLake } from '#lake'
import { pull } from './pull.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })

type Records = readonly Readonly<Record<string, unknown>>[]

/** A list that is handed over in parts; those that were taken are left out. */
const listOf = (parts: readonly Records[]) =>
  defineConnector({
    key: 'list',
    label: 'List',
    about: 'A list that comes in parts.',
    settings: object({}),
    source: object({}),
    list: async () => [],
    async *read({ known, signal }) {
      for (const [i, records] of parts.entries()) {
        const text = records.map((record) => `${JSON.stringify(record)}\n`).join('')
        const fingerprint = hash('sha256', text)
        if (known(fingerprint)) continue
        const { path, sizeBytes } = await spool.write(Readable.from([text]), signal)
        const file = {
          format: 'ndjson',
          compressed: false,
          encoding: 'utf-8',
          path,
          sizeBytes,
        } as const
        const name = `list, part ${i + 1}`
        yield { name, fingerprint, file, origin: 'list', isWhole: true }
      }
    },
  })

let seconds = 0
const pulled = (key: string, ...parts: readonly Records[]) =>
  pull(
    {
      engine,
      spool,
      now: () => new Date(1_700_000_000_000 + ++seconds * 1000),
      connectors: { list: () => [], get: () => listOf(parts) },
    },
    {
      key,
      stream: { connection: 'list', source: {}, mode: 'append', category: 'other' },
      connection: { connector: 'list', settings: {} },
      signal: AbortSignal.timeout(30_000),
    },
  )

test('a list of which a part is as it was is read whole, and only what is new in it comes', async () => {
  const [first, second] = [[{ who: 'a' }, { who: 'a' }], [{ who: 'b' }]]
  expect(await pulled('people', first, second)).toMatchObject({ stored: 3, batches: 2 })
  expect(await pulled('people', first, second)).toMatchObject({ received: 0, batches: 0 })
  const grown = [...second, { who: 'a' }]
  expect(await pulled('people', first, grown)).toMatchObject({
    ...{ received: 4, stored: 1, unchanged: 3, batches: 2 },
  })
  const rows = await engine.rows(sql`select who from ${table('lake', 'people')} order by 1`)
  expect(rows.map(({ who }) => who)).toEqual(['a', 'a', 'a', 'b'])
  expect(await ledgerOf(engine, 'people')).toMatchObject({ received: 7, stored: 4, unchanged: 3 })
})

test('a type that does not hold for one part holds for none, and what is there is known again', async () => {
  const first = Array.from({ length: 25_000 }, (_, i): Records[number] => ({ code: i }))
  const codes = (...more: readonly unknown[]) => more.map((code) => ({ code }))
  const start = [...first, ...codes('A7')]
  expect(await pulled('codes', start, codes('B8', 9))).toMatchObject({
    ...{ stored: 25_003, widened: ['code'] },
  })
  expect(await conflictsOf(engine, 'codes')).toEqual([])
  const grown = await pulled('codes', start, codes('B8', 9, 'C1'))
  expect(grown).toMatchObject({ received: 25_004, stored: 1, unchanged: 25_003 })
})
