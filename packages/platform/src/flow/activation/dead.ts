import { sql } from 'kysely'
import type { Store } from '#store'
import { addFiltered, type Tables } from './kept.ts'
import { reasons } from './reasons.ts'

/** Which of the batches that were given up are meant; all that hold at once. */
export interface DeadOnes {
  readonly activation?: string
  readonly destination?: string
  readonly id?: string
  /** Given up at this time or later, and before that one. */
  readonly since?: string
  readonly until?: string
  /** A part of the reason, whatever the case. */
  readonly reason?: string
}

/** What was given up for one reason. */
export interface DeadReason {
  readonly reason: string
  readonly batches: number
  readonly members: number
  /** When the first and the last of them were given up. */
  readonly since: string
  readonly until: string
}

/** Finds, revives and cancels what was given up. */
export function deadIn(store: Store) {
  const db = store.as<Tables>()
  const chosen = (of: DeadOnes) => {
    const conditions = [
      ['activation', '=', of.activation],
      ['destination', '=', of.destination],
      ['id', '=', of.id],
      ['settled_at', '>=', of.since],
      ['settled_at', '<', of.until],
    ] as const
    let found = db.selectFrom('activation_batch').select('sequence').where('state', '=', 'dead')
    for (const [name, operator, wanted] of conditions) {
      if (wanted !== undefined) found = found.where(name, operator, wanted)
    }
    const { reason } = of
    return reason === undefined
      ? found
      : found.where(({ fn, val, eb }) =>
          eb(fn<number>('instr', [fn('lower', ['reason']), val(reason.toLowerCase())]), '>', 0),
        )
  }
  return {
    /** Puts what was given up back into its line; how many batches. */
    revive: async (of: DeadOnes, at: Date): Promise<number> => {
      const { numUpdatedRows } = await db
        .updateTable('activation_batch')
        .set({
          ...{ state: 'waiting', attempts: 0, revived: 1, settled_at: null },
          due_at: at.toISOString(),
        })
        .where('sequence', 'in', chosen(of))
        .executeTakeFirst()
      return Number(numUpdatedRows)
    },

    /** Lets go for good of what was given up; its members are counted as cancelled. How many batches. */
    cancel: (of: DeadOnes, at: Date): Promise<number> =>
      store.transaction(async () => {
        const batches = await db
          .selectFrom('activation_batch')
          .select(['sequence', 'activation', 'members'])
          .where('sequence', 'in', chosen(of))
          .execute()
        for (const { sequence, activation, members } of batches) {
          await db
            .updateTable('activation_batch')
            .set({ state: 'cancelled', settled_at: at.toISOString() })
            .where('sequence', '=', sequence)
            .execute()
          await db.deleteFrom('activation_part').where('batch', '=', sequence).execute()
          await addFiltered(store, activation, { [reasons.cancelled]: members })
        }
        return batches.length
      }),

    /** What was given up of an activation, by the reason. */
    deadReasons: async (activation: string): Promise<readonly DeadReason[]> => {
      const rows = await db
        .selectFrom('activation_batch')
        .select(({ fn }) => [
          fn.coalesce('reason', sql<string>`''`).as('reason'),
          fn.countAll<number>().as('batches'),
          fn.sum<number>('members').as('members'),
          fn.min<string>('settled_at').as('since'),
          fn.max<string>('settled_at').as('until'),
        ])
        .where('activation', '=', activation)
        .where('state', '=', 'dead')
        .groupBy('reason')
        .orderBy('members', 'desc')
        .orderBy('reason')
        .execute()
      return rows.map(({ batches, members, ...row }) => ({
        ...row,
        batches: Number(batches),
        members: Number(members),
      }))
    },

    /** How many members wait for a destination, and how many were given up. */
    queuesByDestination: async () =>
      db
        .selectFrom('activation_batch')
        .select(['destination', 'state'])
        .select(({ fn }) => fn.sum<number>('members').as('members'))
        .where('state', 'in', ['waiting', 'dead'])
        .groupBy(['destination', 'state'])
        .execute(),
  }
}
