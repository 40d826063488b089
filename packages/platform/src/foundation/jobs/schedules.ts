import type { Selectable } from 'kysely'
import type { Clock } from '#kernel/clock.ts'
import type { Store } from '#store'
import type { Job, Schedule } from './api.ts'
import { nextTime } from './cron.ts'

/** What comes round, and when. */
export interface NewSchedule {
  readonly key: string
  readonly kind: string
  readonly payload?: unknown
  readonly cron: string
  /** UTC unless given. */
  readonly timeZone?: string
}

interface Row {
  key: string
  kind: string
  payload: string
  cron: string
  time_zone: string
  next_at: string
  last_at: string | null
  last_job: string | null
}

/** Keeps schedules and puts their jobs into the queue when their time has come. */
export function makeSchedules({
  store,
  clock,
  enqueue,
}: {
  readonly store: Store
  readonly clock: Clock
  readonly enqueue: (job: { kind: string; payload: unknown; key: string }) => Promise<Job>
}) {
  const db = store.as<{ schedule: Row }>()
  const next = (cron: string, timeZone: string) =>
    nextTime(cron, timeZone, clock.now()).toISOString()

  const fire = (row: Selectable<Row>) =>
    store.transaction(async () => {
      // Who moves the time on is the one who fires; nobody else finds the old time.
      const { numUpdatedRows } = await db
        .updateTable('schedule')
        .set({ next_at: next(row.cron, row.time_zone), last_at: clock.now().toISOString() })
        .where('key', '=', row.key)
        .where('next_at', '=', row.next_at)
        .executeTakeFirst()
      if (numUpdatedRows === 0n) return
      const payload: unknown = JSON.parse(row.payload)
      const job = await enqueue({ kind: row.kind, payload, key: `schedule:${row.key}` })
      await db
        .updateTable('schedule')
        .set({ last_job: job.id })
        .where('key', '=', row.key)
        .execute()
    })

  return {
    /** Sets a schedule. One that keeps its times keeps its place in them, through restarts too. */
    set: (of: NewSchedule): Promise<void> =>
      store.transaction(async () => {
        const { key, kind, cron, timeZone = 'UTC' } = of
        const row = { kind, cron, time_zone: timeZone, payload: JSON.stringify(of.payload ?? null) }
        const next_at = next(cron, timeZone)
        const old = await db
          .selectFrom('schedule')
          .selectAll()
          .where('key', '=', key)
          .executeTakeFirst()
        const keepsTimes = old?.cron === cron && old.time_zone === timeZone
        await db
          .insertInto('schedule')
          .values({ key, ...row, next_at, last_at: null, last_job: null })
          .onConflict((same) =>
            same.column('key').doUpdateSet({ ...row, ...(keepsTimes ? {} : { next_at }) }),
          )
          .execute()
      }),

    /** Takes a schedule away; work that it has already put into the queue stays there. */
    remove: async (key: string): Promise<void> => {
      await db.deleteFrom('schedule').where('key', '=', key).execute()
    },

    list: async (): Promise<readonly Schedule[]> => {
      const rows = await db.selectFrom('schedule').selectAll().orderBy('key').execute()
      return rows.map(scheduleOf)
    },

    /** Enqueues what is due. However many times were missed, a schedule fires once. */
    fireDue: async (): Promise<void> => {
      const now = clock.now().toISOString()
      const due = await db.selectFrom('schedule').selectAll().where('next_at', '<=', now).execute()
      for (const row of due) await fire(row)
    },
  }
}

const scheduleOf = (row: Selectable<Row>): Schedule => ({
  key: row.key,
  kind: row.kind,
  payload: JSON.parse(row.payload),
  cron: row.cron,
  timeZone: row.time_zone,
  nextAt: row.next_at,
  ...(row.last_at === null ? {} : { lastAt: row.last_at }),
  ...(row.last_job === null ? {} : { lastJob: row.last_job }),
})
