import { column, type Part, type Row, sql } from '#engine'
import type { ReviewItem } from './api.ts'
import type { Subject } from './definition.ts'
import { linkTable, refusedTable } from './tables.ts'

/** A link that was not made, with the profiles that its ends are in. */
export interface RefusedLink {
  readonly rule: string
  readonly left: string
  readonly right: string
  readonly matched: string
  readonly reason: ReviewItem['reason']
  readonly about?: string
  readonly leftProfile: string
  readonly rightProfile: string
}

/** Links that were not made, with the profiles of their ends: `left_profile`, `right_profile`. */
export const refusedLinks = (on: Subject): Part =>
  sql`(select f.rule, f.${column('left')}, f.${column('right')}, f.matched, f.reason, f.about,
    a.profile as left_profile, b.profile as right_profile from ${refusedTable(on)} f
    join ${linkTable(on)} a on a.record = f.${column('left')}
    join ${linkTable(on)} b on b.record = f.${column('right')})`

/** A row of `refusedLinks`. */
export const refusedFrom = (row: Row): RefusedLink => ({
  rule: String(row['rule']),
  left: String(row['left']),
  right: String(row['right']),
  matched: String(row['matched']),
  // Only these words are ever written there.
  reason: String(row['reason']) as RefusedLink['reason'],
  ...(row['about'] === '' ? {} : { about: String(row['about']) }),
  leftProfile: String(row['left_profile']),
  rightProfile: String(row['right_profile']),
})
