import type { Problem } from '#kernel/fault.ts'
import type { Relation } from '#query'
import { type Built, build } from './build.ts'
import { rateColumns, ratesObject, withConversions } from './convert.ts'
import type { Grain, InsightDefinition, RefreshWish, Rollup } from './definition.ts'
import { insightFaults } from './faults.ts'
import type { Ground } from './fields.ts'
import { keyedBy } from './subject.ts'

/** An insight as SQL, whichever way it was written. */
export interface Plan {
  readonly sql: string
  readonly dimensions: readonly string[]
  /** All columns that are not dimensions unless set. */
  readonly measures: readonly string[] | undefined
  readonly rollup: ReadonlyMap<string, Rollup>
  readonly grains: ReadonlyMap<string, Grain>
  /** What the SQL may read. */
  readonly relations: readonly Relation[]
  readonly built?: Built
  readonly refresh?: RefreshWish | undefined
}

/** Makes SQL of an insight, or tells what is wrong with its form. */
export function planOf(
  body: InsightDefinition,
  ground: Ground,
): Plan | { readonly problems: readonly Problem[] } {
  const { sql, build: builder } = body
  if (builder === undefined && sql !== undefined) return written(sql, body, ground)
  if (builder === undefined || sql !== undefined)
    return { problems: insightFaults.sql_or_build({ both: sql !== undefined }).problems }
  const strange = (['dimensions', 'measures', 'rollup'] as const).filter(
    (part) => body[part] !== undefined,
  )
  if (strange.length > 0)
    return {
      problems: strange.flatMap((part) => insightFaults.only_sql({ part }, { at: part }).problems),
    }
  const isOfPeople = body.on === undefined || body.on === 'individual'
  const keyed = isOfPeople ? builder : keyedBy(builder, body.on ?? '', ground)
  if ('problems' in keyed) return keyed
  const built = build(keyed, ground)
  if ('problems' in built) return built
  const lacking = built.sql.includes(` from ${ratesObject} `)
    ? problemsOfRates(ground, 'build')
    : []
  return lacking.length > 0 ? { problems: lacking } : { ...built, built, refresh: body.refresh }
}

function written(
  sql: string,
  body: InsightDefinition,
  ground: Ground,
): Plan | { readonly problems: readonly Problem[] } {
  if (body.on !== undefined && body.on !== 'individual' && body.on !== 'account')
    return { problems: insightFaults.only_built({ on: body.on }, { at: 'on' }).problems }
  const { text, converts, wrong } = withConversions(sql)
  const problems = [
    ...wrong.flatMap((name) => insightFaults.bad_call({ name }, { at: 'sql' }).problems),
    ...(converts ? problemsOfRates(ground, 'sql') : []),
  ]
  if (problems.length > 0) return { problems }
  const rollup = Object.entries(body.rollup ?? {}).flatMap(([name, how]) =>
    how === 'not' ? [] : [[name, how] as const],
  )
  return {
    sql: text,
    dimensions: body.dimensions ?? [],
    measures: body.measures,
    rollup: new Map(rollup),
    grains: new Map(),
    relations: ground.relations,
    refresh: body.refresh,
  }
}

function problemsOfRates({ relations }: Ground, at: string): readonly Problem[] {
  const rates = relations.find(({ name }) => name === ratesObject)
  const lacking = rateColumns.filter(
    (name) => !rates?.columns.some((column) => column.name === name),
  )
  if (lacking.length === 0) return []
  return insightFaults.no_rates({ lacking: lacking.join(', ') }, { at }).problems
}
