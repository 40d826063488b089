import { isDuplicate, readMigrations, type Store } from '#store'
import type { Job, JobQuery } from './api.ts'
import { jobFaults } from './faults.ts'
import { type JobTables, jobOf, newRow, type WaitingJob } from './rows.ts'

/** The tables of this room. */
export const jobMigrations = readMigrations(new URL('./migrations/', import.meta.url))

const usualLimit = 100

/** Reads and writes the jobs of a store; the only place that does. */
export function jobRecords(store: Store) {
  const db = store.as<JobTables>()

  const get = async (id: string): Promise<Job> => {
    const row = await db.selectFrom('job').selectAll().where('id', '=', id).executeTakeFirst()
    if (row === undefined) throw jobFaults.unknown_job({ id })
    return jobOf(row)
  }

  return {
    get,

    list: async ({
      state,
      kind,
      before,
      limit = usualLimit,
    }: JobQuery): Promise<readonly Job[]> => {
      const rows = await db
        .selectFrom('job')
        .selectAll()
        .$if(state !== undefined, (all) => all.where('state', '=', state ?? 'waiting'))
        .$if(kind !== undefined, (all) => all.where('kind', '=', kind ?? ''))
        .$if(before !== undefined, (all) => all.where('id', '<', before ?? ''))
        .orderBy('id', 'desc')
        .limit(limit)
        .execute()
      return rows.map(jobOf)
    },

    /** Keeps a new job, or gives the one that already waits or runs under its key. */
    add: (job: WaitingJob): Promise<Job> =>
      store.transaction(async () => {
        const { numInsertedOrUpdatedRows: added } = await db
          .insertInto('job')
          .values(newRow(job))
          .onConflict((same) => same.doNothing())
          .executeTakeFirst()
        if (added === 1n) return get(job.id)
        const row = await db
          .selectFrom('job')
          .selectAll()
          .where('kind', '=', job.kind)
          .where('key', '=', job.key ?? '')
          .where('state', 'in', ['waiting', 'running'])
          .executeTakeFirstOrThrow()
        return jobOf(row)
      }),

    /** Ends a waiting job, or asks the process that runs it to stop. */
    cancel: (id: string, now: string): Promise<Job> =>
      store.transaction(async () => {
        const { state } = await get(id)
        if (state !== 'waiting' && state !== 'running')
          throw jobFaults.already_finished({ id, state })
        const change =
          state === 'waiting'
            ? { state: 'cancelled' as const, finished_at: now }
            : { cancel_asked: 1 }
        await db.updateTable('job').set(change).where('id', '=', id).execute()
        return get(id)
      }),

    /** Lets a failed or cancelled job wait again, with all its attempts before it. */
    retry: (id: string, now: string): Promise<Job> =>
      store.transaction(async () => {
        const { state, key = '' } = await get(id)
        if (state !== 'failed' && state !== 'cancelled')
          throw jobFaults.not_retryable({ id, state })
        const anew = { state: 'waiting', attempt: 0, run_at: now, finished_at: null } as const
        try {
          await db.updateTable('job').set(anew).where('id', '=', id).execute()
        } catch (thrown) {
          throw isDuplicate(thrown)
            ? jobFaults.already_queued({ id, key }, { cause: thrown })
            : thrown
        }
        return get(id)
      }),

    /** Removes the records of jobs that finished before a time. */
    forget: async (before: string): Promise<void> => {
      await db.deleteFrom('job').where('finished_at', '<', before).execute()
    },
  }
}
