import { call, column, type Draft, join, type Part, some, sql, typeName } from '#engine'
import { insightTable } from '#insights'
import { systemColumns } from '#model'
import { measureType } from './check-measure.ts'
import { consentJoin, hasStanding } from './consent.ts'
import { measured, rowsAsked } from './containers.ts'
import type { Condition, ConsentCondition, Measure, Related, RowCondition } from './definition.ts'
import type { Ground } from './ground.ts'
import { type Asked, askOwned, type OwnedRows, type Subject } from './rows.ts'
import { insightKey } from './subjects.ts'

/** What is joined to the people, gathered while a condition is compiled: each table is read once. */
export interface Sources {
  readonly measure: (asked: Extract<Condition, { related: string }>, ask: AskRow) => Subject
  readonly insight: (path: string) => Subject
  /** Whether what is known of somebody's consent is what is asked for. */
  readonly consent: (asked: ConsentCondition['consent']) => Part
  readonly joins: () => Draft
}

/** How questions to a row are compiled; equal questions in another time zone are not the same. */
export interface AskRow {
  readonly compile: (condition: RowCondition, rows: Asked) => Part
  readonly zone: string
}

interface Aggregate {
  readonly name: string
  readonly what: Draft
  readonly where: Part | undefined
}

interface Container {
  readonly rows: OwnedRows
  readonly aggregates: Map<string, Aggregate>
}

/** Starts with nothing joined. */
export function gatherSources(ground: Ground): Sources {
  const containers = new Map<string, Container | undefined>()
  const insights = new Set<string>()
  const consents = new Map<string, ConsentCondition['consent']>()

  const open = (key: string): Container | undefined => {
    const object = ownedObject(key, ground)
    if (!containers.has(key)) {
      const rows = askOwned(object, ground)
      containers.set(key, rows && { rows, aggregates: new Map() })
    }
    return containers.get(key)
  }

  return {
    measure: (container, { compile, zone }) => {
      const asked = measured(container)
      const { measure, related } = asked
      const object = ownedObject(related, ground)
      const type = measureType(asked, object, ground.subjects.model)
      if (type === undefined) throw new Error(`"${measure}" of "${related}" was not checked`)
      const opened = open(related)
      if (opened === undefined) return { type, of: valueOfNone(measure, type) }
      const same = JSON.stringify([measure, asked.of, asked.where, asked.look_back, zone])
      const name = opened.aggregates.get(same)?.name ?? `m${opened.aggregates.size + 1}`
      if (!opened.aggregates.has(same)) {
        const only = rowsAsked(asked, object)
        const where = only && compile(only, opened.rows)
        opened.aggregates.set(same, { name, ...aggregate(asked, opened.rows, object.time), where })
      }
      const of = column(name, relatedAlias(related))
      return { type, of: isCount(measure) ? sql`coalesce(${of}, 0)` : of }
    },
    insight: (path) => {
      const [key = '', measure = ''] = path.split('.')
      const type = ground.subjects.insights.get(key)?.measures.get(measure)
      if (type === undefined) throw new Error(`${path} was not checked`)
      insights.add(key)
      return { of: column(measure, insightAlias(key)), type }
    },
    consent: (asked) => {
      const { channel, purpose = '' } = asked
      const alias = `consent ${channel} ${purpose.trim().toLowerCase()}`
      consents.set(alias, asked)
      return hasStanding(asked.status, alias)
    },
    joins: () =>
      join(
        [
          ...[...containers].flatMap(([object, found]) =>
            found ? [relatedJoin(object, found)] : [],
          ),
          ...[...insights].map((key) => insightJoin(key, ground)),
          ...[...consents].map(([alias, asked]) => consentJoin(alias, asked, ground)),
        ],
        sql``,
      ),
  }
}

/** What conditions may ask of the rows of an object that belong to whoever the segment is about. */
export function ownedObject(key: string, { subjects }: Ground) {
  const object = subjects.objects.get(key)
  if (object === undefined) throw new Error(`the object "${key}" was not checked`)
  return object
}

const relatedAlias = (object: string) => `rows_${object}`
const insightAlias = (key: string) => `insight_${key}`
const owner = column(systemColumns.profile)

const isCount = (measure: Measure) => measure === 'count' || measure === 'count_distinct'

const valueOfNone = (measure: Measure, type: Subject['type']) =>
  isCount(measure) ? sql`0` : sql`cast(null as ${typeName(type)})`

function aggregate({ measure, of }: Related, rows: OwnedRows, time: string | undefined) {
  if (of === undefined) return { what: sql`count(*)` }
  return { what: aggregates[measure](rows.field(of).of, time ? rows.field(time).of : sql`null`) }
}

const aggregates: Readonly<Record<Measure, (of: Part, time: Part) => Draft>> = {
  count: () => sql`count(*)`,
  count_distinct: (of) => sql`count(distinct ${of})`,
  sum: (of) => sql`sum(${of})`,
  min: (of) => sql`min(${of})`,
  max: (of) => sql`max(${of})`,
  avg: (of) => sql`avg(${of})`,
  // Rows without a time are in no order. Of several at the same time the values decide, so that it is always the same.
  first: (of, time) => sql`${call('first_by', valued(of, time), sql`(${time}, ${of})`)}`,
  last: (of, time) => sql`${call('last_by', valued(of, time), sql`(${time}, ${of})`)}`,
}

const valued = (of: Part, time: Part) => sql`case when ${time} is not null then ${of} end`

function relatedJoin(object: string, { rows, aggregates: all }: Container): Draft {
  const found = [...all.values()]
  const wheres = found.flatMap(({ where }) => where ?? [])
  // A row that no measure wants need not be grouped; a lone filter need not be asked twice.
  const isNarrow = wheres.length === found.length
  const filters = [...(isNarrow ? [some(wheres)] : []), ...rows.narrowed]
  const filter =
    filters.length > 0
      ? sql`
  where ${join(filters, sql` and `)}`
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
    [sql`${rows.owner} as ${owner}`, ...columns],
    sql`,
    `,
  )}
  from ${rows.from()}${filter}
  group by ${rows.owner}
) ${column(alias)} on ${column(systemColumns.profile, alias)} = person.profile`
}

function insightJoin(key: string, { subjects }: Ground): Draft {
  const alias = insightAlias(key)
  // The only dimension says whose values these are.
  const owner = subjects.insights.get(key)?.dimensions[0] ?? insightKey
  return sql`
left join ${insightTable(key)} ${column(alias)} on ${column(owner, alias)} = person.profile`
}
