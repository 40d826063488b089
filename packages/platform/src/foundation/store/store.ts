import { existsSync } from 'node:fs'
import { open, rename } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import { type Clock, systemClock } from '#kernel/clock.ts'
import type { Log } from '#kernel/log.ts'
import { type Connection, openSqlite } from './connections/sqlite.ts'
import { storeFaults } from './faults.ts'
import { type Migration, migrate, migrationTable, readMigrations } from './migrate.ts'

/** The transactional records of one installation. */
export interface Store {
  /** The query builder, seen through the table types of one room. */
  readonly as: <Tables>() => Kysely<Tables>
  /**
   * Runs work that is kept whole or not at all. Every query awaited inside takes part, also those of other
   * rooms' verbs; a transaction inside a transaction joins it.
   */
  readonly transaction: <T>(work: () => Promise<T>) => Promise<T>
  /** Does something once the transaction around it is kept (at once when there is none); never after a rollback. */
  readonly afterCommit: (work: () => void) => void
  /** Brings the tables of one room up to date. */
  readonly migrate: (room: string, migrations: readonly Migration[]) => Promise<void>
  /** Writes a sound copy to a new file while others go on reading and writing. */
  readonly backupTo: (file: string) => Promise<void>
  readonly close: () => Promise<void>
  readonly [Symbol.asyncDispose]: () => Promise<void>
}

const formatVersion = 1
const ownMigrations = readMigrations(new URL('./migrations/', import.meta.url))

/** Opens the store, making the file at the first start; a file written by a newer program is refused. */
export async function openStore(of: {
  readonly file: string
  readonly log: Log
  readonly clock?: Clock
}): Promise<Store> {
  const connection = openSqlite(of.file)
  const clock = of.clock ?? systemClock
  try {
    await claimFormat(connection, of.file)
    await connection.script(migrationTable)
    await migrate({ connection, clock }, 'store', ownMigrations)
  } catch (thrown) {
    await connection.close().catch(() => {})
    throw thrown
  }
  of.log.debug('store opened', { file: of.file })
  return {
    // Each room declares the types of its own tables, made by its own migrations.
    as: <Tables>() => connection.db as Kysely<unknown> as Kysely<Tables>,
    transaction: connection.transaction,
    afterCommit: connection.afterCommit,
    migrate: (room, migrations) => migrate({ connection, clock }, room, migrations),
    backupTo: (file) => backup(connection, of.file, file),
    close: connection.close,
    [Symbol.asyncDispose]: connection.close,
  }
}

async function claimFormat({ db, script }: Connection, file: string): Promise<void> {
  const { rows } = await sql<{ user_version: number }>`pragma user_version`.execute(db)
  const found = rows[0]?.user_version ?? 0
  if (found > formatVersion) {
    throw storeFaults.too_new({ what: file, found, known: formatVersion })
  }
  if (found < formatVersion) await script(`pragma user_version = ${formatVersion}`)
}

async function backup(connection: Connection, source: string, file: string): Promise<void> {
  const part = `${file}.part`
  for (const name of [file, part]) {
    if (existsSync(name)) throw storeFaults.already_there({ file: name })
  }
  // A second reader copies a file without stopping the writer; memory has only the one connection.
  const reader = source === ':memory:' ? connection : openSqlite(source)
  try {
    await sql`vacuum into ${part}`.execute(reader.db)
  } finally {
    if (reader !== connection) await reader.close()
  }
  await flush(part)
  await rename(part, file)
}

async function flush(file: string): Promise<void> {
  const handle = await open(file, 'r+')
  await handle.sync().finally(() => handle.close())
}
