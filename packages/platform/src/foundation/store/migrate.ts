import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import type { Kysely } from 'kysely'
import type { Clock } from '#kernel/clock.ts'
import type { Connection } from './connections/sqlite.ts'
import { storeFaults } from './faults.ts'

/** One step of a room's tables: forward only, never edited once it has left the house. */
export interface Migration {
  readonly number: number
  readonly name: string
  readonly sql: string
}

interface Tables {
  migration: {
    room: string
    number: number
    name: string
    fingerprint: string
    applied_at: string
  }
}

/** The table that remembers what was applied. */
export const migrationTable = `create table if not exists migration (
  room text not null,
  number integer not null,
  name text not null,
  fingerprint text not null,
  applied_at text not null,
  primary key (room, number)
) strict`

/** Reads a room's `migrations` folder: files named `0001-name.sql`, numbered without gaps. */
export function readMigrations(folder: URL): readonly Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      number: Number(file.slice(0, 4)),
      name: file.slice(5, -'.sql'.length),
      sql: readFileSync(new URL(file, folder), 'utf8'),
    }))
}

/** Applies what is missing, all or nothing, under the write lock. */
export async function migrate(
  { connection, clock }: { connection: Connection; clock: Clock },
  room: string,
  migrations: readonly Migration[],
): Promise<void> {
  assertNumbered(room, migrations)
  // The rows of `migration` are written by this file only.
  const db = connection.db as Kysely<unknown> as Kysely<Tables>
  await connection.transaction(async () => {
    const done = await db
      .selectFrom('migration')
      .selectAll()
      .where('room', '=', room)
      .orderBy('number')
      .execute()
    const newest = done.at(-1)?.number ?? 0
    if (newest > migrations.length) {
      throw storeFaults.too_new({
        what: `the part of the store that belongs to "${room}"`,
        found: newest,
        known: migrations.length,
      })
    }
    for (const { number, fingerprint } of done)
      assertUnchanged(room, migrations[number - 1], fingerprint)
    for (const { number, name, sql } of migrations.slice(newest)) {
      const applied = { room, number, name, fingerprint: fingerprintOf(sql) }
      await db
        .insertInto('migration')
        .values({ ...applied, applied_at: clock.now().toISOString() })
        .execute()
      await connection.script(sql)
    }
  })
}

function assertNumbered(room: string, migrations: readonly Migration[]): void {
  const wrong = migrations.find(({ number }, i) => number !== i + 1)
  if (wrong)
    throw new Error(`migration ${wrong.number} (${wrong.name}) of "${room}" is out of order`)
}

function assertUnchanged(
  room: string,
  migration: Migration | undefined,
  fingerprint: string,
): void {
  if (migration && fingerprintOf(migration.sql) !== fingerprint) {
    const { number, name } = migration
    throw new Error(
      `migration ${number} (${name}) of "${room}" was edited after it had been applied; add a new one`,
    )
  }
}

const fingerprintOf = (sql: string) => createHash('sha256').update(sql).digest('hex')
