import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { makeConnectors, openSpool } from '#connectors'
import { reaching, startPostgres, withoutPostgres } from '#connectors/testing'
import { sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { countedIds } from '#kernel/ids.ts'
import { ledgerOf, prepareLake } from '#lake'
import type { StreamDefinition } from './definition.ts'
import { pull } from './pull.ts'

const server = withoutPostgres ? undefined : await startPostgres()
afterAll(() => server?.stop())

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })

let tick = 0

function pulled(key: string, stream: Partial<StreamDefinition>) {
  const port = server?.port ?? 0
  const tools = reaching([`127.0.0.1:${port}`], { pass: 'pass' })
  tools.clock.move(++tick)
  const connectors = makeConnectors({
    ...tools,
    baseFolder: folder,
    closedFolders: [],
    uploadsFolder: folder,
  })
  const login = { host: '127.0.0.1', port, database: 'postgres', user: 'owner' }
  return pull(
    { engine, connectors, spool, now: tools.clock.now },
    {
      key,
      stream: {
        connection: 'shop',
        source: { table: key },
        mode: 'full',
        category: 'other',
        ...stream,
      },
      connection: { connector: 'postgres', settings: { ...login, password: { secret: 'pass' } } },
      signal: AbortSignal.timeout(30_000),
    },
  )
}

const rows = (key: string) =>
  engine.rows(sql`select * exclude (_position, _event) from ${table('lake', key)} order by all`)

const reason = withoutPostgres ? ` (left out: ${withoutPostgres})` : ''
describe.skipIf(withoutPostgres)(`from a database to the lake${reason}`, () => {
  const people = (key: string) =>
    server?.run(`create table ${key} (id int primary key, name text, changed timestamptz not null);
      insert into ${key} values (1, 'Ada', '2026-01-01 10:00:00.000001+02'), (2, E'Bob\\r\\n"B"', '2026-01-01 09:00Z')`)

  test('what is new is taken once, and what changed replaces what was', async () => {
    await people('news')
    const stream: Partial<StreamDefinition> = {
      mode: 'upsert',
      primary_key: ['id'],
      source: { table: 'news', cursor: 'changed' },
    }
    expect(await pulled('news', stream)).toMatchObject({ received: 2, stored: 2, rejected: 0 })
    expect(await pulled('news', stream)).toMatchObject({ received: 0, batches: 0 })
    await server?.run(`insert into news values (3, 'Eve', '2026-01-01 09:00Z');
      update news set name = 'Ada L.', changed = '2026-01-02' where id = 1`)
    expect(await pulled('news', stream)).toMatchObject({ received: 2, stored: 2, batches: 1 })
    expect(await pulled('news', stream)).toMatchObject({ received: 0, batches: 0 })
    expect(await rows('news')).toMatchObject([
      { id: 1, name: 'Ada L.' },
      { id: 2, name: 'Bob\r\n"B"' },
      { id: 3, name: 'Eve' },
    ])
  })

  test('a table that is taken whole loses what it lost', async () => {
    await people('whole')
    const stream = { primary_key: ['id'] }
    await pulled('whole', stream)
    await server?.run('delete from whole where id = 2')
    expect(await pulled('whole', stream)).toMatchObject({ received: 1, unchanged: 1, removed: 1 })
    await server?.run('delete from whole')
    expect(await pulled('whole', stream)).toMatchObject({ received: 0, removed: 1 })
    expect(await rows('whole')).toEqual([])
  })

  test('rows that only come once come once, also those of the same moment', async () => {
    await people('log')
    const stream = { mode: 'append', source: { table: 'log', cursor: 'changed' } } as const
    await pulled('log', stream)
    await server?.run(`insert into log values (0, 'Zoe', '2026-01-01 09:00Z')`)
    await pulled('log', stream)
    await pulled('log', stream)
    expect(await ledgerOf(engine, 'log')).toMatchObject({ received: 3, stored: 3 })
    expect((await rows('log')).map(({ id }) => id)).toEqual([0, 1, 2])
  })
})
