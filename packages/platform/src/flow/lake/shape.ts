import type { FieldType } from '#kernel/scalar.ts'
import type { LakeField } from './tables.ts'

/** A stream that takes events: what of them becomes its rows. */
export interface StreamShape {
  readonly key: string
  /** `merge`: members replace those of the row with the same key, while what is absent stays. */
  readonly mode: 'append' | 'upsert' | 'merge'
  /** Names of the columns that tell one row from another; only `append` can do without. */
  readonly primaryKey: readonly string[]
  /** Fields that are there from the start and keep their types; their labels are the paths of the members. */
  readonly fields: readonly LakeField[]
  /** Types of columns that members get when they come; what their first value says unless set. */
  readonly types?: Readonly<Record<string, FieldType>>
  /** More members than that are kept together in one column; 1000 unless set. */
  readonly mostFields?: number
  /** A value that does not fit its column: kept beside it, or rejected with the whole. */
  readonly onConflict?: 'side' | 'reject'
  /** Members that have no column: they get one, or are rejected with the whole. */
  readonly unknown?: 'allow' | 'reject'
}

/** What became of the lines of a stream; `received` is the sum of the others. */
export interface EventCounts {
  readonly received: number
  readonly stored: number
  readonly unchanged: number
  readonly duplicate: number
  readonly rejected: number
  readonly parked: number
  readonly deleted: number
}

/** Nothing of anything. */
export const noEvents: EventCounts = {
  received: 0,
  stored: 0,
  unchanged: 0,
  duplicate: 0,
  rejected: 0,
  parked: 0,
  deleted: 0,
}

/** Two counts together. */
export const plus = (a: EventCounts, b: Partial<EventCounts>): EventCounts => ({
  received: a.received + (b.received ?? 0),
  stored: a.stored + (b.stored ?? 0),
  unchanged: a.unchanged + (b.unchanged ?? 0),
  duplicate: a.duplicate + (b.duplicate ?? 0),
  rejected: a.rejected + (b.rejected ?? 0),
  parked: a.parked + (b.parked ?? 0),
  deleted: a.deleted + (b.deleted ?? 0),
})
