import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, expect, test } from 'vitest'
import { makeConnectors, openSpool } from '#connectors'
import { nowhere } from '#connectors/testing'
import { sql, table } from '#engine'
import { folderEngine } from '#engine/testing'
import { stoppedClock } from '#kernel/clock.ts'
import { countedIds } from '#kernel/ids.ts'
import { prepareLake } from '#lake'
import { pull } from './pull.ts'

const { engine, folder } = await folderEngine()
await prepareLake(engine)
const spool = await openSpool({ folder: join(folder, 'spool'), ids: countedIds() })
const app = new DatabaseSync(join(folder, 'app.db'))
afterAll(() => app.close())
const clock = stoppedClock(new Date('2026-01-01T00:00:00Z'))
const connectors = makeConnectors({
  ...nowhere,
  clock,
  baseFolder: folder,
  closedFolders: [],
  uploadsFolder: folder,
})

function pulled(key: string, source: Record<string, unknown> = {}) {
  clock.move(1000)
  return pull(
    { engine, connectors, spool, now: clock.now },
    {
      key,
      stream: {
        connection: 'app',
        source: { table: key, ...source },
        mode: 'append',
        category: 'other',
      },
      connection: { connector: 'sqlite', settings: { folder: '.', file: 'app.db' } },
      signal: AbortSignal.timeout(30_000),
    },
  )
}

const held = async (key: string) => {
  const rows = await engine.rows(sql`select who, n from ${table('lake', key)}`)
  return rows.map(({ who, n }) => `${who},${n}`).sort()
}

test('a table without key and cursor is read whole, and only what is new in it comes', async () => {
  app.exec(
    `create table clicks (who text, n integer); insert into clicks values ('a', 1), ('a', 1), ('b', 2)`,
  )
  expect(await pulled('clicks')).toMatchObject({ stored: 3 })
  app.exec(`insert into clicks values ('a', 1), ('c', 3); delete from clicks where who = 'b'`)
  expect(await pulled('clicks')).toMatchObject({ received: 4, stored: 2, unchanged: 2 })
  expect(await held('clicks')).toEqual(['a,1', 'a,1', 'a,1', 'b,2', 'c,3'])
})

test('what lies in the overlap of a cursor comes once', async () => {
  app.exec(
    `create table steps (who text, n integer); insert into steps values ('a', 1), ('a', 8), ('a', 8)`,
  )
  const source = { cursor: 'n', overlap: 5 }
  expect(await pulled('steps', source)).toMatchObject({ stored: 3 })
  // One comes late, one is equal to two that are there.
  app.exec(`insert into steps values ('late', 6), ('a', 8), ('b', 9)`)
  expect(await pulled('steps', source)).toMatchObject({ received: 5, stored: 3, unchanged: 2 })
  expect(await held('steps')).toEqual(['a,1', 'a,8', 'a,8', 'a,8', 'b,9', 'late,6'])
})

test('where the cursor is none of the columns, no row is taken for an older one that holds the same', async () => {
  app.exec(`create table visits (who text, n integer); insert into visits values ('a', 10)`)
  const source = { columns: ['who'], cursor: 'n', overlap: 5 }
  expect(await pulled('visits', source)).toMatchObject({ stored: 1 })
  for (const n of [20, 30, 40]) {
    app.exec(`insert into visits values ('a', ${n})`)
    expect(await pulled('visits', source)).toMatchObject({ received: 2, stored: 2, unchanged: 0 })
  }
})

test('more rows of one value than can be remembered are told by what they hold', async () => {
  app.exec(`create table many (who text, n integer);
    insert into many with recursive each_one(v) as (select 1 union all select v + 1 from each_one where v < 6000)
      select 'w' || (v % 3000), 1 from each_one`)
  expect(await pulled('many', { cursor: 'n' })).toMatchObject({ stored: 6000 })
  app.exec(`insert into many values ('w1', 1), ('new', 1)`)
  expect(await pulled('many', { cursor: 'n' })).toMatchObject({
    received: 6002,
    stored: 2,
    unchanged: 6000,
  })
})
