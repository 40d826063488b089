import {
  as,
  call,
  cast,
  column,
  type Draft,
  join,
  made,
  type Part,
  type Step,
  sql,
  value,
} from '#engine'
import type { FieldType } from '#kernel/scalar.ts'
import { type ModelObject, modelTable } from '#model'
import { type Choice, choiceFor, type ReconcileRule, type Ruleset } from './definition.ts'
import { fromColumn, unifiedFields } from './tables.ts'

/**
 * One row per profile: each field chosen by its rule, with the record that it came from. All rules are one idea: every
 * row has a rank, and the value with the highest rank wins. No rank occurs twice, so nothing depends on the order of rows.
 */
export function reconciled(
  ruleset: Ruleset,
  object: ModelObject,
  filled?: ReadonlySet<string>,
): Draft {
  const fields = unifiedFields(object).flatMap(([name, type]) =>
    !filled || filled.has(name) ? [{ name, type, ...choiceFor(ruleset, name) }] : [],
  )
  return sql`select _owner as profile, min(_space) as _space${cellsOf(fields, choiceOf)},
      count(distinct _key) as record_count, min(_seen) as first_seen
    from (${rankedRows(object, fields)}) ranked group by _owner
    union all select k.profile, _space${cellsOf(fields, onlyChoice)}, 1, k.first_seen
    from ${rowsOfProfiles(object)} left join ${made('crowded')} c on c.profile = k.profile where c.profile is null`
}

const rowsOfProfiles = (object: ModelObject): Part =>
  sql`${modelTable(object.key)} r join ${made('link')} k on k.record = r._key`

/** The profiles that have several rows. Nothing is to be chosen for the others, which are most of them. */
export const crowdedStep = (object: ModelObject): Step => ({
  name: 'crowded',
  says: 'profiles of several rows, whose values are chosen',
  query: sql`select k.profile from ${rowsOfProfiles(object)} group by k.profile having count(*) > 1`,
})

function cellsOf(fields: readonly Field[], choose: (field: Field) => Chosen): Part {
  const choices = fields.map(choose)
  const values = choices.map((choice, i) => as(choice.value, column(fields[i]?.name ?? '')))
  const origins = choices.map(({ from }, i) => as(from, column(fromColumn(fields[i]?.name ?? ''))))
  return join(
    [...values, ...origins].map((cell) => sql`, ${cell}`),
    sql``,
  )
}

interface Field extends Choice {
  readonly name: string
  readonly type: FieldType
}

const trustColumn = (sources: readonly string[]): string => `_trust_${sources.join(' ')}`

const timesColumn = (field: string): string => `_times_${field}`

// The newest row of a profile has the highest number; where no time is given, arrival decides, and then the key.
const recency = sql`row_number() over (partition by k.profile order by r.last_modified_at nulls first, r._position, r._key, r._stream)`

function rankedRows(object: ModelObject, fields: readonly Field[]): Draft {
  const times = fields
    .filter(({ rule }) => rule === 'most_frequent')
    .map(
      ({ name }) =>
        sql`, count(*) over (partition by k.profile, ${column(name, 'r')}) as ${column(timesColumn(name))}`,
    )
  const lists = fields.filter(({ rule }) => rule === 'source_priority').map((of) => of.sources)
  const trusts = [...new Map(lists.map((of) => [trustColumn(of), of]))].map(
    ([name, sources]) => sql`, ${trustIn(sources)} as ${column(name)}`,
  )
  return sql`select r.*, k.profile as _owner, k.first_seen as _seen, ${recency} as _recency${join([...trusts, ...times], sql``)}
    from ${rowsOfProfiles(object)} join ${made('crowded')} c on c.profile = k.profile`
}

/** How much a row's source is trusted: the first of the list most, those that are not in it least. */
function trustIn(sources: readonly string[]): Part {
  const cases = sources.map(
    (source, i) => sql` when ${value(source)} then ${value(sources.length - i)}`,
  )
  return cast(sql`case r._source${join(cases, sql``)} else 0 end`, 'integer')
}

// A row number fits below this, so that what is put on top of it always counts more.
const above = value(2 ** 40)

const rankBy: Readonly<Record<ReconcileRule, (field: Field) => Part>> = {
  last_updated: () => sql`_recency`,
  source_priority: ({ sources }) => sql`(${column(trustColumn(sources))} * ${above} + _recency)`,
  most_frequent: ({ name }) => sql`(${column(timesColumn(name))} * ${above} + _recency)`,
}

/** A value, and the record it came from. */
interface Chosen {
  readonly value: Part
  readonly from: Part
}

const isFilled = ({ name, type }: Field): Part =>
  type === 'text' ? sql`trim(${column(name)}) <> ''` : sql`${column(name)} is not null`

/** What there is, where one row is all there is. */
function onlyChoice(field: Field): Chosen {
  const own = (of: string) => sql`case when ${isFilled(field)} then ${column(of)} end`
  return { value: own(field.name), from: field.ignoresEmpty ? own('_key') : column('_key') }
}

/** The value with the highest rank, and the record it came from. */
function choiceOf(field: Field): Chosen {
  const { name, ignoresEmpty } = field
  const rank = rankBy[field.rule](field)
  const isThere = isFilled(field)
  const best = (of: Part) => sql`${call('last_by', of, rank)} filter (where ${isThere})`
  if (ignoresEmpty) return { value: best(column(name)), from: best(column('_key')) }
  const emptyWins = sql`max(${rank}) filter (where ${isThere}) is distinct from max(${rank})`
  return {
    value: sql`case when not (${emptyWins}) then ${best(column(name))} end`,
    from: call('last_by', column('_key'), rank),
  }
}
