import { expect, test } from 'vitest'
import { type Migration, readMigrations } from './index.ts'
import { memoryStore, schemaOf } from './testing/index.ts'

const first: Migration = { number: 1, name: 'box', sql: 'create table box (id integer) strict;' }
const second: Migration = { number: 2, name: 'label', sql: 'alter table box add label text;' }

test('applies what is missing, once, per room', async () => {
  await using store = await memoryStore({ box: [first] })
  await store.migrate('box', [first, second])
  await store.migrate('box', [first, second])
  await store.migrate('other', [{ number: 1, name: 'lid', sql: 'create table lid (id integer)' }])
  expect(await schemaOf(store)).toContain('CREATE TABLE lid (id integer)')
  expect(await schemaOf(store)).toContain('label text')
})

test('a step that fails leaves nothing behind', async () => {
  await using store = await memoryStore({ box: [first] })
  const broken = { number: 3, name: 'broken', sql: 'create table half (id integer); nonsense' }
  await expect(store.migrate('box', [first, second, broken])).rejects.toThrow('nonsense')
  expect(await schemaOf(store)).not.toMatch(/half|label/)
  await store.migrate('box', [first, second])
})

test('tables of a newer program are refused', async () => {
  await using store = await memoryStore({ box: [first, second] })
  await expect(store.migrate('box', [first])).rejects.toMatchObject({ code: 'store.too_new' })
})

test('a step that was edited after it was applied is a bug that is told at once', async () => {
  await using store = await memoryStore({ box: [first] })
  const edited = { ...first, sql: `${first.sql} -- better` }
  await expect(store.migrate('box', [edited])).rejects.toThrow('was edited')
})

test('numbers have no gaps', async () => {
  await using store = await memoryStore()
  await expect(store.migrate('box', [second])).rejects.toThrow('out of order')
})

test('a folder of files is read in order', () => {
  const [migration] = readMigrations(new URL('./migrations/', import.meta.url))
  expect(migration).toMatchObject({ number: 1, name: 'secrets' })
})
