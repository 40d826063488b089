import { isDuplicate, readMigrations, type Store } from '#store'

/** What opens a connection of events to a sender. It is no secret: pages show it to everybody. */
export interface WriteKey {
  readonly key: string
  readonly connection: string
  readonly label: string
  readonly createdAt: string
  readonly createdBy: string
  readonly closedAt?: string
}

interface Row {
  readonly key: string
  readonly connection: string
  readonly label: string
  readonly created_at: string
  readonly created_by: string
  readonly closed_at: string | null
}

/** The tables of this room in the store. */
export const collectMigrations = readMigrations(new URL('./migrations/', import.meta.url))

/** The write keys that a store keeps. */
export interface WriteKeyRecords {
  readonly list: () => Promise<readonly WriteKey[]>
  /** False when there is such a key already. */
  readonly add: (key: Omit<WriteKey, 'closedAt'>) => Promise<boolean>
  readonly close: (key: string, at: string) => Promise<boolean>
}

/** Write keys, in the store. */
export function writeKeyRecords(store: Store): WriteKeyRecords {
  const db = store.as<{ write_key: Row }>()
  return {
    list: async () =>
      (await db.selectFrom('write_key').selectAll().orderBy('created_at').execute()).map(keyFrom),
    add: async ({ key, connection, label, createdAt, createdBy }) => {
      const row = {
        key,
        connection,
        label,
        created_at: createdAt,
        created_by: createdBy,
        closed_at: null,
      }
      try {
        await db.insertInto('write_key').values(row).execute()
        return true
      } catch (thrown) {
        if (isDuplicate(thrown)) return false
        throw thrown
      }
    },
    close: async (key, at) => {
      const { numUpdatedRows } = await db
        .updateTable('write_key')
        .set({ closed_at: at })
        .where('key', '=', key)
        .where('closed_at', 'is', null)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
  }
}

const keyFrom = ({ key, connection, label, created_at, created_by, closed_at }: Row): WriteKey => ({
  key,
  connection,
  label,
  createdAt: created_at,
  createdBy: created_by,
  ...(closed_at === null ? {} : { closedAt: closed_at }),
})
