import { type Generated, type Kysely, type Selectable, sql } from 'kysely'
import { readMigrations, type Store } from '#store'
import type { Change, FiringState } from './api.ts'
import type { Met } from './met.ts'

/** The tables of this room in the store. */
export const actionMigrations = readMigrations(new URL('./migrations/', import.meta.url))

interface FiringTable {
  sequence: Generated<number>
  key: string
  action: string
  trigger: Met['trigger']
  lane: 'live' | 'set'
  person: string | null
  profile: string | null
  /** The account that it is about, where it is about no person. */
  subject: string | null
  occurrence: string
  event: number | null
  state: FiringState
  reason: string | null
  attempts: Generated<number>
  happened_at: string
  met_at: string
  due_at: string
  sent_at: string | null
  settled_at: string | null
  data: string
  /** What became of what the trigger watches. */
  change: Change | null
  /** Values before the change, as JSON. */
  was: string | null
}

interface WatchTable {
  watch: string
  action: string
  trigger_print: string
  since: number
  position: number
  /** From where on the live lane decides what asks the live profile. */
  live_from: number | null
}

interface Tables {
  action_watch: WatchTable
  action_unsure: { watch: string; event: number }
  action_count: { action: string; met: number; hour: string; fired: number }
  action_lane: { name: string; position: number }
  action_person: { action: string; person: string; holds: number; fired_at: string | null }
  action_firing: FiringTable
}

/** A firing as it is kept. */
export type FiringRecord = Readonly<Selectable<FiringTable>>

/** A firing before it is kept. */
export type NewFiring = Omit<FiringRecord, 'sequence' | 'attempts' | 'sent_at' | 'settled_at'>

/** What is remembered of a person. */
export interface PersonRecord {
  readonly person: string
  readonly holds: boolean
  readonly fired_at: string | null
}

/** Which firings are asked for. */
export interface FiringFilter {
  readonly action?: string | undefined
  readonly state?: FiringState | undefined
  /** A profile, an account, or an id as the cause names it. */
  readonly person?: string | undefined
  readonly id?: string | undefined
  /** Met at or after, and before: ISO instants. */
  readonly from?: string | undefined
  readonly until?: string | undefined
}

/** The two live lanes: what asks only the event does not wait for what asks the live profile too. */
export type LaneName = 'live' | 'people'

/** Reads and writes the records of actions. */
export type Records = ReturnType<typeof recordsIn>

// SQLite takes a limited number of parameters in one statement.
const mostParameters = 900

/** The records of actions in a store. */
export function recordsIn(store: Store) {
  const db = store.as<Tables>()
  return {
    transaction: store.transaction,
    ...watchesIn(db),
    ...decidingIn(db),
    ...deliveringIn(db),
    ...listingIn(db),
  }
}

