import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#kernel/clock.ts'
import { makeFolder } from '../../testing/index.ts'
import { fault, taken } from '../sql/testing/database-contract.ts'
import { makeSqlite } from './sqlite.ts'

/** A database with what a script makes, and the rest of a world. */
async function worldOf(script: string) {
  const folder = await makeFolder()
  const app = new DatabaseSync(join(folder, 'app.db'))
  onTestFinished(() => app.close())
  app.exec(script)
  const connector = makeSqlite({ baseFolder: folder, closedFolders: [], clock: systemClock })
  return { app, connector, settings: { folder: '.', file: 'app.db' } }
}

const values: readonly (readonly [string, string])[] = [
  ['9223372036854775807', '9223372036854775807'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['0.1', '0.1'],
  ['1e300', '1e+300'],
  ['4.9e-324', '5e-324'],
  ['9e999', 'Infinity'],
  ['null', ''],
  [`''`, '""'],
  [`x''`, '""'],
  [`x'00ff'`, 'AP8='],
  [`'007'`, '007'],
  [`'a,"b'`, '"a,""b"'],
  [`'José 😀'`, 'José 😀'],
  [`char(65279) || 'z'`, '\uFEFFz'],
]

test.each(['UTF-8', 'UTF-16le', 'UTF-16be'])(
  'hands over every value exactly, in %s',
  async (of) => {
    const rows = values.map(([value], i) => `(${i}, ${value}, ${value})`).join()
    const world = await worldOf(`pragma encoding = '${of}';
    create table a (id integer primary key, any, words text); insert into a values ${rows}`)
    const found = await taken(world, { table: 'a', columns: ['any'] })
    // A byte order mark at the beginning of a value is a letter of it.
    expect(found.rows).toEqual(values.map(([, text]) => (text === '' ? '""' : text)))
    const both = await taken(world, { table: 'a', columns: ['words', 'any'] })
    expect(both.batches[0]?.file).toMatchObject({ columns: [{ type: 'text' }, {}] })
    expect(both.batches[0]?.file).not.toHaveProperty('columns.1.type')
  },
)

test('refuses text that is none, and names the column', async () => {
  const world = await worldOf(
    `create table a (id, city text); insert into a values (1, cast(x'ff41' as text))`,
  )
  await expect(taken(world, { table: 'a' })).rejects.toThrow(
    fault('not_text', '"city" of app.db holds bytes'),
  )
  const query = 'select id, cast(city as blob) as city from a'
  expect((await taken(world, { query })).rows).toEqual(['1,/0E='])
})

test('reads on behind a cursor of any kind, and of several', async () => {
  const inOrder = ['-1', '5', '5.5', '9007199254740993', `'10'`, `'5'`, `'x'`, `x'00'`, `x'ff'`]
  const world = await worldOf('create table a (n, at)')
  let cursor: string | undefined
  for (const [n, value] of inOrder.entries()) {
    world.app.exec(`insert into a values (${n}, ${value})`)
    const next = await taken(
      world,
      { query: 'select n, at from a', cursor: 'at', columns: ['n'] },
      {
        cursor,
      },
    )
    expect(next.rows).toEqual([String(n)])
    cursor = next.cursor
  }
})

test('an overlap steps back by seconds from text, by steps from numbers, and from nothing else', async () => {
  const world = await worldOf(`create table a (n integer, r real, at text);
    insert into a values (1, 1.5, '2026-01-01T10:00:00Z'), (2, 2.5, '2026-01-01T10:01:00Z'),
      (3, 3.5, '2026-01-01T10:02:00Z')`)
  const again = async (cursor: string, overlap: number) => {
    const source = { table: 'a', columns: ['n'], cursor, overlap }
    const first = await taken(world, source)
    world.app.exec(`insert into a values (9, 9, 'unknown')`)
    const rows = (await taken(world, source, first)).rows
    world.app.exec('delete from a where n = 9')
    return rows
  }
  expect(await again('at', 60)).toEqual(['2', '3', '9'])
  expect(await again('r', 1)).toEqual(['2', '3', '9'])
  world.app.exec(`insert into a values (4, 4, 'unknown')`)
  await expect(again('at', 60)).rejects.toThrow(fault('unfit_cursor', '"unknown"'))
})

test('offers tables, views and virtual tables, and nothing that SQLite keeps for itself', async () => {
  const world = await worldOf(`create table a (id integer primary key autoincrement);
    create view b as select id from a; create virtual table c using fts5(words); analyze`)
  const { signal } = new AbortController()
  const offers = await world.connector.list({ ...world, signal })
  expect(offers.map(({ name }) => name)).toEqual(['main.a', 'main.b', 'main.c'])
})
