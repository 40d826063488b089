import { sql } from 'kysely'
import { readMigrations, type Store } from '#store'
import type { Definition, Reference } from './definition.ts'

/** What a change was asked for as. */
export type ChangeVerb = 'apply' | 'put' | 'remove' | 'undo'

/** What a change did to one definition; `body` is null where it was removed. */
export interface Version extends Reference {
  readonly version: number
  readonly did: 'create' | 'change' | 'remove'
  readonly body: unknown
  readonly change: number
  readonly at: string
  readonly by: string
}

/** A kept change, with what it did to each definition. */
export interface Change {
  readonly number: number
  readonly verb: ChangeVerb
  readonly at: string
  readonly by: string
  /** The change whose reverse this is. */
  readonly undoes?: number
  /** The change that reversed this one. */
  readonly undoneBy?: number
  readonly did: readonly Omit<Version, 'body' | 'change' | 'at' | 'by'>[]
}

/** A definition as it is kept. */
export interface Kept extends Reference {
  readonly version: number
  readonly changed_at: string
  /** JSON. */
  readonly body: string
}

interface Tables {
  definition: Kept
  definition_version: {
    kind: string
    key: string
    version: number
    did: Version['did']
    body: string | null
    change: number
  }
  definition_change: {
    number: number
    verb: ChangeVerb
    made_at: string
    made_by: string
    undoes: number | null
  }
}

/** The tables of this room. */
export const definitionMigrations = readMigrations(new URL('./migrations/', import.meta.url))

/** Reads and writes the records of definitions. */
export type Records = ReturnType<typeof recordsIn>

/** The records of definitions in a store. */
export function recordsIn(store: Store) {
  const db = store.as<Tables>()

  const versionRows = () =>
    db
      .selectFrom('definition_version as v')
      .innerJoin('definition_change as c', 'c.number', 'v.change')
      .select(['v.kind', 'v.key', 'v.version', 'v.did', 'v.body', 'v.change'])
      .select(['c.made_at as at', 'c.made_by as by'])

  const newestVersion = async ({ kind, key }: Reference) => {
    const row = await db
      .selectFrom('definition_version')
      .select(({ fn }) => fn.max('version').as('version'))
      .where('kind', '=', kind)
      .where('key', '=', key)
      .executeTakeFirst()
    return Number(row?.version ?? 0)
  }

  let kept: { readonly number: number; readonly rows: readonly Kept[] } | undefined

  const lastChange = async () => {
    const row = await db
      .selectFrom('definition_change')
      .select(({ fn }) => fn.max('number').as('number'))
      .executeTakeFirst()
    return Number(row?.number ?? 0)
  }

  return {
    /** The same rows as before while nothing was changed: they are asked for all the time. */
    current: async (): Promise<readonly Kept[]> => {
      // A change that comes between both reads only means that they are read once more.
      const number = await lastChange()
      if (kept?.number === number) return kept.rows
      const rows = await db
        .selectFrom('definition')
        .selectAll()
        .orderBy('kind')
        .orderBy('key')
        .execute()
      // What a transaction has written and takes back was never there.
      store.afterCommit(() => {
        kept = { number, rows }
      })
      return rows
    },

    /** Newest first. */
    versions: async ({ kind, key }: Reference): Promise<readonly Version[]> =>
      (
        await versionRows()
          .where('v.kind', '=', kind)
          .where('v.key', '=', key)
          .orderBy('v.version', 'desc')
          .execute()
      ).map(asVersion),

    versionsOfChange: async (number: number): Promise<readonly Version[]> =>
      (
        await versionRows()
          .where('v.change', '=', number)
          .orderBy('v.kind')
          .orderBy('v.key')
          .execute()
      ).map(asVersion),

    /** Newest first, those before `before`. */
    changes: async (of: { before: number; limit: number }): Promise<readonly Change[]> => {
      const heads = await db
        .selectFrom('definition_change as c')
        .leftJoin('definition_change as u', 'u.undoes', 'c.number')
        .select(['c.number', 'c.verb', 'c.made_at', 'c.made_by', 'c.undoes'])
        .select(({ fn }) => fn.max('u.number').as('undone_by'))
        .where('c.number', '<', of.before)
        .groupBy('c.number')
        .orderBy('c.number', 'desc')
        .limit(of.limit)
        .execute()
      const numbers = heads.map(({ number }) => number)
      const versions = await db
        .selectFrom('definition_version')
        .select(['kind', 'key', 'version', 'did', 'change'])
        .where('change', 'in', numbers)
        .orderBy('kind')
        .orderBy('key')
        .execute()
      return heads.map(({ number, verb, made_at, made_by, undoes, undone_by }) => ({
        number,
        verb,
        at: made_at,
        by: made_by,
        ...(undoes === null ? {} : { undoes }),
        ...(undone_by === null ? {} : { undoneBy: Number(undone_by) }),
        did: versions
          .filter(({ change }) => change === number)
          .map(({ kind, key, version, did }) => ({ kind, key, version, did })),
      }))
    },

    addChange: async (of: {
      verb: ChangeVerb
      at: string
      by: string
      undoes?: number
    }): Promise<number> => {
      const { number } = await db
        .insertInto('definition_change')
        .values({
          number: sql`null`,
          verb: of.verb,
          made_at: of.at,
          made_by: of.by,
          undoes: of.undoes ?? null,
        })
        .returning('number')
        .executeTakeFirstOrThrow()
      return number
    },

    put: async (
      { kind, key, body }: Definition,
      of: { did: 'create' | 'change'; change: number; at: string },
    ): Promise<void> => {
      const version = (await newestVersion({ kind, key })) + 1
      const text = JSON.stringify(body)
      await db
        .insertInto('definition_version')
        .values({ kind, key, version, did: of.did, body: text, change: of.change })
        .execute()
      const row = { version, body: text, changed_at: of.at }
      await db
        .insertInto('definition')
        .values({ kind, key, ...row })
        .onConflict((same) => same.columns(['kind', 'key']).doUpdateSet(row))
        .execute()
    },

    remove: async ({ kind, key }: Reference, of: { change: number }): Promise<void> => {
      const version = (await newestVersion({ kind, key })) + 1
      await db
        .insertInto('definition_version')
        .values({ kind, key, version, did: 'remove', body: null, change: of.change })
        .execute()
      await db.deleteFrom('definition').where('kind', '=', kind).where('key', '=', key).execute()
    },
  }
}

const asVersion = (row: Omit<Version, 'body'> & { body: string | null }): Version => ({
  ...row,
  body: row.body === null ? null : JSON.parse(row.body),
})
