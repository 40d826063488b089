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
import { prepareLake } from '#lake'
import { pull } from './pull.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })

interface Visit {
  readonly who: string
  readonly n: number
}

let visits: readonly Visit[] = []
let isBroken = false
const server = createServer((request, response) => {
  const asked = new URL(request.url ?? '', 'http://server').searchParams
  const page = Number(asked.get('page'))
  const since = Number(asked.get('since') ?? 0)
  const isLost = isBroken && page === 2
  const found = visits.filter(({ n }) => n >= since).slice(2 * page, 2 * page + 2)
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
  return (key: string, more: object = {}) => pullBy(connectors, { key, more })
}

const pullBy = (connectors: Connectors, { key, more }: { key: string; more: object }) =>
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
          incremental: { field: 'n', param: 'since', ...more },
        },
        mode: 'append',
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
  const rows = await engine.rows(sql`select who, n from ${table('lake', key)}`)
  return rows.map(({ who, n }) => `${who},${n}`).sort()
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
