import type { Counts } from '#lake'
import { readMigrations, type Store } from '#store'
import type { StreamRun } from './api.ts'

interface RunRow extends Counts {
  readonly id: string
  readonly stream: string
  readonly started_at: string
  readonly finished_at: string | null
  readonly state: StreamRun['state']
  readonly note: string | null
  readonly fault: string | null
}

/** The streams' own tables in the store. */
export const streamMigrations = readMigrations(new URL('./migrations/', import.meta.url))

/** The history of runs. */
export interface RunRecords {
  readonly begin: (run: { id: string; stream: string; started_at: string }) => Promise<void>
  readonly end: (id: string, of: Partial<Counts> & RunEnd) => Promise<void>
  /** Says of runs that were going on when the program died that they were interrupted. */
  readonly closeInterrupted: (at: string) => Promise<void>
  readonly list: (stream: string, limit: number) => Promise<readonly StreamRun[]>
  readonly latest: () => Promise<ReadonlyMap<string, StreamRun>>
  /** What all runs of a stream that are done have told so far. */
  readonly sumOf: (stream: string) => Promise<Omit<Counts, 'removed'>>
}

interface RunEnd {
  readonly finished_at: string
  readonly state: StreamRun['state']
  readonly note?: string | undefined
  readonly fault?: string | undefined
}

/** The runs that a store keeps. */
export function runRecords(store: Store): RunRecords {
  const db = store.as<{ stream_run: RunRow }>()
  return {
    begin: async (run) => {
      await db
        .insertInto('stream_run')
        .values({ ...run, ...none, state: 'running', finished_at: null, note: null, fault: null })
        .execute()
    },
    end: async (id, { note = null, fault = null, ...rest }) => {
      await db
        .updateTable('stream_run')
        .set({ ...rest, note, fault })
        .where('id', '=', id)
        .execute()
    },
    closeInterrupted: async (at) => {
      await db
        .updateTable('stream_run')
        .set({ state: 'interrupted', finished_at: at })
        .where('state', '=', 'running')
        .execute()
    },
    list: async (stream, limit) => {
      const rows = await db
        .selectFrom('stream_run')
        .selectAll()
        .where('stream', '=', stream)
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(runFrom)
    },
    latest: async () => {
      const rows = await db
        .selectFrom('stream_run')
        .selectAll()
        .where('id', 'in', (runs) =>
          runs
            .selectFrom('stream_run')
            .select(({ fn }) => fn.max('id').as('id'))
            .groupBy('stream'),
        )
        .execute()
      return new Map(rows.map((row) => [row.stream, runFrom(row)]))
    },
    sumOf: async (stream) => {
      const row = await db
        .selectFrom('stream_run')
        .select(({ fn }) => [
          fn.sum<number | null>('received').as('received'),
          fn.sum<number | null>('stored').as('stored'),
          fn.sum<number | null>('unchanged').as('unchanged'),
          fn.sum<number | null>('rejected').as('rejected'),
        ])
        .where('stream', '=', stream)
        .where('state', '=', 'done')
        .executeTakeFirst()
      const of = (name: 'received' | 'stored' | 'unchanged' | 'rejected') =>
        Number(row?.[name] ?? 0)
      return {
        received: of('received'),
        stored: of('stored'),
        unchanged: of('unchanged'),
        rejected: of('rejected'),
      }
    },
  }
}

const none: Counts = { received: 0, stored: 0, unchanged: 0, rejected: 0, removed: 0 }

function runFrom({ finished_at, note, fault, ...row }: RunRow): StreamRun {
  return {
    ...row,
    ...(finished_at === null ? {} : { finished_at }),
    ...(note === null ? {} : { note }),
    ...(fault === null ? {} : { fault }),
  }
}
