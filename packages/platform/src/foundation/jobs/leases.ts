import { type Selectable, sql } from 'kysely'
import type { Store } from '#store'
import type { Job, Progress } from './api.ts'
import { jobFaults } from './faults.ts'
import type { Outcome } from './outcome.ts'
import { free, type JobRow, type JobTables, jobOf } from './rows.ts'

/** Who runs a job, and until when others keep their hands off it. */
export interface Lease {
  readonly owner: string
  readonly until: string
}

/** Which attempt an outcome belongs to; one that lost its lease no longer counts. */
export interface Attempt {
  readonly id: string
  readonly attempt: number
  readonly owner: string
}

/** The leases of a store. */
export type Leases = ReturnType<typeof jobLeases>

/** Takes jobs for a while, keeps them, and gives them back with what came of them. */
export function jobLeases(store: Store) {
  const db = store.as<JobTables>()
  const held = ({ id, attempt, owner }: Attempt) =>
    db
      .updateTable('job')
      .where('id', '=', id)
      .where('lease_owner', '=', owner)
      .where('attempt', '=', attempt)
      .where('state', '=', 'running')

  return {
    /** Takes the job of a kind that has waited longest, so that nobody else can. */
    claim: async (kind: string, now: string, lease: Lease): Promise<Job | undefined> => {
      const { rows } = await sql<JobRow>`
        update job set
          state = 'running', attempt = attempt + 1, started_at = ${now}, progress = null,
          lease_owner = ${lease.owner}, lease_until = ${lease.until}
        where id = (
          select id from job
          where state = 'waiting' and kind = ${kind} and run_at <= ${now}
          order by run_at, id limit 1
        )
        returning *
      `.execute(db)
      return rows[0] && jobOf(rows[0])
    },

    /** Lengthens a lease and keeps the progress; says whether the lease still stands and whether to go on. */
    beat: async (
      attempt: Attempt,
      until: string,
      progress: Progress | undefined,
    ): Promise<'go on' | 'cancelled' | 'lost'> => {
      const row = await held(attempt)
        .set({ lease_until: until, ...progressColumn(progress) })
        .returning('cancel_asked')
        .executeTakeFirst()
      if (row === undefined) return 'lost'
      return row.cancel_asked === 1 ? 'cancelled' : 'go on'
    },

    /** Keeps what came of an attempt; false when the attempt had lost its lease, so that it does not count. */
    finish: async (
      attempt: Attempt,
      of: { outcome: Outcome; progress: Progress | undefined; now: Date },
    ): Promise<boolean> => {
      const { numUpdatedRows } = await held(attempt)
        .set({
          ...free,
          ...progressColumn(of.progress),
          ...outcomeColumns(of.outcome, attempt.attempt, of.now),
        })
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    /** Frees the jobs of processes that are gone: all but `except`, or only those whose lease has run out. */
    reclaim: async (of: {
      which: 'all' | 'expired'
      except: readonly string[]
      now: Date
    }): Promise<number> => {
      const now = of.now.toISOString()
      const lost = await db
        .selectFrom('job')
        .selectAll()
        .where('state', '=', sql.lit('running'))
        .$if(of.which === 'expired', (all) => all.where('lease_until', '<', now))
        .execute()
      const left = lost.filter(({ id }) => !of.except.includes(id))
      for (const row of left) {
        await db
          .updateTable('job')
          .set({ ...free, ...afterLoss(row, now) })
          .where('id', '=', row.id)
          .where('attempt', '=', row.attempt)
          .where('state', '=', 'running')
          .execute()
      }
      return left.length
    },
  }
}

const progressColumn = (progress: Progress | undefined) =>
  progress === undefined ? {} : { progress: JSON.stringify(progress) }

function outcomeColumns(outcome: Outcome, attempt: number, now: Date): Partial<JobRow> {
  const finished_at = now.toISOString()
  switch (outcome.state) {
    case 'done':
      return {
        state: 'done',
        finished_at,
        result: outcome.resultJson,
        fault: null,
      }
    case 'failed':
      return { state: 'failed', finished_at, fault: JSON.stringify(outcome.fault) }
    case 'cancelled':
      return { state: 'cancelled', finished_at }
    case 'again': {
      const run_at = new Date(now.getTime() + outcome.afterMs).toISOString()
      return { state: 'waiting', run_at, fault: JSON.stringify(outcome.fault) }
    }
    case 'put back':
      // The attempt was ended by us, so it does not count.
      return { state: 'waiting', attempt: attempt - 1 }
  }
}

function afterLoss(row: Selectable<JobRow>, now: string): Partial<JobRow> {
  if (row.cancel_asked === 1) return { state: 'cancelled', finished_at: now }
  if (row.attempt < row.max_attempts) return { state: 'waiting', run_at: now }
  const { code, message } = jobFaults.interrupted({ attempts: row.attempt })
  return { state: 'failed', finished_at: now, fault: JSON.stringify({ code, say: message }) }
}
