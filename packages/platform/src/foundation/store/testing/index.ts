import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { stoppedClock } from '#kernel/clock.ts'
import { silentLog } from '#kernel/log.ts'
import type { Migration } from '../migrate.ts'
import { makeSecrets, type Secrets } from '../secrets.ts'
import { openStore, type Store } from '../store.ts'

/** The tables that a test needs: migrations by room. */
export type Rooms = Readonly<Record<string, readonly Migration[]>>

/** A store in memory with the tables of these rooms. */
export const memoryStore = (rooms: Rooms = {}): Promise<Store> => storeAt(':memory:', rooms)

/** A store in a file of its own folder, which goes away when the store is closed. */
export async function temporaryStore(
  rooms: Rooms = {},
): Promise<Store & { readonly file: string; readonly folder: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'tessera-store-'))
  const file = join(folder, 'store.sqlite')
  const store = await storeAt(file, rooms)
  const close = async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
  return { ...store, file, folder, close, [Symbol.asyncDispose]: close }
}

/** Opens a store at a file and brings the tables of these rooms up to date. */
export async function storeAt(file: string, rooms: Rooms): Promise<Store> {
  const store = await openStore({ file, log: silentLog })
  for (const [room, migrations] of Object.entries(rooms)) await store.migrate(room, migrations)
  return store
}

/** Secrets of a store under a key that is all zeros. */
export const testSecrets = (store: Store): Secrets =>
  makeSecrets({ store, key: new Uint8Array(32), clock: stoppedClock(new Date(0)) })

/** Every table and index as SQL, in the order of their names; for the golden of the whole schema. */
export async function schemaOf(store: Store): Promise<string> {
  const { rows } = await sql<{ sql: string }>`
    select sql from sqlite_schema where sql is not null order by tbl_name, type desc, name
  `.execute(store.as<unknown>())
  return rows.map((row) => `${row.sql};\n`).join('\n')
}
