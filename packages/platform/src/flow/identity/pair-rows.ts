import type { NamedRecord } from './api.ts'
import type { Subject } from './definition.ts'

/** A pair of records in a row of the store: what decisions and labels have in common. */
export interface PairRow {
  subject: string
  left_space: string
  left_source: string
  left_stream: string
  left_id: string
  right_space: string
  right_source: string
  right_stream: string
  right_id: string
}

/** Two records that something is said about. */
export interface Pair {
  readonly left: NamedRecord
  readonly right: NamedRecord
}

/** A record as people name it. */
export const shownRecord = ({ stream, id }: Pick<NamedRecord, 'stream' | 'id'>): string =>
  `${stream}:${id}`

/** A pair as it is written down. */
export const pairRow = (subject: Subject, { left, right }: Pair): PairRow => ({
  subject,
  left_space: left.space,
  left_source: left.source,
  left_stream: left.stream,
  left_id: left.id,
  right_space: right.space,
  right_source: right.source,
  right_stream: right.stream,
  right_id: right.id,
})

/** A pair as it was written down. */
export const pairFrom = (row: PairRow): Pair => ({
  left: {
    space: row.left_space,
    source: row.left_source,
    stream: row.left_stream,
    id: row.left_id,
  },
  right: {
    space: row.right_space,
    source: row.right_source,
    stream: row.right_stream,
    id: row.right_id,
  },
})

/** Whom a row is about. */
export const subjectFrom = ({ subject }: Pick<PairRow, 'subject'>): Subject =>
  subject === 'account' ? 'account' : 'individual'

/** What is written down when something is withdrawn. */
export interface WithdrawalRow {
  why: string
  withdrawn_by: string
  withdrawn_at: string
}

/** The withdrawal `w` that a question asked for beside its rows. */
export const withdrawal = ['w.why as withdrawn_why', 'w.withdrawn_by', 'w.withdrawn_at'] as const

/** A row beside its withdrawal, if there is one. */
export interface WithdrawnRow {
  withdrawn_why: string | null
  withdrawn_by: string | null
  withdrawn_at: string | null
}

/** Who withdrew something, when and why; nothing where it stands. */
export function withdrawnFrom(row: WithdrawnRow): {
  withdrawn?: { why: string; by: string; at: string }
} {
  const { withdrawn_why: why, withdrawn_by: by, withdrawn_at: at } = row
  return why === null || by === null || at === null ? {} : { withdrawn: { why, by, at } }
}
