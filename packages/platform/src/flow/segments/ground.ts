import type { Subjects } from './subjects.ts'

/** What a condition is compiled against: what it may speak of, what there is, and what time it is. */
export interface Ground {
  readonly subjects: Subjects
  /** The columns a table really has; a field can be defined before anything has filled it. */
  readonly columns: (schema: 'model' | 'unified', table: string) => ReadonlySet<string>
  readonly now: Date
}
