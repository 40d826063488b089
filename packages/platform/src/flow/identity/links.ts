import { column, type Engine, sql, value } from '#engine'
import type { Subject } from './definition.ts'
import { evidenceTable, linkTable } from './tables.ts'

/** Two records that a rule or a decision ties. */
export interface Link {
  readonly rule: string
  readonly left: string
  readonly right: string
  readonly matched: string
}

/** The evidence of a profile: what ties its records. Ties of rules lead from one record of a block to others of it. */
export async function linksOf(
  engine: Engine,
  on: Subject,
  profile: string,
): Promise<readonly Link[]> {
  const members = sql`select record from ${linkTable(on)} where profile = ${value(BigInt(profile))}`
  const rows = await engine.rows(sql`select rule, ${column('left')}, ${column('right')}, matched
    from ${evidenceTable(on)} where ${column('left')} in (${members}) order by 1, 2, 3, 4`)
  return rows.map((row) => ({
    rule: String(row['rule']),
    left: String(row['left']),
    right: String(row['right']),
    matched: String(row['matched']),
  }))
}

/** The records that links are about. */
export const recordsIn = (links: readonly Pick<Link, 'left' | 'right'>[]): readonly string[] =>
  links.flatMap(({ left, right }) => [left, right])
