import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { type Connectors, makeConnectors, openSpool } from '#connectors'
import { reaching } from '#connectors/testing'
import { sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { countedIds } from '#kernel/ids.ts'
import { fieldsOf, prepareLake } from '#lake'
import { pull } from './pull.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })

interface Visit {
  readonly who: string
  readonly n: number | string | null
}

let visits: readonly Visit[] = []
let isBroken = false
/** Whether the server gives everything, whatever it is asked for. */
let isLavish = false
const server = createServer((request, response) => {
  const asked = new URL(request.url ?? '', 'http://server').searchParams
  const page = Number(asked.get('page'))
  const since = Number(asked.get('since') ?? 0)
  const isLost = isBroken && page === 2
  const found = visits
    .filter(({ n }) => isLavish || n === null || !(Number(n) < since))
    .slice(2 * page, 2 * page + 2)
  response.writeHead(isLost ? 400 : 200).end(JSON.stringify(isLost ? {} : { data: found }))
})
server.listen(0, '127.0.0.1')
await once(server, 'listening')
// A TCP server's address is an object with a port.
const { port } = server.address() as AddressInfo
afterAll(() => {
  server.close()
  server.closeAllConnections()
})

/** Pulls in batches of two records. */
const pullerOf = () => {
  const tools = {
    ...reaching([`127.0.0.1:${port}`]),
    baseFolder: folder,
    closedFolders: [],
    uploadsFolder: folder,
    batchRecords: 2,
  }
  const connectors = makeConnectors(tools)
  return Object.assign((key: string, more: object = {}) => pullBy(connectors, { key, more }), {
    whole: (key: string, mode: 'append' | 'full') =>
      pullBy(connectors, { key, more: undefined, mode }),
  })
}

const pullBy = (
  connectors: Connectors,
  {
    key,
    more,
    mode = 'append',
  }: { key: string; more: object | undefined; mode?: 'append' | 'full' },
) =>
  pull(
    { engine, connectors, spool, now: () => new Date() },
    {
      key,
      stream: {
        connection: 'web',
        source: {
          path: '/visits',
          records: 'data',
          paging: { kind: 'page', param: 'page', first: 0 },
          ...(more ? { incremental: { field: 'n', param: 'since', ...more } } : {}),
        },
        mode,
        category: 'other',
      },
      connection: {
        connector: 'http',
        settings: { base_url: `http://127.0.0.1:${port}` },
      },
      signal: AbortSignal.timeout(20_000),
    },
  )

const held = async (key: string) => {
  const rows = await engine.rows(sql`select * from ${table('lake', key)}`)
  return rows.map(({ who, n, n__text: text }) => `${who},${text ?? n}`).sort()
}

const written = () => visits.map(({ who, n }) => `${who},${n}`).sort()

test('a walk that was cut, of records in any order, brings none of them twice, whatever came meanwhile', async () => {
  const pulled = pullerOf()
  const seven = Array.from({ length: 7 }, (_, i) => ({ who: `w${i % 2}`, n: i }))
  visits = seven
  isBroken = true
  await expect(pulled('visits')).rejects.toThrow('400')
  isBroken = false
  visits = [{ who: 'new', n: 8 }, ...seven, { who: 'w1', n: 5 }]
  await pulled('visits')
  expect(await held('visits')).toEqual(written())
  visits = [{ who: 'last', n: 9 }, ...visits, { who: 'new', n: 8 }]
  expect(await pulled('visits')).toMatchObject({ stored: 2 })
  expect(await held('visits')).toEqual(written())
})

test.each([false, true])(
  'one more of records that came is another one (sorted: %s)',
  async (sorted) => {
    const [pulled, key] = [pullerOf(), `equal_${sorted}`]
    visits = [{ who: 'w', n: 1 }]
    expect(await pulled(key, { sorted })).toMatchObject({ stored: 1 })
    visits = [...visits, ...visits]
    expect(await pulled(key, { sorted })).toMatchObject({ stored: 1 })
    expect(await pulled(key, { sorted })).toMatchObject({ batches: 0 })
    expect(await held(key)).toEqual(written())
  },
)

test('a walk of sorted records goes on where it was cut', async () => {
  const pulled = pullerOf()
  visits = Array.from({ length: 7 }, (_, i) => ({ who: 'w', n: Math.floor(i / 3) }))
  isBroken = true
  await expect(pulled('sorted', { sorted: true })).rejects.toThrow('400')
  expect(await held('sorted')).toHaveLength(2)
  isBroken = false
  visits = [...visits, { who: 'w', n: 2 }, { who: 'w', n: 2 }]
  await pulled('sorted', { sorted: true })
  expect(await held('sorted')).toEqual(written())
})

test.each([true, false])(
  'records that come in every walk are there once (all come: %s)',
  async (everything) => {
    const [pulled, key] = [pullerOf(), `strays_${everything}`]
    isLavish = everything
    visits = [
      { who: 'w', n: 1 },
      { who: 'w', n: null },
      { who: 'bad', n: 'soon' },
      ...[1, 2, 3].map((n) => ({ who: 'w', n })),
    ]
    expect(await pulled(key)).toMatchObject({ stored: 6 })
    visits = [...visits, { who: 'w', n: null }, { who: 'w', n: 4 }]
    expect(await pulled(key)).toMatchObject({ stored: 2 })
    visits = [...visits, { who: 'w', n: 0 }, { who: 'w', n: 4 }]
    expect(await pulled(key)).toMatchObject({ stored: everything ? 2 : 1 })
    expect(await pulled(key)).toMatchObject({ stored: 0 })
    isLavish = false
    expect(await held(key)).toEqual(written().filter((one) => everything || one !== 'w,0'))
  },
)

test('a list without records is a delivery of nothing: the first time, and when everything is gone', async () => {
  const pulled = pullerOf()
  for (const mode of ['full', 'append'] as const) {
    const key = `empty_${mode}`
    visits = []
    expect(await pulled.whole(key, mode)).toMatchObject({ received: 0, batches: 1 })
    expect(await pulled.whole(key, mode)).toMatchObject({ received: 0 })
    visits = [{ who: 'a', n: 1 }]
    expect(await pulled.whole(key, mode)).toMatchObject({ stored: 1 })
    expect((await fieldsOf(engine, key)).map(({ name }) => name)).toEqual(['who', 'n'])
    visits = []
    expect(await pulled.whole(key, mode)).toMatchObject({ removed: mode === 'full' ? 1 : 0 })
    expect(await held(key)).toHaveLength(mode === 'full' ? 0 : 1)
  }
})
