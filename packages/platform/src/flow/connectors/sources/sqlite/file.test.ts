import { execFileSync } from 'node:child_process'
import { copyFile, readdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { makeFolder, makeSpool } from '../../testing/index.ts'
import { fault, taken } from '../sql/testing/database-contract.ts'
import { makeSqlite } from './sqlite.ts'

/** A folder with a database, and its app, which has it open. */
async function openedApp(journal: string) {
  const folder = await makeFolder()
  const app = new DatabaseSync(join(folder, 'shop.db'), { timeout: 0 })
  onTestFinished(() => app.close())
  app.exec(`pragma journal_mode = ${journal}; create table a (id integer primary key);
    insert into a values (1), (2), (3)`)
  return { folder, app }
}

function readerOf(folder: string, file = 'shop.db', closedFolders: readonly string[] = []) {
  const tools = { baseFolder: folder, closedFolders, clock: systemClock }
  return { connector: makeSqlite(tools, { rows: 1, bytes: 1 }), settings: { folder: '.', file } }
}

const source = { table: 'a' }

test('takes what is only in the WAL file yet, and leaves the database as it is', async () => {
  const { folder, app } = await openedApp('wal')
  app.exec('begin; insert into a values (4); commit; begin; insert into a values (5)')
  expect((await taken(readerOf(folder), source)).rows).toEqual(['1', '2', '3', '4'])
  app.exec('commit')
  expect((await taken(readerOf(folder), source)).rows).toHaveLength(5)
  expect((await readdir(folder)).toSorted()).toEqual(['shop.db', 'shop.db-shm', 'shop.db-wal'])
})

test('without WAL an app waits while it is read, and can write afterwards', async () => {
  const { folder, app } = await openedApp('delete')
  const reader = readerOf(folder)
  const { signal } = new AbortController()
  const given = { source, known: () => false, spool: await makeSpool(), signal }
  for await (const _ of reader.connector.read({ ...reader, ...given })) {
    expect(() => app.exec('insert into a values (4)')).toThrow('locked')
    break
  }
  app.exec('insert into a values (4)')
  expect((await taken(reader, source)).rows).toHaveLength(4)
})

test('says that an app holds the database for itself, and what is no database', async () => {
  const { folder, app } = await openedApp('delete')
  await copyFile(import.meta.filename, join(folder, 'other.db'))
  await expect(taken(readerOf(folder, 'other.db'), source)).rejects.toThrow(
    fault('no_database_file', 'other.db is no SQLite database'),
  )
  app.exec('begin exclusive')
  await expect(taken(readerOf(folder), source)).rejects.toThrow(fault('source_busy', 'shop.db'))
}, 15_000)

test('says that an app was cut off in the middle of writing, and mends nothing', async () => {
  const { folder, app } = await openedApp('delete')
  const numbers = 'with recursive n(i) as (select 9 union all select i + 1 from n where i < 1e5)'
  app.exec(`pragma cache_size = 5; begin; ${numbers} insert into a select i from n`)
  const left = await makeFolder()
  for (const file of await readdir(folder)) await copyFile(join(folder, file), join(left, file))
  expect(await readdir(left)).toHaveLength(2)
  await expect(taken(readerOf(left), source)).rejects.toThrow(fault('cannot_open_database'))
})

test('reads only below the folder, and in no closed one', async () => {
  const { folder } = await openedApp('delete')
  const other = await makeFolder()
  await symlink(join(folder, 'shop.db'), join(other, 'shop.db'))
  for (const file of ['../shop.db', '/etc/passwd', 'shop.db']) {
    await expect(taken(readerOf(other, file), source)).rejects.toThrow(fault('outside_folder'))
  }
  const closed = readerOf(
    join(folder, '..'),
    join(folder, 'shop.db').split('/').slice(-2).join('/'),
    [folder],
  )
  await expect(taken(closed, source)).rejects.toThrow(fault('closed_folder'))
  await expect(taken(readerOf(folder, 'shp.db'), source)).rejects.toThrow(
    fault('no_such_file', 'did you mean "shop.db"?'),
  )
})

test('keeps what was taken when the reading process dies, and says so', async () => {
  const { folder } = await openedApp('wal')
  const cursors: (string | undefined)[] = []
  const reader = readerOf(folder)
  const { signal } = new AbortController()
  const read = async () => {
    const given = { known: () => false, spool: await makeSpool(), signal }
    const cut = { source: { table: 'a', cursor: 'id' }, ...given }
    for await (const { cursor } of reader.connector.read({ ...reader, ...cut })) {
      cursors.push(cursor)
      for (const id of readers()) process.kill(id, 'SIGKILL')
    }
  }
  await expect(read()).rejects.toThrow(fault('connection_lost', 'shop.db'))
  const rest = await taken(reader, { table: 'a', cursor: 'id' }, { cursor: cursors.at(-1) })
  expect(cursors.length + rest.rows.length).toBe(3)
})

/** The processes that read for this one. */
function readers(): readonly number[] {
  const found = execFileSync('pgrep', ['-P', String(process.pid), '-f', 'reading-process'])
  return String(found).trim().split('\n').map(Number)
}
