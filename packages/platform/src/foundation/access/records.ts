import type { Right } from '#kernel/caller.ts'
import { isDuplicate, readMigrations, type Store } from '#store'
import type { Token } from './api.ts'
import { accessFaults } from './faults.ts'

/** The tables of this room. */
export const accessMigrations = readMigrations(new URL('./migrations/', import.meta.url))

/** A token as it is kept, with the digest of its secret. */
export interface KeptToken extends Token {
  readonly digest: string
}

interface Row {
  id: string
  name: string
  rights: string
  digest: string
  created_at: string
  created_by: string
  revoked_at: string | null
}

/** The tokens of a store. */
export function tokenRecords(store: Store) {
  const db = store.as<{ token: Row }>()
  return {
    list: async (): Promise<readonly KeptToken[]> => {
      const rows = await db
        .selectFrom('token')
        .selectAll()
        .orderBy('created_at')
        .orderBy('id')
        .execute()
      return rows.map(tokenOf)
    },
    add: async ({ id, name, rights, digest, createdAt, createdBy }: KeptToken): Promise<void> => {
      const row = {
        id,
        name,
        digest,
        created_at: createdAt,
        created_by: createdBy,
        revoked_at: null,
      }
      try {
        await db
          .insertInto('token')
          .values({ ...row, rights: JSON.stringify(rights) })
          .execute()
      } catch (thrown) {
        throw isDuplicate(thrown) ? accessFaults.name_taken({ name }, { cause: thrown }) : thrown
      }
    },
    revoke: async (id: string, at: string): Promise<void> => {
      const { numUpdatedRows } = await db
        .updateTable('token')
        .set({ revoked_at: at })
        .where('id', '=', id)
        .where('revoked_at', 'is', null)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) throw accessFaults.unknown_token({ id })
    },
  }
}

function tokenOf({ created_at, created_by, revoked_at, rights, ...row }: Row): KeptToken {
  return {
    ...row,
    // This file is the only one that writes rights, from a list of them.
    rights: JSON.parse(rights) as Right[],
    createdAt: created_at,
    createdBy: created_by,
    ...(revoked_at === null ? {} : { revokedAt: revoked_at }),
  }
}
