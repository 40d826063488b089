import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { silentLog } from '#kernel/log.ts'
import { isDuplicate, type Migration, openStore, type Store } from './index.ts'
import { memoryStore, storeAt, temporaryStore } from './testing/index.ts'

interface Tables {
  note: { id: number; text: string }
}

const notes: readonly Migration[] = [
  { number: 1, name: 'note', sql: 'create table note (id integer primary key, text text) strict' },
]
const add = (store: Store, id: number, text = 'x') =>
  store.as<Tables>().insertInto('note').values({ id, text }).execute()
const ids = async (store: Store) =>
  (await store.as<Tables>().selectFrom('note').select('id').orderBy('id').execute()).map(
    (n) => n.id,
  )
const rejection = (promise: Promise<unknown>) =>
  promise.then(
    () => expect.unreachable(),
    (thrown: unknown) => thrown,
  )

test('a transaction is kept whole or not at all', async () => {
  await using store = await memoryStore({ notes })
  await store.transaction(async () => {
    await add(store, 1)
    await add(store, 2)
  })
  const failed = store.transaction(async () => {
    await add(store, 3)
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow('no')
  expect(await ids(store)).toEqual([1, 2])
})

test('what a transaction has not kept is seen inside it only', async () => {
  await using store = await memoryStore({ notes })
  const started = Promise.withResolvers<void>()
  const mayEnd = Promise.withResolvers<void>()
  const writing = store.transaction(async () => {
    await add(store, 1)
    expect(await ids(store)).toEqual([1])
    started.resolve()
    await mayEnd.promise
    throw new Error('undo')
  })
  await started.promise
  const seenOutside = ids(store)
  mayEnd.resolve()
  await expect(writing).rejects.toThrow('undo')
  expect(await seenOutside).toEqual([])
})

test('a transaction inside a transaction shares its fate', async () => {
  await using store = await memoryStore({ notes })
  const outer = store.transaction(async () => {
    await add(store, 1)
    await store.transaction(() => add(store, 1)).catch(() => 'swallowed')
    await add(store, 2)
  })
  expect(isDuplicate(await rejection(outer))).toBe(true)
  expect(await ids(store)).toEqual([])
})

test('work after the commit happens after a commit only', async () => {
  await using store = await memoryStore({ notes })
  const done: string[] = []
  await store.transaction(async () => {
    store.afterCommit(() => done.push('kept'))
    expect(done).toEqual([])
  })
  const failed = store.transaction(async () => {
    store.afterCommit(() => done.push('never'))
    throw new Error('no')
  })
  await expect(failed).rejects.toThrow()
  store.afterCommit(() => done.push('at once'))
  expect(done).toEqual(['kept', 'at once'])
})

test('what is left running by a transaction works alone once it has ended', async () => {
  await using store = await memoryStore({ notes })
  const mayGo = Promise.withResolvers<void>()
  const { stray } = await store.transaction(async () => ({
    stray: mayGo.promise.then(() => add(store, 7)),
  }))
  mayGo.resolve()
  await stray
  expect(await ids(store)).toEqual([7])
})

test('any mixture of transactions ends as if they had run one after the other', async () => {
  await using store = await memoryStore({ notes })
  const db = store.as<Tables>()
  let next = 0
  const count = async () =>
    Number((await db.selectFrom('note').select(db.fn.countAll().as('n')).execute())[0]?.n)
  await fc.assert(
    fc.asyncProperty(fc.array(fc.boolean(), { maxLength: 12 }), async (plans) => {
      const before = await count()
      // Each reads the count and writes as many rows as would be wrong if another came between.
      const runs = plans.map((succeeds) =>
        store.transaction(async () => {
          const seen = await count()
          await add(store, next++)
          expect(await count()).toBe(seen + 1)
          if (!succeeds) throw new Error('undo')
        }),
      )
      await Promise.allSettled(runs)
      expect(await count()).toBe(before + plans.filter(Boolean).length)
    }),
    { numRuns: 25 },
  )
})

test('readers come in between writers that never stop', async () => {
  await using store = await memoryStore({ notes })
  let isRead = false
  const writers = [1, 2, 3].map(async (writer) => {
    let id = writer * 1_000_000
    while (!isRead) await store.transaction(() => add(store, ++id))
  })
  await ids(store)
  isRead = true
  await Promise.all(writers)
})

test('a full disk is one fault that may pass, and nothing is kept in part', async () => {
  await using store = await memoryStore({ notes })
  await add(store, 1)
  await sql`pragma max_page_count = 12`.execute(store.as())
  const tooMuch = store.transaction(async () => {
    for (let id = 2; id < 100; id++) await add(store, id, 'x'.repeat(2000))
  })
  expect(await rejection(tooMuch)).toMatchObject({ code: 'store.disk_full', status: 503 })
  expect(await ids(store)).toEqual([1])
  await sql`pragma max_page_count = 1000`.execute(store.as())
  await add(store, 2)
  expect(await ids(store)).toEqual([1, 2])
})

test('work that goes on after a full disk is not kept outside its transaction', async () => {
  await using store = await memoryStore({ notes })
  await sql`pragma max_page_count = 12`.execute(store.as())
  const stubborn = store.transaction(async () => {
    await add(store, 1)
    await add(store, 2, 'x'.repeat(90_000)).catch(() => 'swallowed')
    await add(store, 3)
  })
  const thrown = await rejection(stubborn)
  expect([String(thrown), await ids(store)]).toEqual([expect.stringContaining('rolled back'), []])
})

test('a refused statement is shown, but not its values', async () => {
  await using store = await memoryStore({ notes })
  const thrown = await rejection(
    sql`insert into nowhere values (${'ada@example.com'})`.execute(store.as()),
  )
  expect(String(thrown)).toContain('insert into nowhere')
  expect(String(thrown)).not.toContain('ada')
})

test('flags, dates of text, bytes and absent values come back as they are kept', async () => {
  await using store = await memoryStore()
  const { rows } = await sql`
    select ${true} as yes, ${null} as none, ${'ü'} as word, ${new Uint8Array([1])} as bytes, ${2 ** 40} as big
  `.execute(store.as())
  expect(rows).toEqual([
    { yes: 1, none: null, word: 'ü', bytes: new Uint8Array([1]), big: 2 ** 40 },
  ])
  await expect(sql`select ${new Date(0)}`.execute(store.as())).rejects.toThrow('not [object Date]')
})

test('records outlive the process that kept them, and closing twice does no harm', async () => {
  await using store = await temporaryStore({ notes })
  await add(store, 1)
  const again = await storeAt(store.file, { notes })
  expect(await ids(again)).toEqual([1])
  await again.close()
  await again.close()
  await expect(ids(again)).rejects.toMatchObject({ code: 'store.trouble', status: 503 })
})

test('a file of a newer format is refused', async () => {
  await using store = await temporaryStore()
  await sql`pragma user_version = 99`.execute(store.as())
  const opening = openStore({ file: store.file, log: silentLog })
  await expect(opening).rejects.toMatchObject({ code: 'store.too_new' })
})

test('a file that is no database is named as damaged', async () => {
  const opening = openStore({ file: import.meta.filename, log: silentLog })
  await expect(opening).rejects.toMatchObject({ code: 'store.damaged' })
})

test('a folder that does not exist is trouble', async () => {
  const opening = openStore({ file: '/nowhere/store.sqlite', log: silentLog })
  await expect(opening).rejects.toMatchObject({ code: 'store.trouble' })
})

test('a backup holds what was kept, and no file is overwritten', async () => {
  await using store = await temporaryStore({ notes })
  await add(store, 1)
  const file = join(store.folder, 'copy.sqlite')
  await Promise.all([store.backupTo(file), add(store, 2)])
  const copy = await storeAt(file, { notes })
  expect(await ids(copy)).toContain(1)
  await copy.close()
  expect(existsSync(`${file}.part`)).toBe(false)
  await expect(store.backupTo(file)).rejects.toMatchObject({ code: 'store.already_there' })
})