function watchesIn(db: Kysely<Tables>) {
  return {
    watches: (): Promise<readonly WatchTable[]> =>
      db.selectFrom('action_watch').selectAll().execute(),

    watch: (key: string): Promise<WatchTable | undefined> =>
      db.selectFrom('action_watch').selectAll().where('watch', '=', key).executeTakeFirst(),

    beginWatch: async (of: WatchTable): Promise<void> => {
      await db.insertInto('action_watch').orReplace().values(of).execute()
    },

    moveWatch: async (watch: string, position: number): Promise<void> => {
      await db.updateTable('action_watch').set({ position }).where('watch', '=', watch).execute()
      await db
        .deleteFrom('action_unsure')
        .where('watch', '=', watch)
        .where('event', '<=', position)
        .execute()
    },

    endWatches: async (others: readonly string[]): Promise<void> => {
      const all = db.deleteFrom('action_watch')
      await (others.length === 0 ? all : all.where('watch', 'not in', [...others])).execute()
      const unsure = db.deleteFrom('action_unsure')
      await (others.length === 0 ? unsure : unsure.where('watch', 'not in', [...others])).execute()
    },

    /** The live lane decides about a watch from here on, unless it does already. */
    beginLive: async (watch: string, live_from: number): Promise<void> => {
      await db
        .updateTable('action_watch')
        .set({ live_from })
        .where('watch', '=', watch)
        .where('live_from', 'is', null)
        .execute()
    },

    /** The live lane does not decide about a watch any more. */
    endLive: async (watch: string): Promise<void> => {
      await db
        .updateTable('action_watch')
        .set({ live_from: null })
        .where('watch', '=', watch)
        .execute()
    },

    /** Keeps of which events the live lane could not tell. */
    addUnsure: async (watch: string, events: readonly number[]): Promise<void> => {
      for (const some of pieces(events, 2))
        await db
          .insertInto('action_unsure')
          .values(some.map((event) => ({ watch, event })))
          .onConflict((same) => same.doNothing())
          .execute()
    },

    /** The events between two places of which the live lane could not tell. */
    unsureBetween: async (
      watch: string,
      of: { after: number; upTo: number },
    ): Promise<ReadonlySet<number>> => {
      const rows = await db
        .selectFrom('action_unsure')
        .select('event')
        .where('watch', '=', watch)
        .where('event', '>', of.after)
        .where('event', '<=', of.upTo)
        .execute()
      return new Set(rows.map(({ event }) => event))
    },

    lanePosition: async (name: LaneName): Promise<number | undefined> => {
      const row = await db
        .selectFrom('action_lane')
        .select('position')
        .where('name', '=', name)
        .executeTakeFirst()
      return row?.position
    },

    moveLane: async (name: LaneName, position: number): Promise<void> => {
      await db.insertInto('action_lane').orReplace().values({ name, position }).execute()
    },
  }
}

