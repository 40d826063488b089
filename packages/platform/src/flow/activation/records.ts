import { promisify } from 'node:util'
import { gunzip, gzip, type ZlibOptions } from 'node:zlib'
import { type Selectable, sql } from 'kysely'
import type { FieldType } from '#kernel/scalar.ts'
import { readMigrations, type Store } from '#store'
import { gateIn } from './consent.ts'
import { deadIn } from './dead.ts'
import type { Send } from './definition.ts'
import type { Batch, Dealt, PayloadRow, SetApart } from './destination.ts'
import {
  addFiltered,
  type BatchTable,
  type Counts,
  type DeliveryState,
  type Progress,
  type Tables,
  total,
} from './kept.ts'
import { reasons } from './reasons.ts'

/** The tables of this room. */
export const activationMigrations = readMigrations(new URL('./migrations/', import.meta.url))

/** A batch as it is kept. */
export type BatchRecord = Readonly<Selectable<BatchTable>>

/** A batch that is about to be queued. */
export interface NewBatch {
  readonly number: number
  readonly of: number
  readonly members: number
}

/** What all batches of one cut have in common. */
export interface Cut {
  readonly activation: string
  readonly segment: string
  readonly destination: string
  readonly send: Send
  readonly from: number
  readonly to: number
  readonly columns: readonly string[]
  readonly types: Readonly<Record<string, FieldType>>
  readonly members: number
  /** Members that are held back from now on, by the reason. */
  readonly filtered: Counts
  readonly content: string | null
  readonly at: Date
}

/** What has become of an activation's members so far. It balances: members = delivered + filtered + waiting + dead. */
export interface Ledger {
  /** Everybody who was dealt with, and those of them who were queued; both counted apart, when that was done. */
  readonly members: number
  readonly queued: number
  readonly delivered: number
  /** Not sent, by the reason. */
  readonly filtered: Counts
  readonly waiting: number
  readonly dead: number
}

/** The idempotency key of a batch: the same cause gives the same id. */
const batchId = ({ activation, from, to }: Cut, number: number): string =>
  `${activation}:${from}:${to}:${number}`

/** Reads and writes the records of activations. */
export type Records = ReturnType<typeof recordsIn>

/** The records of activations in a store. */
export function recordsIn(store: Store) {
  const db = store.as<Tables>()
  return {
    ...progressIn(store),
    ...cuttingIn(store),
    ...lineIn(store),
    ...ledgerIn(store),
    ...gateIn(store),
    ...deadIn(store),
    /** The members of a batch, piece by piece; the next is fetched while one is worked on. */
    rowsOf: async function* (batch: number): AsyncIterable<readonly PayloadRow[]> {
      const fetch = async (number: number) => {
        const part = await db
          .selectFrom('activation_part')
          .select('payload')
          .where('batch', '=', batch)
          .where('number', '=', number)
          .executeTakeFirst()
        return part && unzip(part.payload)
      }
      let next = fetch(1)
      for (let number = 2; ; number++) {
        const text = await next
        if (text === undefined) return
        next = fetch(number)
        // Whoever stops reading does not hear of it.
        next.catch(() => {})
        yield unpacked(text)
      }
    },
  }
}

function progressIn(store: Store) {
  const db = store.as<Tables>()
  return {
    progressOf: (activation: string): Promise<Progress | undefined> =>
      db
        .selectFrom('activation_state')
        .select(['position', 'content'])
        .where('activation', '=', activation)
        .executeTakeFirst(),
  }
}

