import type { Condition, Related, RowCondition, Sequence } from './definition.ts'
import type { ObjectSubject } from './subjects.ts'

/** A condition on rows that belong to a person. */
export type Container = Extract<Condition, { related: string }>

/** A container whose measure is written out: at least one row, unless it says otherwise. */
export const measured = (asked: Container): Related =>
  'measure' in asked ? asked : { ...asked, measure: 'count', op: '>=', value: 1 }

type Rows = Pick<Sequence['sequence'][number], 'related' | 'where' | 'look_back'>

/** Which rows are looked at: those that `where` lets through, of the last while. */
export function rowsAsked(
  { where, look_back }: Rows,
  { time }: ObjectSubject,
): RowCondition | undefined {
  if (look_back === undefined || time === undefined) return where
  const recent: RowCondition = { field: time, op: 'within_last', ...look_back }
  return where === undefined ? recent : { all: [recent, where] }
}