function decidingIn(db: Kysely<Tables>) {
  const hours = new Map<string, { readonly hour: string; readonly fired: number }>()
  return {
    /** Which of these keys there are. */
    known: async (keys: readonly string[]): Promise<ReadonlySet<string>> => {
      const found = new Set<string>()
      for (const some of pieces(keys)) {
        const rows = await db
          .selectFrom('action_firing')
          .select('key')
          .where('key', 'in', some)
          .execute()
        for (const { key } of rows) found.add(key)
      }
      return found
    },

    people: async (action: string, of: readonly string[]): Promise<readonly PersonRecord[]> => {
      const found: PersonRecord[] = []
      for (const some of pieces(of)) {
        const rows = await db
          .selectFrom('action_person')
          .select(['person', 'holds', 'fired_at'])
          .where('action', '=', action)
          .where('person', 'in', some)
          .execute()
        found.push(...rows.map((row) => ({ ...row, holds: row.holds === 1 })))
      }
      return found
    },

    keepPeople: async (action: string, of: readonly PersonRecord[]): Promise<void> => {
      for (const some of pieces(of, 4)) {
        const values = some.map((one) => ({ ...one, action, holds: one.holds ? 1 : 0 }))
        await db.insertInto('action_person').orReplace().values(values).execute()
      }
    },

    /** How many an action has let through in an hour of the clock; asked of the store once an hour. */
    firedIn: async (action: string, hour: string): Promise<number> => {
      const known = hours.get(action)
      if (known?.hour === hour) return known.fired
      const row = await db
        .selectFrom('action_count')
        .select(['hour', 'fired'])
        .where('action', '=', action)
        .executeTakeFirst()
      const fired = row?.hour === hour ? row.fired : 0
      hours.set(action, { hour, fired })
      return fired
    },

    addCount: async ({ action, hour, fired, met }: Tables['action_count']): Promise<void> => {
      const { hour: kept, fired: total } = await db
        .insertInto('action_count')
        .values({ action, hour, fired, met })
        .onConflict((same) =>
          same.column('action').doUpdateSet({
            met: sql`met + excluded.met`,
            fired: sql`case when hour = excluded.hour then fired + excluded.fired else excluded.fired end`,
            hour: sql`excluded.hour`,
          }),
        )
        .returning(['hour', 'fired'])
        .executeTakeFirstOrThrow()
      hours.set(action, { hour: kept, fired: total })
    },

    /** Keeps firings whose key is not there yet; how many. */
    keepFirings: async (of: readonly NewFiring[]): Promise<number> => {
      let kept = 0
      for (const some of pieces(of, 17)) {
        const { numInsertedOrUpdatedRows = 0n } = await db
          .insertInto('action_firing')
          .values(some)
          .onConflict((same) => same.column('key').doNothing())
          .executeTakeFirst()
        kept += Number(numInsertedOrUpdatedRows)
      }
      return kept
    },

    /** Cancels what still waits for these people; how many. */
    suppress: async (
      action: string,
      of: { people: readonly string[]; from: string; until: string; reason: string; at: string },
    ): Promise<number> => {
      const { numUpdatedRows } = await db
        .updateTable('action_firing')
        .set({ state: 'suppressed', reason: of.reason, settled_at: of.at })
        .where('action', '=', action)
        .where(isWaiting)
        .where('happened_at', '>=', of.from)
        .where('happened_at', '<=', of.until)
        .where(({ eb, or }) =>
          or((['profile', 'person', 'subject'] as const).map((id) => eb(id, 'in', [...of.people]))),
        )
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    /** What the live lane fired for events between two places in the log. */
    liveBetween: (action: string, of: { after: number; upTo: number }) =>
      db
        .selectFrom('action_firing')
        .select(['sequence', 'event', 'state'])
        .where('action', '=', action)
        .where('event', '>', of.after)
        .where('event', '<=', of.upTo)
        .where('lane', '=', 'live')
        .execute(),

    deny: async (sequences: readonly number[], of: { reason: string; at: string }) => {
      for (const some of pieces(sequences))
        await db
          .updateTable('action_firing')
          .set({ state: 'denied', reason: of.reason, settled_at: of.at })
          .where('sequence', 'in', some)
          .execute()
    },
  }
}

// In so many words, so that the index of what waits is taken.
const isWaiting = sql<boolean>`state = 'waiting'`

function deliveringIn(db: Kysely<Tables>) {
  const change = (sequences: readonly number[]) =>
    db.updateTable('action_firing').where('sequence', 'in', [...sequences])
  return {
    /** Actions that something waits for. */
    actionsWithWork: async (): Promise<readonly string[]> => {
      const rows = await db
        .selectFrom('action_firing')
        .select('action')
        .distinct()
        .where(isWaiting)
        .execute()
      return rows.map(({ action }) => action)
    },

    due: (action: string, of: { now: string; limit: number }): Promise<readonly FiringRecord[]> =>
      db
        .selectFrom('action_firing')
        .selectAll()
        .where('action', '=', action)
        .where(isWaiting)
        .where('due_at', '<=', of.now)
        .orderBy('due_at')
        .orderBy('sequence')
        .limit(of.limit)
        .execute(),

    nextDue: async (action: string): Promise<string | undefined> => {
      const row = await db
        .selectFrom('action_firing')
        .select('due_at')
        .where('action', '=', action)
        .where(isWaiting)
        .orderBy('due_at')
        .limit(1)
        .executeTakeFirst()
      return row?.due_at
    },

    // Whatever was said of it meanwhile: it has left the house.
    sent: (sequences: readonly number[], at: string) =>
      change(sequences)
        .set(({ eb }) => ({
          state: 'sent' as const,
          reason: null,
          sent_at: at,
          settled_at: at,
          attempts: eb('attempts', '+', 1),
        }))
        .execute(),

    later: (sequences: readonly number[], of: { reason: string; dueAt: string }) =>
      change(sequences)
        .set(({ eb }) => ({
          due_at: of.dueAt,
          reason: of.reason,
          attempts: eb('attempts', '+', 1),
        }))
        .where('state', '=', 'waiting')
        .execute(),

    postpone: (sequences: readonly number[], of: { reason: string; dueAt: string }) =>
      change(sequences)
        .set({ due_at: of.dueAt, reason: of.reason })
        .where('state', '=', 'waiting')
        .execute(),

    settle: (
      sequences: readonly number[],
      of: { state: FiringState; reason: string; at: string; attempts: 0 | 1 },
    ) =>
      change(sequences)
        .set(({ eb }) => ({
          state: of.state,
          reason: of.reason,
          settled_at: of.at,
          attempts: eb('attempts', '+', of.attempts),
        }))
        .where('state', '=', 'waiting')
        .execute(),
  }
}

function listingIn(db: Kysely<Tables>) {
  const chosen = (filter: FiringFilter) => {
    const { action, state, person, id, from, until } = filter
    let asked = db.selectFrom('action_firing')
    if (action !== undefined) asked = asked.where('action', '=', action)
    if (state !== undefined) asked = asked.where('state', '=', state)
    if (id !== undefined) asked = asked.where('key', '=', id)
    if (from !== undefined) asked = asked.where('met_at', '>=', from)
    if (until !== undefined) asked = asked.where('met_at', '<', until)
    if (person === undefined) return asked
    return asked.where(({ eb, or }) =>
      or((['profile', 'person', 'subject'] as const).map((id) => eb(id, '=', person))),
    )
  }
  const change = async (
    filter: FiringFilter,
    set: Partial<Pick<FiringRecord, 'state' | 'reason' | 'due_at' | 'settled_at' | 'attempts'>>,
  ): Promise<number> => {
    const { numUpdatedRows } = await db
      .updateTable('action_firing')
      .set(set)
      .where('sequence', 'in', chosen(filter).select('sequence'))
      .executeTakeFirst()
    return Number(numUpdatedRows)
  }
  return {
    counts: (): Promise<readonly { action: string; state: FiringState; n: number }[]> =>
      db
        .selectFrom('action_firing')
        .select(['action', 'state'])
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .groupBy(['action', 'state'])
        .execute(),

    /** Lets go of what was met before a time and does not wait; how many. The ledgers forget them too. */
    forget: async (before: string): Promise<number> => {
      const old = await db
        .selectFrom('action_firing')
        .select('action')
        .select(({ fn }) => fn.countAll<number>().as('n'))
        .where('met_at', '<', before)
        .where('state', '!=', 'waiting')
        .groupBy('action')
        .execute()
      if (old.length === 0) return 0
      await db
        .deleteFrom('action_firing')
        .where('met_at', '<', before)
        .where('state', '!=', 'waiting')
        .execute()
      for (const { action, n } of old)
        await db
          .updateTable('action_count')
          .set(({ eb }) => ({ met: eb('met', '-', Number(n)) }))
          .where('action', '=', action)
          .execute()
      return old.reduce((sum, { n }) => sum + Number(n), 0)
    },

    met: (): Promise<readonly { action: string; met: number }[]> =>
      db.selectFrom('action_count').select(['action', 'met']).execute(),

    /** Newest first. */
    firings: (
      filter: FiringFilter,
      of: { before?: number | undefined; limit: number },
    ): Promise<readonly FiringRecord[]> =>
      chosen(filter)
        .selectAll()
        .where('sequence', '<', of.before ?? Number.MAX_SAFE_INTEGER)
        .orderBy('sequence', 'desc')
        .limit(of.limit)
        .execute(),

    revive: (filter: FiringFilter, at: string) =>
      change(
        { ...filter, state: 'dead' },
        { state: 'waiting', due_at: at, attempts: 0, settled_at: null },
      ),

    cancel: (filter: FiringFilter, of: { reason: string; at: string }) =>
      change(
        { ...filter, state: 'waiting' },
        { state: 'cancelled', reason: of.reason, settled_at: of.at },
      ),
  }
}

function pieces<T>(all: readonly T[], parametersOfOne = 1): readonly T[][] {
  const size = Math.floor(mostParameters / parametersOfOne)
  const count = Math.ceil(all.length / size)
  return Array.from({ length: count }, (_, i) => all.slice(i * size, (i + 1) * size))
}
