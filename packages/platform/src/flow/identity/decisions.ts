import type { Selectable } from 'kysely'
import type { Store } from '#store'
import type { Decision } from './api.ts'
import type { Subject } from './definition.ts'
import {
  type PairRow,
  pairFrom,
  pairRow,
  subjectFrom,
  type WithdrawalRow,
  type WithdrawnRow,
  withdrawal,
  withdrawnFrom,
} from './pair-rows.ts'

interface Tables {
  identity_decision: DecisionRow
  identity_withdrawal: WithdrawalRow & { decision: number }
  identity_told: { place?: number; decision: number; is_withdrawn: number }
}

interface DecisionRow extends PairRow {
  number?: number
  kind: string
  why: string
  decided_by: string
  decided_at: string
}

/** A decision before it has its number. */
export type NewDecision = Omit<Decision, 'number' | 'withdrawn'>

/** Decisions as they are remembered: added and withdrawn, never changed. */
export interface DecisionRecords {
  readonly add: (on: Subject, decision: NewDecision) => Promise<Decision>
  /** Withdraws a decision; one that was withdrawn before stays as it was. */
  readonly withdraw: (number: number, of: NonNullable<Decision['withdrawn']>) => Promise<void>
  /** All decisions of a subject, the first ones first. */
  readonly list: (on: Subject) => Promise<readonly Decision[]>
  /** What was decided and withdrawn after a place in the order of both, the first ones first. */
  readonly toldAfter: (place: number, limit: number) => Promise<readonly Told[]>
  /** The last place in that order. */
  readonly lastTold: () => Promise<number>
  /** By subject, how many decisions and withdrawals there have been. */
  readonly counts: () => Promise<ReadonlyMap<string, number>>
}

/** A decision, as it was taken or withdrawn. */
export interface Told {
  readonly place: number
  readonly on: Subject
  readonly isWithdrawn: boolean
  readonly decision: Decision
}

/** The decisions in a store. */
export function decisionRecords(store: Store): DecisionRecords {
  const db = store.as<Tables>()
  const tell = async (decision: number, is_withdrawn: 0 | 1) => {
    await db
      .insertInto('identity_told')
      .values({ decision, is_withdrawn })
      .onConflict((clash) => clash.doNothing())
      .execute()
  }
  return {
    add: async (on, decision) => {
      const { number } = await db
        .insertInto('identity_decision')
        .values(rowOf(on, decision))
        .returning('number')
        .executeTakeFirstOrThrow()
      await tell(number ?? 0, 0)
      return { number: number ?? 0, ...decision }
    },
    withdraw: async (decision, { why, by, at }) => {
      await db
        .insertInto('identity_withdrawal')
        .values({ decision, why, withdrawn_by: by, withdrawn_at: at })
        .onConflict((clash) => clash.doNothing())
        .execute()
      await tell(decision, 1)
    },
    toldAfter: async (place, limit) => {
      const rows = await db
        .selectFrom('identity_told as t')
        .innerJoin('identity_decision as d', 'd.number', 't.decision')
        .leftJoin('identity_withdrawal as w', 'w.decision', 'd.number')
        .selectAll('d')
        .select(['t.place', 't.is_withdrawn'])
        .select(withdrawal)
        .where('t.place', '>', place)
        .orderBy('t.place')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        place: row.place ?? 0,
        on: subjectFrom(row),
        isWithdrawn: row.is_withdrawn === 1,
        decision: decisionFrom(row),
      }))
    },
    lastTold: async () => {
      const row = await db
        .selectFrom('identity_told')
        .select(({ fn }) => fn.max('place').as('place'))
        .executeTakeFirst()
      return Number(row?.place ?? 0)
    },
    list: async (on) => {
      const rows = await db
        .selectFrom('identity_decision as d')
        .leftJoin('identity_withdrawal as w', 'w.decision', 'd.number')
        .selectAll('d')
        .select(withdrawal)
        .where('d.subject', '=', on)
        .orderBy('d.number')
        .execute()
      return rows.map(decisionFrom)
    },
    counts: async () => {
      const rows = await db
        .selectFrom('identity_decision as d')
        .leftJoin('identity_withdrawal as w', 'w.decision', 'd.number')
        .select(({ fn }) => [
          'd.subject',
          fn.countAll().as('made'),
          fn.count('w.decision').as('gone'),
        ])
        .groupBy('d.subject')
        .execute()
      return new Map(rows.map(({ subject, made, gone }) => [subject, Number(made) + Number(gone)]))
    },
  }
}

/** Decisions that stand. */
export const standing = (decisions: readonly Decision[]): readonly Decision[] =>
  decisions.filter(({ withdrawn }) => withdrawn === undefined)

const rowOf = (on: Subject, { kind, why, by, at, ...pair }: NewDecision): DecisionRow => ({
  ...pairRow(on, pair),
  kind,
  why,
  decided_by: by,
  decided_at: at,
})

const decisionFrom = (row: Selectable<DecisionRow> & WithdrawnRow): Decision => ({
  number: row.number ?? 0,
  kind: row.kind === 'must_link' ? 'must_link' : 'cannot_link',
  ...pairFrom(row),
  why: row.why,
  by: row.decided_by,
  at: row.decided_at,
  ...withdrawnFrom(row),
})
