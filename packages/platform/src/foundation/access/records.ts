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
  origins: string | null
  space: string | null
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
    add: async (token: KeptToken): Promise<void> => {
      const { name } = token
      try {
        await db.insertInto('token').values(rowOf(token)).execute()
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

const rowOf = ({ id, name, digest, rights, origins, space, ...token }: KeptToken): Row => ({
  ...{ id, name, digest },
  rights: JSON.stringify(rights),
  origins: origins === undefined ? null : JSON.stringify(origins),
  space: space ?? null,
  created_at: token.createdAt,
  created_by: token.createdBy,
  revoked_at: token.revokedAt ?? null,
})

function tokenOf(row: Row): KeptToken {
  const { id, name, digest, rights, origins, space, created_at, created_by, revoked_at } = row
  return {
    ...{ id, name, digest },
    // This file is the only one that writes rights and origins, from lists of them.
    rights: JSON.parse(rights) as Right[],
    ...(origins === null ? {} : { origins: JSON.parse(origins) as string[] }),
    ...(space === null ? {} : { space }),
    createdAt: created_at,
    createdBy: created_by,
    ...(revoked_at === null ? {} : { revokedAt: revoked_at }),
  }
}
