import { column, type Draft, join, type Part, some, sql, typeName } from '#engine'
import { insightTable } from '#insights'
import type { FieldType } from '#kernel/scalar.ts'
import { modelTable, systemColumns } from '#model'
import { measureType } from './check.ts'
import type { Related } from './definition.ts'
import type { Ground } from './ground.ts'

/** A value of a person, with its type. */
export interface Subject {
  readonly of: Part
  readonly type: FieldType
}

/** What is joined to the people, gathered while a condition is compiled: each table is read once. */
export interface Sources {
  readonly measure: (asked: Related, where: Part | undefined) => Subject
  readonly insight: (path: string) => Subject
  readonly joins: () => Draft
}

interface Aggregate {
  readonly name: string
  readonly what: Draft
  readonly where: Part | undefined
}

/** Starts with nothing joined. */
export function gatherSources(ground: Ground): Sources {
  const objects = new Map<string, Map<string, Aggregate>>()
  const insights = new Set<string>()
  return {
    measure: (asked, where) => {
      const subject = measured(asked, ground)
      if (subject.what === undefined) return { of: subject.none, type: subject.type }
      const aggregates = objects.get(asked.related) ?? new Map<string, Aggregate>()
      objects.set(asked.related, aggregates)
      const same = JSON.stringify([asked.measure, asked.of, asked.where])
      const name = aggregates.get(same)?.name ?? `m${aggregates.size + 1}`
      aggregates.set(same, { name, what: subject.what, where })
      const of = column(name, relatedAlias(asked.related))
      return { type: subject.type, of: asked.measure === 'count' ? sql`coalesce(${of}, 0)` : of }
    },
    insight: (path) => {
      const [key = '', measure = ''] = path.split('.')
      const type = ground.subjects.insights.get(key)?.measures.get(measure)
      if (type === undefined) throw new Error(`${path} was not checked`)
      insights.add(key)
      return { of: column(measure, insightAlias(key)), type }
    },
    joins: () =>
      join(
        [
          ...[...objects].map(([object, found]) =>
            relatedJoin(object, [...found.values()], ground),
          ),
          ...[...insights].map(insightJoin),
        ],
        sql``,
      ),
  }
}

const relatedAlias = (object: string) => `rows_${object}`
const insightAlias = (key: string) => `insight_${key}`
const owner = column(systemColumns.profile)

interface Measured {
  readonly type: FieldType
  /** The aggregate; absent when no row can have a value, because the table or column is not there yet. */
  readonly what?: Draft
  readonly none: Draft
}

function measured({ related, measure, of }: Related, ground: Ground): Measured {
  const type = measureType(measure, of, ground.subjects.objects.get(related) ?? {})
  if (type === undefined) throw new Error(`"${measure}" of "${related}" was not checked`)
  const none = measure === 'count' ? sql`0` : sql`cast(null as ${typeName(type)})`
  const columns = ground.columns('model', related)
  if (!columns.has(of ?? systemColumns.profile)) return { type, none }
  return { type, none, what: aggregates[measure](column(of ?? systemColumns.profile)) }
}

const aggregates: Readonly<Record<Related['measure'], (of: Part) => Draft>> = {
  count: () => sql`count(*)`,
  sum: (of) => sql`sum(${of})`,
  min: (of) => sql`min(${of})`,
  max: (of) => sql`max(${of})`,
  avg: (of) => sql`avg(${of})`,
}

function relatedJoin(object: string, found: readonly Aggregate[], { instead }: Ground): Draft {
  const wheres = found.flatMap(({ where }) => where ?? [])
  // A row that no measure wants need not be grouped; a lone filter need not be asked twice.
  const isNarrow = wheres.length === found.length
  const filter = isNarrow
    ? sql`
  where ${some(wheres)}`
    : sql``
  const columns = found.map(({ name, what, where }) =>
    where === undefined || found.length === 1
      ? sql`${what} as ${column(name)}`
      : sql`${what} filter (where ${where}) as ${column(name)}`,
  )
  const alias = relatedAlias(object)
  return sql`
left join (
  select ${join(
    [owner, ...columns],
    sql`,
    `,
  )}
  from ${instead?.rows(object) ?? modelTable(object)}${filter}
  group by ${owner}
) ${column(alias)} on ${column(systemColumns.profile, alias)} = person.profile`
}

function insightJoin(key: string): Draft {
  const alias = insightAlias(key)
  return sql`
left join ${insightTable(key)} ${column(alias)} on ${column('profile_id', alias)} = person.profile`
}