function cuttingIn(store: Store) {
  const db = store.as<Tables>()
  return {
    /** Throws away what a cut that was broken off has left behind. */
    clear: (activation: string) =>
      db
        .deleteFrom('activation_batch')
        .where('activation', '=', activation)
        .where('state', '=', 'preparing')
        .execute(),

    /** Makes batches that nobody sees before the cut is finished; their sequences, in order. */
    prepare: (cut: Cut, batches: readonly NewBatch[]): Promise<readonly number[]> =>
      store.transaction(async () => {
        const sequences: number[] = []
        for (const batch of batches) {
          const { sequence } = await db
            .insertInto('activation_batch')
            .values(recordOf(cut, batch))
            .returning('sequence')
            .executeTakeFirstOrThrow()
          sequences.push(sequence)
        }
        return sequences
      }),

    addParts: async (
      parts: readonly { batch: number; number: number; rows: readonly PayloadRow[] }[],
    ) => {
      const values = await Promise.all(
        parts.map(async ({ rows, ...part }) => ({ ...part, payload: await zip(packed(rows)) })),
      )
      await db.insertInto('activation_part').values(values).execute()
    },

    /** Lets the batches of a cut out and moves the activation on, both or neither. */
    finish: (cut: Cut): Promise<void> =>
      store.transaction(async () => {
        const { activation, to: position, content } = cut
        await db
          .updateTable('activation_batch')
          .set({ state: 'waiting' })
          .where('activation', '=', activation)
          .where('state', '=', 'preparing')
          .execute()
        const row = { position, content, queued_at: cut.at.toISOString() }
        const members = cut.members + total(cut.filtered)
        await db
          .insertInto('activation_state')
          .values({ activation, queued: cut.members, members, ...row })
          .onConflict((same) =>
            same.column('activation').doUpdateSet({
              ...row,
              queued: sql`activation_state.queued + ${cut.members}`,
              members: sql`activation_state.members + ${members}`,
            }),
          )
          .execute()
        await addFiltered(store, activation, cut.filtered)
      }),
  }
}

