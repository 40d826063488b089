import { standingOfPeople } from '#consent'
import { column, type Draft, type Part, sql, value } from '#engine'
import type { ConsentCondition } from './definition.ts'
import type { Ground } from './ground.ts'

type Asked = ConsentCondition['consent']

/** Joins what is known of everybody's consent to the people. */
export function consentJoin(
  alias: string,
  { status: _, ...question }: Asked,
  ground: Ground,
): Draft {
  const { columns, instead, now } = ground
  const standing = standingOfPeople(question, {
    columns: (object) => columns('model', object),
    rows: instead?.rows,
    now,
  })
  return sql`
left join (${standing}) ${column(alias)} on ${column('profile', alias)} = person.profile`
}

/** Whether what was joined is what is asked for; of whom nothing was said, nothing is known. */
export const hasStanding = (status: Asked['status'], alias: string): Part =>
  sql`coalesce(${column('standing', alias)}, 'unknown') = ${value(status)}`
