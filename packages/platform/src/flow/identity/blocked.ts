import { join, type Part, sql, value } from '#engine'
import type { Criterion } from './definition.ts'
import { formOf } from './forms.ts'
import { fuzzyKindOf, spelled } from './fuzzy.ts'
import { tidied } from './normalise.ts'
import { phones } from './phones.ts'
import { countryWay } from './values.ts'

/** Blocked values, tidied up like the values that they are compared with. */
export function blockedValues({ object, field, by }: Criterion, listed: readonly string[]): Part {
  const raw = join(
    listed.map((one) => sql`select ${value(one)} as raw, ${value(null)} as country`),
    sql` union all `,
  )
  const kind = by === 'fuzzy' ? fuzzyKindOf(object, field, { type: 'text' }) : undefined
  if (kind) return sql`select ${spelled[kind](sql`raw`)} as v from (${raw}) listed`
  const form = by === 'exact' ? undefined : formOf(object, field, { type: 'text' })
  if (form === 'phone') return sql`select value from (${phones(raw)}) p where value is not null`
  if (form === 'country') {
    const { joins, value: v } = countryWay(sql`raw`, 0)
    return sql`select ${v} from (${raw}) listed${joins} where ${v} is not null`
  }
  return sql`select v from (select ${tidied(form ?? 'exact', sql`raw`)} as v from (${raw}) listed) b where v is not null`
}
