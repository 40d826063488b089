import type { Selectable } from 'kysely'
import type { Store } from '#store'
import type { Decision, NamedRecord } from './api.ts'
import type { Subject } from './definition.ts'

interface Tables {
  identity_decision: DecisionRow
  identity_withdrawal: WithdrawalRow
  identity_told: { place?: number; decision: number; is_withdrawn: number }
}

interface DecisionRow {
  number?: number
  subject: string
  kind: string
  left_space: string
  left_source: string
  left_stream: string
  left_id: string
  right_space: string
  right_source: string
  right_stream: string
  right_id: string
  why: string
  decided_by: string
  decided_at: string
}

interface WithdrawalRow {
  decision: number
  why: string
  withdrawn_by: string
  withdrawn_at: string
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
        .select(['w.why as withdrawn_why', 'w.withdrawn_by', 'w.withdrawn_at'])
        .where('t.place', '>', place)
        .orderBy('t.place')
        .limit(limit)
        .execute()
      return rows.map((row) => ({
        place: row.place ?? 0,
        on: row.subject === 'account' ? 'account' : 'individual',
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
        .select(['w.why as withdrawn_why', 'w.withdrawn_by', 'w.withdrawn_at'])
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

function rowOf(subject: Subject, { kind, left, right, why, by, at }: NewDecision): DecisionRow {
  return {
    subject,
    kind,
    left_space: left.space,
    left_source: left.source,
    left_stream: left.stream,
    left_id: left.id,
    right_space: right.space,
    right_source: right.source,
    right_stream: right.stream,
    right_id: right.id,
    why,
    decided_by: by,
    decided_at: at,
  }
}

type FoundRow = Selectable<DecisionRow> & {
  withdrawn_why: string | null
  withdrawn_by: string | null
  withdrawn_at: string | null
}

function decisionFrom(row: FoundRow): Decision {
  const { withdrawn_why: why, withdrawn_by: by, withdrawn_at: at } = row
  return {
    number: row.number ?? 0,
    kind: row.kind === 'must_link' ? 'must_link' : 'cannot_link',
    left: nameFrom([row.left_space, row.left_source, row.left_stream, row.left_id]),
    right: nameFrom([row.right_space, row.right_source, row.right_stream, row.right_id]),
    why: row.why,
    by: row.decided_by,
    at: row.decided_at,
    ...(why === null || by === null || at === null ? {} : { withdrawn: { why, by, at } }),
  }
}

const nameFrom = ([space, source, stream, id]: readonly [
  string,
  string,
  string,
  string,
]): NamedRecord => ({ space, source, stream, id })
