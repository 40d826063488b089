import { type Generated, sql } from 'kysely'
import type { Store } from '#store'
import type { Send } from './definition.ts'

/** How far an activation has got. */
export interface Progress {
  /** Of its last finished cut. */
  readonly position: number
  /** What tells the last content from another; only where everything is sent. */
  readonly content: string | null
}

/** Where a batch stands. */
const deliveryStates = ['waiting', 'delivered', 'dead', 'cancelled'] as const
export type DeliveryState = (typeof deliveryStates)[number]

/** The batches as they are kept. */
export interface BatchTable {
  sequence: Generated<number>
  id: string
  activation: string
  segment: string
  destination: string
  line: string
  send: Send
  from_position: number
  to_position: number
  number: number
  of: number
  members: number
  columns: string
  types: string
  state: 'preparing' | DeliveryState
  done: Generated<number>
  attempts: Generated<number>
  /** Whether it was given up and is tried again. */
  revived: Generated<0 | 1>
  due_at: string
  reason: string | null
  queued_at: string
  settled_at: string | null
}

/** The tables of this room, for its queries. */
export interface Tables {
  activation_state: Progress & {
    activation: string
    queued: number
    members: number
    queued_at: string
  }
  activation_batch: BatchTable
  activation_part: { batch: number; number: number; payload: Uint8Array }
  activation_filtered: { activation: string; reason: string; members: number }
  activation_consent: { activation: string; awaiting: number | null; confirmed: number | null }
}

/** Members by a reason. */
export type Counts = Readonly<Record<string, number>>

/** All counts together. */
export const total = (of: Counts): number => Object.values(of).reduce((sum, n) => sum + n, 0)

/** Adds to the members that were not sent, by the reason; inside of whatever transaction runs. */
export async function addFiltered(store: Store, activation: string, of: Counts): Promise<void> {
  for (const [reason, members] of Object.entries(of)) {
    if (members === 0) continue
    await store
      .as<Tables>()
      .insertInto('activation_filtered')
      .values({ activation, reason, members })
      .onConflict((same) =>
        same
          .columns(['activation', 'reason'])
          .doUpdateSet({ members: sql`activation_filtered.members + ${members}` }),
      )
      .execute()
  }
}
