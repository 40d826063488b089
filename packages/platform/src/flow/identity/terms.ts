import { column, join, made, type Part, type Step, sql, value } from '#engine'
import { type Model, type ModelObject, modelTable } from '#model'
import { contactColumns, linkTo } from './contacts.ts'
import type { Ruleset } from './definition.ts'
import { amongRecords, type Extent } from './extent.ts'
import { searchWordsIn } from './normalise.ts'
import { type Extending, newStep } from './publish.ts'
import { nameOf, valuesName } from './values.ts'

/** What records can be found by: `record`, `kind`, `value`, and the row that says so: `row_key`. No row is there twice. */
export function termStep(
  ruleset: Ruleset,
  model: Model,
  { extent = 'everything', single, isFirst }: Extending = {},
): Step {
  const contacts = model.objects
    .filter((object) => linkTo(object, ruleset.on) !== undefined)
    .flatMap((object) => {
      const terms = contactTerms(object)
      // Two fields of one row may say the same.
      const isOnce = single?.has(object.key) === true && terms.length === 1
      return isOnce || terms.length === 0 ? terms : [once(join(terms, sql` union all `))]
    })
  const names = namesOf(ruleset, extent)
  return {
    name: newStep('term', { isFirst }),
    says: 'what records can be found by',
    query: join([...contacts, single?.has(ruleset.on) ? names : once(names)], sql` union all `),
  }
}

const once = (rows: Part): Part => sql`select distinct * from (${rows}) told`

function contactTerms(object: ModelObject): readonly Part[] {
  const columns = contactColumns(object)
  const from = sql`${made(valuesName(object.key))} v join ${made('record')} k on k.n = v.n`
  const single = columns
    .filter(({ form }) => form === 'email' || form === 'phone')
    .map((of) => {
      const name = column(nameOf(of), 'v')
      return sql`select k.record, ${value(of.form)} as kind, ${name} as value, v.row_key from ${from} where ${name} is not null`
    })
  const parts = columns
    .filter(({ form }) => form !== 'email' && form !== 'phone')
    .map((of) => column(nameOf(of), 'v'))
  if (parts.length === 0) return single
  const whole = join(
    parts.map((part) => sql`coalesce(${part}, '')`),
    sql` || '|' || `,
  )
  const isThere = sql`coalesce(${join(parts)}, '') <> ''`
  return [
    ...single,
    sql`select k.record, 'address' as kind, ${whole} as value, v.row_key from ${from} where ${isThere}`,
  ]
}

// A join carries a number and one text then, and only rows that are looked at are worked on.
const namesOf = ({ on }: Ruleset, extent: Extent): Part =>
  sql`select n.record, 'name' as kind, n.value, n.record as row_key from (${searchWordsIn(
    sql`select _key as record, ${fullName[on]} as value from ${modelTable(on)}
      where true${amongRecords(sql`_key`, extent === 'everything' ? undefined : 'record')}`,
  )}) n join ${made('record')} k on k.record = n.record where n.value is not null`

const fullName: Readonly<Record<Ruleset['on'], Part>> = {
  individual: sql`coalesce(nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), person_name)`,
  account: sql`name`,
}
