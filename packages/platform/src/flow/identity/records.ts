import { read } from '#kernel/read.ts'
import { readMigrations, type Store } from '#store'
import { type Run, runSchema } from './api.ts'

/** The tables of this room. */
export const identityMigrations = readMigrations(new URL('./migrations/', import.meta.url))

interface Tables {
  identity_run: {
    number?: number
    ruleset: string
    started_at: string
    /** The run as JSON, without its number. */
    run: string
  }
}

/** Runs as they are remembered, newest first. */
export interface RunRecords {
  readonly keep: (run: Omit<Run, 'number'>) => Promise<Run>
  readonly list: (ruleset: string, limit: number) => Promise<readonly Run[]>
}

/** The history of runs in a store. */
export function runRecords(store: Store): RunRecords {
  const db = store.as<Tables>()
  return {
    keep: async (run) => {
      const { number } = await db
        .insertInto('identity_run')
        .values({ ruleset: run.ruleset, started_at: run.started_at, run: JSON.stringify(run) })
        .returning('number')
        .executeTakeFirstOrThrow()
      return { number: number ?? 0, ...run }
    },
    list: async (ruleset, limit) => {
      const rows = await db
        .selectFrom('identity_run')
        .selectAll()
        .where('ruleset', '=', ruleset)
        .orderBy('number', 'desc')
        .limit(limit)
        .execute()
      return rows.map(({ number, run }) => read(runSchema, { number, ...JSON.parse(run) }))
    },
  }
}
