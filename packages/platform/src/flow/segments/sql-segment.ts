import { whoseId, whoseIn } from '#insights'
import { asProblems, Fault, type Problem } from '#kernel/fault.ts'
import { type CheckedQuery, checkQuery, type Relation } from '#query'
import { segmentFaults } from './faults.ts'
import { insightKey, type Subjects } from './subjects.ts'

/** A segment's query, printed anew from what was checked; throws everything that is wrong with it. */
export const checkedSql = (text: string, relations: readonly Relation[]): CheckedQuery =>
  checkQuery(text, relations)

/**
 * What is wrong with the query of a segment: it must be one select of the one column `profile_id`, which is the id of whom the segment
 * is about.
 */
export function problemsOfSql(
  text: string,
  { on, insights }: Pick<Subjects, 'on' | 'insights'>,
  relations: readonly Relation[],
): readonly Problem[] {
  const at = { at: 'sql' }
  try {
    const { columns, lineage } = checkedSql(text, relations)
    const found = columns.join(', ')
    if (found !== insightKey) return segmentFaults.one_column({ found }, at).problems
    const whose = whoseIn([...insights].map(([key, insight]) => ({ key, ...insight })))
    const origins = (lineage[insightKey] ?? []).map((origin) => whoseId(origin, whose))
    if (origins.length === 0 || origins.includes(undefined))
      return segmentFaults.not_an_id({}, at).problems
    const other = origins.find((of) => of !== on)
    return other === undefined ? [] : segmentFaults.other_ids({ of: other, on }, at).problems
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    // The places are lines and columns of the text, so they are said and not joined to the path.
    return asProblems(thrown).map(({ code, at, say }) => ({
      code,
      at: 'sql',
      say: at === '' ? say : `${at}: ${say}`,
    }))
  }
}

/** Whether a query asks what time it is. */
export const sqlAsksTheClock = (text: string): boolean =>
  /\b(current_date|current_timestamp|now|today)\b/i.test(text)
