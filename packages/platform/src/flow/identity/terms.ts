import { column, join, made, type Part, type Step, sql, value } from '#engine'
import { type Model, type ModelObject, modelTable } from '#model'
import { contactColumns, linkTo } from './contacts.ts'
import type { Ruleset } from './definition.ts'
import { searchWordsIn } from './normalise.ts'
import { nameOf, valuesName } from './values.ts'

/** What records can be found by: `record`, `kind`, `value`, and the row that says so: `row_key`. No row is there twice. */
export function termStep(ruleset: Ruleset, model: Model, single?: ReadonlySet<string>): Step {
  const contacts = model.objects
    .filter((object) => linkTo(object, ruleset.on) !== undefined)
    .flatMap((object) => {
      const terms = contactTerms(object)
      // Two fields of one row may say the same.
      const isOnce = single?.has(object.key) === true && terms.length === 1
      return isOnce || terms.length === 0 ? terms : [once(join(terms, sql` union all `))]
    })
  const names = namesOf(ruleset)
  return {
    name: 'term',
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

// What is asked of the record as well is only worked out for those that are looked at, not for every row there is.
const namesOf = ({ on }: Ruleset): Part =>
  sql`select record, 'name' as kind, value, record as row_key from (${searchWordsIn(
    sql`select k.record, case when k.n is not null then ${fullName[on]} end as value
      from ${modelTable(on)} r join ${made('record')} k on k.record = r._key`,
  )}) named where value is not null`

const fullName: Readonly<Record<Ruleset['on'], Part>> = {
  individual: sql`coalesce(nullif(trim(coalesce(first_name, '') || ' ' || coalesce(last_name, '')), ''), person_name)`,
  account: sql`name`,
}
