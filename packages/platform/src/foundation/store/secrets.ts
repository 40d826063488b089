import { hkdfSync, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Clock, systemClock } from '#kernel/clock.ts'
import { didYouMean } from '#kernel/near.ts'
import { storeFaults } from './faults.ts'
import { seal, unseal } from './seal.ts'
import type { Store } from './store.ts'

/** Passwords and keys for other systems, sealed at rest. Only `get` ever gives one back in plain. */
export interface Secrets {
  readonly set: (name: string, value: string) => Promise<void>
  readonly get: (name: string) => Promise<string>
  readonly list: () => Promise<readonly SecretName[]>
  readonly remove: (name: string) => Promise<void>
  /** 32 bytes that follow from the key in the data folder, for one purpose; the same at every start. */
  readonly keyFor: (purpose: string) => Uint8Array
}

/** That there is a secret, without what it is. */
export interface SecretName {
  readonly name: string
  readonly updatedAt: string
}

interface Tables {
  secret: { name: string; sealed: string; updated_at: string }
}

/** Opens the secrets with the key in the data folder; the key is made at the first start, readable by its owner only. */
export async function openSecrets(of: {
  readonly store: Store
  readonly folder: string
  readonly clock?: Clock
}): Promise<Secrets> {
  const file = join(of.folder, 'secret.key')
  const key = (await readKey(file)) ?? (await makeKey(file, of.store))
  return makeSecrets({ store: of.store, key, clock: of.clock ?? systemClock })
}

/** The secrets of a store under a given 32-byte key. */
export function makeSecrets({
  store,
  key,
  clock,
}: {
  readonly store: Store
  readonly key: Uint8Array
  readonly clock: Clock
}): Secrets {
  const db = store.as<Tables>()
  const names = async () =>
    (await db.selectFrom('secret').select('name').execute()).map((s) => s.name)
  const unknown = async (name: string) =>
    storeFaults.unknown_secret({ name, near: didYouMean(name, await names()) })

  return {
    async set(name, value) {
      const row = {
        sealed: seal(value, key, name, randomBytes(12)),
        updated_at: clock.now().toISOString(),
      }
      await db
        .insertInto('secret')
        .values({ name, ...row })
        .onConflict((same) => same.column('name').doUpdateSet(row))
        .execute()
    },
    async get(name) {
      const row = await db
        .selectFrom('secret')
        .selectAll()
        .where('name', '=', name)
        .executeTakeFirst()
      if (row === undefined) throw await unknown(name)
      const value = unseal(row.sealed, key, name)
      if (value === undefined) throw storeFaults.secret_unreadable({ name })
      return value
    },
    async list() {
      const rows = await db
        .selectFrom('secret')
        .select(['name', 'updated_at'])
        .orderBy('name')
        .execute()
      return rows.map(({ name, updated_at }) => ({ name, updatedAt: updated_at }))
    },
    keyFor: (purpose) => new Uint8Array(hkdfSync('sha256', key, '', purpose, 32)),
    async remove(name) {
      const { numDeletedRows } = await db
        .deleteFrom('secret')
        .where('name', '=', name)
        .executeTakeFirst()
      if (numDeletedRows === 0n) throw await unknown(name)
    },
  }
}

async function readKey(file: string): Promise<Uint8Array | undefined> {
  const text = await readFile(file, 'utf8').catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code === 'ENOENT') return undefined
    throw thrown
  })
  return text === undefined ? undefined : Buffer.from(text.trim(), 'base64url')
}

async function makeKey(file: string, store: Store): Promise<Uint8Array> {
  const sealed = await store.as<Tables>().selectFrom('secret').select('name').execute()
  if (sealed.length > 0) throw storeFaults.secret_key_missing({ file, secrets: sealed.length })
  const key = randomBytes(32)
  await writeFile(file, `${key.toString('base64url')}\n`, { mode: 0o600, flag: 'wx' })
  return key
}
