import { readMigrations, type Store } from '#store'
import type { LakeDifference, ModelDifference, Replay } from './api.ts'

/** The tables of this room in the store. */
export const arrivalMigrations = readMigrations(new URL('./migrations/', import.meta.url))

interface Row {
  readonly id: string
  readonly stream: string
  readonly state: Replay['state']
  readonly from_position: number
  readonly to_position: number
  readonly rejected: number
  readonly made_at: string
  readonly made_by: string
  readonly job: string | null
  readonly ended_at: string | null
  readonly lake: string | null
  readonly model: string | null
  readonly mark: string | null
  readonly fault: string | null
}

/** A replay as it is kept, with the mark of what was compared. */
export interface KeptReplay extends Replay {
  readonly mark?: string
}

/** What is found out about a replay. */
export interface ReplayEnd {
  readonly state: Replay['state']
  readonly at: string
  readonly fault?: string
}

/** What a comparison found. */
export interface ReplayResult {
  readonly lake: LakeDifference
  readonly model: readonly ModelDifference[]
  readonly mark: string
}

/** The replays that a store keeps. */
export interface ReplayRecords {
  readonly add: (
    replay: Pick<Replay, 'id' | 'stream' | 'window' | 'made_at' | 'made_by'>,
  ) => Promise<void>
  readonly setJob: (id: string, job: string) => Promise<void>
  /** Keeps what was found, unless the replay was discarded meanwhile. */
  readonly setResult: (id: string, result: ReplayResult, at: string) => Promise<void>
  /** Moves a replay on, if it is still in one of these states; whether it was. */
  readonly end: (id: string, from: readonly Replay['state'][], to: ReplayEnd) => Promise<boolean>
  readonly find: (id: string) => Promise<KeptReplay | undefined>
  /** Newest first. */
  readonly list: (limit: number) => Promise<readonly Replay[]>
}

/** Replays, in the store. */
export function replayRecords(store: Store): ReplayRecords {
  const db = store.as<{ replay: Row }>()
  return {
    add: async ({ window, ...replay }) => {
      const { from, to, rejected } = window
      await db
        .insertInto('replay')
        .values({
          ...replay,
          ...nothingYet,
          state: 'comparing',
          from_position: from,
          to_position: to,
          rejected: rejected ? 1 : 0,
        })
        .execute()
    },
    setJob: async (id, job) => {
      await db.updateTable('replay').set({ job }).where('id', '=', id).execute()
    },
    setResult: async (id, { lake, model, mark }, at) => {
      await db
        .updateTable('replay')
        .set({
          state: 'ready',
          ended_at: at,
          lake: JSON.stringify(lake),
          model: JSON.stringify(model),
          mark,
        })
        .where('id', '=', id)
        .where('state', 'in', ['comparing', 'ready'])
        .execute()
    },
    end: async (id, from, { state, at, fault = null }) => {
      const { numUpdatedRows } = await db
        .updateTable('replay')
        .set({ state, ended_at: at, fault })
        .where('id', '=', id)
        .where('state', 'in', from)
        .executeTakeFirst()
      return numUpdatedRows > 0n
    },
    find: async (id) => {
      const row = await db.selectFrom('replay').selectAll().where('id', '=', id).executeTakeFirst()
      return row && { ...replayFrom(row), ...(row.mark === null ? {} : { mark: row.mark }) }
    },
    list: async (limit) => {
      const rows = await db
        .selectFrom('replay')
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(replayFrom)
    },
  }
}

const nothingYet = { job: null, ended_at: null, lake: null, model: null, mark: null, fault: null }

function replayFrom(row: Row): Replay {
  const { id, stream, state, made_at, made_by, job, ended_at, fault } = row
  const window = { from: row.from_position, to: row.to_position, rejected: row.rejected === 1 }
  return {
    id,
    stream,
    state,
    window,
    made_at,
    made_by,
    ...(job === null ? {} : { job }),
    ...(ended_at === null ? {} : { ended_at }),
    // Written above, by `setResult`.
    ...(row.lake === null ? {} : { lake: JSON.parse(row.lake) as LakeDifference }),
    ...(row.model === null ? {} : { model: JSON.parse(row.model) as ModelDifference[] }),
    ...(fault === null ? {} : { fault }),
  }
}
