import { promisify } from 'node:util'
import { gunzip, gzip } from 'node:zlib'
import { type Generated, type Selectable, sql } from 'kysely'
import { readMigrations, type Store } from '#store'
import type { Send } from './definition.ts'
import type { Batch, PayloadRow } from './destination.ts'

/** The tables of this room. */
export const activationMigrations = readMigrations(new URL('./migrations/', import.meta.url))

/** How far an activation has got. */
export interface Progress {
  /** Of its last finished cut. */
  readonly position: number
  /** What tells the last content from another; only where everything is sent. */
  readonly content: string | null
}

/** Where a batch stands. */
const deliveryStates = ['waiting', 'delivered', 'dead'] as const
export type DeliveryState = (typeof deliveryStates)[number]

interface BatchTable {
  sequence: Generated<number>
  id: string
  activation: string
  segment: string
  destination: string
  send: Send
  from_position: number
  to_position: number
  number: number
  of: number
  members: number
  columns: string
  state: 'preparing' | DeliveryState
  attempts: Generated<number>
  due_at: string
  reason: string | null
  queued_at: string
  settled_at: string | null
}

interface Tables {
  activation_state: Progress & { activation: string; queued: number; queued_at: string }
  activation_batch: BatchTable
  activation_part: { batch: number; number: number; payload: Uint8Array }
}

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
  readonly members: number
  readonly content: string | null
  readonly at: Date
}

/** What has become of an activation's members so far. It balances: queued = delivered + waiting + dead. */
export interface Ledger {
  readonly queued: number
  readonly delivered: number
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
    /** The members of a batch, piece by piece. */
    rowsOf: async function* (batch: number): AsyncIterable<readonly PayloadRow[]> {
      for (let number = 1; ; number++) {
        const part = await db
          .selectFrom('activation_part')
          .select('payload')
          .where('batch', '=', batch)
          .where('number', '=', number)
          .executeTakeFirst()
        if (part === undefined) return
        yield unpacked(await unzip(part.payload))
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
        await db
          .insertInto('activation_state')
          .values({ activation, queued: cut.members, ...row })
          .onConflict((same) =>
            same.column('activation').doUpdateSet({
              ...row,
              queued: sql`activation_state.queued + ${cut.members}`,
            }),
          )
          .execute()
      }),
  }
}

function lineIn(store: Store) {
  const db = store.as<Tables>()
  const change = (batch: number) => db.updateTable('activation_batch').where('sequence', '=', batch)
  return {
    /** Destinations that something waits for. */
    destinationsWithWork: async (): Promise<readonly string[]> => {
      const rows = await db
        .selectFrom('activation_batch')
        .select('destination')
        .distinct()
        .where('state', '=', 'waiting')
        .execute()
      return rows.map(({ destination }) => destination)
    },

    /**
     * The batch that is due first. Each activation is a line of its own: what left must not be overtaken by what
     * entered before, so only its oldest batch may go.
     */
    next: (destination: string): Promise<BatchRecord | undefined> =>
      db
        .selectFrom('activation_batch')
        .selectAll()
        .where('sequence', 'in', (of) =>
          of
            .selectFrom('activation_batch')
            .select(({ fn }) => fn.min('sequence').as('first'))
            .where('destination', '=', destination)
            .where('state', '=', 'waiting')
            .groupBy('activation'),
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
        .select(['activation', 'queued'])
        .execute()
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
        queued.map(({ activation, queued }) => [
          activation,
          {
            queued,
            delivered: of(activation, 'delivered'),
            waiting: of(activation, 'waiting'),
            dead: of(activation, 'dead'),
          },
        ]),
      )
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

    /** Puts what was given up back into the line; how many batches. */
    revive: async (activation: string, of: { id?: string; at: Date }): Promise<number> => {
      const dead = db
        .updateTable('activation_batch')
        .set({ state: 'waiting', attempts: 0, due_at: of.at.toISOString(), settled_at: null })
        .where('activation', '=', activation)
        .where('state', '=', 'dead')
      const chosen = of.id === undefined ? dead : dead.where('id', '=', of.id)
      const { numUpdatedRows } = await chosen.executeTakeFirst()
      return Number(numUpdatedRows)
    },
  }
}

/** A kept batch as destinations see it. */
export const batchOf = (of: BatchRecord, rows: Batch['rows']): Batch => ({
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
  queuedAt: new Date(of.queued_at),
  rows,
})

const recordOf = (cut: Cut, { number, of, members }: NewBatch) => ({
  id: batchId(cut, number),
  activation: cut.activation,
  segment: cut.segment,
  destination: cut.destination,
  send: cut.send,
  from_position: cut.from,
  to_position: cut.to,
  number,
  of,
  members,
  columns: JSON.stringify(cut.columns),
  state: 'preparing' as const,
  due_at: cut.at.toISOString(),
  reason: null,
  queued_at: cut.at.toISOString(),
  settled_at: null,
})

const zip = promisify<Buffer, Buffer>(gzip)
const unzip = promisify<Uint8Array, Buffer>(gunzip)
const packed = (rows: readonly PayloadRow[]) => Buffer.from(JSON.stringify(rows))

// Both were written by this file.
const unpacked = (json: Buffer) => JSON.parse(json.toString()) as readonly PayloadRow[]
const columnsOf = (of: BatchRecord) => JSON.parse(of.columns) as readonly string[]