function lineIn(store: Store) {
  const db = store.as<Tables>()
  const change = (batch: number) => db.updateTable('activation_batch').where('sequence', '=', batch)
  /** One of the batches of the same activation at the same destination. */
  const alike = ({ activation, destination }: BatchRecord) =>
    db
      .selectFrom('activation_batch')
      .select('sequence')
      .where('activation', '=', activation)
      .where('destination', '=', destination)
      .limit(1)
  return {
    /** Destinations that something waits for, besides what is paused. */
    destinationsWithWork: async (paused: readonly string[] = []): Promise<readonly string[]> => {
      const rows = await db
        .selectFrom('activation_batch')
        .select('destination')
        .distinct()
        .where('state', '=', 'waiting')
        .$if(paused.length > 0, (all) => all.where('activation', 'not in', paused))
        .execute()
      return rows.map(({ destination }) => destination)
    },

    /**
     * The batch that is due first. Only the oldest batch of a line may go: what left must not be overtaken by what
     * entered before.
     */
    next: (destination: string, paused: readonly string[] = []): Promise<BatchRecord | undefined> =>
      db
        .selectFrom('activation_batch')
        .selectAll()
        .where('sequence', 'in', (of) =>
          of
            .selectFrom('activation_batch')
            .select(({ fn }) => fn.min('sequence').as('first'))
            .where('destination', '=', destination)
            .where('state', '=', 'waiting')
            .$if(paused.length > 0, (all) => all.where('activation', 'not in', paused))
            .groupBy('line'),
        )
        .orderBy('due_at')
        .orderBy('sequence')
        .limit(1)
        .executeTakeFirst(),

    /** The members are not needed any more, so they are not kept. */
    delivered: (batch: BatchRecord, at: Date): Promise<void> =>
      store.transaction(async () => {
        const attempts = batch.attempts + 1
        const settled = { state: 'delivered', reason: null, settled_at: at.toISOString() } as const
        await change(batch.sequence)
          .set({ ...settled, attempts })
          .execute()
        await db.deleteFrom('activation_part').where('batch', '=', batch.sequence).execute()
      }),

    /** Keeps how far a batch has come, with those who were not sent and those who go their own way. */
    dealtWith: (batch: BatchRecord, of: Dealt, at: Date): Promise<void> =>
      store.transaction(async () => {
        const { done, filtered = {}, apart = [] } = of
        const gone = total(filtered) + apart.length
        await change(batch.sequence)
          .set({ done, members: sql`members - ${gone}` })
          .execute()
        await addFiltered(store, batch.activation, filtered)
        for (const one of apart) await addApart(store, { batch, one, at })
      }),

    /** Writes a part of a batch anew, without members who are not sent after all. */
    replacePart: async (
      { sequence, activation, send }: BatchRecord,
      { number, rows }: { readonly number: number; readonly rows: readonly PayloadRow[] },
      filtered: Counts,
    ): Promise<void> => {
      const payload = await zip(packed(rows))
      await store.transaction(async () => {
        await db
          .updateTable('activation_part')
          .set({ payload })
          .where('batch', '=', sequence)
          .where('number', '=', number)
          .execute()
        await change(sequence)
          .set({ members: sql`members - ${total(filtered)}` })
          .execute()
        await addFiltered(store, activation, filtered)
        // Whoever agrees again is sent again, though nothing else has changed.
        if (send === 'everything' && Object.hasOwn(filtered, reasons.withdrawn))
          await db
            .updateTable('activation_state')
            .set({ content: null })
            .where('activation', '=', activation)
            .execute()
      })
    },

    /** Whether something of a later cut was delivered before a batch. */
    wasOvertaken: async (batch: BatchRecord): Promise<boolean> => {
      const later = alike(batch).where('to_position', '>', batch.to_position)
      return (await later.where('state', '=', 'delivered').executeTakeFirst()) !== undefined
    },

    /** Whether all other batches of the same cut have been delivered. */
    isLastOfCut: async (batch: BatchRecord): Promise<boolean> => {
      const others = alike(batch)
        .where('to_position', '=', batch.to_position)
        .where('sequence', '!=', batch.sequence)
      return (await others.where('state', '!=', 'delivered').executeTakeFirst()) === undefined
    },

    /** Members that a destination was sent since a moment. */
    sentSince: async (destination: string, since: Date): Promise<number> => {
      const row = await db
        .selectFrom('activation_batch')
        .select(({ fn }) => fn.sum<number>('members').as('members'))
        .where('destination', '=', destination)
        .where('state', '=', 'delivered')
        .where('settled_at', '>=', since.toISOString())
        .executeTakeFirst()
      return Number(row?.members ?? 0)
    },

    /** Puts a batch off, through no fault of its own. */
    putOff: (batch: BatchRecord, of: { reason: string; dueAt: Date }) =>
      change(batch.sequence).set({ due_at: of.dueAt.toISOString(), reason: of.reason }).execute(),

    later: (batch: BatchRecord, of: { reason: string; dueAt: Date }) =>
      change(batch.sequence)
        .set({
          attempts: batch.attempts + 1,
          due_at: of.dueAt.toISOString(),
          reason: of.reason,
        })
        .execute(),

    givenUp: (batch: BatchRecord, of: { reason: string; at: Date }) =>
      change(batch.sequence)
        .set({
          state: 'dead',
          attempts: batch.attempts + 1,
          reason: of.reason,
          settled_at: of.at.toISOString(),
        })
        .execute(),
  }
}

function ledgerIn(store: Store) {
  const db = store.as<Tables>()
  return {
    ledgers: async (): Promise<ReadonlyMap<string, Ledger>> => {
      const queued = await db
        .selectFrom('activation_state')
        .select(['activation', 'queued', 'members'])
        .execute()
      const held = await db.selectFrom('activation_filtered').selectAll().execute()
      const heldOf = (activation: string): Counts =>
        Object.fromEntries(
          held
            .filter((one) => one.activation === activation)
            .map(({ reason, members }) => [reason, members]),
        )
      const sums = await db
        .selectFrom('activation_batch')
        .select(['activation', 'state'])
        .select(({ fn }) => fn.sum<number>('members').as('members'))
        .groupBy(['activation', 'state'])
        .execute()
      const of = (activation: string, state: DeliveryState) => {
        const found = sums.find((sum) => sum.activation === activation && sum.state === state)
        return Number(found?.members ?? 0)
      }
      return new Map(
        queued.map(({ activation, queued, members }) => [
          activation,
          {
            members,
            queued,
            delivered: of(activation, 'delivered'),
            filtered: heldOf(activation),
            waiting: of(activation, 'waiting'),
            dead: of(activation, 'dead'),
          },
        ]),
      )
    },

    /** When each activation last delivered something. */
    lastDeliveries: async (): Promise<ReadonlyMap<string, string>> => {
      const rows = await db
        .selectFrom('activation_batch')
        .select('activation')
        .select(({ fn }) => fn.max<string>('settled_at').as('at'))
        .where('state', '=', 'delivered')
        .groupBy('activation')
        .execute()
      return new Map(rows.map(({ activation, at }) => [activation, at]))
    },

    /** Newest first. */
    deliveries: (
      activation: string,
      of: { state?: DeliveryState; before?: number; limit: number },
    ): Promise<readonly BatchRecord[]> => {
      const all = db
        .selectFrom('activation_batch')
        .selectAll()
        .where('activation', '=', activation)
        .where('sequence', '<', of.before ?? Number.MAX_SAFE_INTEGER)
      const some =
        of.state === undefined
          ? all.where('state', '!=', 'preparing')
          : all.where('state', '=', of.state)
      return some.orderBy('sequence', 'desc').limit(of.limit).execute()
    },
  }
}

