import type { Part } from '#engine'
import type { Relation } from '#query'
import type { Subjects } from './subjects.ts'

/** Tables that stand in the place of those that are published, where it is asked what would be. */
export interface Instead {
  readonly people: Part
  /** The rows of a model object. */
  readonly rows: (object: string) => Part
  /** The members of another segment, as a query with one column `profile`; or that they are those whom it means now. */
  readonly members: (segment: string) => Part | 'as defined'
  /** Which profile each record belongs to, where rows name records of whom the segment is about: `record`, `profile`. */
  readonly links?: Part
}

/** What a condition is compiled against: what it may speak of, what there is, and what time it is. */
export interface Ground {
  readonly subjects: Subjects
  /** The columns a table really has; a field can be defined before anything has filled it. */
  readonly columns: (schema: 'model' | 'unified', table: string) => ReadonlySet<string>
  /** What segments that are written in SQL may read. */
  readonly relations?: readonly Relation[]
  readonly now: Date
  readonly instead?: Instead
  /** Looks only at some of the people: a condition on the number of a profile, which always chooses the same ones. */
  readonly sample?: (profile: Part) => Part
}