// Somebody who stands apart is a batch of one, in a line of their own: nobody has to wait for them.
async function addApart(
  store: Store,
  of: { readonly batch: BatchRecord; readonly one: SetApart; readonly at: Date },
): Promise<void> {
  const { batch, one, at } = of
  const db = store.as<Tables>()
  const { sequence: _, ...like } = batch
  const id = `${batch.id}:${String(one.row['profile_id'])}`
  const isDead = one.result === 'refused'
  const { sequence } = await db
    .insertInto('activation_batch')
    .values({
      ...like,
      id,
      line: id,
      members: 1,
      done: 0,
      attempts: 1,
      state: isDead ? 'dead' : 'waiting',
      reason: one.why,
      due_at: new Date(at.getTime() + (isDead ? 0 : apartMs)).toISOString(),
      settled_at: isDead ? at.toISOString() : null,
    })
    .returning('sequence')
    .executeTakeFirstOrThrow()
  const payload = await zip(packed([one.row]))
  await db.insertInto('activation_part').values({ batch: sequence, number: 1, payload }).execute()
}

// Receivers that ask for patience with a single member, such as mail servers that greylist, want a few minutes.
const apartMs = 120_000

/** A kept batch as destinations see it. */
export const batchOf = (
  of: BatchRecord,
  { rows, isLast }: Pick<Batch, 'rows' | 'isLast'>,
): Batch => ({
  id: of.id,
  activation: of.activation,
  segment: of.segment,
  send: of.send,
  from: of.from_position,
  to: of.to_position,
  number: of.number,
  of: of.of,
  members: of.members,
  columns: columnsOf(of),
  types: JSON.parse(of.types) as Batch['types'],
  done: of.done,
  queuedAt: new Date(of.queued_at),
  isLast,
  rows,
})

const recordOf = (cut: Cut, { number, of, members }: NewBatch) => ({
  id: batchId(cut, number),
  activation: cut.activation,
  segment: cut.segment,
  destination: cut.destination,
  line: cut.activation,
  send: cut.send,
  from_position: cut.from,
  to_position: cut.to,
  number,
  of,
  members,
  columns: JSON.stringify(cut.columns),
  types: JSON.stringify(cut.types),
  state: 'preparing' as const,
  due_at: cut.at.toISOString(),
  reason: null,
  queued_at: cut.at.toISOString(),
  settled_at: null,
})

// What lies here for moments only is zipped in the quickest way.
const zip = (of: Buffer) => promisify<Buffer, ZlibOptions, Buffer>(gzip)(of, { level: 1 })
const unzip = promisify<Uint8Array, Buffer>(gunzip)
const packed = (rows: readonly PayloadRow[]) => Buffer.from(JSON.stringify(rows))

// Both were written by this file.
const unpacked = (json: Buffer) => JSON.parse(json.toString()) as readonly PayloadRow[]
const columnsOf = (of: BatchRecord) => JSON.parse(of.columns) as readonly string[]
